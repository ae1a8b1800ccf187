# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the channels over pywinrm and pypsrp share: one requests session, its errors, its recovery.

The first real message is the probe of a candidate (an authentication method): HTTP 401 moves on to the next. An
encrypted session lives and dies with its TCP connection; a 401 on a session that had worked means that it died before
the message was read, so the message is sent once more on a new one. Redirects are not followed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from . import errors, http_status
from .adapter import BoundedAdapter, legacy_tls_adapter
from .http_errors import SLIPS, is_authentication, is_incomplete, slip, translate
from .place import WINRM, LastAnswer, Place, Variables
from .watchdog import Abandoned, Watch, abandonable

DEFAULT_READ_TIMEOUT = 30.0

_QUICK = frozenset({"basic", "plaintext", "ssl", "certificate", "ntlm"})
"""Methods whose libraries wait for nothing but the watched connection. Others ask a KDC or a helper of their own."""

_STUCK = 0.5
"""Seconds that an exchange may take to notice that its connection was shut down."""

Candidate = tuple[str, Callable[[], Any]]
_T = TypeVar("_T")


class HTTPChannel:
    """channel.Channel over a library's transport object. candidates: (method name, function that makes the transport).

    connect_timeout: seconds. secrets: texts that must never appear in an error. The subclasses say how their library
    makes a session and sends. ends: the moment (time.monotonic) after which no exchange goes on, None: no such limit.
    """

    NAMES: Variables = WINRM

    def __init__(
        self,
        endpoint: str,
        candidates: Sequence[Candidate],
        *,
        legacy_tls: bool = False,
        connect_timeout: float = 5.0,
        secrets: Sequence[str] = (),
    ) -> None:
        self._endpoint = endpoint
        self._candidates = list(candidates)
        self._legacy_tls = legacy_tls
        self._connect_timeout = connect_timeout
        self._secrets = tuple(secrets)
        self._last = LastAnswer()
        self._watch = Watch()
        self._transport: Any = None
        self._prepared: Any = None
        self._established = False
        self._stale = False
        self._refusals: list[str] = []
        self.ends: float | None = None

    @property
    def endpoint(self) -> str:
        return self._endpoint

    @property
    def method(self) -> str:
        """The authentication method in use or next to be tried."""
        return self._candidates[0][0] if self._candidates else ""

    @property
    def last_answer(self) -> LastAnswer:
        """Status and headers of the last answer; the next message's take their place."""
        return self._last

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        seconds = read_timeout if read_timeout is not None else DEFAULT_READ_TIMEOUT
        left = max(0.05, self.ends - time.monotonic()) if self.ends is not None else seconds + self._connect_timeout
        whole, connecting = min(seconds, left), min(self._connect_timeout, max(0.0, left - seconds))
        if self._stale:
            self.reconnect()
        try:
            with self._watch.within(whole, connecting):
                return self._send(envelope, seconds)
        except errors.WSManError as exc:
            self._place().through(exc).located(endpoint=self._endpoint)
            raise

    def _send(self, envelope: bytes, seconds: float) -> bytes:
        while not self._established:
            try:
                return self._attempt(envelope, seconds)
            except (errors.AuthenticationRefused, errors.ChannelUnavailable) as exc:
                self._next_candidate(exc)
        try:
            return self._attempt(envelope, seconds)
        except errors.AuthenticationRefused:
            self.reconnect()
            return self._attempt(envelope, seconds)

    def reconnect(self) -> None:
        """Drop the TCP connection and its authentication; the next send() makes both anew."""
        self._stale = False
        self._prepared = None
        if self._transport is not None:
            self._drop(self._transport)
        self._watch.release()

    def _drop(self, transport: Any) -> None:
        with contextlib.suppress(Exception):
            self._close_session(transport)
        transport.encryption = None
        transport.session = None

    def close(self) -> None:
        """Close the connection."""
        self.reconnect()

    def _next_candidate(self, refused: errors.WSManError) -> None:
        """Move on from a method that was refused; raises when it was the last."""
        self._refusals.append(f"{self.method}: {refused.reported}")
        self.reconnect()
        if len(self._candidates) > 1:
            self._candidates.pop(0)
            self._transport = None
            return
        came = "; ".join(self._refusals) if len(self._refusals) > 1 else refused.reported
        self._refusals = []
        raise type(refused)(came, do=refused.do) from None

    def _attempt(self, envelope: bytes, seconds: float) -> bytes:
        self._last.clear()
        try:
            if self._transport is None:  # what goes wrong here is no fault of the host
                self._transport = self._adopt(self._in_time(self._candidates[0][1]))
            transport = self._transport
            try:
                body = self._in_time(lambda: self._deliver(self._ready(transport, seconds), envelope, seconds))
                answer = self._accepted(body, seconds)
            except errors.ProxyFailed as exc:
                raise exc if exc.do else self._place().of_proxy(exc.reported) from None
            except errors.WSManError as exc:
                self._stale = isinstance(exc, errors.Unproven)
                raise
            except Exception as exc:  # noqa: BLE001 - anything that requests and authentication libraries can raise
                self._stale = True  # an odd answer leaves an encrypted session out of step: never go on with it
                if self._watch.fired:
                    raise self._silent(seconds) from None
                answer = self._from_exception(exc)
                self._stale = False
        except BaseException as exc:
            if not isinstance(exc, Exception):
                self._stale = True  # interrupted in the middle of an answer
                self._abandon()
            raise
        self._established = True
        return answer

    def _accepted(self, body: bytes, seconds: float) -> bytes:
        if self._watch.fired:  # headers that were cut off read as the end of them
            self._stale = True
            raise self._silent(seconds)
        return http_status.accept(self._last.status or 200, self._last.content_type, body, self._place())

    def _in_time(self, work: Callable[[], _T]) -> _T:
        """The work's result; where a library may wait for others than the host, in a thread that can be given up."""
        if self.method in _QUICK:
            return work()
        try:
            return abandonable(work, self._watch.left + _STUCK)
        except Abandoned:
            stage = f"the {self.method} authentication" if self._last.status is None else self._watch.stage
            self._abandon()
            raise errors.Silent(
                f"{stage} did not end in time",
                do="Check that the domain's KDC answers this controller, and the host's port.",
            ) from None

    def _abandon(self) -> None:
        """Leave the exchange at hand to itself: its connection is shut down, and nothing of it is used again."""
        self._watch.end()
        self._watch, self._last = Watch(), LastAnswer(proxy=self._last.proxy)
        self._transport = self._prepared = None

    def _silent(self, seconds: float) -> errors.Silent:
        watch = self._watch
        over = self.ends is not None and self.ends - time.monotonic() <= _STUCK
        limit = "the deadline" if over else f"the read time-out ({seconds:.0f} s)"
        got = f" after {watch.received} bytes" if watch.received else ""
        return errors.Silent(
            f"the host went silent: no whole answer within {limit}, {watch.stage}{got}",
            do="" if self._established else "Check ansible_port: something accepts the connection and does not answer.",
        )

    def _place(self) -> Place:
        encrypted = bool(getattr(self._transport, "encryption", None)) or self._endpoint.lower().startswith("https:")
        return Place(
            self._endpoint, self._established, encrypted, self.method, self._legacy_tls, self.NAMES, self._last,
            self._secrets, self._in_clear(),
        )  # fmt: skip

    def _in_clear(self) -> bool:
        """Whether the last answer came in clear where only encrypted ones count. TLS protects those without a seal."""
        transport = self._transport
        if transport is None or self._endpoint.lower().startswith("https:"):
            return False
        return self._seals(transport) and not self._opened(transport)

    def _from_exception(self, exc: Exception) -> bytes:
        """The SOAP answer that a library's exception carries, or the error that it means."""
        status, body = self._last.status, b""
        if type(exc).__name__ == "WinRMTransportError":
            text = getattr(exc, "response_text", "") or ""
            body = text.encode() if isinstance(text, str) else bytes(text)
            status = status or int(getattr(exc, "code", 500))
        if status is not None and status >= 400 and not is_authentication(exc) and not is_incomplete(exc):
            return http_status.accept(status, self._last.content_type, body, self._place())
        if isinstance(exc, SLIPS):
            raise slip(exc, self._place()) from None
        raise translate(exc, self._place()) from None

    def _ready(self, transport: Any, seconds: float) -> Any:
        """The transport with a session that is bounded and, where needed, authenticated."""
        self._set_timeouts(transport, self._connect_timeout, seconds)
        if transport.session is None:
            try:
                self._build_session(transport)
            except BaseException:
                self._drop(transport)  # a half-made session would send the next message in clear
                raise
        self._prepare(transport.session)
        return transport

    def _prepare(self, session: Any) -> None:
        """Bound a session's answers, refuse redirects, and lower TLS where that was asked for."""
        if session is None or session is self._prepared:
            return
        self._prepared = session
        session.max_redirects = 0
        session.trust_env = False  # proxies were read when it was built, and need not be for each message
        for prefix in ("http://", "https://"):
            inner = session.get_adapter(prefix)
            if prefix == "https://" and self._legacy_tls:
                inner = legacy_tls_adapter(verify=bool(session.verify))
            session.mount(prefix, BoundedAdapter(inner, self._last, self._watch))

    # --- what a library does in its own way ---------------------------------------------------------------------

    def _adopt(self, transport: Any) -> Any:
        """What to send through, of a candidate's new transport."""
        return transport

    def _seals(self, transport: Any) -> bool:
        """Whether each message of this transport's session is encrypted, from its handshake on."""
        raise NotImplementedError

    def _opened(self, transport: Any) -> bool:
        """Whether the last answer was encrypted, so that what was made of it came out of its seal."""
        raise NotImplementedError

    def _set_timeouts(self, transport: Any, connect: float, read: float) -> None:
        raise NotImplementedError

    def _build_session(self, transport: Any) -> None:
        raise NotImplementedError

    def _deliver(self, transport: Any, envelope: bytes, seconds: float) -> bytes:
        raise NotImplementedError

    def _close_session(self, transport: Any) -> None:
        raise NotImplementedError
