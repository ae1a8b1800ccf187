# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One controller at a time on a host: a lock folder (made atomically) that carries owner, run, boot time and shell.

A lock is stale when the host booted since, when its process is of this controller and gone, or when for a while neither
the task nor an installer nor a receiver nor a command of ours was seen running (another controller may be between two
commands of its own).
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from .._windows.command import Commander, Step, echo_commands, quote, run_checked
from .._windows.files import read_text, remove_folder
from .errors import OperationError
from .layout import Layout

BOOT_TOLERANCE = timedelta(minutes=2)
"""LastBootUpTime moves when the clock is corrected; a smaller move than this is no boot."""

_TAKEN = 6
_MOST_BREAKS = 3
_PAUSE = 5.0
_QUIET_LOOKS = 6
"""So often in a row, _PAUSE seconds apart, nothing of a holder elsewhere must be seen before it counts as dead."""


@dataclass(frozen=True)
class Owner:
    """Who holds a host. boot: the host's boot time, ISO 8601. shell: its remote shell, for a successor to end."""

    owner: str
    run: str
    boot: str
    shell: str = ""

    def dump(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=True)


class LockedError(OperationError):
    """Another controller holds the host: who and since which run."""

    def __init__(self, holder: Owner | None, waited: float) -> None:
        self.holder = holder
        who = f"{holder.owner} (run {holder.run})" if holder else "a run that left no name"
        super().__init__(f"the host is held by {who}; waited {waited:.0f} s. Try again when that run has ended")


def parse_owner(text: str | None) -> Owner | None:
    """The owner in a lock, or None when the file is missing, cut or not ours."""
    try:
        data = json.loads(text or "")
        return Owner(str(data["owner"]), str(data["run"]), str(data["boot"]), str(data.get("shell", "")))
    except (ValueError, KeyError, TypeError):
        return None


def owner_name() -> str:
    """Who this run is: user, controller and process."""
    return f"{getpass.getuser()}@{socket.gethostname()}:{os.getpid()}"


def runs_here(owner: str) -> bool | None:
    """Whether the process that a lock names still runs, when it is of this controller; None when it is of another."""
    controller, _unused, process = owner.rpartition("@")[2].rpartition(":")
    if controller != socket.gethostname() or not process.isdigit():
        return None
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return int(process) != os.getpid()


def booted_since(recorded: str, now: datetime | None) -> bool:
    """Whether the host booted after the recorded time: only a move beyond the tolerance counts; unknown is no boot."""
    try:
        before = datetime.fromisoformat(recorded)
    except ValueError:
        return False
    return now is not None and now - before > BOOT_TOLERANCE


def try_acquire(shell: Commander, layout: Layout, owner: Owner) -> bool:
    """Take the lock when it is free. The folder is made first (only one run can), then says whose it is."""
    (says,) = echo_commands(layout.lock_owner, owner.dump())
    return shell.run(f"(md {quote(layout.lock)} 2>nul || exit {_TAKEN}) & {says}", repeatable=False).exit_code == 0


def holder(shell: Commander, layout: Layout) -> Owner | None:
    """Who holds the lock, as far as it says."""
    return parse_owner(read_text(shell, layout.lock_owner))


def break_lock(shell: Commander, layout: Layout) -> None:
    """Remove a lock that was found stale, or one's own."""
    remove_folder(shell, layout.lock)


def acquire(
    shell: Commander,
    layout: Layout,
    owner: Owner,
    *,
    boot: datetime | None,
    sign_of_life: Callable[[Owner | None], bool | None],
    end_predecessor: Callable[[Owner], None],
    sleep: Callable[[float], None],
    wait: float,
) -> bool:
    """Take the host's lock, removing a stale one, and waiting up to `wait` seconds for a live one.

    sign_of_life: whether this holder is at work; None when nothing of it is seen, which may be a pause of its own.
    end_predecessor: delete what a dead run left (its shell).
    Returns whether it was free at once; if not, the host may have changed since it was looked at.
    Raises LockedError when the time is over, or when a lock that looked stale keeps coming back.
    """
    waited, broken, quiet = 0.0, 0, 0
    last: Owner | None = None
    while not try_acquire(shell, layout, owner):
        found = holder(shell, layout)
        quiet, last = (quiet if found == last else 0), found
        alive = False if found is not None and booted_since(found.boot, boot) else sign_of_life(found)
        quiet = quiet + 1 if alive is None else 0
        if alive is False or quiet >= _QUIET_LOOKS:
            broken += 1
            if broken > _MOST_BREAKS:
                raise LockedError(found, waited)
            if found is not None:
                end_predecessor(found)
            break_lock(shell, layout)
            quiet = 0
            continue
        if waited >= wait and alive is not None:
            raise LockedError(found, waited)
        pause = _PAUSE if alive is None else min(_PAUSE, max(1.0, wait - waited))
        sleep(pause)
        waited += pause
    return waited == 0 and broken == 0


def release(shell: Commander, layout: Layout) -> None:
    """Give the lock back; it must be one's own."""
    lock = quote(layout.lock)
    run_checked(shell, Step("releasing the lock", f"rd /s /q {lock} & if exist {lock} exit 5"))
