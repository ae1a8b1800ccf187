# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the installer on the host as SYSTEM, outside the remote shell, and learn how it ended.

The connection may drop at any moment: what runs on the host goes on, and a later run finds it by its task, waits for it
and reads the same exit code. The exit code is one fact; whether the hotfix is there is asked of CBS afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .._windows import install_task
from .._windows.command import CommandError, quote
from .._windows.files import delete, read_text, write_text
from .errors import OperationError
from .target import Target

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 20.0
_LOG_LIMIT = 512 * 1024
_LOG_TAIL_LINES = 25


Booted = Callable[[], bool]
"""Whether the host booted since the installer was begun."""


class InstallerError(OperationError):
    """The installer could not be run, or its end was not seen: what happened and what to do."""


class AbandonedError(InstallerError):
    """The installer is gone and left no exit code: a restart, its time limit, or somebody stopped it."""


class TamperedError(InstallerError):
    """A staged file is not what was staged: its hash differs. Nothing was installed."""


@dataclass(frozen=True)
class Outcome:
    """How the installer ended: its exit code as the host wrote it, signed or unsigned as it came."""

    exit_code: int


def pkgmgr_answer_file(layout_log: str, answer_file: str) -> str:
    """pkgmgr with an answer file (KB934307): always waited for, silent and without its own restart.

    The answer file of a genuine package names its cabinet as %configsetroot%\\NAME.CAB. Whether pkgmgr puts its own
    folder there is not known, so the variable is set for the process (the script's own block, gone with it).
    """
    folder = answer_file.rpartition("\\")[0]
    installer = f"start /w pkgmgr /n:{quote(answer_file)} /quiet /norestart /l:{quote(layout_log)}"
    return f'set "configsetroot={folder}"\n{installer}'


def pkgmgr_package(layout_log: str, cabinet: str, sandbox: str) -> str:
    """pkgmgr with a cabinet; sandbox is a fresh, empty folder."""
    return f"start /w pkgmgr /ip /m:{quote(cabinet)} /s:{quote(sandbox)} /quiet /norestart /l:{quote(layout_log)}"


def pkgmgr_remove(layout_log: str, identity: str) -> str:
    """pkgmgr's removal by the identity that the host itself lists, letter case included; never together with /m."""
    return f"start /w pkgmgr /up:{identity} /quiet /norestart /l:{quote(layout_log)}"


def wusa(payload: str) -> str:
    """The update installer with the whole package."""
    return f"start /w wusa {quote(payload)} /quiet /norestart"


def under_way(target: Target) -> bool:
    """Whether a task of ours is registered: an install was begun and not yet cleared away (starts no process)."""
    return target.layout.task_file in target.sizes([target.layout.task_file])


def begin(target: Target, command: str, expected: Mapping[str, str], *, description: str, time_limit: float) -> None:
    """Write the script and the task, and start it. On CommandError (the task service may be off) all is undone."""
    layout = target.layout
    delete(target.shell, [layout.exit_code, *layout.logs])
    write_text(target.shell, layout.script, install_task.run_script(layout.folder, command, dict(expected)))
    minutes = max(1, round(time_limit / 60))
    interpreter = f"{layout.windows}\\System32\\cmd.exe"
    xml = install_task.task_xml(interpreter, layout.script, description=description, time_limit_minutes=minutes)
    write_text(target.shell, layout.task_xml, xml)
    try:
        install_task.create(target.shell, layout.task, layout.task_xml)
        install_task.start(target.shell, layout.task)
    except CommandError:
        clear(target)
        raise


def wait(
    target: Target, *, deadline: float, lost: tuple[type[Exception], ...], booted: Booted
) -> Outcome:
    """Wait for the script's exit code, asking with back-off; a lost connection is asked again until the deadline.

    booted: whether the host booted since the install began (then no exit code will come).
    Raises TamperedError; AbandonedError when the installer is gone without a word; InstallerError at the deadline.
    """
    ends, pause, quiet = target.clock() + deadline, _FIRST_PAUSE, 0
    while True:
        try:
            if target.layout.exit_code in target.sizes([target.layout.exit_code]):
                return _read(target)
            if booted():
                raise AbandonedError("the host restarted while the installer ran; assess it again and repeat")
            quiet = 0 if target.installer_runs() else quiet + 1
        except lost as error:
            target.say(f"no answer while the installer runs: {error}")
        if quiet >= 3:
            raise AbandonedError(
                "the installer is no longer running and left no exit code (stopped by its time limit, or by someone); "
                "assess the host again and repeat"
            )
        if target.clock() >= ends:
            raise InstallerError(
                f"the installer did not end within {deadline:.0f} s and was left running; the next run waits for it"
            )
        target.sleep(min(pause, max(0.0, ends - target.clock())))
        pause = min(_LONGEST_PAUSE, pause * 1.5)


def _read(target: Target) -> Outcome:
    text = (read_text(target.shell, target.layout.exit_code) or "").strip()
    if text == install_task.TAMPERED:
        raise TamperedError(
            "a staged file has changed since it was staged (its SHA-1 differs, or certutil could not tell it); "
            "nothing was installed. Find out who wrote to the folder, then stage again"
        )
    try:
        return Outcome(int(text))
    except ValueError:
        raise InstallerError(f"the installer's exit code on the host reads {text[:60]!r}, which is no number") from None


def clear(target: Target) -> None:
    """Remove the task and what it ran; the log stays for people. Raises CommandError when something stays."""
    layout = target.layout
    install_task.delete(target.shell, layout.task)
    delete(target.shell, [layout.script, layout.task_xml, layout.exit_code])


def log_tail(target: Target) -> list[str]:
    """The last lines of the installer's log, for people; empty when there is none or it is too large to bring here."""
    there = [log for log, size in target.sizes(target.layout.logs).items() if 0 < size <= _LOG_LIMIT]
    if not there:
        return []
    text = read_text(target.shell, there[0], encoding="cp437") or ""
    return [line.rstrip() for line in text.replace("\0", "").splitlines() if line.strip()][-_LOG_TAIL_LINES:]
