# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fsutil: reparse points and free space."""

from __future__ import annotations

from winhost.cmd.program import Run, program
from winhost.machine import errors
from winhost.machine.errors import Win32Error

_NOT_A_REPARSE_POINT = 4390


@program("fsutil")
async def fsutil(run: Run) -> int:
    words = [word.lower() for word in run.argv]
    if not run.session.token.administrator:
        await run.out(
            run.pick(
                "The FSUTIL utility requires that you have administrative privileges.",
                "FSUTIL erfordert Administratorrechte.",
                "FSUTIL には管理者特権が必要です。",
            )
        )
        return 1
    match words[:2]:
        case ["reparsepoint", "query"] if len(words) == 3:
            return await _query(run, run.argv[2])
        case ["reparsepoint", "delete"] if len(words) == 3:
            path = run.full(run.argv[2])
            node = run.machine.files.get(path, follow=False)
            if node is None or not node.reparse_target:
                return await _error(run, _NOT_A_REPARSE_POINT)
            run.machine.files.delete(path, run.session.token)
            run.machine.files.mkdir(path, run.session.token)
            return 0
        case ["volume", "diskfree"] if len(words) == 3:
            try:
                free = run.machine.files.free_space(run.argv[2])
                drive = run.machine.files.drives[run.argv[2][:2].upper()]
            except Win32Error as error:
                return await _error(run, error.code)
            labels = run.pick(
                "Total # of free bytes|Total # of bytes|Total # of avail free bytes",
                "Gesamtanzahl freier Bytes|Gesamtanzahl Bytes|Verfügbare freie Bytes",
                "空きバイト総数|バイト総数|利用可能な空きバイト総数",
            ).split("|")
            for label, value in zip(labels, (free, drive.size, free), strict=True):
                await run.out(f"{label:<31}: {value}")
            return 0
        case ["file", "createnew"] if len(words) == 4:
            run.machine.files.write(run.full(run.argv[2]), bytes(min(int(run.argv[3]), 64 << 20)), run.session.token)
            return 0
    await run.out(run.cmd.text("syntax"))
    return 1


async def _query(run: Run, name: str) -> int:
    node = run.machine.files.get(run.full(name), follow=False)
    if node is None:
        return await _error(run, errors.FILE_NOT_FOUND)
    if not node.reparse_target:
        return await _error(run, _NOT_A_REPARSE_POINT)
    await run.out(run.pick("Reparse Tag Value", "Analysetagwert", "再解析タグの値") + " : 0xa0000003")
    await run.out(f"Substitute Name: \\??\\{node.reparse_target}\r\nPrint Name: {node.reparse_target}")
    return 0


async def _error(run: Run, code: int) -> int:
    await run.out(
        run.pick(
            f"Error:  {run.system_text(code)}", f"Fehler:  {run.system_text(code)}", f"エラー:  {run.system_text(code)}"
        )
    )
    return 1
