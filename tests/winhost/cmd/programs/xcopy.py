# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""xcopy."""

from __future__ import annotations

from winhost.cmd import pathing
from winhost.cmd.builtins.copying import copy_file
from winhost.cmd.program import Run, program
from winhost.machine import paths
from winhost.machine.errors import Win32Error


@program("xcopy")
async def xcopy(run: Run) -> int:
    switches = {word.lower() for word in run.argv if word.startswith("/")}
    names = [word for word in run.argv if not word.startswith("/")]
    if not names or len(names) > 2:
        await run.err(
            run.pick("Invalid number of parameters", "Unzulässige Parameteranzahl", "パラメーターの数が無効です")
        )
        return 4
    source, target = names[0], names[1] if len(names) > 1 else "."
    files = run.machine.files
    try:
        jobs = _jobs(run, source, deep=bool(switches & {"/s", "/e"}))
        goal = run.full(target)
        into = files.is_dir(goal) or "/i" in switches or target.endswith("\\")
        if not into and len(jobs) == 1:
            # Neither a file nor a folder is there: it asks which one is meant.
            await run.out(f"{target}  (F/D)? ", "")
            answer = (await run.stdin.read_line())[:1].lower()
            if answer not in (b"f", b"d", b"v"):
                return 4
            into = answer in (b"d", b"v")
        done = 0
        for relative, path in jobs:
            place = paths.join(goal, relative) if into or len(jobs) > 1 else goal
            if files.exists(place) and "/y" not in switches and not run.cmd.frames:
                await run.out(run.cmd.text("overwrite", place), "")
                if (await run.stdin.read_line())[:1].lower() not in (b"y", b"j", b"a"):
                    continue
            if not files.is_dir(paths.parent_of(place)):
                files.mkdir(paths.parent_of(place), run.session.token, parents=True)
            copy_file(run.cmd, path, place)
            if "/q" not in switches:
                await run.out(path)
            done += 1
            await run.cmd.breathe()
    except Win32Error as error:
        await run.err(run.system_text(error.code))
        return 5 if error.code == 112 else 4
    await run.out(
        run.pick(f"{done} File(s) copied", f"{done} Datei(en) kopiert", f"{done} 個のファイルをコピーしました")
    )
    return 0 if jobs else 1


def _jobs(run: Run, source: str, *, deep: bool) -> list[tuple[str, str]]:
    folder, last = pathing.split(source)
    top = run.full(source)
    if not pathing.has_wildcard(last) and run.machine.files.is_dir(top):
        folder, last = top, "*"
    top = run.full(folder or ".")
    pattern = pathing.wildcard(last)
    if not deep:
        return [(node.name, path) for path, node in pathing.matches(run.cmd, paths.join(top, last))]
    return [
        (path[len(top.rstrip("\\")) + 1 :], path)
        for path, node in files_below(run, top)
        if pattern.match(paths.name_of(path))
    ]


def files_below(run: Run, top: str) -> list[tuple[str, object]]:
    """Every file below a folder, sorted."""
    return sorted(
        ((path, node) for path, node in run.machine.files.walk(top) if not node.directory),
        key=lambda item: item[0].lower(),
    )
