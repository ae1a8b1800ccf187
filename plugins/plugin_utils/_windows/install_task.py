# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SYSTEM task that runs the installer outside the shell, and the script that it runs.

A scheduled task survives a dropped connection, has no 80 MB quota, and is local, so that the update API accepts it.
Task Scheduler 2.0 schema: no trigger (started by /run), both battery settings off, one instance, a time limit.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from .command import Commander, Step, quote, run_checked

TAMPERED = "tampered"
"""What the script writes in place of an exit code when a staged file's hash is not the expected one."""

NO_SUCH_TASK = 1
_QUERY_OK = 0


def task_xml(interpreter: str, script: str, *, description: str, time_limit_minutes: int) -> str:
    """The task's XML, ASCII without an encoding declaration (schtasks reads it as it is).

    interpreter: the path of cmd.exe, named outright. /d: no AutoRun of the registry comes before the script.
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
            f"<Command>{escape(interpreter)}</Command>",
            f"<Arguments>/d /c {escape(quote(script))}</Arguments>",
            "</Exec></Actions>",
            "</Task>",
        )
    )


def run_script(folder: str, command: str, expected: dict[str, str]) -> str:
    """The .cmd that the task runs: check the hash of each staged file again, run the installer, write its exit code.

    folder: the staging folder. command: the installer's command line with `start /w`. expected: SHA-1 by path.
    The exit code goes to run.rc by a rename, so that a reader sees all of it or nothing.
    """
    rc = f"{folder}\\run.rc"
    lines = ["@echo off", "setlocal", f"set RC={TAMPERED}"]
    lines += [f"call :verify {quote(path)} {digest} || goto done" for path, digest in expected.items()]
    lines += [
        command,
        "set RC=%ERRORLEVEL%",
        ":done",
        f'>"{rc}.tmp" echo(%RC%',
        f'move /y "{rc}.tmp" "{rc}" >nul',
        "exit /b 0",
        ":verify",
        "set SAME=1",
        "for /f \"delims=\" %%h in ('certutil -hashfile %1') do (set \"L=%%h\" & call :compare %2)",
        "exit /b %SAME%",
        ":compare",
        'set "L=%L: =%"',
        'if /i "%L%"=="%1" set SAME=0',
        "exit /b 0",
    ]
    return "\n".join(lines)


def create(shell: Commander, name: str, xml_path: str) -> None:
    """Register the task from its XML, replacing one of the same name. CommandError (the task service may be off)."""
    command = f"schtasks /create /tn {quote(name)} /xml {quote(xml_path)} /ru SYSTEM /f >nul"
    run_checked(shell, Step(f"registering the task {name!r}", command))


def start(shell: Commander, name: str) -> None:
    """Start the task now. CommandError."""
    run_checked(shell, Step(f"starting the task {name!r}", f"schtasks /run /tn {quote(name)} >nul"))


def exists(shell: Commander, name: str) -> bool:
    """Whether the task is registered, by the exit code of a query for exactly this name."""
    return shell.run(f"schtasks /query /tn {quote(name)} >nul 2>nul").exit_code == _QUERY_OK


def delete(shell: Commander, name: str) -> None:
    """Remove the task; nothing when it is not there. CommandError when it is still there afterwards."""
    task = quote(name)
    command = f"schtasks /delete /tn {task} /f >nul 2>nul & (schtasks /query /tn {task} >nul 2>nul && exit 5) & exit 0"
    run_checked(shell, Step(f"removing the task {name!r}", command))
