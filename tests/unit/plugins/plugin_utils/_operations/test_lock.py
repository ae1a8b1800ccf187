# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a lock is waited for, when it is stale, when it stands, and that every wait has an end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations import lock
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.owner import Owner
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import LOST
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout

OTHER = Owner("me@elsewhere:1", "other", shell="uuid:1")
LAYOUT = Layout("C:\\Windows", "KB1")
MINE = lock.Claim(Owner("me@here:2", "mine"), "b" * 32)


@dataclass
class Answer:
    exit_code: int | None
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass
class Host:
    """A host whose lock is held; signs tells what is seen of its holder at each look."""

    signs: list[bool | None]
    owner: Owner | None = OTHER
    changing: bool = False
    taken: list[int | None] = field(default_factory=list)
    swaps: list[int] = field(default_factory=lambda: [0])
    slept: float = 0.0
    slow: float = 0.0
    now: float = 0.0
    ended: int = 0
    prepared: int = 0
    looks: int = 0

    def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Answer:
        assert repeatable, "every command of the lock may be sent twice"
        self.now += self.slow
        if command.startswith("for "):
            self.looks += 1
            token = f"{self.looks:032x}" if self.changing else "a" * 32
            text = self.owner.dump() if self.owner is not None else "{"
            return Answer(0, f"{token}\r\n{text}".encode())
        if command.startswith("ren "):
            return Answer(self.swaps.pop(0) if self.swaps else 6)
        return Answer(self.taken.pop(0) if self.taken else 6)

    def ready(self) -> str:
        return ""

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += seconds
        assert self.slept < 5000, "the wait has no end"

    def prepare(self) -> None:
        self.prepared += 1

    def end(self, _holder: Owner) -> None:
        self.ended += 1

    def acquire(self, wait: float) -> list[str]:
        shell: Any = self
        return lock.acquire(
            shell,
            LAYOUT,
            MINE,
            sign_of_life=lambda _held: self.signs.pop(0) if self.signs else None,
            end_predecessor=self.end,
            prepare=self.prepare,
            sleep=self.sleep,
            clock=lambda: self.now,
            wait=wait,
        )


def test_a_free_lock_is_taken_at_once() -> None:
    host = Host([], taken=[0])
    host.acquire(0)
    assert (host.slept, host.looks) == (0, 0)


def test_a_dead_holder_is_taken_over_at_once() -> None:
    host = Host([False])
    host.acquire(0)
    assert (host.slept, host.ended) == (0, 1)


def test_a_quiet_holder_is_watched_for_the_whole_grace() -> None:
    host = Host([])
    host.acquire(0)
    assert host.slept >= lock.GRACE >= 60
    assert host.ended == 1


def test_one_sign_starts_the_watch_anew() -> None:
    host = Host([None] * 15 + [True])
    host.acquire(600)
    assert host.slept >= 75 + lock.GRACE


@pytest.mark.parametrize("owner", [OTHER, None])
def test_a_live_holder_is_waited_for_and_named(owner: Owner | None) -> None:
    host = Host([True] * 50, owner)
    with pytest.raises(lock.LockedError, match="a run that left no name" if owner is None else "me@elsewhere:1"):
        host.acquire(12)
    assert (host.slept, host.ended) == (12.0, 0)


@pytest.mark.parametrize("wait", [0, 60, 600])
def test_holders_that_change_at_every_look_do_not_make_the_wait_endless(wait: float) -> None:
    host = Host([], changing=True)
    with pytest.raises(lock.LockedError):
        host.acquire(wait)
    assert wait <= host.slept <= wait + lock.GRACE + 5
    assert host.ended == 0


@pytest.mark.parametrize("signs", [[True] * 5000, [None, True] * 5000])
@pytest.mark.parametrize("wait", [0, 60, 600])
def test_a_host_that_answers_slowly_does_not_make_the_wait_longer(wait: float, signs: list[bool | None]) -> None:
    host = Host(list(signs), slow=45.0)
    with pytest.raises(lock.LockedError, match=r"waited [0-9]+ s"):
        host.acquire(wait)
    assert host.now <= wait + lock.GRACE + 180 + 2 * 45 + 5
    assert host.ended == 0


def test_a_slow_host_shows_its_dead_holder_all_the_same() -> None:
    host = Host([], slow=4.0)
    host.acquire(0)
    assert host.slept >= lock.GRACE
    assert host.ended == 1


def test_a_race_for_a_dead_holder_that_others_win_ends() -> None:
    host = Host([False] * 5000, swaps=[])
    with pytest.raises(lock.LockedError):
        host.acquire(10_000)
    assert host.ended == 0


def test_a_lock_that_cannot_be_taken_is_no_lock_that_is_held() -> None:
    """A full disk: said at once, and not waited for."""
    host = Host([], taken=[5] * 50)
    with pytest.raises(lock.LockError, match="could not be taken although nobody holds it"):
        host.acquire(600)
    assert (host.slept, host.prepared) == (0, 2)


@pytest.mark.parametrize("code", [1, None, 9009, -1073741502])
def test_any_other_end_of_the_command_is_no_lock_either(code: int | None) -> None:
    host = Host([], taken=[code] * 3)
    with pytest.raises(lock.LockError):
        host.acquire(600)


def test_the_fence_stops_who_was_taken_over() -> None:
    class Gone(Host):
        def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Answer:
            assert command.startswith(f"(if not exist \"{LAYOUT.lock_record(MINE.token)}\" exit {LOST}) & ")
            return Answer(LOST)

    shell: Any = Gone([])
    with pytest.raises(lock.LockLostError, match="another run took the host over"):
        lock.Fenced(shell, LAYOUT, MINE).run("schtasks /run")


def test_each_shell_of_the_holder_is_named_on_the_host_once() -> None:
    """By the first command in it: a successor finds what a dead run works in, whichever shell that is by then."""

    class Shells(Host):
        ids = ("uuid:1", "uuid:1", "uuid:2", "no id of a shell & calc", "uuid:2")

        def __init__(self) -> None:
            super().__init__([])
            self.lines: list[str] = []

        def ready(self) -> str:
            return self.ids[len(self.lines)]

        def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Answer:
            self.lines.append(command)
            return Answer(0)

    host: Any = Shells()
    fenced = lock.Fenced(host, LAYOUT, MINE)
    for _each in Shells.ids:
        fenced.run("ver")
    named = [re.findall(r"echo\(([^)]*)\)", line) for line in host.lines]
    assert named == [["uuid:1"], [], ["uuid:2"], [], []]
    assert all(line.startswith("(if not exist ") and line.endswith(" & ver") for line in host.lines)
    assert f">\"{LAYOUT.folder}\\shell.{MINE.token}\"" in host.lines[0]
    assert LAYOUT.is_ours(f"shell.{MINE.token}", folder=False)


def test_only_ids_of_shells_are_taken_from_what_dead_runs_left() -> None:
    class Left(Host):
        def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Answer:
            assert f"shell.{MINE.token}" in command, "its own would be ended"
            return Answer(0, b"uuid:1\r\n8D-2\r\n<x/>\r\n" + b"z" * 90 + b"\xff\r\n")

    assert Left([]).acquire(0) == ["uuid:1", "8D-2"]


def test_a_lock_that_was_taken_over_is_swept_behind_the_fence() -> None:
    class Dead(Host):
        def run(self, command: str, *, deadline: float = 60.0, repeatable: bool = True) -> Answer:
            if command.startswith(f'(if not exist "{LAYOUT.lock_record(MINE.token)}" exit {LOST}) & '):
                return Answer(0, b"uuid:7\r\n")
            return super().run(command, deadline=deadline, repeatable=repeatable)

    assert Dead([False]).acquire(0) == ["uuid:7"]
