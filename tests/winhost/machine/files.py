# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file system: drives, folders, files with security, junctions, locks and free space.

One tree per machine over a shared default; a change copies only the nodes on its path.
Every call takes the token it runs as; without one it is the kernel's own and asks no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from winhost.machine import errors, paths, security
from winhost.machine.accounts import Token
from winhost.machine.content import Body, Growing, VersionInfo, body_of
from winhost.machine.errors import Win32Error
from winhost.machine.nodes import Drive, FileAttributes, Node, weight_of
from winhost.machine.security import SecurityDescriptor

__all__ = ["Drive", "FileAttributes", "FileSystem", "Node"]

_OLD = datetime(2008, 1, 19, 7, 0, tzinfo=UTC)
_LINKS = 16


class FileSystem:
    """The volumes of one machine."""

    def __init__(self, base: Node | None = None, *, now: Callable[[], datetime] = lambda: _OLD) -> None:
        self._root = base or Node("", self, directory=True)
        self._now = now
        self.drives: dict[str, Drive] = {"C:": Drive("C:", 80 * 2**30, 20 * 2**30)}
        self.in_use: dict[str, str] = {}  # folded path -> who holds it open without sharing
        self.writers: dict[str, object] = {}  # folded path -> who holds it open for writing; others may read
        self._private_bytes = 0
        self.called: dict[str, str] = {}  # folded name at a drive's root -> its name here

    def freeze(self) -> Node:
        """The tree as a shared default for others; this file system must not be changed afterwards."""
        return self._root

    # -- looking ---------------------------------------------------------------------------------------------------

    def get(self, path: str, *, follow: bool = True) -> Node | None:
        """The node, through junctions unless ``follow`` is False (then the last part itself is not followed)."""
        try:
            return self._walk(self.resolve(path, last=follow))
        except Win32Error:
            return None

    def exists(self, path: str) -> bool:
        return self.get(path) is not None

    def is_dir(self, path: str) -> bool:
        node = self.get(path)
        return node is not None and node.directory

    def resolve(self, path: str, *, last: bool = True) -> str:
        """The real path behind junctions, with names in their true case as far as they exist."""
        todo = list(paths.parts_of(paths.normalise(path)))
        done = [todo.pop(0)]
        node = self._root.children.get(done[0].casefold())
        hops = 0
        while todo:
            part = todo.pop(0)
            child = node.children.get(self._key(part)) if node else None
            if child is not None and child.reparse_target and (todo or last):
                hops += 1
                if hops > _LINKS:
                    raise Win32Error(1921, path)  # ERROR_CANT_RESOLVE_FILENAME
                todo = [*paths.parts_of(paths.normalise(child.reparse_target)), *todo]
                done = [todo.pop(0)]
                node = self._root.children.get(done[0].casefold())
                continue
            done.append(child.name if child and part.casefold() not in self.called else part)
            node = child
        return done[0] + "\\" + "\\".join(done[1:])

    def listdir(self, path: str, token: Token | None = None) -> list[Node]:
        """The nodes in a folder, sorted as NTFS does (upper case)."""
        node = self._must(path)
        if not node.directory:
            raise Win32Error(errors.NOT_A_DIRECTORY, path)
        self._demand(path, token, 0x1)
        return [child for _unused, child in sorted(node.children.items(), key=lambda item: item[0].upper())]

    def walk(self, path: str) -> Iterator[tuple[str, Node]]:
        """Every path and node below a folder; junctions are listed but not entered."""
        top = self.get(path)
        if top is None or not top.directory:
            return
        stack = [(self.resolve(path), top)]
        while stack:
            folder, node = stack.pop()
            for child in node.children.values():
                here = paths.join(folder, child.name)
                yield here, child
                if child.directory and not child.reparse_target:
                    stack.append((here, child))

    def read(self, path: str, token: Token | None = None) -> bytes:
        node = self._must(path)
        if node.directory:
            raise Win32Error(errors.ACCESS_DENIED, path)
        self._demand(path, token, 0x1)
        self._unlocked(path)
        return node.body.read() if node.body else b""

    def security_of(self, path: str) -> SecurityDescriptor:
        """Owner and effective DACL: the node's own entries, then what its parents pass on."""
        real = self.resolve(path, last=False)
        node = self._must(real, follow=False)
        own = node.security
        if own is not None and (own.protected or own.dacl is None):
            return own
        parent = paths.parent_of(real)
        if parent == real or len(paths.parts_of(real)) == 1:
            return own or SecurityDescriptor(security.ADMINISTRATORS, security.SYSTEM, None)
        return security.inherit(own, self.security_of(parent), container=node.directory)

    def allowed(self, path: str, token: Token | None, mask: int) -> bool:
        return token is None or self.security_of(path).grants(token, mask)

    def free_space(self, drive: str = "C:") -> int:
        volume = self.drives.get(drive[:2].upper())
        if volume is None:
            raise Win32Error(errors.PATH_NOT_FOUND, drive)
        private = self._private_bytes if volume.letter == "C:" else 0
        return max(0, volume.size - volume.used_elsewhere - private)

    # -- changing --------------------------------------------------------------------------------------------------

    def write(
        self,
        path: str,
        content: bytes | Body,
        token: Token | None = None,
        *,
        version: VersionInfo | None = None,
        created: datetime | None = None,
    ) -> Node:
        """Make or replace a file. The folder must exist (3); 5, 32 and 112 as Windows has them."""
        body = body_of(content) if isinstance(content, bytes) else content
        real, existing = self._for_writing(path, token)
        self._charge(real, body.size - (existing.size if existing else 0))
        node = self._new(real, token, existing)
        node.body, node.version = body, version
        node.modified = created or self._now()
        node.created = created or (existing.created if existing else self._now())
        return node

    def append(self, path: str, data: bytes, token: Token | None = None, *, holder: object = None) -> Node:
        """Add bytes at the end of a file (made if absent). holder: who holds it open for writing and writes."""
        real, existing = self._for_writing(path, token, holder)
        self._charge(real, len(data))
        node = self._new(real, token, existing)
        body = node.body
        if not isinstance(body, Growing):
            body = Growing(body.read() if body else b"")
            node.body = body
        body.append(data)
        node.modified = self._now()
        return node

    def make_root(self, path: str, descriptor: SecurityDescriptor | None = None) -> Node:
        """A volume (``D:\\``) or another computer's share; without a descriptor everyone may do everything."""
        root = self._own(paths.normalise(path), create=True)
        root.directory = True
        root.attributes = FileAttributes.DIRECTORY
        root.security = descriptor
        return root

    def mkdir(self, path: str, token: Token | None = None, *, parents: bool = False) -> Node:
        """Make a folder: 183 when something has the name, 3 when the parent is absent and ``parents`` is off."""
        real = self.resolve(path)
        if self._walk(real) is not None:
            raise Win32Error(errors.ALREADY_EXISTS, path)
        parent = paths.parent_of(real)
        if self._walk(parent) is None:
            if not parents or parent == real or len(paths.parts_of(parent)) < 1 or not self._volume(parent):
                raise Win32Error(errors.PATH_NOT_FOUND, path)
            self.mkdir(parent, token, parents=True)
        self._demand(parent, token, 0x4)
        node = self._own(real, create=True)
        node.directory = True
        node.attributes |= FileAttributes.DIRECTORY
        node.created = node.modified = self._now()
        self._owner(node, token)
        return node

    def make_junction(self, path: str, target: str, token: Token | None = None) -> Node:
        """A folder that leads elsewhere (a mount point)."""
        node = self.mkdir(path, token)
        node.reparse_target = paths.normalise(target)
        node.attributes |= FileAttributes.REPARSE_POINT
        return node

    def delete(self, path: str, token: Token | None = None, *, recursive: bool = False) -> None:
        """Delete a file, a junction (not what it leads to) or a folder (145 when it is not empty)."""
        real = self.resolve(path, last=False)
        node = self._must(real, follow=False)
        if node.directory and node.children and not recursive:
            raise Win32Error(errors.DIR_NOT_EMPTY, path)
        if not self.allowed(real, token, security.DELETE) and not self.allowed(paths.parent_of(real), token, 0x40):
            raise Win32Error(errors.ACCESS_DENIED, path)
        if node.attributes & FileAttributes.READONLY:
            raise Win32Error(errors.ACCESS_DENIED, path)
        self._unwritten(real)
        self._charge(real, -weight_of(node))
        del self._own(paths.parent_of(real)).children[node.name.casefold()]

    def move(self, source: str, target: str, token: Token | None = None, *, replace: bool = False) -> None:
        """Rename in place or within the volume; security goes along as on NTFS."""
        real = self.resolve(source, last=False)
        goal = self.resolve(target, last=False)
        node = self._must(real, follow=False)
        there = self._walk(goal)
        if there is not None and goal.casefold() != real.casefold():
            if not replace or there.directory:
                raise Win32Error(errors.ALREADY_EXISTS if not replace else errors.ACCESS_DENIED, target)
            self.delete(goal, token)
        if self._walk(paths.parent_of(goal)) is None:
            raise Win32Error(errors.PATH_NOT_FOUND, target)
        self._demand(paths.parent_of(goal), token, 0x4 if node.directory else 0x2)
        if not self.allowed(real, token, security.DELETE) and not self.allowed(paths.parent_of(real), token, 0x40):
            raise Win32Error(errors.ACCESS_DENIED, source)
        self._unwritten(real)
        if node.directory and any(held.startswith(real.casefold() + "\\") for held in self.writers):
            raise Win32Error(errors.ACCESS_DENIED, source)  # a file in it is open
        moved = node.copy(self)
        moved.name = paths.name_of(paths.normalise(target))
        del self._own(paths.parent_of(real)).children[node.name.casefold()]
        self._own(paths.parent_of(goal)).children[moved.name.casefold()] = moved

    def set_security(self, path: str, descriptor: SecurityDescriptor | None, token: Token | None = None) -> None:
        """Replace owner and explicit DACL (None: all inherited again)."""
        self._demand(path, token, security.WRITE_DAC)
        self._own(self.resolve(path, last=False)).security = descriptor

    def set_attributes(self, path: str, attributes: FileAttributes, token: Token | None = None) -> None:
        self._demand(path, token, 0x100)
        self._own(self.resolve(path, last=False)).attributes = attributes

    def add_share(self, root: str) -> None:
        """A share of another computer (``\\\\server\\share``); whoever is let in may do everything there."""
        self.make_root(root)

    def hold(self, path: str, who: str) -> None:
        """Someone opens the file without sharing; reading and writing give 32 until ``release``."""
        self.in_use[self.resolve(path).casefold()] = who

    def release(self, path: str) -> None:
        self.in_use.pop(self.resolve(path).casefold(), None)

    def hold_for_writing(self, path: str, holder: object) -> None:
        """A file that is there is opened for writing: until it is let go nobody else writes, deletes or renames it."""
        self.writers[self.resolve(path).casefold()] = holder

    def let_go(self, holder: object) -> None:
        self.writers = {path: who for path, who in self.writers.items() if who is not holder}

    # -- within ----------------------------------------------------------------------------------------------------

    def _volume(self, path: str) -> bool:
        return paths.parts_of(path)[0].casefold() in self._root.children

    def _walk(self, real: str) -> Node | None:
        node: Node | None = self._root
        for part in paths.parts_of(real):
            node = node.children.get(self._key(part)) if node else None
        return node

    def _key(self, part: str) -> str:
        folded = part.casefold()
        return self.called.get(folded, folded)

    def _must(self, path: str, *, follow: bool = True) -> Node:
        real = self.resolve(path, last=follow)
        node = self._walk(real)
        if node is None:
            missing = self._walk(paths.parent_of(real)) is None
            raise Win32Error(errors.PATH_NOT_FOUND if missing else errors.FILE_NOT_FOUND, path)
        return node

    def _demand(self, path: str, token: Token | None, mask: int) -> None:
        if not self.allowed(path, token, mask):
            raise Win32Error(errors.ACCESS_DENIED, path)

    def _unlocked(self, path: str) -> None:
        if self.in_use and self.resolve(path).casefold() in self.in_use:
            raise Win32Error(errors.SHARING_VIOLATION, path)

    def _unwritten(self, path: str, holder: object = None) -> None:
        self._unlocked(path)
        if self.writers and self.writers.get(self.resolve(path, last=False).casefold(), holder) is not holder:
            raise Win32Error(errors.SHARING_VIOLATION, path)

    def _for_writing(self, path: str, token: Token | None, holder: object = None) -> tuple[str, Node | None]:
        real = self.resolve(path)
        existing = self._walk(real)
        if existing is None:
            parent = self._walk(paths.parent_of(real))
            if parent is None or not parent.directory:
                raise Win32Error(errors.PATH_NOT_FOUND, path)
            self._demand(paths.parent_of(real), token, 0x2)
        elif existing.directory or existing.attributes & FileAttributes.READONLY:
            raise Win32Error(errors.ACCESS_DENIED, path)
        else:
            self._demand(real, token, 0x2)
            self._unwritten(real, holder)
        return real, existing

    def _charge(self, real: str, size: int) -> None:
        if size > 0 and real[:2].upper() in self.drives and size > self.free_space(real):
            raise Win32Error(errors.DISK_FULL, real)
        if real[:2].upper() == "C:":
            self._private_bytes += size

    def _new(self, real: str, token: Token | None, existing: Node | None) -> Node:
        node = self._own(real, create=True)
        if existing is None:
            node.attributes = FileAttributes.ARCHIVE
            node.created = self._now()
            self._owner(node, token)
        return node

    def _owner(self, node: Node, token: Token | None) -> None:
        # Vista: what a member of Administrators makes through an elevated token belongs to the group, else to the user.
        owner = security.SYSTEM if token is None else token.sid
        if token is not None and token.administrator:
            owner = security.SYSTEM if token.system else security.ADMINISTRATORS
        node.security = SecurityDescriptor(owner, security.SYSTEM, ())

    def _own(self, real: str, *, create: bool = False) -> Node:
        if self._root.owner is not self:
            self._root = self._root.copy(self)
        node = self._root
        for part in paths.parts_of(real):
            child = node.children.get(self._key(part))
            if child is None:
                if not create:
                    raise Win32Error(errors.FILE_NOT_FOUND, real)
                child = Node(part, self)
            elif child.owner is not self:
                child = child.copy(self)
            node.children[self._key(part)] = child
            node = child
        return node
