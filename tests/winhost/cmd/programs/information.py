# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hostname."""

from __future__ import annotations

from winhost.cmd.program import Run, program


@program("hostname")
async def hostname(run: Run) -> int:
    await run.out(run.machine.computer_name)
    return 0
