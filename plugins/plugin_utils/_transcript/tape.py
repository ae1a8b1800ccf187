# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what goes through a channel: each request with its answer, as they are before encryption and after it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .._wsman import errors
from .._wsman.channel import Channel

MAX_EXCHANGES = 500
MAX_BYTES = 6 * 1024 * 1024
"""Of all requests and answers together."""

SIMULATED = "winlegacy-simulated"
"""What the simulated fleet of the demo and the tests adds to the Server header of Windows (RFC 9110 10.2.4)."""


@dataclass(frozen=True)
class Exchange:
    """One request and what came of it. at, took: seconds since the first, and until the answer.

    answer: None where there was none; then error is its kind (a class of _wsman/errors.py) and its text.
    status, content_type: of HTTP, None and "" where they are not known.
    """

    at: float
    took: float
    request: bytes
    answer: bytes | None
    status: int | None = None
    content_type: str = ""
    error: tuple[str, str] | None = None


@dataclass
class Tape:
    """The exchanges of one host, in memory. left_out: how many there was no room for.

    wire: how the host was talked to (scheme, authentication method, kind of channel), where that is known.
    simulated: whether a host said, in its Server header, that it is a simulated one.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    left_out: int = 0
    wire: dict[str, str] = field(default_factory=dict)
    simulated: bool = False
    clock: Callable[[], float] = time.monotonic
    _bytes: int = 0
    _began: float | None = None

    def begin(self) -> float:
        """The moment now, in seconds since the first."""
        now = self.clock()
        if self._began is None:
            self._began = now
        return now - self._began

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange, or count it where there is no room left. What came first stays: it is asked first."""
        size = len(exchange.request) + len(exchange.answer or b"")
        if len(self.exchanges) >= MAX_EXCHANGES or self._bytes + size > MAX_BYTES:
            self.left_out += 1
            return
        self._bytes += size
        self.exchanges.append(exchange)


class RecordingChannel:
    """channel.Channel: another one, of whose exchanges a tape is made. Changes nothing of them."""

    def __init__(self, channel: Channel, tape: Tape) -> None:
        self._channel = channel
        self._tape = tape

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        """As the channel's; its errors pass as they are."""
        at = self._tape.begin()
        answer: bytes | None = None
        error: tuple[str, str] | None = None
        try:
            answer = self._channel.send(envelope, read_timeout=read_timeout)
        except errors.WSManError as exc:
            error = (type(exc).__name__, exc.reported)
            raise
        finally:
            self._note(at, envelope, answer, error)
        return answer

    def _note(self, at: float, request: bytes, answer: bytes | None, error: tuple[str, str] | None) -> None:
        last: Any = getattr(self._channel, "last_answer", None)
        self._tape.wire.setdefault("scheme", self.endpoint.partition(":")[0])
        self._tape.simulated |= SIMULATED in (getattr(last, "server", "") or "").split()
        method = getattr(self._channel, "method", None)
        if method:
            self._tape.wire["method"] = str(method)
        self._tape.keep(
            Exchange(
                at,
                self._tape.begin() - at,
                request,
                answer,
                getattr(last, "status", None),
                getattr(last, "content_type", "") or "",
                error,
            )
        )

    @property
    def ends(self) -> float | None:
        """The channel's own."""
        return self._channel.ends

    @ends.setter
    def ends(self, moment: float | None) -> None:
        self._channel.ends = moment

    @property
    def endpoint(self) -> str:
        """The channel's own."""
        return self._channel.endpoint

    def reconnect(self) -> None:
        """The channel's own."""
        self._channel.reconnect()

    def close(self) -> None:
        """The channel's own."""
        self._channel.close()
