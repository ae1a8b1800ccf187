# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the installer on the host as SYSTEM, outside the remote shell, and learn how it ended.

The connection may drop at any moment: what runs on the host goes on, and a later run finds it by its task, waits for it
and reads the same exit code. The exit code is one fact; whether the hotfix is there is asked of CBS afterwards.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .._verdict.boot import Booted
from .._verdict.running import GRACE, Running
from .._windows import folder, install_task
from .._windows.command import CommandError, quote
from .._windows.files import HashUnavailableError, echoed, held_for_writing, only_with_sha1, read_text, sha1
from .._windows.staging_folder import Layout
from .._windows.together import Part, deleting, run_together, write_all
from .boot import BootRecord, parse_record
from .boot import booted as judged
from .errors import OperationError
from .target import Target
from .transfer.common import LOST as BROKEN

_SHORTEST_PAUSE, _LONGEST_PAUSE, _PART = 1.5, 20.0, 0.09
"""Seconds between two looks at an installer, and of the time passed: its end is noticed within 2 s or 10 % of that."""

_ALIVE = 10.0
"""Seconds for which an installer that was seen counts as running."""

_RECORD_LIMIT = 4096
_EXIT_CODE_LIMIT, _EXIT_CODE = 64, re.compile(r"-?[0-9]{1,10}")
_LETTING_GO = 5
"""Tries, a second apart: the script that has written its exit code is about to let its files go."""
_BEGUN = 54943
"""Exit code of a command that found the mark of a script; no program of Windows gives it."""

_LOG_LIMIT = 512 * 1024
_LOG_TAIL_LINES = 25


class InstallerError(OperationError):
    """The installer could not be run, or its end was not seen: what happened and what to do."""


class AbandonedError(InstallerError):
    """The installer is gone and left no exit code: a restart, its time limit, or somebody stopped it."""


class EndedError(InstallerError):
    """The script has ended, and no installer's exit code is to be had: it refused to begin, or wrote something else."""


class BusyError(EndedError):
    """Another installer runs on the host: ours was not started. It may be tried again."""


class TamperedError(InstallerError):
    """A staged file is not what was staged: its hash differs. Nothing was installed."""


@dataclass(frozen=True)
class Outcome:
    """How the installer ended: its exit code as the host wrote it, signed or unsigned as it came."""

    exit_code: int


def traces(target: Target) -> Mapping[str, int]:
    """What runs of the installer left on the host, by path: the task, the mark of its script, its files."""
    layout = target.layout
    return target.sizes([layout.task_file, layout.run_lock, *layout.run_files])


def under_way(target: Target, there: Mapping[str, int]) -> bool:
    """Whether an install was begun whose end nobody has seen to, by its traces.

    A task of ours is registered; or a script has begun and not ended, whoever took its task away.
    """
    layout = target.layout
    return layout.task_file in there or (layout.run_lock in there and layout.exit_code not in there)


def begin(
    target: Target,
    command: str,
    expected: Mapping[str, str],
    *,
    record: BootRecord | None,
    description: str,
    time_limit: float,
) -> None:
    """Write the script and the task anew, prove what SYSTEM will read, and start it.

    expected: SHA-1 of each staged file that the installer reads, by the controller's own package.
    On CommandError (the task service may be off) all is undone. BusyError when an earlier script still runs.
    """
    layout, shell = target.layout, target.shell
    script = install_task.run_script(layout.folder, layout.windows, command, dict(expected))
    minutes = max(1, round(time_limit / 60))
    xml = install_task.task_xml(layout.for_system(layout.script), description=description, time_limit_minutes=minutes)
    texts = {
        layout.run_record: json.dumps({} if record is None else record.as_dict(), indent=1),
        layout.script: script,
        layout.task_xml: xml,
    }
    # the lock first: without run.rc it would stand for a script at work
    parts = [deleting([layout.run_lock]), deleting([*layout.run_files, *layout.logs])]
    register = [install_task.creation(layout.task, layout.task_xml)]
    try:
        try:
            write_all(shell, [_untouched(layout), *parts], texts, register)
        except CommandError as error:
            if error.exit_code != _BEGUN:
                raise
            _alone(target)
            write_all(shell, parts, texts, register)
        _prove(target, expected)
        _start(target, hashlib.sha1(echoed(script), usedforsecurity=False).hexdigest())
    except (CommandError, TamperedError, HashUnavailableError, folder.FolderRefusedError):
        clear(target)
        raise


def _untouched(layout: Layout) -> Part:
    """Goes no further where a script has begun: its mark is there, whether it is held or not."""
    mark = quote(layout.run_lock)
    return Part("looking for a script at work", lambda _code: f"(if exist {mark} exit {_BEGUN})")


def _alone(target: Target) -> None:
    """BusyError unless no script of an earlier run may still be at work, whoever took its task away; InstallerError
    where it ends meanwhile, so that what was decided is out of date.

    A script that has begun (run.lock) and has not ended (no run.rc) is gone after a boot, or by all signs for GRACE.
    """
    layout = target.layout
    if held_for_writing(target.shell, layout.run_lock):
        raise BusyError(f"an installer of an earlier run still holds {layout.run_lock}; nothing was started")
    there = target.sizes([layout.run_lock, layout.exit_code])
    if layout.run_lock not in there or layout.exit_code in there:
        return
    target.say(f"{layout.run_lock} tells of an installer that has not ended: making sure that it is gone")
    try:
        wait(target, deadline=2 * GRACE, record=recorded(target), patient=False)
    except AbandonedError:
        return
    except (EndedError, TamperedError):
        pass
    except InstallerError:
        raise BusyError(
            f"an installer of an earlier run has begun ({layout.run_lock}), and that it has ended cannot be told; "
            "nothing was started. Restart the host, or look there for pkgmgr.exe, and run again"
        ) from None
    raise InstallerError("the installer of an earlier run has ended just now; nothing was started. Run again")


def _prove(target: Target, expected: Mapping[str, str]) -> None:
    """Owner and access list of everything that SYSTEM will read, right before it starts.

    The script checks the hashes of the other files itself, on the host, before it installs.
    """
    layout = target.layout
    paths = [layout.parent, layout.folder, layout.script, *(path.rpartition("\\")[0] for path in expected), *expected]
    folder.prove(target.client, target.shell, [*dict.fromkeys(paths)])


def _start(target: Target, wanted: str) -> None:
    """Start the task where the script has the SHA-1 that was written, in one command line. TamperedError."""
    layout = target.layout
    if install_task.start(target.shell, layout.task, only=only_with_sha1(layout.script, wanted)):
        return
    found = sha1(target.shell, layout.script)
    if found != wanted:
        raise TamperedError(
            f"{layout.script} has the SHA-1 {found}, {wanted} was written; nothing was installed. "
            "Find out who wrote to the folder"
        )
    install_task.start(target.shell, layout.task)


def recorded(target: Target) -> BootRecord | None:
    """The host's signs when an earlier run began its installer, or None."""
    size = target.sizes([target.layout.run_record]).get(target.layout.run_record, 0)
    if not 0 < size <= _RECORD_LIMIT:
        return None
    try:
        return parse_record(json.loads(read_text(target.shell, target.layout.run_record) or ""))
    except (ValueError, RecursionError):
        return None


def wait(
    target: Target,
    *,
    deadline: float,
    record: BootRecord | None,
    elapsed: float | None = None,
    patient: bool = True,
) -> Outcome:
    """Wait for the script's exit code, asking with back-off.

    record: the host's signs when the install began; elapsed: seconds since then, where it was this run.
    patient: a broken connection (BROKEN) is made again until the deadline; else it is raised.
    Raises TamperedError, EndedError; AbandonedError when the installer is gone without a word, which takes a boot that
    is proven, or both signs of life missing for GRACE seconds on end; InstallerError at the deadline.
    """
    begun = target.clock()
    ends, quiet = begun + deadline, 0.0
    restarted = False
    life = _Life()
    while True:
        seen = Running.UNKNOWN
        try:
            size = target.sizes([target.layout.exit_code]).get(target.layout.exit_code)
            outcome = None if size is None else _ended(target, size)
            if outcome is not None:
                return outcome
            if restarted:
                raise AbandonedError("the host restarted while the installer ran; assess it again and repeat")
            seen = life.of(target) if size is None else Running.YES
            if seen is not Running.YES:
                since = None if elapsed is None else elapsed + target.clock() - begun
                if judged(target.client, record, elapsed=since).booted is Booted.YES:
                    restarted = True  # the exit code may have been written before it went down: look once more
                    continue
        except BROKEN as error:
            if not patient:
                raise
            seen = Running.UNKNOWN
            life.forget()
            target.say(f"no answer while the installer runs: {error}")
        quiet = quiet if seen is Running.NO else 0.0
        if quiet >= GRACE:
            raise AbandonedError(
                "the installer is no longer running and left no exit code (stopped by its time limit, or by someone); "
                "assess the host again and repeat"
            )
        if target.clock() >= ends:
            raise InstallerError(_left_running(seen, deadline))
        passed = (elapsed or 0.0) + target.clock() - begun
        pause = min(_LONGEST_PAUSE, max(_SHORTEST_PAUSE, _PART * passed))
        slept = min(pause, max(0.0, ends - target.clock()))
        target.sleep(slept)
        quiet += slept
        life.slept += slept


@dataclass
class _Life:
    """Whether the installer runs; once seen it counts as alive for a while. Its end is told by its exit code alone."""

    at: float | None = None
    slept: float = 0.0

    def of(self, target: Target) -> Running:
        """Asked where it was not seen lately."""
        now = target.clock()
        if self.at is not None and max(self.slept, now - self.at) < _ALIVE:
            return Running.YES
        seen = target.installer()
        self.at, self.slept = (now if seen is Running.YES else None), 0.0
        return seen

    def forget(self) -> None:
        """Ask at the next look."""
        self.at = None


def _left_running(seen: Running, deadline: float) -> str:
    text = f"the installer did not end within {deadline:.0f} s and was left running; the next run waits for it"
    if seen is not Running.UNKNOWN:
        return text
    return f"{text}. Whether it still runs cannot be told: where it does not, restart the host and run again"


def _ended(target: Target, size: int) -> Outcome | None:
    """What the script wrote at its end; None while an installer runs: a file does not outvote a living process."""
    try:
        outcome = _read(target, size)
    except (BusyError, TamperedError):  # another's installer may run: here the mark that the script holds tells
        if held_for_writing(target.shell, target.layout.run_lock):
            return None
        raise
    except EndedError:
        if target.lists_installer():
            return None
        raise
    return None if target.lists_installer() else outcome


def _read(target: Target, size: int) -> Outcome:
    """What the script wrote. Only its own words and a number of 32 bits count; anything else is no exit code."""
    if size > _EXIT_CODE_LIMIT:
        raise EndedError(f"{target.layout.exit_code} holds {size} bytes, which is no exit code")
    text = (read_text(target.shell, target.layout.exit_code) or "").strip()
    if text == install_task.TAMPERED:
        raise TamperedError(
            "a staged file has changed since it was staged (its SHA-1 differs, or certutil could not tell it); "
            "nothing was installed. Find out who wrote to the folder, then stage again"
        )
    if text == install_task.BUSY:
        raise BusyError("another installer (pkgmgr, wusa or dism) runs on the host; ours was not started")
    if text == install_task.UNLISTED:
        raise EndedError(
            "the host's wmic does not list its processes, so that another installer might run unseen; nothing was "
            "installed. Repair WMI on the host"
        )
    if not _EXIT_CODE.fullmatch(text) or not -(2**31) <= int(text) < 2**32:
        raise EndedError(f"the installer's exit code on the host reads {text[:60]!r}, which is no number of 32 bits")
    return Outcome(int(text))


def clear(target: Target) -> None:
    """Remove the task and what it ran; the log stays for people. Raises CommandError when something stays."""
    layout = target.layout
    parts = [
        install_task.removal(layout.task),
        deleting([layout.run_lock, f"{layout.run_lock}.tmp"]),  # first: as in begin()
        deleting(layout.run_files),
    ]
    for attempt in range(_LETTING_GO):
        try:
            run_together(target.shell, parts)
            break
        except CommandError:
            if attempt + 1 == _LETTING_GO:
                raise
            target.sleep(1.0)


def log_tail(target: Target) -> list[str]:
    """The last lines of the installer's log, for people; empty when there is none or it is too large to bring here."""
    there = [log for log, size in target.sizes(target.layout.logs).items() if 0 < size <= _LOG_LIMIT]
    if not there:
        return []
    text = read_text(target.shell, there[0], encoding="cp437") or ""
    return [line.rstrip() for line in text.replace("\0", "").splitlines() if line.strip()][-_LOG_TAIL_LINES:]
