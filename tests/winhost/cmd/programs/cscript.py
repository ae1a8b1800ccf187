# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cscript: runs an uploaded JScript in a process with an embedded engine, within the machine's rules."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from winhost.cmd.program import Run, program
from winhost.cmd.scripthost import ScriptHost
from winhost.jscript.syntax import ScriptSyntaxError, prepare
from winhost.machine import locations, paths
from winhost.machine.errors import Win32Error

_TOO_LONG = 32767


@dataclass
class _Options:
    script: str = ""
    arguments: list[str] = field(default_factory=list)
    engine: str = ""
    batch: bool = False
    logo: bool = True
    seconds: int = 0
    wrong: str = ""


def _read(run: Run) -> _Options:
    options = _Options()
    for word in run.argv:
        lowered = word.lower()
        if options.script and not lowered.startswith("//"):
            options.arguments.append(word)
        elif not lowered.startswith("//"):
            options.script = word
        elif lowered == "//b":
            options.batch = True
        elif lowered == "//nologo":
            options.logo = False
        elif lowered.startswith("//e:"):
            options.engine = lowered[4:]
        elif lowered.startswith("//t:") and lowered[4:].isdigit() and int(lowered[4:]) <= _TOO_LONG:
            options.seconds = int(lowered[4:])
        elif lowered not in ("//i", "//logo", "//d", "//x", "//s", "//u", "//h:cscript", "//h:wscript", "//?"):
            options.wrong = word
    return options


def _disabled(run: Run) -> bool:
    """Windows Script Host is off by a registry value that is 0 (a number, or its text)."""
    for hive in ("HKLM", "HKCU"):
        value = run.machine.registry.value(hive, locations.SCRIPT_HOST, "Enabled", 1)
        if str(value).strip() in ("0", "0x0"):
            return True
    return False


def _failure_code(run: Run) -> int:
    """What cscript exits with after an error of the script: reports differ (a doubt switch)."""
    return int(run.machine.doubt["cscript_error_code"])


@program("cscript", megabytes=9)
async def cscript(run: Run) -> int:
    options = _read(run)
    if _disabled(run):
        await run.err(
            run.pick(
                "CScript Error: Windows Script Host access is disabled on this machine. Contact your administrator for details.",  # noqa: E501
                "CScript-Fehler: Der Zugriff auf Windows Script Host wurde auf diesem Computer deaktiviert.",
                "CScript エラー: このコンピューターでは Windows Script Host へのアクセスが無効になっています。",
            )
        )
        return 1
    if options.wrong:
        await run.err(
            run.pick(
                f'Input Error: Unknown option "{options.wrong}" specified.',
                f'Eingabefehler: Unbekannte Option "{options.wrong}".',
                f'入力エラー: 不明なオプション "{options.wrong}" です。',
            )
        )
        return 1
    if options.logo:
        await run.out(
            "Microsoft (R) Windows Script Host Version 5.7\r\nCopyright (C) Microsoft Corporation. All rights reserved.\r\n"  # noqa: E501
        )
    if not options.script:
        return 0
    return await _run_file(run, options)


async def _run_file(run: Run, options: _Options) -> int:
    try:
        path = run.full(options.script)
        data = run.machine.files.read(path, run.session.token)
    except Win32Error as error:
        if error.code == 5:
            await run.err(f'CScript Error: Loading script "{options.script}" failed ({run.system_text(5)}).')
        else:
            await run.err(
                run.pick(
                    f'Input Error: Can not find script file "{run.full(options.script)}".',
                    f'Eingabefehler: Die Skriptdatei "{options.script}" wurde nicht gefunden.',
                    f'入力エラー: スクリプト ファイル "{options.script}" が見つかりません。',
                )
            )
        return 1
    extension = paths.name_of(path).lower().rpartition(".")[2]
    engine = options.engine or {"js": "jscript", "vbs": "vbscript"}.get(extension, "")
    if not engine:
        await run.err(
            run.pick(
                f'Input Error: There is no script engine for file extension ".{extension}".',
                f'Eingabefehler: Es ist kein Skriptmodul für die Dateierweiterung ".{extension}" vorhanden.',
                f'入力エラー: ファイル拡張子 ".{extension}" のスクリプト エンジンがありません。',
            )
        )
        return 1
    if engine not in ("jscript", "javascript", "ecmascript"):
        await run.err(f'CScript Error: Can\'t find script engine "{engine}" for script "{path}".')
        return 1
    run.allocate(len(data) * 4)
    source = _decode(run, data)
    try:
        prepared = await asyncio.to_thread(prepare, source)
    except ScriptSyntaxError as error:
        await run.err(f"{path}({error.line}, {error.column}) Microsoft JScript compilation error: {error.message}\r\n")
        return _failure_code(run)
    host = ScriptHost(run, path, options.arguments, batch=options.batch, error_code=_failure_code(run))
    return await host.run(prepared, options.seconds)


def _decode(run: Run, data: bytes) -> str:
    """A script file is ANSI, or UTF-16 with its mark; a UTF-8 mark is garbage to it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode(f"cp{run.machine.profile.ansi_code_page}", "replace")


@program("wscript", megabytes=9, gui=True)
async def wscript(run: Run) -> int:
    options = _read(run)
    if _disabled(run) or options.wrong or not options.script:
        return 1
    return await _run_file(run, options)
