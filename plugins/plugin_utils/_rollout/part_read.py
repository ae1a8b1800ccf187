# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From text of somewhere else to a Part: bounded in size, depth and number, each field checked, nothing believed."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from .._catalogue.schema import problems
from .._report.hotfixes import told
from .._report.statuses import STATUSES
from .._text.visible import is_visible, visible
from .errors import RolloutError
from .part import FORM, MARK, Part, slice_of

LARGEST = 64 * 1024 * 1024
"""Bytes of a text with a part in it, whatever it came as."""

LARGEST_PACK = 128 * 1024 * 1024
"""Bytes of its results as JSON: 100,000 hosts; 30,000 with details."""

MOST_PIECES = 10_000_000
"""Values of a document, by the marks that begin one: a short text of many empty lists would fill the memory."""

DEEPEST, MOST_VALUES = 16, 20_000
"""Levels and values of one host's result."""

_LONGEST = 65_536
_PLACES = (("artifacts",), ("event_data", "artifact_data"))
"""Where a job of AWX, and an event of ansible-runner, keep what set_stats was given."""

_SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("part.schema.json").read_text(encoding="utf-8"))


class PartError(RolloutError):
    """Something that is no part, or one that cannot be used. field: where in it; reason: what is wrong there."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = visible(field), visible(reason)
        super().__init__(f"{self.field}: {self.reason}")


def parts_in(given: str | bytes | Mapping[str, Any]) -> dict[str, Any]:
    """The parts in a document, unread, by the name that each is kept under ("" where the document is one itself).

    A document is a part, what set_stats was given, a job of AWX or an event of ansible-runner. Empty where it is a
    document without a part. Raises PartError for text that is no JSON document.
    """
    document = decoded(given, "the document") if isinstance(given, (str, bytes)) else given
    if not isinstance(document, Mapping):
        raise PartError("the document", "it is no JSON object")
    if MARK in document:
        return {"": document}
    found: dict[str, Any] = {}
    for keys in ((), *_PLACES):
        place: Any = document
        for key in keys:
            place = place.get(key) if isinstance(place, Mapping) else None
        for key, value in place.items() if isinstance(place, Mapping) else ():
            if str(key).startswith(f"{MARK}_"):
                found.setdefault(str(key).removeprefix(f"{MARK}_"), value)
    return found


def read(given: Any, source: str, name: str = "") -> Part:
    """The part, checked. given: a JSON text or object. name: what it is kept under. Raises PartError."""
    head = decoded(given, "the part") if isinstance(given, (str, bytes)) else given
    if not isinstance(head, Mapping):
        raise PartError("the part", "it is no JSON object")
    _form(head)
    _insist(dict(head), _SCHEMA)
    if name and head["name"] != name:
        raise PartError("name", f"it is {head['name']}, but the part is kept as {name[:64]}")
    if (head["number"], head["count"]) != (slice_of(head["name"]) or (None, None)):
        raise PartError("number", f"{head['number']} of {head['count']} is not what the name {head['name']} says")
    _moment(head["made"])
    hotfixes = tuple(head["hotfixes"])
    asked, results = _unpacked(head["pack"], hotfixes)
    if head["hosts"] != len(asked):
        raise PartError("hosts", f"it is {head['hosts']}, but {len(asked)} hosts are in the part")
    return Part(
        name=head["name"],
        source=source,
        hotfixes=hotfixes,
        made=head["made"],
        collection=head["collection"],
        details=head["details"],
        asked=asked,
        results=results,
    )


def _moment(made: str) -> None:
    try:
        datetime.fromisoformat(made)
    except ValueError:
        raise PartError("made", f"{made[:32]!r} is no moment") from None


def _form(head: Mapping[str, Any]) -> None:
    form = head.get(MARK)
    if isinstance(form, int) and not isinstance(form, bool) and form > FORM:
        by = str(head.get("collection"))[:40]
        raise PartError(MARK, f"its form is {form} (of collection {by}), this one reads {FORM}: merge with that one")


def _unpacked(pack: str, hotfixes: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, Mapping[str, Any]]]:
    content = decoded(_unzipped(pack), "pack")
    _insist(content, _SCHEMA["$defs"]["pack"], "pack")
    asked, results = content["asked"], content["results"]
    known = set(asked)
    if len(known) != len(asked):
        raise PartError("pack.asked", f"the host {_first_twice(asked)} is in it twice")
    strange = next((host for host in asked if not is_visible(host)), None)
    if strange is not None:
        raise PartError("pack.asked", f"a host is named {strange}, with characters that cannot be seen")
    beyond = next((host for host in results if host not in known), None)
    if beyond is not None:
        raise PartError("pack.results", f"it has {beyond[:255]}, which the run was not for")
    for host, one in results.items():
        _result(host, one, hotfixes)
    return tuple(asked), results


def _result(host: str, result: Any, hotfixes: tuple[str, ...]) -> None:
    at = f"pack.results[{host}]"
    _insist(result, _SCHEMA["$defs"]["result"], at)
    if "status" in result and result["status"] not in STATUSES:
        raise PartError(f"{at}.status", f"it is {result['status'][:40]!r}: one of {', '.join(STATUSES)} was expected")
    strange = [kb for kb in told(result) if kb not in hotfixes]
    if strange:
        raise PartError(f"{at}.kb", f"it is {strange[0]}, and the part is about {', '.join(hotfixes)}")
    _bounded(result, at)


def _bounded(result: Any, at: str) -> None:
    """Depth, number and length of values, without recursion."""
    left, waiting = MOST_VALUES, [(result, 0)]
    while waiting:
        value, depth = waiting.pop()
        left -= 1
        if left < 0:
            raise PartError(at, f"it has more than {MOST_VALUES} values")
        if depth > DEEPEST:
            raise PartError(at, f"it is nested deeper than {DEEPEST} levels")
        if isinstance(value, str) and len(value) > _LONGEST:
            raise PartError(at, f"it has a text longer than {_LONGEST} characters")
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]


def _unzipped(pack: str) -> bytes:
    try:
        zipped = base64.b64decode(pack, validate=True)
    except (binascii.Error, ValueError):
        raise PartError("pack", "it is no base64: the part was damaged or cut off") from None
    stream = zlib.decompressobj(wbits=31)
    try:
        text = stream.decompress(zipped, LARGEST_PACK)
    except zlib.error as error:
        raise PartError("pack", f"it cannot be unpacked ({error}): the part was damaged") from None
    if stream.unconsumed_tail:
        raise PartError("pack", f"it is larger than {LARGEST_PACK // 1024**2} MiB when it is unpacked")
    if not stream.eof or stream.unused_data:
        raise PartError("pack", "it is no whole gzip stream: the part was cut off, or something follows it")
    return text


def _insist(value: Any, schema: Mapping[str, Any], at: str = "") -> None:
    found = next(problems(value, schema, _SCHEMA, at), None)
    if found is not None:
        raise PartError(*found)


def decoded(text: str | bytes, field: str) -> Any:
    """A JSON document in which no key comes twice. Raises PartError: what is wrong and where."""
    most = LARGEST_PACK if field == "pack" else LARGEST
    if len(text) > most:
        raise PartError(field, f"it is larger than {most // 1024**2} MiB")
    whole = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if sum(whole.count(mark) for mark in (b",", b"[", b"{")) > MOST_PIECES:
        raise PartError(field, f"it has more than {MOST_PIECES} values")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except PartError as error:
        raise PartError(field, error.reason) from None
    except UnicodeDecodeError as error:
        raise PartError(field, f"it is no text in UTF-8: byte {error.start} is damaged") from None
    except json.JSONDecodeError as error:
        ends = error.pos >= len(error.doc.rstrip()) - 1 or error.msg.startswith("Unterminated")
        where = f"line {error.lineno}, column {error.colno}{'; it was cut off' if ends else ''}"
        raise PartError(field, f"it is no JSON document: {error.msg} ({where})") from None
    except RecursionError:
        raise PartError(field, "it is no JSON document that can be read: it is too deep") from None
    except ValueError as error:
        raise PartError(field, f"it is no JSON document that can be read: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise PartError("", f"it has {_first_twice([name for name, _value in pairs])[:80]!r} twice in one place")
    return made


def _first_twice(names: list[str]) -> str:
    seen: set[str] = set()
    return next((name for name in names if name in seen or seen.add(name)), "")  # type: ignore[func-returns-value]


def _refuse(word: str) -> Any:
    raise PartError("", f"it has {word}, which is no number of JSON")
