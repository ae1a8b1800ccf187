# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dir."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd import pathing
from winhost.cmd.builtins.registry import builtin, parted
from winhost.machine import paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd
    from winhost.machine.files import Node

_ATTRIBUTES = {"d": 0x10, "r": 0x1, "h": 0x2, "s": 0x4, "a": 0x20, "l": 0x400}


@builtin("dir")
async def dir_(cmd: Cmd, arguments: str) -> int:
    switches, names = parted(arguments)
    listing = _Listing(cmd, switches)
    try:
        for name in names or ["."]:
            await listing.show(name)
    except Win32Error as error:
        await cmd.err(cmd.system_text(error.code))
        return 1
    if not listing.found:
        await cmd.err(cmd.text("file_not_found"))
        return 1
    return 0


class _Listing:
    def __init__(self, cmd: Cmd, switches: list[str]) -> None:
        self.cmd = cmd
        self.bare = "/b" in switches
        self.deep = "/s" in switches
        self.wanted = next((switch[2:].lstrip(":") for switch in switches if switch.startswith("/a")), None)
        self.order = next((switch[2:].lstrip(":") for switch in switches if switch.startswith("/o")), None)
        self.found = False
        self.all_files = self.all_bytes = 0

    def _passes(self, node: Node) -> bool:
        if self.wanted is None:
            return not node.attributes & 0x6
        wanted = True
        for letter in self.wanted:
            if letter == "-":
                wanted = False
                continue
            bit = _ATTRIBUTES.get(letter, 0)
            has = node.directory if letter == "d" else bool(node.attributes & bit)
            if bit and has != wanted:
                return False
            wanted = True
        return True

    async def show(self, name: str) -> None:
        cmd, files = self.cmd, self.cmd.machine.files
        path = pathing.full(cmd, name)
        if not pathing.has_wildcard(name) and files.is_dir(path):
            folder, pattern = path, "*"
        else:
            folder, pattern = paths.parent_of(path), paths.name_of(path)
        if not files.is_dir(folder):
            raise Win32Error(2 if folder[:2].upper() in files.drives else 3, folder)
        if not self.bare:
            await self._volume(folder)
        folders = [folder]
        if self.deep:
            folders += sorted(place for place, node in files.walk(folder) if node.directory and not node.reparse_target)
        for place in folders:
            await cmd.breathe()
            await self._folder(place, pattern)
        if not self.bare and self.found:
            if self.deep:
                await cmd.out("\r\n     Total:")
                await cmd.out(cmd.text("dir_files", self.all_files, self._grouped(self.all_bytes)))
            await cmd.out(cmd.text("dir_dirs", self.folders, self._grouped(files.free_space(folder))))

    async def _volume(self, folder: str) -> None:
        volume = self.cmd.machine.files.drives.get(folder[:2].upper())
        if volume is not None:
            letter = volume.letter[:1]
            await self.cmd.out(
                self.cmd.text("volume_label", letter, volume.label) if volume.label else self.cmd.text("volume", letter)
            )
            await self.cmd.out(self.cmd.text("serial", f"{volume.serial[:4]}-{volume.serial[4:]}"))

    async def _folder(self, folder: str, pattern: str) -> None:
        cmd = self.cmd
        expression = pathing.wildcard(pattern)
        nodes = [
            node
            for node in cmd.machine.files.listdir(folder, cmd.session.token)
            if expression.match(node.name) and self._passes(node)
        ]
        self._sort(nodes)
        self.folders = sum(node.directory for node in nodes)
        if not nodes:
            return
        self.found = True
        if self.bare:
            for node in nodes:
                await cmd.out(paths.join(folder, node.name) if self.deep else node.name)
            return
        await cmd.out("\r\n" + cmd.text("directory_of", folder) + "\r\n")
        for node in nodes:
            middle = "<JUNCTION>" if node.reparse_target else "<DIR>"
            size = f"    {middle:<10}    " if node.directory else f"{self._grouped(node.size):>18}"
            link = f" [{node.reparse_target}]" if node.reparse_target else ""
            await cmd.out(f"{self._stamp(node)} {size} {node.name}{link}")
        total = sum(node.size for node in nodes if not node.directory)
        count = len(nodes) - self.folders
        self.all_files += count
        self.all_bytes += total
        await cmd.out(cmd.text("dir_files", count, self._grouped(total)))

    def _sort(self, nodes: list[Node]) -> None:
        if self.order is None:
            return
        for letter in reversed(self.order.replace("-", "") or "n"):
            if letter == "n":
                nodes.sort(key=lambda node: node.name.lower())
            elif letter == "s":
                nodes.sort(key=lambda node: node.size)
            elif letter == "d":
                nodes.sort(key=lambda node: node.modified)
            elif letter == "g":
                nodes.sort(key=lambda node: not node.directory)
        if self.order.startswith("-"):
            nodes.reverse()

    def _grouped(self, number: int) -> str:
        text = f"{number:,}"
        return text.replace(",", ".") if self.cmd.machine.language[:2].lower() == "de" else text

    def _stamp(self, node: Node) -> str:
        language = self.cmd.machine.language[:2].lower()
        pattern = {"de": "%d.%m.%Y  %H:%M   ", "ja": "%Y/%m/%d  %H:%M   "}.get(language, "%m/%d/%Y  %I:%M %p")
        return node.modified.strftime(pattern)

    folders = 0
