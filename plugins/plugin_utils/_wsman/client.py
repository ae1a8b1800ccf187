# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management operations over a channel: ask, count, relate, try once more where that is safe."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from . import errors, messages, response
from .channel import Channel
from .deadline import Deadline
from .enumeration import Enumeration
from .envelope import Message, Settings, build
from .faults import OperationTimeout, WSManFault
from .identify import IdentifyResponse, read_identify_response
from .messages import ParamValue, Target
from .room import Room, cost
from .values import Row

_T = TypeVar("_T")

MIN_ENVELOPE_SIZE = 8192  # MS-WSMV: less is refused
READ_MARGIN = 10.0
IDLE_LIMIT = 60.0
"""Seconds without a message after which the connection is made anew: an idle one ends after 120 s on WinRM 1.1, and its
authentication with it, which the next message would learn as an HTTP error."""


class Client:
    """One host's WS-Management service.

    operation_timeout: seconds the host may take for one message before it answers with a time-out fault; the read
    time-out is 10 s longer. max_envelope_size: bytes. `messages` counts envelopes sent, repeated ones again.
    deadline: of everything together; none until its set().
    Every error of the operations is an errors.WSManError that says the endpoint and what was asked.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        operation_timeout: float = 20.0,
        max_envelope_size: int = 153600,
        locale: str = "en-US",
        clock: Callable[[], float] = time.monotonic,
        idle_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_envelope_size < MIN_ENVELOPE_SIZE:
            raise errors.InvalidRequest(f"max_envelope_size is {max_envelope_size}, the least is {MIN_ENVELOPE_SIZE}")
        if not 0 < operation_timeout <= 3600:
            raise errors.InvalidRequest(f"operation_timeout is {operation_timeout} s, expected more than 0, up to 3600")
        self.channel = channel
        self.clock = clock
        self.messages = 0
        self._idle_clock = idle_clock
        self._used = idle_clock()
        self.deadline = Deadline(channel, clock)
        self.received = 0
        """Bytes of the last answer."""
        self._answered = False
        self._silent = False
        self._room: Room | None = None
        self.settings = Settings(channel.endpoint, operation_timeout, max_envelope_size, locale)

    @property
    def endpoint(self) -> str:
        """The channel's endpoint, for error texts."""
        return self.channel.endpoint

    @contextlib.contextmanager
    def keeping(self) -> Iterator[Room]:
        """Within the block what all questions bring is kept, and so has one bound together: errors.TooMuch beyond it.

        Elsewhere each query has its own.
        """
        before, self._room = self._room, self._room or Room()
        try:
            yield self._room
        finally:
            self._room = before

    def exchange(self, message: Message, *, idempotent: bool, operation_timeout: float | None = None) -> ET.Element:
        """Send one message and return the body of its answer.

        idempotent: on ConnectionLost, connect and send once more. operation_timeout: seconds, for this message only.
        """
        return self._once_more(lambda: self._exchange(message, operation_timeout), again=idempotent)

    def _exchange(
        self, message: Message, operation_timeout: float | None = None, *, within: float | None = None
    ) -> ET.Element:
        """within: seconds after which the answer is not waited for any longer, however it comes in."""
        self.deadline.check(asked=message.asked, endpoint=self.channel.endpoint)
        seconds = self.settings.operation_timeout if operation_timeout is None else operation_timeout
        settings = dataclasses.replace(self.settings, operation_timeout=max(self.deadline.limited(seconds), 0.5))
        patience = self.deadline.limited(settings.operation_timeout + READ_MARGIN)
        try:
            envelope = build(message, settings)
            self._renew_after_idling()
            self.messages += 1
            try:
                data = self.channel.send(
                    envelope.data, read_timeout=patience if within is None else min(patience, within)
                )
            except errors.Silent as exc:
                raise self._silence(exc, message) from None
            except (errors.Unreachable, errors.AuthenticationRefused, errors.ChannelUnavailable):
                self.messages -= 1  # it never left: the count is of envelopes after authentication
                raise
            self._used = self._idle_clock()
            body = response.read_body(data, envelope)
            self.received = len(data)
            self._answered, self._silent = True, False
        except errors.WSManError as exc:
            if isinstance(exc, WSManFault | errors.UnexpectedResponse):
                self._answered, self._silent = True, False
            exc.located(asked=message.asked, endpoint=self.channel.endpoint)
            raise
        return body

    def _silence(self, silent: errors.Silent, message: Message) -> errors.WSManError:
        """What a silence means: the deadline's end, this question's own, or (twice, or from the start) a lost host."""
        if not self._answered:
            return silent
        left = self.deadline.left
        if left is not None and left <= 0.1:
            return self.deadline.over(silent.reported, asked=message.asked, endpoint=self.channel.endpoint)
        if self._silent:
            return silent
        self._silent = True
        return errors.Unanswered(silent.reported, do=silent.do)

    def _renew_after_idling(self) -> None:
        """Whatever the pause was: a random start, a second look, an installer that takes long, a push over SMB."""
        if self.messages and self._idle_clock() - self._used > IDLE_LIMIT:
            self.channel.reconnect()

    def _once_more(self, operation: Callable[[], _T], *, again: bool) -> _T:
        try:
            return operation()
        except errors.Silent:
            raise  # the answer would be the same silence
        except errors.ConnectionLost:
            if not again:
                raise
        self.channel.reconnect()
        return operation()

    def identify(self) -> IdentifyResponse:
        """Authenticated Identify: one message."""
        return read_identify_response(self.exchange(messages.identify(), idempotent=True))

    def query(
        self, wql: str, *, namespace: str = "root/cimv2", deadline: float | None = None, max_elements: int = 20
    ) -> list[Row]:
        """All rows of a WQL query.

        deadline: seconds from now for the whole query (None: ten times the operation time-out); past it
        errors.DeadlineExceeded. A lost connection begins the query anew, once: a lost page cannot be asked for again.
        """
        seconds = deadline if deadline is not None else self.settings.operation_timeout * 10
        until = self.clock() + seconds
        return self._once_more(lambda: self._enumerate(wql, namespace, max_elements, until), again=True)

    def _enumerate(self, wql: str, namespace: str, max_elements: int, until: float) -> list[Row]:
        room = self._room or Room()
        before = room.left
        enumeration = Enumeration(namespace, wql, max_elements=max_elements, room=room)
        try:
            self._pages(enumeration, until)
        except BaseException:
            room.left = before  # nothing of it is kept
            raise
        return enumeration.rows

    def _pages(self, enumeration: Enumeration, until: float) -> None:
        try:
            while not enumeration.done:
                self._step(enumeration, until)
        except (errors.ConnectionLost, errors.Unreachable):
            raise  # nothing to release on a connection that is gone
        except errors.WSManError as exc:
            exc.located(endpoint=self.channel.endpoint)
            self._release(enumeration)
            raise

    def _step(self, enumeration: Enumeration, until: float) -> None:
        """One page. A Pull that timed out is asked again: its rows wait on the host.

        An Enumerate that timed out begins anew when it is repeated: once, and only with more time than before.
        """
        message = enumeration.next_message()
        timeout = self.settings.operation_timeout
        while True:
            left = until - self.clock()
            if left <= 0:
                raise self._too_late(enumeration, message)
            try:
                body = self._exchange(message, min(left, timeout), within=left)
            except OperationTimeout:
                left = until - self.clock()
                if not enumeration.begun:
                    if timeout > self.settings.operation_timeout or left <= timeout:
                        raise
                    timeout = left
                continue
            except errors.Unanswered:
                if until - self.clock() > 0.1:
                    raise
                raise self._too_late(enumeration, message) from None
            enumeration.receive(body, self.received)
            return

    def _too_late(self, enumeration: Enumeration, message: Message) -> errors.DeadlineExceeded:
        return errors.DeadlineExceeded(
            f"the deadline passed after {len(enumeration.rows)} rows",
            do="Narrow the query or allow more time.",
            asked=message.asked,
            endpoint=self.channel.endpoint,
        )

    def _release(self, enumeration: Enumeration) -> None:
        message = enumeration.abandon()
        if message is not None:
            with contextlib.suppress(errors.WSManError):
                self._exchange(message)

    def invoke(
        self,
        target: Target,
        method: str,
        params: Mapping[str, ParamValue] | None = None,
        *,
        selectors: Mapping[str, str] | None = None,
        idempotent: bool,
    ) -> Row:
        """Call a method of a class, given as its resource URI or as (namespace, class name).

        Returns its output parameters, "ReturnValue" among them. idempotent=False never sends it twice.
        """
        message = messages.invoke(target, method, params or {}, selectors)
        return self._reading(message, lambda body: response.read_output(body, method), idempotent=idempotent)

    def get(self, namespace: str, class_name: str, selectors: Mapping[str, str]) -> Row:
        """One instance by its keys. Idempotent."""
        return self._reading(messages.get((namespace, class_name), selectors), response.read_instance, idempotent=True)

    def _reading(self, message: Message, read: Callable[[ET.Element], _T], *, idempotent: bool) -> _T:
        body = self.exchange(message, idempotent=idempotent)
        try:
            (self._room or Room()).take(cost(body))
            return read(body)
        except errors.WSManError as exc:
            exc.located(asked=message.asked, endpoint=self.channel.endpoint)
            raise

    def close(self) -> None:
        """Close the channel."""
        self.channel.close()
