# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delta containers: what `_manifest_.cix.xml` lists, undone and checked against its hashes.

The deltas of the tests' packages are undone. Genuine ones nobody here can undo: such a file is taken as it is listed,
with its length, and with content that nobody can read.
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from packages import delta

from winhost.machine.content import Body, Synthetic, body_of
from winhost.machine.package_model import PackageError

LIST = "_manifest_.cix.xml"
_SPACE = "{urn:ContainerIndex}"
_ALGORITHMS = {"SHA1": "sha1", "SHA256": "sha256"}


def listed(members: Mapping[str, bytes]) -> dict[str, Body]:
    """Every file of the list by its path. PackageError when the list and the members disagree."""
    try:
        root = ET.fromstring(members[LIST])
    except ET.ParseError as error:
        raise PackageError(f"{LIST}: {error}") from error
    elements = root.findall(f"{_SPACE}Files/{_SPACE}File")
    by_number = {element.get("id", ""): element for element in elements}
    if len(by_number) != len(elements):
        raise PackageError(f"{LIST}: two files of one number")
    reader = _Reader(members, by_number)
    return {element.get("name", ""): reader.content(element.get("id", ""), 0) for element in elements}


class _Reader:
    """Undoes one file after the other; each may lean on another."""

    def __init__(self, members: Mapping[str, bytes], elements: Mapping[str, ET.Element]) -> None:
        self._members, self._elements = members, elements
        self._done: dict[str, Body] = {}

    def content(self, number: str, depth: int) -> Body:
        done = self._done.get(number)
        if done is None:
            if depth > len(self._elements) or number not in self._elements:
                raise PackageError(f"{LIST}: there is no file {number}, or it leans on itself")
            done = self._done[number] = self._undone(self._elements[number], depth)
        return done

    def _undone(self, element: ET.Element, depth: int) -> Body:
        name = element.get("name", "")
        source, basis = element.find(f"{_SPACE}Delta/{_SPACE}Source"), element.find(f"{_SPACE}Delta/{_SPACE}Basis")
        on = self.content(basis.get("file", ""), depth + 1) if basis is not None else None
        if source is None:
            if on is None:
                raise PackageError(f"{LIST}: {name} has neither a source nor a basis")
            return self._checked(element, on)
        member = self._members.get(source.get("name", ""))
        if member is None:
            raise PackageError(f"{LIST}: {name} comes from {source.get('name')}, which is not there")
        _check(source, member, f"the source of {name}")
        if source.get("type") == "RAW":
            return self._checked(element, body_of(member))
        if not delta.is_toy(member) or isinstance(on, Synthetic):
            return Synthetic(_digest(element)[1], int(element.get("length", "0")))
        try:
            return self._checked(element, body_of(delta.undo(member, on.read() if on else None)))
        except delta.DeltaError as error:
            raise PackageError(f"{name}: {error}") from error

    @staticmethod
    def _checked(element: ET.Element, body: Body) -> Body:
        name = element.get("name", "")
        if str(body.size) != element.get("length"):
            raise PackageError(f"{name} has {body.size} bytes, {element.get('length')} are listed")
        if not isinstance(body, Synthetic):
            _check(element, body.read(), name)
        return body


def _digest(element: ET.Element) -> tuple[str, str]:
    found = element.find(f"{_SPACE}Hash")
    algorithm = _ALGORITHMS.get(found.get("alg", "")) if found is not None else None
    if found is None or algorithm is None:
        raise PackageError(f"{LIST}: {element.get('name')} has no hash of a known kind")
    return algorithm, found.get("value", "").lower()


def _check(element: ET.Element, content: bytes, what: str) -> None:
    algorithm, value = _digest(element)
    if hashlib.new(algorithm, content).hexdigest() != value:
        raise PackageError(f"{what} has another hash than the one listed")
