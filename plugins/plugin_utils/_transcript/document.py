# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file: made from a tape, redacted, as JSON that a person reads; and read back, checked, with bounds.

docs/docsite/rst/guide_transcript.rst describes it; FORMAT and VERSION say what it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .._wsman import errors
from . import markup, meaning, tape
from .checked import BadTranscript, Reader
from .forms import Forms
from .redact import Redactor
from .standins import StandIns
from .times import Shift

FORMAT = "winlegacy.servicing transcript"
VERSION = 1
MAX_FILE = 64 * 1024 * 1024
"""Bytes of a file: what a tape holds, written out, and some."""

WITHHELD = "withheld"
NOTE = (
    "Names, addresses, ids and unknown texts are replaced, each by the same stand-in everywhere; times are all moved by"
    " the same number of days. Read it before you send it."
)


@dataclass(frozen=True)
class Recorded:
    """One exchange, redacted. request, answer: XML. error: kind and text, where there was no answer to read."""

    request: bytes
    answer: bytes
    error: tuple[str, str] | None


@dataclass(frozen=True)
class Transcript:
    """What was read from a file. simulated: made from no real Windows."""

    simulated: bool
    wire: Mapping[str, str]
    exchanges: tuple[Recorded, ...]
    removed: Mapping[str, int] = field(default_factory=dict)


def make(
    recorded: tape.Tape,
    *,
    public: Iterable[str] = (),
    simulated: bool = False,
    collection: str = "",
    stand_ins: StandIns | None = None,
    shift: Shift | None = None,
) -> dict[str, object]:
    """The document of a tape, redacted.

    public: names that may stay wherever a name of a file, driver or package stands, such as a definition's own.
    simulated: whether it is known to be of no real Windows; a tape tells itself where the host did. collection: its
    version.
    """
    stand_ins, shift = stand_ins or StandIns(), shift or Shift()
    forms = Forms(stand_ins, shift, public)
    exchanges = _redacted(recorded, forms)
    removed = {**dict(sorted(stand_ins.removed.items())), "times": shift.moved}
    return {
        "format": FORMAT,
        "version": VERSION,
        "simulated": simulated or recorded.simulated,
        "note": NOTE,
        "collection": collection,
        "wire": {name: forms.of(Forms.name, value) for name, value in recorded.wire.items()},
        "removed": removed,
        "left_out": recorded.left_out,
        "exchanges": exchanges,
    }


def text_of(document: Mapping[str, object]) -> str:
    """The document as it is written."""
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def _redacted(recorded: tape.Tape, forms: Forms) -> list[dict[str, object]]:
    redactor = Redactor(forms)
    return [_exchange(one, number, redactor, forms) for number, one in enumerate(recorded.exchanges, 1)]


def _exchange(one: tape.Exchange, number: int, redactor: Redactor, forms: Forms) -> dict[str, object]:
    request = markup.read(one.request)
    error, answer = one.error, None
    if one.answer is not None:
        try:
            answer = markup.read(one.answer)
        except errors.MalformedResponse:
            error = ("MalformedResponse", f"an answer of {len(one.answer)} bytes that is no XML")
    redactor.exchange(request, answer)
    return {
        "number": number,
        "asked": meaning.label(request)[:400],
        "at_ms": round(one.at * 1000),
        "took_ms": round(one.took * 1000),
        "status": one.status,
        "content_type": forms.of(Forms.media, one.content_type),
        "request": markup.lines(request),
        "answer": None if answer is None else markup.lines(answer),
        "error": None if error is None else {"kind": error[0], "text": forms.words(error[1])},
    }


# --- reading ----------------------------------------------------------------------------------------------------------


def load(path: Path) -> Transcript:
    """A file that somebody sent. Raises BadTranscript, which says what is wrong with it and where."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise BadTranscript(f"{path} cannot be read: {error.strerror or error}") from None
    return parse(data, str(path))


def parse(data: bytes, name: str = "the transcript") -> Transcript:
    """As load(), from the file's bytes."""
    if len(data) > MAX_FILE:
        raise BadTranscript(f"{name} has more than {MAX_FILE} bytes")
    try:
        content: object = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadTranscript(f"{name} is no JSON: {error}") from None
    top = Reader(content, name)
    if top.text("format", most=80) != FORMAT:
        raise BadTranscript(f"{name} is no transcript: its format is not {FORMAT!r}")
    if top.integer("version", most=999) != VERSION:
        raise BadTranscript(f"{name} has another version than {VERSION}, which this collection reads")
    transcript = Transcript(
        top.truth("simulated"),
        top.texts_by_name("wire"),
        tuple(_recorded(one) for one in top.inners("exchanges", most=tape.MAX_EXCHANGES)),
        top.numbers_by_name("removed"),
    )
    top.text("note", most=1000)
    top.text("collection", most=40)
    top.integer("left_out", most=10**9)
    top.nothing_else()
    return transcript


def _recorded(one: Reader) -> Recorded:
    one.integer("number", most=tape.MAX_EXCHANGES)
    one.text("asked", most=400)
    for name in ("at_ms", "took_ms"):
        one.integer(name, most=10**9)
    one.integer("status", most=999, none=True)
    one.text("content_type", most=400)
    request, answer = one.xml("request"), one.xml("answer", none=True)
    failed = one.inner("error", none=True)
    error = None
    if failed is not None:
        error = failed.text("kind", most=40), failed.text("text", most=4000)
        failed.nothing_else()
    if request is None or (answer is None and error is None):
        raise BadTranscript(f"{one.where} has neither an answer nor an error")
    one.nothing_else()
    return Recorded(request, answer or b"", error)
