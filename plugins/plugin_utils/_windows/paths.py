# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one check of every path that a host reports: a folder of a drive, in one form, or refused in one sentence."""

from __future__ import annotations

import re

from .._text.visible import is_visible
from .errors import HostError

LONGEST = 100
"""Characters of the Windows folder: what is staged below it stays under the 260 of a path."""

_DRIVE = re.compile(r"[A-Za-z]:\\?", re.ASCII)
_RESERVED = frozenset('<>:"|?*/')
_COMMAND_LINE = frozenset("%!^&")
"""Allowed in names, but cmd.exe gives them a meaning, in quotes too."""

_DEVICES = re.compile(r"(con|prn|aux|nul|clock\$|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE | re.ASCII)


class PathRefusedError(HostError, ValueError):
    """The host's path is not one to work below: which, and why."""

    def __init__(self, what: str, path: str, why: str) -> None:
        super().__init__(f"{what} {path[:120]!r} is refused: {why}")


def canonical(path: str, what: str = "the Windows folder") -> str:
    """The path with backslashes and without a last one: a drive and at least one folder. Raises PathRefusedError.

    No dots, no empty part (a doubled backslash), no reserved or control character, no device's name, nothing that
    cmd.exe would interpret, no space, at most LONGEST characters. Letters of any script are fine.
    """
    text = path.strip().replace("/", "\\").removesuffix("\\")
    drive, _unused, rest = text.partition("\\")
    if not text:
        raise PathRefusedError(what, path, "it is empty")
    if not _DRIVE.fullmatch(drive):
        raise PathRefusedError(what, path, "it does not begin with a drive such as C:")
    if not rest:
        raise PathRefusedError(what, path, "it is a whole drive")
    if len(text) > LONGEST:
        raise PathRefusedError(what, path, f"it has {len(text)} characters, at most {LONGEST} were expected")
    for part in rest.split("\\"):
        problem = _problem(part)
        if problem:
            raise PathRefusedError(what, path, problem)
    return text


def _problem(part: str) -> str:
    if not part:
        return "it holds a doubled backslash"
    if set(part) <= {"."}:
        return "it holds a part of dots alone"
    if part != part.strip() or part.endswith("."):
        return f"its part {part!r} begins or ends with a space or a dot"
    if not is_visible(part) or not part.isprintable():
        return "it holds a control character"
    reserved = sorted(_RESERVED & set(part))
    if reserved:
        return f"it holds {reserved[0]}, which no name may hold"
    if " " in part:
        return "it holds a space, with which the programs of Windows could not be named; install by hand there"
    special = sorted(_COMMAND_LINE & set(part))
    if special:
        return f"it holds {special[0]}, which cmd.exe would interpret; install by hand there"
    return f"its part {part!r} is a device's name" if _DEVICES.fullmatch(part) else ""


def drive(text: str) -> str | None:
    """A drive such as `C:`; None for anything else."""
    stripped = text.strip()
    return stripped[:2].upper() if _DRIVE.fullmatch(stripped) else None
