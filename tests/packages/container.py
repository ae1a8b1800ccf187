# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The intra-package delta container: `_manifest_.cix.xml`, members under their own names, and numbered deltas.

The rules were read in genuine packages: the list comes first and has no entry for itself; members stand in its order; a
delta's name is its place in the list; the container's length is that of all other members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from . import delta
from .cab import Member

LIST = "_manifest_.cix.xml"
_WHEN = 128567941300000000  # 31 May 2008


@dataclass(frozen=True)
class Payload:
    """A file to be installed: its path in the package (component folder, name) and its content.

    same_as: the path of another one, or the name of a text, whose content it has. alone: its delta needs no other file.
    """

    path: str
    content: bytes
    same_as: str | None = None
    alone: bool = False


@dataclass(frozen=True)
class _Entry:
    number: int
    name: str
    content: bytes
    source: tuple[str, str, bytes] | None  # type, member, its bytes
    basis: int | None = None


def pack(
    texts: Sequence[Member],
    payload: Sequence[Payload],
    *,
    name: str,
    algorithm: str = "SHA1",
    edit: Callable[[str], str] | None = None,
) -> list[Member]:
    """The members of a delta container. texts lie in it as they are; `edit` changes the text of the list at the end."""
    total = len(texts) + len(payload)
    entries = [
        _Entry(total - place, one.name, one.data, ("RAW", one.name, one.data)) for place, one in enumerate(texts)
    ]
    members = list(texts)
    numbers: dict[str, int] = {}
    numbers.update((one.name, total - place) for place, one in enumerate(texts))
    last: Payload | None = None
    for place, one in enumerate(payload, len(texts)):
        numbers[one.path] = number = total - place
        if one.same_as is not None:
            # The number exists and is named by no Source: such members were seen in genuine packages.
            members.append(Member(str(place), delta.make(b"", None, _WHEN)))
            entries.append(_Entry(number, one.path, one.content, None, numbers[one.same_as]))
            continue
        basis = None if one.alone else last
        packed = delta.make(one.content, basis.content if basis else None, _WHEN)
        members.append(Member(str(place), packed))
        entries.append(
            _Entry(number, one.path, one.content, ("PA30", str(place), packed), numbers[basis.path] if basis else None)
        )
        last = one
    text = _list(entries, name, sum(len(one.data) for one in members), algorithm)
    return [Member(LIST, (edit(text) if edit else text).encode()), *members]


def _list(entries: Sequence[_Entry], name: str, length: int, algorithm: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n'
        f'<Container name={quoteattr(name)} type="CAB" length="{length}" version="1" xmlns="urn:ContainerIndex">'
        "<Description/><Files>" + "".join(_file(one, algorithm) for one in entries) + "</Files></Container>"
    )


def _file(entry: _Entry, algorithm: str) -> str:
    source = basis = ""
    if entry.source is not None:
        kind, member, data = entry.source
        source = f'<Source type="{kind}" name={quoteattr(member)}>{_hash(data, algorithm)}</Source>'
    if entry.basis is not None:
        basis = f'<Basis file="{entry.basis}"/>'
    return (
        f'<File id="{entry.number}" name={quoteattr(entry.name)} length="{len(entry.content)}" '
        f'time="{_WHEN}" attr="32">'
        f"{_hash(entry.content, algorithm)}<Delta>{source}{basis}</Delta></File>"
    )


def _hash(data: bytes, algorithm: str) -> str:
    return f'<Hash alg="{algorithm}" value="{hashlib.new(algorithm, data).hexdigest()}"/>'
