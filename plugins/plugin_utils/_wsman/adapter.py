# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A requests adapter around another: bounds answers in size and time, remembers the last status, speaks legacy TLS."""

from __future__ import annotations

import ssl
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .xmlread import MAX_BYTES


class AnswerTooLong(OSError):
    """The answer has more bytes than accepted, or took longer than the read time-out as a whole."""


@dataclass
class LastAnswer:
    """The HTTP status line and headers seen last on a channel; None before the first answer."""

    status: int | None = None
    content_type: str = ""
    location: str = ""

    def clear(self) -> None:
        self.status, self.content_type, self.location = None, "", ""


class BoundedAdapter:
    """Duck-typed requests adapter: sends through `inner`, so the authentication of a connection stays with it."""

    def __init__(self, inner: Any, last: LastAnswer) -> None:
        self.inner = inner
        self.last = last

    def send(self, request: Any, **kwargs: Any) -> Any:
        answer = self.inner.send(request, **kwargs)
        answer.connection = self  # authentication handlers resend through this
        self.last.status = answer.status_code
        self.last.content_type = answer.headers.get("Content-Type", "")
        self.last.location = answer.headers.get("Location", "")
        timeout = kwargs.get("timeout")
        seconds = timeout[1] if isinstance(timeout, tuple) else timeout
        answer.raw.stream = _bounded(answer.raw.stream, seconds)
        return answer

    def close(self) -> None:
        """Close the connections now: urllib3 2 leaves that to the garbage collection of a pool (WinRM 1.1 allows 5)."""
        for manager in (self.inner.poolmanager, *self.inner.proxy_manager.values()):
            for key in list(manager.pools.keys()):
                pool = manager.pools.get(key)
                if pool is not None:
                    pool.close()
        self.inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def _bounded(stream: Any, seconds: float | None) -> Any:
    until = time.monotonic() + seconds if seconds else None

    def read(*args: Any, **kwargs: Any) -> Iterator[bytes]:
        total = 0
        for chunk in stream(*args, **kwargs):
            total += len(chunk)
            if total > MAX_BYTES:
                raise AnswerTooLong(f"the answer exceeds {MAX_BYTES} bytes")
            if until is not None and time.monotonic() > until:
                raise AnswerTooLong("the answer did not end within the read time-out")
            yield chunk

    return read


def legacy_tls_adapter(*, verify: bool) -> Any:
    """A requests adapter that accepts TLS 1.0, SHA-1 certificates and servers without secure renegotiation.

    This weakens HTTPS to these hosts: a man in the middle with the means of 2011 can read it. verify: whether the
    session validates certificates, which stays as it is. OpenSSL 3 needs version and security level both lowered.
    """
    import requests.adapters
    from urllib3.util.ssl_ import create_urllib3_context

    def context() -> ssl.SSLContext:
        made: ssl.SSLContext = create_urllib3_context(
            cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE, ciphers="DEFAULT:@SECLEVEL=0"
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version = ssl.TLSVersion.TLSv1
        made.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
        return made

    class LegacyTLSAdapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            return super().init_poolmanager(*args, ssl_context=context(), **kwargs)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, ssl_context=context(), **kwargs)

    return LegacyTLSAdapter()
