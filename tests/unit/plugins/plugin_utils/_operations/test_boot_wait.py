# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The restart: what counts as a boot, and what the waiter does with hosts that lie, boot twice or never return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import (
    NotAskedError,
    RebootError,
    RebootOptions,
    Requested,
    Waiter,
    request,
    shutdown_command,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.boot import Booted, Judgement
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.errors import Unreachable

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """A host whose boots are at known seconds, and a clock that only sleeping moves."""

    boots: list[tuple[float, float]]
    """(goes down at, is up again at)."""
    settled_from: float = 0.0
    now: float = 1000.0
    blind: bool = False
    marks_fail_until: float = 0.0
    marked_at: float = 1000.0
    said: list[str] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += max(seconds, 0.01)

    def _up(self) -> None:
        if any(down <= self.now < up for down, up in self.boots):
            raise Unreachable("down")

    def look(self) -> Judgement:
        self._up()
        if self.blind:
            return Judgement(Booted.UNKNOWN, "the mark is gone, and the system's processes are those of before")
        booted = any(self.marked_at < up <= self.now for _down, up in self.boots)
        return Judgement(Booted.YES if booted else Booted.NO, "by the signs")

    def mark(self) -> bool:
        self._up()
        if self.now < self.marks_fail_until:
            return False
        self.marked_at = self.now
        return True

    def waiter(self, look: Callable[[], Judgement] | None = None) -> Waiter:
        return Waiter(
            look=look or self.look,
            mark=self.mark,
            settled=lambda: self.now >= self.settled_from,
            boot_time=lambda: START,
            say=self.said.append,
            sleep=self.sleep,
            clock=lambda: self.now,
            chance=lambda low, high: (low + high) / 2,
        )


def test_one_boot_is_seen_and_timed() -> None:
    seen = World(boots=[(1010.0, 1100.0)]).waiter().wait(None, RebootOptions(), 1000.0)
    assert (seen.boots, seen.before, seen.after) == (1, None, START)
    assert 100 <= seen.elapsed <= 160


def test_a_second_boot_of_servicing_is_waited_for() -> None:
    world = World(boots=[(1010.0, 1100.0), (1160.0, 1250.0)], settled_from=1200.0)
    seen = world.waiter().wait(None, RebootOptions(), 1000.0)
    assert seen.boots == 2
    assert seen.elapsed >= 250


def test_a_second_boot_right_after_the_first_is_seen() -> None:
    """The first boot's own mark is what the second one takes away."""
    world = World(boots=[(1010.0, 1020.0), (1030.0, 1060.0)])
    seen = world.waiter().wait(None, RebootOptions(), 1000.0)
    assert seen.boots == 2


def test_a_host_that_cannot_be_marked_yet_is_marked_later() -> None:
    world = World(boots=[(1010.0, 1100.0)], marks_fail_until=1200.0)
    seen = world.waiter().wait(None, RebootOptions(), 1000.0)
    assert (seen.boots, seen.elapsed > 200) == (1, True)


def test_no_boot_is_never_a_boot() -> None:
    with pytest.raises(RebootError, match="no boot was seen within 1800 s of the request; last: it has not booted: by"):
        World(boots=[]).waiter().wait(None, RebootOptions(), 1000.0)


def test_signs_that_disagree_are_named_and_the_request_is_owned_up_to() -> None:
    world = World(boots=[(1010.0, 1100.0)], blind=True)
    with pytest.raises(RebootError, match="whether it booted cannot be told: the mark is gone, and") as caught:
        world.waiter().wait(None, RebootOptions(), 1000.0)
    assert caught.value.requested


def test_a_host_that_never_returns_fails_at_the_deadline() -> None:
    world = World(boots=[(1005.0, 1e9)])
    with pytest.raises(RebootError, match="no answer"):
        world.waiter().wait(None, RebootOptions(deadline=300.0), 1000.0)
    assert world.now - 1000.0 == pytest.approx(300.0, abs=1.0)


def test_a_boot_that_does_not_settle_fails_and_says_so() -> None:
    world = World(boots=[(1010.0, 1100.0)], settled_from=1e9)
    with pytest.raises(RebootError, match="booted but did not settle"):
        world.waiter().wait(None, RebootOptions(deadline=600.0), 1000.0)


@dataclass
class Answer:
    exit_code: int | None
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass
class Shell:
    codes: list[int]
    commands: list[str] = field(default_factory=list)
    repeatable: list[bool] = field(default_factory=list)

    def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Answer:
        self.commands.append(command)
        self.repeatable.append(repeatable)
        return Answer(self.codes.pop(0))


def test_the_request_names_a_planned_hotfix_restart() -> None:
    assert shutdown_command(RebootOptions(delay=7, message="patching")) == (
        '%SystemRoot%\\System32\\shutdown.exe /r /t 7 /d p:2:17 /c "patching"'
    )


@pytest.mark.parametrize("reason", ["p:2", "x:1:1", "p:2:17 & format c:", ""])
def test_an_unusable_reason_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="p:2:17"):
        shutdown_command(RebootOptions(reason=reason))


def test_a_shutdown_in_progress_is_waited_for() -> None:
    shell = Shell([1115])
    assert request(shell, RebootOptions()) == Requested(joined=True)
    assert (len(shell.commands), shell.repeatable) == (1, [False])


def test_a_scheduled_shutdown_is_asked_for_again_now() -> None:
    shell = Shell([1190, 0, 0])
    assert request(shell, RebootOptions()) == Requested(preempted=True)
    assert shell.commands[1].endswith("shutdown.exe /a")


def test_a_schedule_that_was_not_there_any_more_was_not_pre_empted() -> None:
    assert request(Shell([1190, 1116, 0]), RebootOptions()) == Requested()


def test_a_refused_request_is_an_error() -> None:
    with pytest.raises(CommandError, match="exit code 5"):
        request(Shell([5]), RebootOptions())


@pytest.mark.parametrize(("code", "gone"), [(54942, True), (54943, False)])
def test_a_request_that_was_not_made_says_whether_the_mark_is_gone(code: int, gone: bool) -> None:
    shell = Shell([code])
    with pytest.raises(NotAskedError) as caught:
        request(shell, RebootOptions(), mark="m")
    assert caught.value.gone is gone
    asked = shell.commands[0].partition(" & %SystemRoot%\\System32\\shutdown.exe")[0]
    assert asked.count("reg.exe query") == 2, "reg ends with one code for a missing value and for its own failure"
