# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's disk, saved at one moment, to begin other machines of the same profile with."""

from __future__ import annotations

from dataclasses import dataclass

from winhost.machine.content import Growing, body_of
from winhost.machine.files import FileSystem, Node


@dataclass(frozen=True)
class Image:
    """The tree, which belongs to nobody and is copied before a change, and the bytes that were added to the base."""

    root: Node
    private_bytes: int


def save(files: FileSystem) -> Image:
    """The disk as it is now. The machine goes on."""
    return Image(_frozen(files._root, files), files._private_bytes)


def load(files: FileSystem, image: Image) -> None:
    """Put the image in the place of everything on this disk."""
    files._root, files._private_bytes = image.root, image.private_bytes


def _frozen(node: Node, owner: FileSystem) -> Node:
    if node.owner is not owner:
        return node  # shared already
    copy = node.copy(None)
    if isinstance(copy.body, Growing):
        copy.body = body_of(copy.body.read())
    copy.children = {name: _frozen(child, owner) for name, child in node.children.items()}
    return copy
