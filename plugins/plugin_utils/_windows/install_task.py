# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SYSTEM task that runs the installer outside the shell, and the script that it runs.

A scheduled task survives a dropped connection, has no 80 MB quota, and is local, so that the update API accepts it.
Task Scheduler 2.0 schema: no trigger (started by /run), both battery settings off, one instance, a time limit.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from .command import Commander, CommandError, program, quote
from .files import ANOTHER_SHA1
from .processes import INSTALLERS
from .together import Part

TAMPERED = "tampered"
"""What the script writes in place of an exit code when a staged file's hash is not the expected one."""

BUSY = "busy"
"""... when another installer runs."""

UNLISTED = "unlisted"
"""... when the host does not list its processes, so that another installer might run unseen."""

SCHTASKS = program("schtasks")
_HASH_AND_START = 120.0
NO_SUCH_TASK = 1
_QUERY_OK = 0


def task_xml(script: str, *, description: str, time_limit_minutes: int) -> str:
    """The task's XML, ASCII without an encoding declaration (schtasks reads it as it is).

    script: its path, by %SystemRoot%: the Task Scheduler expands that in both fields, and SYSTEM's is Windows' own.
    cmd.exe is named outright. /d: no AutoRun of the registry comes before the script.
    """
    return "\n".join(
        (
            '<?xml version="1.0" ?>',
            '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
            f"<RegistrationInfo><Description>{escape(description)}</Description></RegistrationInfo>",
            '<Principals><Principal id="System"><UserId>S-1-5-18</UserId>',
            "<RunLevel>HighestAvailable</RunLevel></Principal></Principals>",
            "<Settings>",
            "<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>",
            "<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>",
            "<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>",
            "<AllowHardTerminate>true</AllowHardTerminate>",
            "<StartWhenAvailable>false</StartWhenAvailable>",
            "<AllowStartOnDemand>true</AllowStartOnDemand>",
            "<Enabled>true</Enabled>",
            f"<ExecutionTimeLimit>PT{time_limit_minutes}M</ExecutionTimeLimit>",
            "</Settings>",
            '<Actions Context="System"><Exec>',
            "<Command>%SystemRoot%\\System32\\cmd.exe</Command>",
            f"<Arguments>/d /c &quot;{escape(script)}&quot;</Arguments>",
            "</Exec></Actions>",
            "</Task>",
        )
    )


def run_script(folder: str, windows: str, command: str, expected: dict[str, str]) -> str:
    """The .cmd that the task runs: check that it is alone, check each staged file's hash, install, write the exit code.

    folder: the staging folder. windows: the Windows folder. command: the installer's command line with `start /w`.
    expected: SHA-1 by path. The script itself names neither folder: it works in System32, and finds what is staged
    beside itself, so that it is ASCII whatever letters the folders have.

    It holds run.lock open from its start to its end and does not begin where that file is there: held by another one,
    or left by the one run that each writing of the script allows. It does not install while an installer runs either,
    by the image names that WMI lists, in no language; services.exe must be among them, or the list is not one.
    The inner `for` takes wmic's second carriage return away.
    The exit code goes to run.rc by a rename, so that a reader sees all of it or nothing, and before run.lock is let go.
    """

    def here(text: str) -> str:
        return text.replace(f"{windows}\\System32\\", ".\\").replace(folder, "%HERE%")

    rc, lock = "%HERE%\\run.rc", '"%HERE%\\run.lock"'
    lines = [
        "@echo off",
        "setlocal",
        'set "HERE=%~dp0"',
        'set "HERE=%HERE:~0,-1%"',
        'cd /d "%SystemRoot%\\System32" || exit /b 1',
        f"if exist {lock} exit /b 0",
        f"9>{lock} call :alone",
        "exit /b 0",
        ":alone",
        f"set RC={UNLISTED}",
        "set LISTED=",
        "set RUNS=",
        "for /f \"tokens=2 delims==\" %%p in ('.\\wbem\\wmic.exe process get Name /value') do "
        'for /f "delims=" %%n in ("%%p") do (',
        'if /i "%%n"=="services.exe" set LISTED=1',
        *(f'if /i "%%n"=="{image}" set RUNS=1' for image in INSTALLERS),
        ")",
        "if not defined LISTED goto done",
        f"set RC={BUSY}",
        "if defined RUNS goto done",
        f"set RC={TAMPERED}",
    ]
    lines += [f"call :verify {here(quote(path))} {digest} || goto done" for path, digest in expected.items()]
    lines += [
        here(command),
        "set RC=%ERRORLEVEL%",
        ":done",
        f'>"{rc}.tmp" echo(%RC%',
        f'move /y "{rc}.tmp" "{rc}" >nul',
        "exit /b 0",
        ":verify",
        "set SAME=1",
        "for /f \"delims=\" %%h in ('.\\certutil.exe -hashfile %1') do (set \"L=%%h\" & call :compare %2)",
        "exit /b %SAME%",
        ":compare",
        'set "L=%L: =%"',
        'if /i "%L%"=="%1" set SAME=0',
        "exit /b 0",
    ]
    return "\n".join(lines)


def creation(name: str, xml_path: str) -> Part:
    """Register the task from its XML, replacing one of the same name. It fails where the task service is off."""
    command = f"{SCHTASKS} /create /tn {quote(name)} /xml {quote(xml_path)} /ru SYSTEM /f >nul"
    return Part(f"registering the task {name!r}", lambda code: f"({command} || exit {code})")


def start(shell: Commander, name: str, *, only: str = "") -> bool:
    """Start the task now. CommandError. May be repeated: the script begins once for each writing of it.

    only: what the command line begins with, of files.only_with_sha1; False where it did not get past that.
    """
    command = f"{only}{SCHTASKS} /run /tn {quote(name)} >nul"
    result = shell.run(command, deadline=_HASH_AND_START)
    if only and result.exit_code == ANOTHER_SHA1:
        return False
    if result.exit_code != 0:
        raise CommandError(f"starting the task {name!r}", SCHTASKS, result)
    return True


def exists(shell: Commander, name: str) -> bool:
    """Whether the task is registered, by the exit code of a query for exactly this name."""
    return shell.run(f"{SCHTASKS} /query /tn {quote(name)} >nul 2>nul").exit_code == _QUERY_OK


def removal(name: str) -> Part:
    """Remove the task; nothing when it is not there. It failed where it is still there afterwards."""
    task = quote(name)
    there = f"{SCHTASKS} /query /tn {task} >nul 2>nul"
    removed = f"({SCHTASKS} /delete /tn {task} /f >nul 2>nul)"
    return Part(f"removing the task {name!r}", lambda code: f"{removed} & ({there} && exit {code})")
