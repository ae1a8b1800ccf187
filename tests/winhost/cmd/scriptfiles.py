# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script's FileSystemObject and streams ask of the machine's file system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winhost.cmd import pathing
from winhost.cmd.builtins.copying import copy_file
from winhost.cmd.builtins.directories import remove_tree
from winhost.machine import errors, paths
from winhost.machine.errors import Win32Error
from winhost.machine.files import FileAttributes

if TYPE_CHECKING:
    from winhost.cmd.program import Run

Answer = tuple[dict[str, Any], bytes]
_DONE: Answer = ({}, b"")
FILE_EXISTS = 80


class FileRequests:
    """One method `do_<operation>` for each request."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._files = run.machine.files
        self._token = run.session.token

    def _full(self, head: dict[str, Any], name: str = "path") -> str:
        return self._run.full(str(head[name]))

    async def do_stat(self, head: dict[str, Any], data: bytes) -> Answer:
        try:
            path = self._full(head)
        except Win32Error:
            return {"kind": "none", "path": str(head["path"])}, b""
        node = self._files.get(path)
        if node is None:
            return {"kind": "none", "path": path}, b""
        size = node.size if not node.directory else sum(below.size for _unused, below in self._files.walk(path))
        return {
            "kind": "folder" if node.directory else "file",
            "path": self._files.resolve(path, last=False),
            "name": node.name,
            "size": size,
            "attributes": int(node.attributes),
            "modified": node.modified.strftime("%m/%d/%Y %I:%M:%S %p"),
            "created": node.created.strftime("%m/%d/%Y %I:%M:%S %p"),
            "version": node.version.number if node.version else "",
        }, b""

    async def do_readfile(self, head: dict[str, Any], data: bytes) -> Answer:
        content = self._files.read(self._full(head), self._token)
        self._run.allocate(len(content))
        return {}, content

    async def do_writefile(self, head: dict[str, Any], data: bytes) -> Answer:
        path = self._full(head)
        if head.get("new") and self._files.exists(path):
            raise Win32Error(FILE_EXISTS, path)
        self._files.write(path, data, self._token)
        return _DONE

    async def do_append(self, head: dict[str, Any], data: bytes) -> Answer:
        self._files.append(self._full(head), data, self._token)
        return _DONE

    async def do_hold(self, head: dict[str, Any], data: bytes) -> Answer:
        """A text file opened for writing can still be read by others: nothing is locked."""
        return _DONE

    do_release = do_hold

    def _targets(self, head: dict[str, Any]) -> list[str]:
        name = str(head["path"])
        found = [path for path, _unused in pathing.matches(self._run.cmd, name)]
        if not found:
            missing = not self._files.is_dir(paths.parent_of(self._run.full(pathing.split(name)[0] + "x")))
            raise Win32Error(errors.PATH_NOT_FOUND if missing else errors.FILE_NOT_FOUND, name)
        return found

    async def do_deletefile(self, head: dict[str, Any], data: bytes) -> Answer:
        for path in self._targets(head):
            node = self._files.get(path)
            if node is not None and head["force"] and node.attributes & FileAttributes.READONLY:
                self._files.set_attributes(path, node.attributes & ~FileAttributes.READONLY, self._token)
            self._files.delete(path, self._token)
        return _DONE

    async def do_deletefolder(self, head: dict[str, Any], data: bytes) -> Answer:
        path = self._full(head)
        if not self._files.is_dir(path):
            raise Win32Error(errors.PATH_NOT_FOUND, path)
        remove_tree(self._run.cmd, path)
        return _DONE

    async def do_movefile(self, head: dict[str, Any], data: bytes) -> Answer:
        source, target = self._full(head), self._full(head, "target")
        if str(head["target"]).endswith("\\"):
            target = paths.join(target, paths.name_of(source))
        self._files.move(source, target, self._token)
        return _DONE

    async def do_copyfile(self, head: dict[str, Any], data: bytes) -> Answer:
        target = self._full(head, "target")
        into = str(head["target"]).endswith("\\")
        for source in self._targets(head):
            goal = paths.join(target, paths.name_of(source)) if into else target
            if self._files.is_dir(goal):
                raise Win32Error(errors.ACCESS_DENIED, goal)
            if self._files.exists(goal) and not head["overwrite"]:
                raise Win32Error(FILE_EXISTS, goal)
            copy_file(self._run.cmd, source, goal)
        return _DONE

    async def do_createfolder(self, head: dict[str, Any], data: bytes) -> Answer:
        self._files.mkdir(self._full(head), self._token)
        return _DONE

    async def do_attributes(self, head: dict[str, Any], data: bytes) -> Answer:
        path = self._full(head)
        node = self._files.get(path)
        if node is None:
            raise Win32Error(errors.FILE_NOT_FOUND, path)
        settable = 0x27
        self._files.set_attributes(
            path, FileAttributes((int(node.attributes) & ~settable) | (int(head["value"]) & settable)), self._token
        )
        return _DONE

    async def do_list(self, head: dict[str, Any], data: bytes) -> Answer:
        path = self._full(head)
        wanted = head["kind"] == "folder"
        nodes = self._files.listdir(path, self._token)
        return {"paths": [paths.join(path, node.name) for node in nodes if node.directory == wanted]}, b""

    async def do_drive(self, head: dict[str, Any], data: bytes) -> Answer:
        letter = str(head["path"]).upper()
        drive = self._files.drives.get(letter)
        if drive is None:
            raise Win32Error(errors.PATH_NOT_FOUND, letter)
        kind = {3: 2, 5: 4, 2: 1, 4: 3}.get(drive.drive_type, 0)
        return {"letter": letter, "free": self._files.free_space(letter), "size": drive.size, "type": kind}, b""
