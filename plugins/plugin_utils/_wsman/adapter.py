# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A requests adapter around another: bounds answers, remembers the last status line, speaks legacy TLS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .place import LastAnswer
from .proxies import check_proxy
from .sockets import AnswerTooLong, pool_makers
from .tls_context import lowered
from .watchdog import Watch
from .xmlread import MAX_BYTES

_HEADERS = 1024 * 1024
"""Bytes of an answer besides its body: status line, headers, chunk sizes, `100 Continue` again and again."""


class BoundedAdapter:
    """Duck-typed requests adapter: sends through `inner`, so the authentication of a connection stays with it.

    Its connections are made under the watch, and what is read from them is counted.
    """

    def __init__(self, inner: Any, last: LastAnswer, watch: Watch) -> None:
        self.inner = inner
        self.last = last
        makers = pool_makers(watch, MAX_BYTES + _HEADERS)
        inner.poolmanager.pool_classes_by_scheme = makers
        through = inner.proxy_manager_for

        def proxy_manager_for(*args: Any, **kwargs: Any) -> Any:
            manager = through(*args, **kwargs)
            manager.pool_classes_by_scheme = makers
            return manager

        inner.proxy_manager_for = proxy_manager_for

    def send(self, request: Any, **kwargs: Any) -> Any:
        from requests.utils import select_proxy

        self.last.proxy = select_proxy(request.url, kwargs.get("proxies")) or ""
        if self.last.proxy:
            check_proxy(self.last.proxy)
        answer = self.inner.send(request, **kwargs)
        answer.connection = self  # authentication handlers resend through this
        if answer.encoding is None:
            answer.encoding = "utf-8"  # said outright: a guess would cost seconds for a long answer
        self.last.take(answer.status_code, answer.headers)
        answer.raw.stream = _bounded(answer.raw.stream)
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


def _bounded(stream: Any) -> Any:
    """Counts what comes out of a body's decoding: a few bytes of gzip can become many."""

    def read(*args: Any, **kwargs: Any) -> Iterator[bytes]:
        total = 0
        for chunk in stream(*args, **kwargs):
            total += len(chunk)
            if total > MAX_BYTES:
                raise AnswerTooLong(f"the answer exceeds {MAX_BYTES} bytes")
            yield chunk

    return read


def legacy_tls_adapter(*, verify: bool) -> Any:
    """A requests adapter that accepts what tls_context.lowered() does. verify: whether the session validates."""
    import requests.adapters

    class LegacyTLSAdapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            return super().init_poolmanager(*args, ssl_context=lowered(verify=verify), **kwargs)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, ssl_context=lowered(verify=verify), **kwargs)

    return LegacyTLSAdapter()
