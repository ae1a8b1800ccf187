# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that run on after the command that started them: `start` without /wait, and GUI programs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from winhost.cmd.program import Run, execute
from winhost.cmd.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from winhost.cmd.session import Session
    from winhost.machine.machine import Machine


def detach(session: Session, machine: Machine, work: Coroutine[object, object, int]) -> None:
    """Let something run on; it ends with the shell (Session.kill_children) or when the machine goes down."""
    task = asyncio.get_running_loop().create_task(_quietly(work))
    session.children.add(task)
    hooks = machine.power.on_shutdown
    if session.kill_children not in hooks:
        hooks.append(session.kill_children)

    def forget(done: asyncio.Task[int]) -> None:
        session.children.discard(done)
        if not session.children and session.kill_children in hooks:
            hooks.remove(session.kill_children)

    task.add_done_callback(forget)


async def _quietly(work: Coroutine[object, object, int]) -> int:
    try:
        return await work
    except Exception:  # what goes wrong in a detached program has nobody to be told to
        return 1


async def spawn(session: Session, machine: Machine, run: Run) -> None:
    """Start a program that nobody waits for; its output goes nowhere."""
    run.cmd.handles = {0: Stream(), 1: Stream(), 2: Stream()}
    detach(session, machine, execute(run))
    await asyncio.sleep(0)
