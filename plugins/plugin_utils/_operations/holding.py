# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a host while working on it: the lock, the fence in front of every command line, and what a dead holder left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .._verdict.boot import Booted
from .._windows.remote_shell import RemoteShell
from .._wsman import errors
from .._wsman import shell as shell_messages
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
    lock.acquire(
        shell,
        target.layout,
        claim,
        sign_of_life=lambda held: _sign_of_life(held, target),
        end_predecessor=lambda holder: _end_shell(target.client, holder.shell),
        prepare=lambda: stage.prepare(target),
        sleep=target.sleep,
        wait=wait,
    )
    try:
        target.shell = lock.Fenced(shell, target.layout, claim)
        lock.sweep(target.shell, target.layout)
        yield
    finally:
        target.shell = shell
        with suppress(Exception):  # what went wrong first is what the caller must see; a lock left is found stale
            lock.release(shell, target.layout, claim)


def _sign_of_life(held: lock.Held, target: Target) -> bool | None:
    """Whether the lock's holder is at work: as this controller knows of its own, else as the host shows it."""
    holder = held.owner
    alive = None if holder is None else lives(holder.process)
    if alive is not None:
        return alive
    if holder is not None and boot.booted(target.client, holder.boot).booted is Booted.YES:
        return False
    return target.works_for(held.token) or None


def _end_shell(client: Any, shell_id: str) -> None:
    """Delete the shell of a dead run, so that what ran in it ends and its quota is free; it may be gone."""
    if not shell_id:
        return
    with suppress(errors.WSManError):
        client.exchange(shell_messages.delete(shell_id), idempotent=True)
