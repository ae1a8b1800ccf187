# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One WQL enumeration as a state machine without I/O: which message next, what its answer brought, when it is over.

Hosts differ (see the tests): items in the first answer or only in pulls, a first page of one item, empty pages with a
live context, a context beside EndOfSequence, pulls that name no context, an empty context at the end.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from . import errors, messages
from .envelope import Message
from .response import expect
from .room import Room, cost
from .values import Row, element_row
from .xmlread import child, text_of

MAX_PAGES = 2000
MAX_EMPTY_PAGES = 20
MAX_BYTES = 12 * 1024 * 1024
"""Of all pages together."""

MAX_VALUES = 200_000
"""Properties of all rows together, members of arrays and of embedded instances too: each costs about 150 bytes."""


class Enumeration:
    """Ask `next_message()`, send it, hand the answer's body to `receive()`; repeat until `done`.

    rows: what came so far. room: where they are kept (None: one of its own). abandon(): the Release that frees the
    host's context, None when there is none to free.
    """

    def __init__(self, namespace: str, wql: str, *, max_elements: int = 20, room: Room | None = None) -> None:
        self.rows: list[Row] = []
        self.done = False
        self._start = messages.enumerate_wql(namespace, wql, max_elements)
        self._max_elements = max_elements
        self._context = ""
        self._pages = 0
        self._empty_pages = 0
        self._bytes = 0
        self._values = 0
        self._room = Room() if room is None else room

    @property
    def begun(self) -> bool:
        """Whether a page has come."""
        return self._pages > 0

    def next_message(self) -> Message:
        """Enumerate first, Pull thereafter. EnumerationLimit beyond the bound on pages."""
        if self.done:
            raise RuntimeError("the enumeration is over")
        if self._pages == 0:
            return self._start
        if self._pages >= MAX_PAGES or self._empty_pages >= MAX_EMPTY_PAGES:
            raise errors.EnumerationLimit(
                f"the host went on after {self._pages} pages ({self._empty_pages} empty ones in a row)",
                do="Narrow the query.",
                asked=self._start.asked,
            )
        return messages.pull(self._start, self._context, self._max_elements)

    def receive(self, body: ET.Element, size: int = 0) -> None:
        """Take a page of so many bytes.

        UnexpectedResponse when it neither ends the sequence nor says how to go on; TooMuch beyond a bound on all pages.
        """
        first = self._pages == 0
        answer = expect(body, "EnumerateResponse" if first else "PullResponse")
        context = child(answer, "EnumerationContext")
        items = child(answer, "Items")
        ended = child(answer, "EndOfSequence") is not None
        self._pages += 1
        self._count(items, size)
        page = [element_row(item) for item in items] if items is not None else []
        self.rows.extend(page)
        self._empty_pages = 0 if page else self._empty_pages + 1
        if ended:
            self.done, self._context = True, ""
            return
        said = text_of(context)
        if said:
            self._context = said
        elif first and context is not None and items is not None:
            self.done = True  # an empty context with items: everything has been sent
        elif first:
            raise errors.UnexpectedResponse(
                "the answer neither ends the enumeration nor gives a context to go on with", asked=self._start.asked
            )

    def _count(self, items: ET.Element | None, size: int) -> None:
        self._bytes += size
        self._values += 0 if items is None else sum(1 for _each in items.iter())
        for got, most, unit in ((self._bytes, MAX_BYTES, "bytes"), (self._values, MAX_VALUES, "values")):
            if got > most:
                raise errors.TooMuch(
                    f"the host sent more than {most} {unit} for one query ({len(self.rows)} rows so far)",
                    do="Narrow the query: name the properties and a condition.",
                    asked=self._start.asked,
                )
        self._room.take(cost(items), self._start.asked)

    def abandon(self) -> Message | None:
        """The Release message for a context that is still open; afterwards the enumeration is over."""
        context, self._context = self._context, ""
        open_context = bool(context) and not self.done
        self.done = True
        return messages.release(self._start, context) if open_context else None
