# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""expand: lists and unpacks cabinets (an .msu is one)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from winhost.cmd import pathing
from winhost.cmd.program import Run, program
from winhost.machine import errors, package_container, paths
from winhost.machine.errors import Win32Error
from winhost.machine.package_model import PackageError

_WORKING_MEMORY = 6 << 20


def read_cabinet(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Members of a cabinet of any compression, in order. Raises ValueError when it is broken."""
    import libarchive  # noqa: PLC0415 - a C library, only wanted here

    try:
        with libarchive.memory_reader(data) as archive:
            for entry in archive:
                yield entry.pathname, b"".join(entry.get_blocks())
    except libarchive.exception.ArchiveError as error:
        raise ValueError(str(error)) from error


def _members(data: bytes, *, undone: bool) -> list[tuple[str, bytes]]:
    """What a cabinet holds; of a delta container the files that it lists, where deltas are undone."""
    members = list(read_cabinet(data))
    if not undone or package_container.LIST not in (name for name, _content in members):
        return members
    listed = package_container.listed(dict(members))
    return [(name, body.read()) for name, body in listed.items()]


@program("expand", megabytes=5)
async def expand(run: Run) -> int:
    pattern = None
    listing = rename = False
    names: list[str] = []
    for word in run.argv:
        lowered = word.lower()
        if lowered[:1] in "-/" and lowered[1:3] == "f:":
            pattern = word[3:]
        elif lowered in ("-d", "/d"):
            listing = True
        elif lowered in ("-r", "/r"):
            rename = True
        elif word[:1] == "-" or word in ("/?",):
            await run.err(run.cmd.text("syntax"))
            return 1
        else:
            names.append(word)
    await run.out("Microsoft (R) File Expansion Utility\r\n")
    if not names or (len(names) < 2 and not listing and not rename):
        await run.err(run.pick("No destination specified.", "Kein Ziel angegeben.", "展開先が指定されていません。"))
        return 1
    try:
        found = pathing.matches(run.cmd, names[0])
        if not found:
            raise Win32Error(errors.FILE_NOT_FOUND, names[0])
        for path, _unused in found:
            await _one(run, path, pattern, names[1] if len(names) > 1 else "", listing=listing)
    except Win32Error as error:
        await run.err(
            run.pick(
                f"Can't open input file: {names[0]}.",
                f"Eingabedatei {names[0]} kann nicht geöffnet werden.",
                f"入力ファイル {names[0]} を開けません。",
            )
            if error.code in (errors.FILE_NOT_FOUND, errors.PATH_NOT_FOUND)
            else run.system_text(error.code)
        )
        return 1
    return 0


async def _one(run: Run, path: str, pattern: str | None, target: str, *, listing: bool) -> None:
    data = run.machine.files.read(path, run.session.token)
    run.allocate(_WORKING_MEMORY)
    if not data.startswith(b"MSCF"):
        if target:  # a file that is no cabinet is copied
            run.write(_into(run, target, paths.name_of(path)), data)
        return
    undone = run.machine.doubt["expand_delta_container"] == "undone"
    try:
        members = await asyncio.to_thread(lambda: _members(data, undone=undone))
    except (ValueError, PackageError) as error:
        raise Win32Error(errors.INVALID_DATA, path) from error
    wanted = pathing.wildcard(pattern or "*")
    chosen = [
        (name.replace("/", "\\"), content)
        for name, content in members
        if wanted.match(name.replace("/", "\\").rpartition("\\")[2])
    ]
    if listing:
        for name, _unused in chosen:
            await run.out(f"{path}: {name}")
        return
    if pattern is not None and not run.machine.files.is_dir(run.full(target)):
        raise Win32Error(errors.PATH_NOT_FOUND, target)
    for name, _content in chosen:
        goal = (
            paths.join(run.full(target), name) if pattern is not None or len(chosen) > 1 else _into(run, target, name)
        )
        folder = paths.parent_of(run.full(goal))
        if not run.machine.files.is_dir(folder):
            run.machine.files.mkdir(folder, run.session.token, parents=True)
        await run.out(
            run.pick(
                f"Adding {goal} to Extraction Queue",
                f"{goal} wird der Extrahierungsliste hinzugefügt",
                f"{goal} を抽出キューに追加しています",
            )
        )
    for name, content in chosen:
        goal = (
            paths.join(run.full(target), name) if pattern is not None or len(chosen) > 1 else _into(run, target, name)
        )
        run.write(goal, content)
        await run.cmd.breathe()
    await run.out(
        run.pick(
            "\r\nExpanding Files ....\r\nExpanding Files Complete ...",
            "\r\nDateien werden expandiert ...",
            "\r\nファイルを展開しています ...",
        )
    )


def _into(run: Run, target: str, name: str) -> str:
    full = run.full(target)
    return paths.join(full, name) if run.machine.files.is_dir(full) else full
