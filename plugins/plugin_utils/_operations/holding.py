# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a host while working on it: the lock, the fence in front of every command line, and what a dead holder left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .._verdict.boot import Booted
from .._windows.remote_shell import RemoteShell
from . import boot, lock, stage
from .owner import Owner, lives
from .target import Target


@contextmanager
def holding(target: Target, shell: RemoteShell, owner: Owner, *, wait: float) -> Iterator[None]:
    """Take the host's lock, put the fence into the target's shell, and give the lock back at the end.

    Another run may have changed the host until then: what was decided before must be decided anew. LockedError,
    LockError.
    """
    claim = lock.Claim(owner)
    left = lock.acquire(
        shell,
        target.layout,
        claim,
        sign_of_life=lambda held: _sign_of_life(held, target),
        end_predecessor=lambda holder: shell.end(holder.shell) if holder.shell else None,
        prepare=lambda: stage.prepare(target),
        sleep=target.sleep,
        clock=target.clock,
        wait=wait,
    )
    try:
        target.shell = lock.Fenced(shell, target.layout, claim)
        for shell_id in left:
            shell.end(shell_id)
        if left:
            lock.forget_shells(target.shell, target.layout, claim)
        resting = shell.at_rest()
        yield
        shell.end_resting(resting)
    finally:
        target.shell = shell
        with suppress(Exception):  # what went wrong first is what the caller must see; a lock left is found stale
            lock.release(shell, target.layout, claim)
            target.left = True


def _sign_of_life(held: lock.Held, target: Target) -> bool | None:
    """Whether the lock's holder is at work: as this controller knows of its own, else as the host shows it."""
    holder = held.owner
    alive = None if holder is None else lives(holder.process)
    if alive is not None:
        return alive
    if holder is not None and boot.booted(target.client, holder.boot).booted is Booted.YES:
        return False
    return target.works_for(held.token) or None
