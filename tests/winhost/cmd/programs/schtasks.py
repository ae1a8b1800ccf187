# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""schtasks: /create /xml, /run, /end, /query, /delete."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from winhost.cmd.program import Run, program
from winhost.cmd.programs.taskxml import made_up, run_as
from winhost.machine import errors
from winhost.machine.errors import Win32Error
from winhost.machine.tasks import Task, TaskError

_VALUED = frozenset(
    {
        "/tn",
        "/xml",
        "/ru",
        "/rp",
        "/fo",
        "/tr",
        "/sc",
        "/st",
        "/sd",
        "/s",
        "/u",
        "/p",
        "/rl",
        "/mo",
        "/d",
        "/ed",
        "/et",
        "/ri",
        "/delay",
        "/ec",
    }
)
_PLAIN = frozenset(
    {
        "/create",
        "/run",
        "/end",
        "/query",
        "/delete",
        "/change",
        "/f",
        "/v",
        "/nh",
        "/z",
        "/it",
        "/np",
        "/enable",
        "/disable",
        "/i",
        "/hresult",
    }
)
_STATES = {
    "Ready": ("Ready", "Bereit", "準備完了"),
    "Running": ("Running", "Wird ausgeführt", "実行中"),
    "Disabled": ("Disabled", "Deaktiviert", "無効"),
    "Queued": ("Queued", "In Warteschlange", "待機中"),
}


@dataclass
class _Words:
    verb: str = ""
    values: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)


def _read(run: Run) -> _Words | str:
    words = _Words()
    todo = list(run.argv)
    while todo:
        word = todo.pop(0)
        lowered = word.lower()
        lowered = "/" + lowered[1:] if lowered[:1] == "-" else lowered
        if lowered in ("/create", "/run", "/end", "/query", "/delete", "/change") and not words.verb:
            words.verb = lowered[1:]
        elif lowered == "/xml" and words.verb == "query" and (not todo or todo[0].startswith("/")):
            words.flags.add("/xml")
        elif lowered in _VALUED:
            if not todo:
                return word
            words.values[lowered[1:]] = todo.pop(0)
        elif lowered in _PLAIN:
            words.flags.add(lowered)
        else:
            return word
    return words if words.verb else (run.argv[0] if run.argv else "")


@program("schtasks", megabytes=5)
async def schtasks(run: Run) -> int:
    words = _read(run) if run.argv else _Words("query")
    if isinstance(words, str):
        await run.err(run.cmd.text("bad_option", words))
        return 1
    scheduler = run.machine.services.get("Schedule")
    if scheduler is not None and scheduler.state != "Running":
        await run.err(
            run.cmd.text(
                "error",
                run.pick(
                    "The Task Scheduler service is not running.",
                    'Der Dienst "Aufgabenplanung" wird nicht ausgeführt.',
                    "タスク スケジューラ サービスは実行されていません。",
                ),
            )
        )
        return 1
    if words.verb != "query" and "tn" not in words.values:
        await run.err(run.cmd.text("error", run.cmd.text("syntax") + " /tn"))
        return 1
    try:
        return await {
            "create": _create,
            "run": _run,
            "end": _end,
            "delete": _delete,
            "query": _query,
            "change": _change,
        }[words.verb](run, words)
    except TaskError as error:
        await run.err(run.cmd.text("error", _wording(run, error.code)))
        return 1
    except Win32Error as error:
        await run.err(run.cmd.text("error", run.system_text(error.code)))
        return 1


def _wording(run: Run, code: int) -> str:
    if code & 0xFFFF0000 == 0x80040000:
        return (
            run.pick(
                "The task XML is malformed or holds a value that is out of range.",
                "Das Aufgaben-XML ist fehlerhaft.",
                "タスク XML の形式が正しくありません。",
            )
            + f" (0x{code:08X})"
        )
    return run.system_text(code & 0xFFFF)


def _name(words: _Words) -> str:
    return "\\" + words.values["tn"].strip("\\")


async def _success(run: Run, english: str, german: str, japanese: str) -> int:
    await run.out(run.cmd.text("success", run.pick(english, german, japanese)))
    return 0


async def _create(run: Run, words: _Words) -> int:
    name = _name(words)
    shown = words.values["tn"]
    replace = "/f" in words.flags
    if run.machine.tasks.get(name) is not None and not replace:
        await run.out(
            run.pick(
                f'WARNING: The task name "{shown}" already exists. Do you want to replace it (Y/N)? ',
                f'WARNUNG: Der Aufgabenname "{shown}" ist bereits vorhanden. Ersetzen (J/N)? ',
                f'警告: タスク名 "{shown}" は既に存在します。置き換えますか (Y/N)? ',
            ),
            "",
        )
        if (await run.stdin.read_line())[:1].lower() not in (b"y", b"j"):
            return 1 if run.machine.profile.build < 7600 else 0
        replace = True
    if "xml" in words.values:
        xml: bytes | str = run.read(words.values["xml"])
        run.machine.tasks.register(
            name, run_as(run, xml, words.values.get("ru", "")), run.session.token, replace=replace
        )
    else:
        if "tr" not in words.values or "sc" not in words.values:
            await run.err(run.cmd.text("error", run.cmd.text("syntax") + " /sc"))
            return 1
        if (
            words.values["sc"].lower() in ("once", "daily", "weekly", "monthly")
            and words.values["sc"].lower() == "once"
            and "st" not in words.values
        ):
            await run.err(run.cmd.text("error", run.cmd.text("syntax") + " /st"))
            return 1
        run.machine.tasks.register(
            name,
            run_as(run, made_up(run, words.values), words.values.get("ru", "")),
            run.session.token,
            replace=replace,
        )
    return await _success(
        run,
        f'The scheduled task "{shown}" has successfully been created.',
        f'Die geplante Aufgabe "{shown}" wurde erfolgreich erstellt.',
        f'スケジュール タスク "{shown}" は正しく作成されました。',
    )


async def _run(run: Run, words: _Words) -> int:
    run.machine.tasks.run(_name(words), run.session.token)
    shown = words.values["tn"]
    return await _success(
        run,
        f'Attempted to run the scheduled task "{shown}".',
        f'Es wurde versucht, die geplante Aufgabe "{shown}" auszuführen.',
        f'スケジュール タスク "{shown}" の実行が試みられました。',
    )


async def _end(run: Run, words: _Words) -> int:
    run.machine.tasks.end(_name(words), run.session.token)
    shown = words.values["tn"]
    return await _success(
        run,
        f'The scheduled task "{shown}" has been terminated successfully.',
        f'Die geplante Aufgabe "{shown}" wurde beendet.',
        f'スケジュール タスク "{shown}" は正常に終了しました。',
    )


async def _delete(run: Run, words: _Words) -> int:
    name, shown = _name(words), words.values["tn"]
    if run.machine.tasks.get(name) is None:
        raise Win32Error(errors.FILE_NOT_FOUND, name)
    if "/f" not in words.flags:
        await run.out(
            run.pick(
                f'WARNING: Are you sure you want to remove the task "{shown}" (Y/N)? ',
                f'WARNUNG: Aufgabe "{shown}" wirklich entfernen (J/N)? ',
                f'警告: タスク "{shown}" を削除しますか (Y/N)? ',
            ),
            "",
        )
        if (await run.stdin.read_line())[:1].lower() not in (b"y", b"j"):
            return 0
    run.machine.tasks.delete(name, run.session.token)
    return await _success(
        run,
        f'The scheduled task "{shown}" was successfully deleted.',
        f'Die geplante Aufgabe "{shown}" wurde erfolgreich gelöscht.',
        f'スケジュール タスク "{shown}" は正しく削除されました。',
    )


async def _change(run: Run, words: _Words) -> int:
    task = run.machine.tasks.get(_name(words))
    if task is None:
        raise Win32Error(errors.FILE_NOT_FOUND, _name(words))
    if "/disable" in words.flags or "/enable" in words.flags:
        run.machine.tasks.enable(task.name, run.session.token, enabled="/enable" in words.flags)
    return await _success(
        run,
        "The parameters of the scheduled task have been changed.",
        "Die Parameter wurden geändert.",
        "パラメーターは変更されました。",
    )


def _row(run: Run, task: Task, *, verbose: bool) -> list[tuple[str, str]]:
    state = run.pick(*_STATES.get(task.state, (task.state,) * 3))
    never = run.pick("N/A", "Nicht zutreffend", "N/A")
    row = [
        (run.pick("TaskName", "Aufgabenname", "タスク名"), task.name),
        (run.pick("Next Run Time", "Nächste Laufzeit", "次回の実行時刻"), never),
        (run.pick("Status", "Status", "状態"), state),
    ]
    if verbose:
        last = (
            task.last_run.strftime(run.pick("%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S"))
            if task.last_run
            else never
        )
        result = task.last_result - 0x100000000 if task.last_result & 0x80000000 else task.last_result
        row = [(run.pick("HostName", "Hostname", "ホスト名"), run.machine.computer_name), *row]
        row += [
            (
                run.pick("Logon Mode", "Anmeldemodus", "ログオン モード"),
                run.pick("Interactive/Background", "Interaktiv/Hintergrund", "対話型/バックグラウンド"),
            ),
            (run.pick("Last Run Time", "Letzte Laufzeit", "前回の実行時刻"), last),
            (run.pick("Last Result", "Letztes Ergebnis", "前回の結果"), str(result)),
        ]
    return row


async def _query(run: Run, words: _Words) -> int:
    tasks = run.machine.tasks.all()
    if "tn" in words.values:
        task = run.machine.tasks.get(_name(words))
        if task is None:
            raise Win32Error(errors.FILE_NOT_FOUND, _name(words))
        tasks = [task]
    if "/xml" in words.flags:
        for task in tasks:
            await run.out(task.xml if isinstance(task.xml, str) else "")
        return 0
    form = words.values.get("fo", "table").lower()
    rows = [_row(run, task, verbose="/v" in words.flags) for task in tasks]
    header = "/nh" not in words.flags
    if form == "list":
        for row in rows:
            await run.out("")
            width = max(len(name) for name, _unused in row) + 1
            for name, value in row:
                await run.out(f"{name + ':':<{width}} {value}")
    elif form == "csv":
        for index, row in enumerate(rows):
            if index == 0 and header:
                await run.out(_csv([name for name, _unused in row]))
            await run.out(_csv([value for _unused, value in row]))
    else:
        for index, row in enumerate(rows):
            if index == 0 and header:
                await run.out("\r\n" + " ".join(f"{name[:40]:<40}" for name, _unused in row))
                await run.out(" ".join("=" * 40 for _unused in row))
            await run.out(" ".join(f"{value[:40]:<40}" for _unused, value in row))
    return 0


def _csv(values: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(values)
    return out.getvalue()
