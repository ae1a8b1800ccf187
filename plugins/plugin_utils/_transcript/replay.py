# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel that answers from a transcript: the collection's own operations run on a host that is not there."""

from __future__ import annotations

from collections import defaultdict, deque

from .._wsman import errors
from . import markup, meaning
from .document import Recorded, Transcript
from .recorded_rows import RecordedRows

_ENDPOINT = "http://transcript.example:5985/wsman"


class NotRecorded(LookupError):
    """A question that the transcript has no answer to. No error of the wire: nothing may take it for the host's."""


class ReplayChannel:
    """channel.Channel over a transcript.

    Requests are told apart by what they ask for (meaning.py). Where one was asked several times its answers come in
    their order; one that only reads gets its last answer again, and its pages with it. Everything else is asked once
    for each answer. A query that is not there is answered from recorded rows where those hold all that is asked
    (recorded_rows.py). Raises NotRecorded, which names the request, and what the recorded channel raised.
    """

    ends: float | None = None
    endpoint = _ENDPOINT

    def __init__(self, transcript: Transcript) -> None:
        self._answers: dict[meaning.Asked, deque[Recorded]] = defaultdict(deque)
        for one in transcript.exchanges:
            self._answers[_asked(one)].append(one)
        self._pages = {
            _context(held[0].request): tuple(held)
            for wanted, held in self._answers.items()
            if wanted.action.endswith("/pull")
        }
        self._rows = RecordedRows(transcript.exchanges)
        self.sent: list[str] = []
        """What was asked, in a few words each."""

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:  # noqa: ARG002 - a channel's
        """The recorded answer, as the answer to this very message."""
        request = markup.read(envelope)
        wanted = meaning.asked(request)
        said = meaning.label(request)
        self.sent.append(said)
        held = self._answers.get(wanted)
        if not held:
            derived = self._rows.answer(request)
            if derived is None:
                raise NotRecorded(f"the transcript has no answer to: {said}; record it again")
            return self._delivered(derived, request)
        last = len(held) == 1 and wanted.repeatable
        recorded = held[0] if last else held.popleft()
        self._rewind(_context(recorded.answer), _context(envelope))
        return self._delivered(recorded, request)

    def _rewind(self, coming: str, at: str) -> None:
        """The pages of an enumeration that an answer begins are there from the first on, though they were asked before.

        A host may give the same context with every page: then they go on.
        """
        pages = self._pages.get(coming, ()) if coming != at else ()
        if pages:
            self._answers[_asked(pages[0])] = deque(pages)

    def _delivered(self, recorded: Recorded, request: markup.Node) -> bytes:
        if recorded.error is not None:
            kind, text = recorded.error
            raise _error(kind)(text)
        answer = markup.read(recorded.answer)
        related = answer.find("Header", "RelatesTo")
        then = markup.read(recorded.request).find("Header", "MessageID")
        now = request.find("Header", "MessageID")
        if related is not None and then is not None and now is not None and _same(related, then):
            related.content = [now.text]
        return "".join(markup.lines(answer)).encode()

    def reconnect(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


def _asked(recorded: Recorded) -> meaning.Asked:
    return meaning.asked(markup.read(recorded.request))


def _context(message: bytes) -> str:
    """The enumeration that a message goes on with; "" for one without."""
    if b"EnumerationContext" not in message:
        return ""
    return meaning.context_of(markup.read(message))


def _same(one: markup.Node, other: markup.Node) -> bool:
    return one.text.strip().casefold() == other.text.strip().casefold()


def _error(kind: str) -> type[errors.WSManError]:
    found = getattr(errors, kind, None)
    if isinstance(found, type) and issubclass(found, errors.WSManError):
        return found
    return errors.ConnectionLost
