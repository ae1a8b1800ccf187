# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One controller at a time on a host.

The lock is a folder with one record in it, named by a token of its holder:

- taken by renaming a folder that was prepared with the record (a rename fails where the name exists);
- taken over by renaming the record from the old holder's token to the new one's: a compare-and-swap, so that nobody
  breaks the lock of somebody who has just got it;
- given back by deleting the record; an empty folder is nobody's, and removing it fails as soon as it is not empty.

Whoever was taken over is stopped by its own next command line, which begins with the question whether the record is
still there (Fenced). A holder is dead when its process is, or when the host booted since; one that this controller
cannot see is watched on the host, and counts as dead after a time without any sign of life.
"""

from __future__ import annotations

import enum
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from .._windows.command import Commander, Result, echo_commands, quote
from .._windows.files import echoed
from .._windows.remote_shell import LOST
from .._windows.staging_folder import Layout
from .errors import OperationError
from .owner import RECORD_LIMIT, Owner, parse_owner
from .transfer.common import Conversation, RemoteShell

GRACE = 90.0
"""So many seconds without a sign of a holder that only the host can be asked about, before it counts as dead."""

_PAUSE = 5.0
_SLOWEST = 180.0
"""Seconds for the answers to the questions between the pauses."""

_MOST_FAILURES = 3
_MOST_NAMELESS = 3
"""Looks at a lock without a holder's record: no run leaves one, since it is renamed into its place with the record."""
_MOST_RACES = 10
_COULD_NOT, _HELD = 5, 6
_SHELL_ID = re.compile(r"[0-9A-Za-z:-]{1,80}")
_SHELL_ID_LIMIT = 100
_TOKEN = re.compile(r"[0-9a-f]{32}")


class LockedError(OperationError):
    """Another controller holds the host: who and since which run."""

    def __init__(self, holder: Owner | None, waited: float) -> None:
        self.holder = holder
        who = f"{holder.owner} (run {holder.run})" if holder else "a run that left no name"
        super().__init__(f"the host is held by {who}; waited {waited:.0f} s. Try again when that run has ended")


class LockError(OperationError):
    """The lock could not be taken, and nobody holds it: what the host answered."""


class LockLostError(OperationError):
    """Another run took this one for dead and has the host now; this one stopped where it was."""

    def __init__(self) -> None:
        super().__init__(
            "another run took the host over, since this one gave no sign of life for a while; this one stopped. "
            "The other run finishes the work; run again to see"
        )


@dataclass(frozen=True)
class Claim:
    """One try of one run to hold a host."""

    owner: Owner
    token: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True)
class Held:
    """A lock as it was found. owner: None when its record cannot be read."""

    token: str
    owner: Owner | None


class _Taken(enum.Enum):
    YES = "yes"
    HELD = "held"
    COULD_NOT = "could not"


def _write(path: str, claim: Claim) -> str:
    (command,) = echo_commands(path, claim.owner.dump())
    return f"({command})"


def _take(shell: Commander, layout: Layout, claim: Claim) -> tuple[_Taken, Result]:
    """One command line, which may be repeated: a lock that it has got already counts as got. Got, it sweeps."""
    folder, lock, prepared = quote(layout.folder + "\\"), quote(layout.lock), quote(layout.lock_prepared(claim.token))
    record = quote(layout.lock_record(claim.token))
    new = f"{layout.lock_prepared(claim.token)}\\{claim.token}.json"
    # renamed only when it is whole: on a full disk a file may be made and stay empty
    whole = f"for %f in ({quote(new)}) do @if %~zf=={len(echoed(claim.owner.dump()))} ren {prepared} lock"
    result = shell.run(
        f"(if not exist {folder} exit {_COULD_NOT}) & (if not exist {record} (rd {lock} 2>nul & "
        f"((md {prepared} && {_write(new, claim)} && ({whole})) 2>nul))) & (if not exist {record} ("
        f"(rd /s /q {prepared} 2>nul) & (if exist {quote(layout.lock + chr(92))} exit {_HELD}) & exit {_COULD_NOT})) & "
        f"{_sweeping(layout, claim)} & exit 0"
    )
    code = _COULD_NOT if result.exit_code is None else result.exit_code
    return {0: _Taken.YES, _HELD: _Taken.HELD}.get(code, _Taken.COULD_NOT), result


def _take_over(shell: Commander, layout: Layout, dead: Held, claim: Claim) -> bool:
    """Compare-and-swap: succeeds for one claim only, and only while the dead holder's record is there."""
    old, record = quote(layout.lock_record(dead.token)), quote(layout.lock_record(claim.token))
    write = _write(layout.lock_record(claim.token), claim)
    result = shell.run(
        f"ren {old} {claim.token}.json 2>nul & (if not exist {record} exit {_HELD}) & {write} & exit 0"
    )
    return result.exit_code == 0


def holder(shell: Commander, layout: Layout) -> Held | None:
    """Who holds the lock, as far as its record says; None when nobody does."""
    found = quote(layout.lock + "\\*.json")
    result = shell.run(
        f'for %f in ({found}) do @(echo %~nf & if %~zf leq {RECORD_LIMIT} type "%f")'
    )
    name, _end, text = result.stdout[: 2 * RECORD_LIMIT].decode("cp437", errors="replace").partition("\n")
    token = name.strip()
    if not _TOKEN.fullmatch(token):
        return None
    return Held(token, parse_owner(text.strip()))


def acquire(
    shell: RemoteShell,
    layout: Layout,
    claim: Claim,
    *,
    sign_of_life: Callable[[Held], bool | None],
    end_predecessor: Callable[[Owner], None],
    prepare: Callable[[], None],
    sleep: Callable[[float], None],
    clock: Callable[[], float],
    wait: float,
) -> list[str]:
    """Take the host's lock, or a dead holder's over, waiting up to `wait` seconds for a live one; sweep.

    sign_of_life: whether this holder is at work; None when nothing of it is seen, which may be a pause of its own.
    end_predecessor: delete what a dead run left (its shell). prepare: make the folder again, where it has gone.
    Returns the ids of the shells that dead and overtaken runs worked in, for the caller to end.
    Raises LockedError when the time is over (at most GRACE later, whatever the holders do), LockError. A host whose
    answers are slow is asked for no longer than _SLOWEST beyond that, a last look included that was begun before.
    """
    begun, waited, quiet, failures, races, nameless = clock(), 0.0, 0.0, 0, 0, 0
    last = ""
    while True:
        taken, result = _take(shell, layout, claim)
        if taken is _Taken.YES:
            return _shell_ids(result)
        if taken is _Taken.COULD_NOT:
            failures += 1
            if failures >= _MOST_FAILURES:
                raise LockError(_could_not(layout, result))
            prepare()
            continue
        found = holder(shell, layout)
        nameless = nameless + 1 if found is None else 0
        if nameless >= _MOST_NAMELESS:
            raise LockError(_no_lock(layout))
        alive = None if found is None else sign_of_life(found)
        quiet = 0.0 if found is None or found.token != last or alive is not None else quiet
        last = found.token if found is not None else ""
        if found is not None and (alive is False or quiet >= GRACE):
            if _take_over(shell, layout, found, claim):
                if found.owner is not None:
                    end_predecessor(found.owner)
                return _shell_ids(Fenced(shell, layout, claim).run(_sweeping(layout, claim)))
            races += 1
            if races >= _MOST_RACES:
                raise LockedError(found.owner, max(waited, clock() - begun))
        over = wait if alive else wait + GRACE
        if waited >= over or clock() - begun >= wait + GRACE + _SLOWEST:
            raise LockedError(found.owner if found is not None else None, max(waited, clock() - begun))
        pause = min(_PAUSE, max(1.0, over - waited))
        sleep(pause)
        waited += pause
        quiet += pause


def _could_not(layout: Layout, result: Result) -> str:
    code = "no exit code" if result.exit_code is None else f"exit code {result.exit_code}"
    return (
        f"the lock {layout.lock} could not be taken although nobody holds it ({code}): the disk may be full, or the "
        "folder may hold something that is no lock. Look at it on the host"
    )


def _no_lock(layout: Layout) -> str:
    return (
        f"{layout.lock} is in the way: it holds something that is no record of a run, and no run holds the host. "
        "Remove it on the host, as an administrator, and run again"
    )


def release(shell: Commander, layout: Layout, claim: Claim) -> None:
    """Give the lock back; one that another run took over stays. Our folders go with it where they are empty then."""
    record, mine = quote(layout.lock_record(claim.token)), quote(layout.shell_record(claim.token))
    own = f"del /f /q {mine} 2>nul"
    freed = f"(if exist {record} del /f /q {record}) & rd {quote(layout.lock)} 2>nul & {own}"
    shell.run(f"{freed} & {_removing_empty(layout)} & exit 0")


def retreat(shell: Commander, layout: Layout) -> None:
    """Remove our folders where they are empty: they are proven to be ours, and the lock could not be taken."""
    shell.run(f"{_removing_empty(layout)} & exit 0")


def _removing_empty(layout: Layout) -> str:
    return f"rd {quote(layout.folder)} 2>nul & rd {quote(layout.parent)} 2>nul"


def _sweeping(layout: Layout, claim: Claim) -> str:
    """Remove the prepared folders of runs that died (a live one prepares another), and tell the shells of all runs."""
    mine = layout.shell_record(claim.token)
    found = quote(layout.shell_record("*"))
    folders = f'for /d %d in ({quote(layout.lock + ".*")}) do @rd /s /q "%d"'
    others = f'if /i not "%~nxf"=="{mine.rpartition(chr(92))[2]}"'
    return f'({folders}) & (for %f in ({found}) do @{others} if %~zf leq {_SHELL_ID_LIMIT} type "%f")'


def _shell_ids(result: Result) -> list[str]:
    said = result.stdout[:RECORD_LIMIT].decode("ascii", errors="replace").split()
    return [one for one in said if _SHELL_ID.fullmatch(one)]


def forget_shells(shell: Commander, layout: Layout, claim: Claim) -> None:
    """Remove the records of shells that were ended, but for this run's own."""
    others = f'if /i not "%~nxf"=="shell.{claim.token}"'
    shell.run(f'for %f in ({quote(layout.shell_record("*"))}) do @{others} del /f /q "%f"')


class Fenced:
    """A shell whose every command line first asks whether this claim still holds the host. LockLostError when not.

    Each shell that it works in is named on the host by its own first command, so that a successor can end it: what a
    dead run began in it must not go on, and WinRM 1.1 does not close a shell that was never read from.
    """

    def __init__(self, shell: RemoteShell, layout: Layout, claim: Claim) -> None:
        self._shell = shell
        self._fence = f"(if not exist {quote(layout.lock_record(claim.token))} exit {LOST}) & "
        self._record = layout.shell_record(claim.token)
        self._named = ""

    def _fenced(self, command: str) -> str:
        shell_id = self._shell.ready()
        if shell_id == self._named or not _SHELL_ID.fullmatch(shell_id):
            return self._fence + command
        self._named = shell_id
        (name,) = echo_commands(self._record, shell_id)
        return f"{self._fence}({name}) & {command}"

    def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Result:
        """As the shell's own."""
        result = self._shell.run(self._fenced(command), deadline=deadline, repeatable=repeatable)
        if result.exit_code == LOST:
            raise LockLostError
        return result

    def ready(self) -> str:
        """As the shell's own."""
        return self._shell.ready()

    def converse(self, command: str) -> Conversation:
        """As the shell's own; where the lock is lost the command ends at once."""
        return self._shell.converse(self._fenced(command))

    def renew(self) -> None:
        """As the shell's own."""
        self._shell.renew()
