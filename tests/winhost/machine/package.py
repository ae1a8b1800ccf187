# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading update packages: cabinets, delta containers, answer files. Nothing here knows any machine."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import lru_cache

from winhost.machine import package_chain, package_container
from winhost.machine.content import Body, body_of
from winhost.machine.package_model import Package, PackageError, Step

__all__ = ["Package", "PackageError", "Step", "read_answer_file", "read_cab", "read_package", "read_update"]

_MOST = 512 * 2**20
_TEXTS = (".mum", ".cat", ".manifest")


def read_cab(data: bytes) -> dict[str, bytes]:
    """Member path (with backslashes) -> bytes. PackageError when it is no whole cabinet."""
    import libarchive

    if not data.startswith(b"MSCF"):
        raise PackageError("no cabinet")
    members: dict[str, bytes] = {}
    total = 0
    try:
        with libarchive.memory_reader(data) as archive:
            for entry in archive:
                content = b"".join(entry.get_blocks())
                total += len(content)
                if total > _MOST:
                    raise PackageError("the cabinet is too large")
                members[entry.pathname.replace("/", "\\")] = content
    except libarchive.ArchiveError as error:
        raise PackageError(str(error)) from error
    return members


def read_package(data: bytes) -> Package:
    """The package in a .cab. PackageError when it is none."""
    return _read_package(hashlib.sha256(data).digest(), _Held(data))


def read_update(data: bytes) -> Package | None:
    """The package in an .msu; None when the cabinet is no update. PackageError when it is damaged."""
    members = {name.lower(): content for name, content in read_cab(data).items()}
    payload = [content for name, content in members.items() if name.endswith(".cab") and name != "wsusscan.cab"]
    return read_package(payload[0]) if "wsusscan.cab" in members and payload else None


class _Held:
    """Bytes that the cache's key leaves out."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=8)
def _read_package(digest: bytes, held: _Held) -> Package:
    members = read_cab(held.data)
    held.data = b""
    documents = {name.rpartition("\\")[2]: content for name, content in members.items()}
    files = _files(members)
    return package_chain.follow(documents, files)


def _files(members: Mapping[str, bytes]) -> dict[str, Body]:
    """What the package installs: what a delta container lists, or else the members themselves."""
    if package_container.LIST in members:
        return package_container.listed(members)
    return {name: body_of(content) for name, content in members.items() if not name.lower().endswith(_TEXTS)}


def read_answer_file(content: bytes) -> list[Step]:
    """The servicing steps of an unattend file. PackageError when there are none."""
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        raise PackageError(f"answer file: {error}") from error
    steps = []
    for element in root.iter():
        if element.tag.rpartition("}")[2] == "package" and element.get("action"):
            identity = element.find("{*}assemblyIdentity")
            source = element.find("{*}source")
            steps.append(
                Step(
                    element.get("action", "").lower(),
                    package_chain.identity_of(identity).text if identity is not None else "",
                    source.get("location", "") if source is not None else "",
                )
            )
    if not steps:
        raise PackageError("answer file: no servicing package")
    return steps
