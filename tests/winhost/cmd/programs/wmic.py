# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wmic: `process get Name /value`, with its line ends of two carriage returns."""

from __future__ import annotations

from winhost.cmd.program import Run, program

_LINE_END = "\r\r\n"


@program("wmic", megabytes=8)
async def wmic(run: Run) -> int:
    words = [word.lower() for word in run.argv]
    if words != ["process", "get", "name", "/value"]:
        await run.err(f"{' '.join(run.argv)[:40]} - Alias not found.")
        return 44135
    await run.out(_LINE_END, "")
    for process in run.machine.processes.listed(run.session.token):
        await run.out(f"{_LINE_END}Name={process.image}{_LINE_END}{_LINE_END}", "")
        await run.cmd.breathe()
    return 0
