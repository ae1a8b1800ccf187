# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The restart: what counts as a boot, and what the waiter does with hosts that lie, boot twice or never return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.reboot import (
    BootTimes,
    RebootError,
    RebootOptions,
    Waiter,
    is_proof,
    request,
    shutdown_command,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


class LostError(Exception):
    """The wire's loss of a host, as the waiter is told of it."""


def times(boot_at: float, now: float, step: float = 0.0) -> BootTimes:
    """Boot and local time, in seconds after START; step: by how much the wall clock was moved."""
    return BootTimes(START + timedelta(seconds=boot_at + step), START + timedelta(seconds=now + step))


@dataclass
class World:
    """A host whose boots are at known seconds, and a clock that only sleeping moves."""

    boots: list[tuple[float, float]]
    """(goes down at, is up again at)."""
    step_at: float | None = None
    step: float = 0.0
    settled_from: float = 0.0
    now: float = 1000.0
    said: list[str] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += max(seconds, 0.01)

    def ask(self) -> BootTimes | None:
        booted = 0.0
        for down, up in self.boots:
            if down <= self.now < up:
                raise LostError("down")
            if up <= self.now:
                booted = up
        stepped = self.step if self.step_at is not None and self.now >= self.step_at else 0.0
        return times(booted, self.now, stepped)

    def waiter(self, ask: Callable[[], BootTimes | None] | None = None) -> Waiter:
        return Waiter(
            ask=ask or self.ask,
            settled=lambda: self.now >= self.settled_from,
            lost=(LostError,),
            say=self.said.append,
            sleep=self.sleep,
            clock=lambda: self.now,
            chance=lambda low, high: (low + high) / 2,
        )


def test_one_boot_is_seen_and_timed() -> None:
    world = World(boots=[(1010.0, 1100.0)])
    seen = world.waiter().wait(times(0, 1000), RebootOptions(), 1000.0)
    assert seen.boots == 1
    assert seen.before == START
    assert seen.after == START + timedelta(seconds=1100)
    assert 100 <= seen.elapsed <= 160


def test_a_second_boot_of_servicing_is_waited_for() -> None:
    world = World(boots=[(1010.0, 1100.0), (1160.0, 1250.0)], settled_from=1200.0)
    seen = world.waiter().wait(times(0, 1000), RebootOptions(), 1000.0)
    assert seen.boots == 2
    assert seen.after == START + timedelta(seconds=1250)


@pytest.mark.parametrize("step", [3600.0, -3600.0, 86400.0 * 365])
def test_a_stepped_clock_alone_is_no_boot(step: float) -> None:
    world = World(boots=[], step_at=1020.0, step=step)
    with pytest.raises(RebootError, match="no boot was seen within 1800 s"):
        world.waiter().wait(times(0, 1000), RebootOptions(), 1000.0)


def test_a_host_that_was_up_for_a_moment_only_and_is_stepped_is_no_boot() -> None:
    world = World(boots=[], step_at=1001.0, step=500.0)
    with pytest.raises(RebootError):
        world.waiter().wait(times(995, 1000), RebootOptions(deadline=600.0), 1000.0)


def test_a_host_that_never_returns_fails_at_the_deadline() -> None:
    world = World(boots=[(1005.0, 1e9)])
    with pytest.raises(RebootError, match="no answer"):
        world.waiter().wait(times(0, 1000), RebootOptions(deadline=300.0), 1000.0)
    assert world.now - 1000.0 == pytest.approx(300.0, abs=1.0)


def test_a_boot_that_does_not_settle_fails_and_says_so() -> None:
    world = World(boots=[(1010.0, 1100.0)], settled_from=1e9)
    with pytest.raises(RebootError, match="booted but did not settle"):
        world.waiter().wait(times(0, 1000), RebootOptions(deadline=600.0), 1000.0)


def test_a_missing_boot_time_is_not_taken_for_a_boot() -> None:
    world = World(boots=[])
    with pytest.raises(RebootError, match="does not tell its boot time"):
        world.waiter(lambda: None).wait(times(0, 1000), RebootOptions(deadline=60.0), 1000.0)


@pytest.mark.parametrize(
    ("now", "since", "proof"),
    [
        (times(1050, 1060), 60.0, True),
        (times(0, 1060), 60.0, False),
        (times(0, 1060, step=3600), 60.0, False),
        (times(10, 1060), 60.0, False),
    ],
)
def test_proof_needs_a_short_uptime_and_a_moved_boot(now: BootTimes, since: float, proof: bool) -> None:
    assert is_proof(times(0, 1000), now, since, 15.0) is proof


@dataclass
class Answer:
    exit_code: int | None
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass
class Shell:
    codes: list[int]
    commands: list[str] = field(default_factory=list)

    def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Answer:
        self.commands.append(command)
        return Answer(self.codes.pop(0))


def test_the_request_names_a_planned_hotfix_restart() -> None:
    assert shutdown_command(RebootOptions(delay=7, message="patching")) == 'shutdown /r /t 7 /d p:2:17 /c "patching"'


@pytest.mark.parametrize("reason", ["p:2", "x:1:1", "p:2:17 & format c:", ""])
def test_an_unusable_reason_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="p:2:17"):
        shutdown_command(RebootOptions(reason=reason))


def test_a_shutdown_in_progress_is_waited_for() -> None:
    shell = Shell([1115])
    assert request(shell, RebootOptions()) is False
    assert len(shell.commands) == 1


def test_a_scheduled_shutdown_is_asked_for_again_now() -> None:
    shell = Shell([1190, 0, 0])
    assert request(shell, RebootOptions()) is True
    assert shell.commands[1] == "shutdown /a"


def test_a_refused_request_is_an_error() -> None:
    with pytest.raises(CommandError, match="exit code 5"):
        request(Shell([5]), RebootOptions())
