# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NT paths: case-insensitive names, drives, normal forms."""

from __future__ import annotations

import re

from winhost.machine import errors
from winhost.machine.errors import Win32Error

_FORBIDDEN = re.compile(r'[<>"|?*\x00-\x1f]')


def normalise(path: str, current: str = "C:\\") -> str:
    """An absolute path with one backslash between parts, ``.`` and ``..`` resolved.

    No trailing backslash (but ``C:\\``).
    """
    text = path.strip().strip('"').replace("/", "\\")
    if text.startswith(("\\\\?\\", "\\??\\")):
        text = text[4:]
    if text.startswith("\\\\"):
        drive, rest = "\\\\", text[2:]
    elif len(text) >= 2 and text[1] == ":":
        drive, rest = text[0].upper() + ":", text[2:]
        if not rest.startswith("\\"):
            base = current if current[:2].upper() == drive else drive + "\\"
            rest = base[2:].rstrip("\\") + "\\" + rest
    elif text.startswith("\\"):
        drive, rest = current[:2], text
    else:
        drive, rest = current[:2], current[2:].rstrip("\\") + "\\" + text
    parts: list[str] = []
    for part in rest.split("\\"):
        if part in ("", "."):
            continue
        if part == "..":
            if parts:
                parts.pop()
            continue
        cleaned = part.rstrip(" .")
        if _FORBIDDEN.search(cleaned) or ":" in cleaned or not cleaned:
            raise Win32Error(errors.INVALID_NAME, path)
        parts.append(cleaned)
    if drive == "\\\\":
        return "\\\\" + "\\".join(parts)
    return drive + "\\" + "\\".join(parts)


def parts_of(path: str) -> tuple[str, ...]:
    """``("C:", "Windows", "System32")`` of a normal path; a UNC path begins with ``\\\\server\\share``."""
    if path.startswith("\\\\"):
        server, _unused, rest = path[2:].partition("\\")
        share, _unused, rest = rest.partition("\\")
        return (f"\\\\{server}\\{share}", *(part for part in rest.split("\\") if part))
    return (path[:2], *(part for part in path[2:].split("\\") if part))


def parent_of(path: str) -> str:
    head, _unused, _unused = path.rpartition("\\")
    return head + "\\" if head.endswith(":") else head


def name_of(path: str) -> str:
    return path.rpartition("\\")[2]


def join(folder: str, name: str) -> str:
    return folder.rstrip("\\") + "\\" + name
