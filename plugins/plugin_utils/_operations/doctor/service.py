# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service asked without credentials: Identify, and the refusal that names what it offers.

By the channel that everything else goes through, so that whatever answers is told in the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ..._doctor.finding import Trouble
from ..._doctor.seen import ClockSeen, ServiceSeen
from ..._wsman import envelope, errors, messages, response
from ..._wsman.identify import IdentifyResponse, read_identify_response
from ..._wsman.lean_channel import LeanChannel
from ..._wsman.lean_http import LeanHTTP
from ..._wsman.place import WINRM, LastAnswer, Variables
from ..._wsman.tls_context import TLSOptions

_HEADERS = {"User-Agent": "Python WinRM client", "Connection": "Keep-Alive"}
_SOAP = "application/soap+xml;charset=UTF-8"
_MOST_SCHEMES = 12
_CURES = (
    (errors.ConnectionLost, "Try again; where it breaks again, look at what stands between (firewall, VPN, proxy) and "
     "at the service Windows Remote Management on the host."),
    (errors.WSManError, "Check that ansible_host and ansible_port lead to WinRM, and that nothing between (a proxy, a "
     "filter) changes its answers."),
)  # fmt: skip
"""What to do about an error that does not say it itself, by the first kind that it is of."""


class _Asking:
    """What LeanChannel sends through, in the place of a library's transport: no credentials anywhere."""

    encryption = False

    def __init__(
        self, endpoint: str, tls: TLSOptions | None, connect_timeout: float, now: Callable[[], datetime]
    ) -> None:
        self.http = LeanHTTP(endpoint, tls, connect_timeout)
        self.identifies = True
        self.challenges: tuple[str, ...] | None = None
        self.clock: ClockSeen | None = None
        self._now = now

    def exchange(self, message: bytes, seconds: float) -> bytes:
        if not self.http.connected:
            self.http.connect()
        headers = {**_HEADERS, "Content-Type": _SOAP}
        if self.identifies:
            headers["WSMANIDENTIFY"] = "unauthenticated"  # MS-WSMV 3.1.4.1.23
        begun = self._now()
        answer = self.http.post(message if self.identifies else b"", headers, seconds)
        self.clock = clock_of(self.http.last, begun, self._now())
        self.challenges = answer.challenges if answer.status == 401 else None
        return answer.body

    def close(self) -> None:
        self.http.close()


class _WithoutCredentials(LeanChannel):
    def _adopt(self, transport: Any) -> Any:
        return transport


class Anonymous:
    """One connection without credentials. Each question is bounded by so many seconds; close() at the end."""

    def __init__(
        self,
        endpoint: str,
        tls: TLSOptions | None,
        connect_timeout: float,
        names: Variables = WINRM,
        *,
        legacy_tls: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._asking = _Asking(endpoint, tls, connect_timeout, now)
        self._channel = _WithoutCredentials(
            endpoint, [("none", lambda: self._asking)], legacy_tls=legacy_tls, connect_timeout=connect_timeout
        )
        self._channel.NAMES = names
        self._endpoint = endpoint

    def identify(self, seconds: float) -> ServiceSeen | None:
        """What the service says of itself; None where it wants credentials for that. Raises the wire's errors."""
        sent = envelope.build(messages.identify(), envelope.Settings(self._endpoint))
        try:
            body = self._channel.send(sent.data, read_timeout=seconds)
        except errors.AuthenticationRefused:
            if self._asking.challenges is None:
                raise
            return None
        return service(read_identify_response(response.read_body(body, sent)))

    def offered(self, seconds: float) -> tuple[str, ...] | None:
        """The schemes that a refusal names; None where there was none. Raises the wire's errors."""
        if self._asking.challenges is None:
            self._asking.identifies = False
            try:
                self._channel.send(b"", read_timeout=seconds)
            except errors.AuthenticationRefused:
                pass
            except errors.NotWSMan:
                return None
        return None if self._asking.challenges is None else schemes(self._asking.challenges)

    @property
    def clock(self) -> ClockSeen | None:
        """The host's clock as its last answer tells it; None where that is not known to be the host's own."""
        return self._asking.clock

    def close(self) -> None:
        self._channel.close()


def clock_of(last: LastAnswer, begun: datetime, ended: datetime) -> ClockSeen | None:
    """By the Date of an answer of Windows' own HTTP server, between these moments of this controller's clock.

    Date is in whole seconds, of the moment that the answer was made (RFC 9110 6.6.1).
    """
    if "httpapi" not in last.server.lower():
        return None
    try:
        date = parsedate_to_datetime(last.date)
    except (ValueError, TypeError, OverflowError):
        return None
    if date.tzinfo is None:
        return None
    half = (ended - begun) / 2
    return ClockSeen(date, begun + half, half + timedelta(seconds=1))


def schemes(challenges: tuple[str, ...]) -> tuple[str, ...]:
    """The names in WWW-Authenticate headers (RFC 9110 11.6.1), each once."""
    found: dict[str, str] = {}
    for header in challenges:
        for part in header.split(","):
            words = part.split(None, 1)
            if words and "=" not in words[0]:
                found.setdefault(words[0].casefold(), words[0][:40])
    return tuple(found.values())[:_MOST_SCHEMES]


def service(said: IdentifyResponse) -> ServiceSeen:
    """What was said, for the domain."""
    return ServiceSeen(said.vendor, said.product_version, said.stack)


def trouble(error: errors.WSManError) -> Trouble:
    """An error's own words and advice, without the place, which is told elsewhere.

    One without advice gets that of its kind.
    """
    return Trouble(error.reported, error.do or next(cure for kind, cure in _CURES if isinstance(error, kind)))
