# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""tasklist and taskkill."""

from __future__ import annotations

from operator import eq, gt, lt, ne
from typing import TYPE_CHECKING

from winhost.cmd import pathing
from winhost.cmd.program import Run, kill, program

if TYPE_CHECKING:
    from winhost.machine.processes import Process

_COMPARE = {"eq": eq, "ne": ne, "gt": gt, "lt": lt}


def _matching(processes: list[Process], filters: list[str]) -> list[Process] | None:
    for text in filters:
        words = text.split(None, 2)
        if len(words) != 3:
            return None
        name, operator, value = words[0].lower(), words[1].lower(), words[2]
        if name == "imagename" and operator in ("eq", "ne"):
            pattern = pathing.wildcard(value)
            processes = [process for process in processes if bool(pattern.match(process.image)) == (operator == "eq")]
        elif name == "pid" and value.isdigit():
            wanted = int(value)
            if operator not in _COMPARE:
                return None
            processes = [process for process in processes if _COMPARE[operator](process.pid, wanted)]
        elif name != "status":
            return None
    return processes


def _filters(run: Run) -> list[str]:
    return [run.argv[index + 1] for index, word in enumerate(run.argv[:-1]) if word.lower() == "/fi"]


@program("tasklist", megabytes=6)
async def tasklist(run: Run) -> int:
    words = [word.lower() for word in run.argv]
    form = next((words[index + 1] for index, word in enumerate(words[:-1]) if word == "/fo"), "table")
    found = _matching(sorted(run.machine.processes.all(), key=lambda process: process.pid), _filters(run))
    if found is None:
        await run.err(
            run.cmd.text(
                "error",
                run.pick(
                    "The search filter cannot be recognized.",
                    "Der Suchfilter wurde nicht erkannt.",
                    "検索フィルターを認識できません。",
                ),
            )
        )
        return 1
    if not found:
        await run.out(
            run.pick(
                "INFO: No tasks are running which match the specified criteria.",
                "INFORMATION: Es werden keine Aufgaben mit den angegebenen Kriterien ausgeführt.",
                "情報: 指定された条件に一致するタスクは実行されていません。",
            )
        )
        return 0
    titles = run.pick(
        "Image Name|PID|Session Name|Session#|Mem Usage",
        "Abbildname|PID|Sitzungsname|Sitz.-Nr.|Speichernutzung",
        "イメージ名|PID|セッション名|セッション#|メモリ使用量",
    ).split("|")
    rows = [
        [process.image, str(process.pid), "Services", "0", f"{process.working_set // 1024:,} K"] for process in found
    ]
    for index, row in enumerate(([titles] if "/nh" not in words else []) + rows):
        if form == "csv":
            await run.out(",".join(f'"{value}"' for value in row))
        else:
            await run.out(f"{row[0][:25]:<25} {row[1]:>8} {row[2]:<16} {row[3]:>11} {row[4]:>12}")
            if index == 0 and "/nh" not in words:
                await run.out(f"{'=' * 25} {'=' * 8} {'=' * 16} {'=' * 11} {'=' * 12}")
    return 0


@program("taskkill", megabytes=5)
async def taskkill(run: Run) -> int:
    words = run.argv
    everything = run.machine.processes.all()
    targets: list[Process] = []
    for index, word in enumerate(words[:-1]):
        if word.lower() == "/pid":
            targets += [process for process in everything if str(process.pid) == words[index + 1]]
        elif word.lower() == "/im":
            pattern = pathing.wildcard(words[index + 1])
            targets += [process for process in everything if pattern.match(process.image)]
    if not targets:
        await run.err(
            run.cmd.text(
                "error",
                run.pick(
                    "The process was not found.",
                    "Der Prozess wurde nicht gefunden.",
                    "プロセスが見つかりませんでした。",
                ),
            )
        )
        return 128
    code = 0
    for process in targets:
        if process.pid < 2200 or (process.token.system and not run.session.token.administrator):
            await run.err(run.cmd.text("error", run.system_text(5)))
            code = 1
            continue
        kill(run.machine, process.pid)
        await run.out(run.cmd.text("success", f"PID {process.pid}"))
    return code
