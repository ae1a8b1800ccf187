# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths as cmd.exe sees them: relative to its directory, through mapped drives, and the `%~dpnx` modifiers."""

from __future__ import annotations

from fnmatch import translate
from functools import lru_cache
from re import IGNORECASE, Pattern
from re import compile as compile_pattern
from typing import TYPE_CHECKING

from winhost.machine import paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.interpreter import Cmd
    from winhost.cmd.session import Session
    from winhost.machine.files import Node
    from winhost.machine.machine import Machine

_DEVICES = frozenset({"nul", "nul:", "\\\\.\\nul"})


def is_nul(name: str) -> bool:
    return name.lower() in _DEVICES


def full(cmd: Cmd, name: str) -> str:
    """The absolute path of a name; UNC paths and mapped drives are checked against the session's credentials."""
    name = name.replace('"', "")
    current = cmd.directory
    if len(name) >= 2 and name[1] == ":" and name[2:3] not in ("\\", "/"):
        drive = name[0].upper() + ":"
        if drive != current[:2].upper():
            current = cmd.drive_directories.get(drive, drive + "\\")
    return resolve(cmd.machine, cmd.session, name, current)


def resolve(machine: Machine, session: Session, name: str, current: str) -> str:
    """Make a path absolute. Raises Win32Error: 3 no such drive, 5 or 53 for a network path that cannot be had."""
    path = paths.normalise(name, current)
    if path.startswith("\\\\"):
        return _network(machine, session, path)
    drive = path[:2].upper()
    if drive in session.drives:
        return _network(machine, session, session.drives[drive] + path[2:].rstrip("\\"))
    if drive not in machine.files.drives:
        raise Win32Error(3, path)
    return path


def _network(machine: Machine, session: Session, path: str) -> str:
    root = paths.parts_of(path)[0]
    server = root[2:].partition("\\")[0].lower()
    if root.lower() in session.connections or "\\\\" + server in session.connections:
        return path
    if server in (machine.computer_name.lower(), "localhost", "127.0.0.1"):
        share = root.rpartition("\\")[2].lower()
        if share == "admin$":
            return "C:\\Windows" + path[len(root) :]
        if len(share) == 2 and share.endswith("$"):
            return share[0].upper() + ":\\" + path[len(root) :].lstrip("\\")
    if session.token.network:
        raise Win32Error(5, path)  # a network logon has nothing to show to the next server
    raise Win32Error(53 if machine.files.get(root) is None else 5, path)


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> Pattern[str]:
    """A pattern of * and ? (`*.*` matches names without a dot too)."""
    if pattern == "*.*":
        pattern = "*"
    return compile_pattern(translate(pattern.replace("[", "[[]")), IGNORECASE)


def has_wildcard(name: str) -> bool:
    return "*" in name or "?" in name


def split(name: str) -> tuple[str, str]:
    """Folder part (with its backslash or colon) and last part."""
    cut = max(name.rfind("\\"), name.rfind("/"), name.rfind(":")) + 1
    return name[:cut], name[cut:]


def matches(cmd: Cmd, name: str, *, directories: bool = False, files: bool = True) -> list[tuple[str, Node]]:
    """Absolute paths and nodes that a name with wildcards stands for, sorted as NTFS does."""
    folder, last = split(name.replace('"', ""))
    if not has_wildcard(last):
        path = full(cmd, name)
        node = cmd.machine.files.get(path)
        return [(path, node)] if node is not None and (directories if node.directory else files) else []
    where = full(cmd, folder or ".")
    pattern = wildcard(last)
    return [
        (paths.join(where, node.name), node)
        for node in cmd.machine.files.listdir(where, cmd.session.token)
        if (directories if node.directory else files) and pattern.match(node.name)
    ]


def modify(cmd: Cmd, letters: str, value: str, search: str | None) -> str:
    """Apply modifiers such as `dpnx` to a value."""
    value = value[1:-1] if len(value) >= 2 and value[0] == value[-1] == '"' else value.strip('"')
    if not letters and search is None:
        return value
    if search is not None:
        found = search_path(cmd, value, (cmd.lookup(search) or "").split(";"))
        if not found:
            return ""
        value = found
        letters = letters or "f"
    if not value:
        return ""
    try:
        path = paths.normalise(value, cmd.directory)
    except Win32Error:
        path = value
    node = cmd.machine.files.get(path) if not path.startswith("\\\\") else None
    if "f" in letters:
        letters = letters.replace("f", "dpnx")
    return _parts(cmd, letters, path, value.endswith("\\"), node)


def _parts(cmd: Cmd, letters: str, path: str, folder_only: bool, node: Node | None) -> str:
    drive = path[:2] if not path.startswith("\\\\") else paths.parts_of(path)[0]
    rest = path[len(drive) :]
    name = "" if folder_only else rest.rpartition("\\")[2]
    folder = rest[: len(rest) - len(name)]
    if folder_only and not folder.endswith("\\"):
        folder += "\\"
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    facts = ""
    if node is not None:
        if "a" in letters:
            flags = (
                (0x10, "d"),
                (0x1, "r"),
                (0x20, "a"),
                (0x2, "h"),
                (0x4, "s"),
                (0x800, "c"),
                (0, "o"),
                (0, "t"),
                (0x400, "l"),
            )
            facts += "".join(letter if node.attributes & bit else "-" for bit, letter in flags) + " "
        if "t" in letters:
            facts += node.modified.strftime("%m/%d/%Y %I:%M %p") + " "
        if "z" in letters:
            facts += f"{node.size} "
    place = (drive if "d" in letters else "") + (folder if "p" in letters else "")
    place += (stem if "n" in letters else "") + (dot + extension if "x" in letters else "")
    return (facts + place) if place else facts.rstrip()


def search_path(cmd: Cmd, name: str, folders: list[str]) -> str:
    """The first place where a name exists: the current directory, then the folders given; "" when nowhere."""
    for folder in [cmd.directory, *folders]:
        if not folder.strip():
            continue
        try:
            path = full(cmd, paths.join(folder.strip().strip('"'), name))
        except Win32Error:
            continue
        node = cmd.machine.files.get(path)
        if node is not None and not node.directory:
            return path
    return ""
