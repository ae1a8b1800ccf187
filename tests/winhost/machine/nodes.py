# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node of the file system: a file, a folder or a junction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntFlag

from winhost.machine.content import Body, VersionInfo
from winhost.machine.security import SecurityDescriptor

_OLD = datetime(2008, 1, 19, 7, 0, tzinfo=UTC)


class FileAttributes(IntFlag):
    """The attributes of winnt.h."""

    READONLY = 0x1
    HIDDEN = 0x2
    SYSTEM = 0x4
    DIRECTORY = 0x10
    ARCHIVE = 0x20
    REPARSE_POINT = 0x400
    COMPRESSED = 0x800


@dataclass(slots=True)
class Drive:
    """A volume. ``size`` and ``used_elsewhere`` in bytes; type 3 is a local disk, 5 a CD, 2 removable, 4 network."""

    letter: str
    size: int
    used_elsewhere: int
    drive_type: int = 3
    label: str = ""
    file_system: str = "NTFS"
    serial: str = "5C4B1F0E"


class Node:
    """It belongs to the tree that made it (``owner``); any other tree copies it before a change.

    Read it, change it through FileSystem.
    """

    __slots__ = (
        "attributes",
        "body",
        "children",
        "created",
        "directory",
        "modified",
        "name",
        "owner",
        "reparse_target",
        "security",
        "version",
    )

    def __init__(self, name: str, owner: object, *, directory: bool = False) -> None:
        self.name = name
        self.owner = owner
        self.directory = directory
        self.attributes = FileAttributes.DIRECTORY if directory else FileAttributes(0)
        self.body: Body | None = None
        self.version: VersionInfo | None = None
        self.children: dict[str, Node] = {}
        self.created = _OLD
        self.modified = _OLD
        # Explicit owner and entries; None means: Administrators own it and every entry is inherited.
        self.security: SecurityDescriptor | None = None
        self.reparse_target = ""

    @property
    def size(self) -> int:
        return self.body.size if self.body else 0

    def content(self) -> bytes:
        """The bytes (a synthetic body is made now)."""
        return self.body.read() if self.body else b""

    def copy(self, owner: object) -> Node:
        other = Node(self.name, owner)
        for slot in ("attributes", "body", "created", "directory", "modified", "reparse_target", "security", "version"):
            setattr(other, slot, getattr(self, slot))
        other.children = dict(self.children)
        return other


def weight_of(node: Node) -> int:
    """Bytes of a file, or of all that a folder holds."""
    return node.size + sum(weight_of(child) for child in node.children.values())
