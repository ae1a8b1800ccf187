# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the host: sizes through WMI (no process), and contents, hashes and moves through the cmd shell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from .._wsman.faults import WSManFault
from .command import Commander, CommandError, Result, Step, echo_commands, program, quote, run_checked
from .errors import HostError
from .wmi import literal

_SIZE = re.compile(r"[0-9]{1,19}", re.ASCII)
_SHA1_LENGTH = 40
_HEX_LINE = re.compile(r"[0-9a-fA-F ]{40,}")


class Asker(Protocol):
    """The part of the WS-Man client that these questions need."""

    def query(
        self, wql: str, *, namespace: str = ..., deadline: float | None = ...
    ) -> Sequence[Mapping[str, object]]:
        ...


class HashUnavailableError(HostError):
    """The host gave no hash of a file: certutil is missing, or ended well and printed none."""


def sizes(client: Asker, paths: Iterable[str]) -> Mapping[str, int]:
    """Sizes in bytes of those of the paths that exist, by the path as given; one CIM_DataFile query with exact names.

    Raises the client's errors. A file that exists without a FileSize is left out: its size is not known.
    """
    wanted = {path.lower(): path for path in paths}
    where = " OR ".join(f"Name={literal(path)}" for path in wanted.values())
    rows = client.query(f"SELECT Name, FileSize FROM CIM_DataFile WHERE {where}")  # noqa: S608 - WQL, literals escaped
    found = {}
    for row in rows:
        name, size = str(row.get("Name", "")).lower(), str(row.get("FileSize", ""))
        if name in wanted and _SIZE.fullmatch(size):
            found[wanted[name]] = int(size)
    return found


def free_space(client: Asker, drive: str) -> int | None:
    """Free bytes of a drive such as `C:` (Win32_LogicalDisk); None when the host does not say."""
    try:
        rows = client.query(f"SELECT FreeSpace FROM Win32_LogicalDisk WHERE DeviceID={literal(drive)}")  # noqa: S608
    except WSManFault:
        return None
    text = str(rows[0].get("FreeSpace")) if rows else ""
    return int(text) if _SIZE.fullmatch(text) else None


def sha1(shell: Commander, path: str, *, deadline: float = 300.0) -> str:
    """SHA-1 of a file in lower-case hexadecimal. As sha1s."""
    return sha1s(shell, [path], deadline=deadline)[0]


def sha1s(shell: Commander, paths: Sequence[str], *, deadline: float = 300.0) -> list[str]:
    """SHA-1 of each file in lower-case hexadecimal, in this order, by certutil, which every version has.

    Old versions print the digest as spaced pairs between localised lines, newer ones in one piece: the one line that
    is nothing but 40 hexadecimal digits counts. Each file's certutil runs where the one before it ended well. Raises
    CommandError, and HashUnavailableError unless there is one such line for each file (of one, the first counts).
    """
    result = run_checked(shell, Step(f"hashing {', '.join(paths)}", hashing(paths), deadline))
    return read_sha1s(result, paths)


def hashing(paths: Sequence[str]) -> str:
    """The command line that prints what read_sha1s reads."""
    return " && ".join(f"{program('certutil')} -hashfile {quote(path)}" for path in paths)


ANOTHER_SHA1 = 54942
"""Exit code of a command line that did not get past only_with_sha1; no program of Windows gives it."""


def only_with_sha1(path: str, digest: str) -> str:
    """The beginning of a command line that goes on only where certutil prints this SHA-1 as a line of its own, in pairs
    or in one piece.

    A file of another SHA-1 never passes. One that does not pass may have it all the same, where certutil writes it in
    a third way: sha1 tells.
    """
    pairs = " ".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    found = f'{program("findstr")} /i /l /x /c:"{pairs}" /c:"{digest}"'
    return f"(({program('certutil')} -hashfile {quote(path)} | {found} >nul) || exit {ANOTHER_SHA1}) & "


def read_sha1s(result: Result, paths: Sequence[str]) -> list[str]:
    """As sha1s, from what the commands printed. HashUnavailableError."""
    names, found = ", ".join(paths), []
    for line in result.stdout.decode("ascii", errors="replace").splitlines():
        digest = "".join(line.split()).lower()
        if _HEX_LINE.fullmatch(line.strip()) and len(digest) == _SHA1_LENGTH:
            found.append(digest)
    if len(paths) == 1 and found:
        return found[:1]
    if len(found) != len(paths):
        raise HashUnavailableError(f"certutil ended well but printed {len(found) or 'no'} SHA-1 of {names}")
    return found


def write_text(shell: Commander, path: str, text: str) -> None:
    """Write an ASCII text with echo into new files, then join them and move the whole into place.

    A file of the temporary name that is there already is removed first: it would keep its owner and its access list.
    Each command may be repeated. Raises CommandError; the old file stays then.
    """
    temporary = path + ".tmp"
    parts = list(echo_commands(temporary, text))
    into_place = f"move /y {quote(temporary)} {quote(path)} >nul"
    if len(parts) == 1:
        run_checked(shell, Step(f"writing {path}", f"{_fresh(temporary)} & {parts[0]} && {into_place}"))
        return
    names = [f"{temporary}.{number}" for number in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        body = part.partition(" (")[2]
        run_checked(shell, Step(f"writing {path}", f"{_fresh(name)} & >{quote(name)} ({body}"))
    joined = "+".join(quote(name) for name in names)
    run_checked(
        shell, Step(f"joining {path}", f"{_fresh(temporary)} & copy /b /y {joined} {quote(temporary)} >nul")
    )
    move(shell, temporary, path)
    delete(shell, names)


def _fresh(path: str) -> str:
    name = quote(path)
    return f"(if exist {name} del /f /q {name}) & (if exist {name} exit 5)"


def echoed(text: str) -> bytes:
    """What a text that is written by write_text is on the host: its hash can be told beforehand."""
    return "".join(f"{line}\r\n" for line in text.splitlines()).encode("ascii")


def held_for_writing(shell: Commander, path: str) -> bool | None:
    """Whether somebody holds a file open for writing: a second writer is refused. None when that cannot be told.

    A file that is not there is not held. That a second writer got in tells nothing by itself: it is believed where the
    host refuses one, in the same command line, to a file of our own beside it that is held in the same way.
    """
    name, own = quote(path), quote(f"{path}.tmp")
    inside = quote(path + "\\")
    code = shell.run(
        f'(if exist {inside} exit 8) & (if not exist {name} exit 7) & set "IN=" & set "HELD=" & set "BOTH=" & '
        f"((9>>{name} (set IN=1)) 2>nul) & (if not defined IN exit 32) & "
        f"((9>{own} (set HELD=1 & ((8>>{own} (set BOTH=1)) 2>nul))) 2>nul) & del /f /q {own} 2>nul & "
        "(if not defined HELD exit 9) & (if defined BOTH exit 9) & exit 0"
    ).exit_code
    return {7: False, 0: False, 32: True}.get(-1 if code is None else code)


def folders(client: Asker, paths: Iterable[str]) -> set[str]:
    """Those of the paths that are folders, as given (Win32_Directory, exact names; no process). The client's errors."""
    wanted = {path.lower(): path for path in paths}
    where = " OR ".join(f"Name={literal(path)}" for path in wanted.values())
    rows = client.query(f"SELECT Name FROM Win32_Directory WHERE {where}")  # noqa: S608 - WQL, literals escaped
    names = (str(row.get("Name", "")).lower() for row in rows)
    return {wanted[name] for name in names if name in wanted}


def move(shell: Commander, source: str, target: str) -> None:
    """Rename a file within a volume, replacing what is there (one MoveFileEx: no half-written target).

    May be repeated: a source that is gone, with its target there, was moved before.
    """
    there, wanted = quote(source), quote(target)
    command = f"(if exist {there} move /y {there} {wanted} >nul) & (if exist {there} exit 5)"
    run_checked(shell, Step(f"moving {source} into place", f"{command} & if not exist {wanted} exit 6"))


def read_text(shell: Commander, path: str, *, encoding: str = "cp437") -> str | None:
    """The text of a small file, or None when it is not there (decided by `if exist`, exit code 7)."""
    result = shell.run(f"if exist {quote(path)} (type {quote(path)}) else exit 7")
    if result.exit_code == 7:
        return None
    if result.exit_code != 0:
        raise CommandError(f"reading {path}", "type", result)
    return result.stdout.decode(encoding, errors="replace")


def delete(shell: Commander, paths: Iterable[str]) -> None:
    """Delete files; those that are not there do not matter. CommandError when one is still there afterwards."""
    names = list(paths)
    quoted = [quote(path) for path in names]
    gone = " & ".join(f"(if exist {path} exit 5)" for path in quoted)
    command = f"del /f /q {' '.join(quoted)} >nul 2>nul & {gone} & exit 0"
    run_checked(shell, Step(f"deleting {', '.join(names)}", command))


def remove_folder(shell: Commander, path: str, *, deadline: float = 120.0) -> None:
    """Delete a folder and all in it; nothing when it is not there. CommandError when it is still there afterwards."""
    command = f"(if exist {quote(path)} rd /s /q {quote(path)}) & if exist {quote(path)} exit 5"
    run_checked(shell, Step(f"removing {path}", command, deadline))
