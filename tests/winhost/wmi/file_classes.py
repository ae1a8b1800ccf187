# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIM_DataFile and Win32_Directory: instances found through the names a query asks for, or by walking the disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from winhost.machine import paths
from winhost.machine.errors import Win32Error
from winhost.machine.files import FileAttributes, Node
from winhost.wmi.system import Row, local_time
from winhost.wql import And, Comparison, Condition, Or

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine


def data_file(machine: Machine, token: Token, where: Condition | None) -> Iterator[Row]:
    for path, node in _found(machine, where, directories=False):
        row = _common(machine, path, node, "CIM_DataFile")
        row["Manufacturer"] = node.version.company if node.version else None
        row["Version"] = _version(machine, node)
        yield row


def directory(machine: Machine, token: Token, where: Condition | None) -> Iterator[Row]:
    for path, node in _found(machine, where, directories=True):
        yield _common(machine, path, node, "Win32_Directory")


def exact_names(where: Condition | None) -> set[str] | None:
    """The full names to which a condition confines the rows, or None when it does not."""
    if isinstance(where, Comparison) and where.operator == "=" and where.name.casefold() == "name":
        return {str(where.value)}
    if isinstance(where, Or):
        found = [exact_names(part) for part in where.parts]
        return None if any(names is None for names in found) else {name for names in found for name in names or ()}
    if isinstance(where, And):
        return next((names for names in map(exact_names, where.parts) if names is not None), None)
    return None


def folder_of(where: Condition | None) -> str | None:
    """The one folder to which ``Drive = … AND Path = …`` confines the rows, or None."""
    if not isinstance(where, And):
        return None
    given = {
        part.name.casefold(): str(part.value)
        for part in where.parts
        if isinstance(part, Comparison) and part.operator == "="
    }
    return given["drive"] + given["path"] if "drive" in given and "path" in given else None


def _found(machine: Machine, where: Condition | None, *, directories: bool) -> Iterator[tuple[str, Node]]:
    names = exact_names(where)
    folder = folder_of(where)
    if names is not None:
        for name in names:
            try:
                path = machine.files.resolve(name, last=False)
            except Win32Error:
                continue
            node = machine.files.get(path, follow=False)
            if node is not None and node.directory == directories:
                yield path, node
        return
    if folder is not None:
        try:
            children = machine.files.listdir(folder)
            base = machine.files.resolve(folder)
        except Win32Error:
            return
        for node in children:
            if node.directory == directories:
                yield paths.join(base, node.name), node
        return
    for path, node in machine.files.walk("C:\\"):
        if node.directory == directories:
            yield path, node


def _version(machine: Machine, node: Node) -> str | None:
    if node.version is None:
        return None
    return {"plain": node.version.number, "with_lab": node.version.text, "null": None}[
        machine.doubt["file_version_form"]
    ]


def _common(machine: Machine, path: str, node: Node, class_name: str) -> Row:
    lower = path.lower()  # the provider gives every name in lower case
    stem, dot, extension = node.name.lower().rpartition(".")
    if not dot:
        stem, extension = extension, ""
    folder = paths.parent_of(lower)[2:].rstrip("\\") + "\\"
    attributes = node.attributes
    system_file = (
        "Local Disk" if node.directory and len(lower) == 3 else "File Folder" if node.directory else _kind(extension)
    )
    return {
        "AccessMask": 0x1F01FF,
        "Archive": bool(attributes & FileAttributes.ARCHIVE),
        "Caption": lower,
        "Compressed": bool(attributes & FileAttributes.COMPRESSED),
        "CreationClassName": class_name,
        "CreationDate": local_time(machine, node.created),
        "CSCreationClassName": "Win32_ComputerSystem",
        "CSName": machine.computer_name,
        "Description": lower,
        "Drive": lower[:2],
        "EightDotThreeFileName": lower,
        "Encrypted": False,
        "Extension": extension,
        "FileName": stem,
        "FileSize": None if node.directory else node.size,
        "FileType": system_file,
        "FSCreationClassName": "Win32_FileSystem",
        "FSName": "NTFS",
        "Hidden": bool(attributes & FileAttributes.HIDDEN),
        "InstallDate": local_time(machine, node.created),
        "LastAccessed": local_time(machine, node.created),
        "LastModified": local_time(machine, node.modified),
        "Name": lower,
        "Path": folder,
        "Readable": True,
        "Status": "OK",
        "System": bool(attributes & FileAttributes.SYSTEM),
        "Writeable": not attributes & FileAttributes.READONLY,
    }


def _kind(extension: str) -> str:
    return {
        "exe": "Application",
        "dll": "Application Extension",
        "sys": "System file",
        "txt": "Text Document",
        "": "File",
    }.get(extension, f"{extension.upper()} File")
