# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a lock is waited for, when it is stale, and when it stands."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations import lock
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.layout import Layout

BOOT = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = lock.Owner("me@elsewhere:1", "other", BOOT.isoformat(), "uuid:1")
MINE = lock.Owner("me@here:2", "mine", BOOT.isoformat())


class Held:
    """A host whose lock is held; signs tells what is seen of its holder at each look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, signs: list[bool | None], holder: lock.Owner | None) -> None:
        self.signs, self.free, self.slept, self.ended = list(signs), False, 0.0, 0
        self.breaks = 0
        monkeypatch.setattr(lock, "try_acquire", lambda *_arguments: self.free)
        monkeypatch.setattr(lock, "holder", lambda *_arguments: holder)
        monkeypatch.setattr(lock, "break_lock", self._break)

    def _break(self, *_arguments: Any) -> None:
        self.free, self.breaks = True, self.breaks + 1

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def end(self, _holder: lock.Owner) -> None:
        self.ended += 1

    def acquire(self, wait: float, boot: datetime | None = BOOT) -> bool:
        shell: Any = None
        return lock.acquire(
            shell, Layout("C:\\Windows", "KB1"), MINE, boot=boot, sign_of_life=lambda _holder: self.signs.pop(0),
            end_predecessor=self.end, sleep=self.sleep, wait=wait,
        )


def test_a_dead_holder_is_broken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, [False], OTHER)
    assert held.acquire(0) is False
    assert (held.slept, held.ended, held.breaks) == (0, 1, 1)


def test_a_boot_since_needs_no_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, [], OTHER)
    assert held.acquire(0, BOOT + timedelta(hours=1)) is False
    assert held.breaks == 1


def test_a_quiet_holder_is_watched_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, [None] * 6, OTHER)
    held.acquire(0)
    assert (held.slept, held.breaks) == (25.0, 1)


def test_one_sign_starts_the_watch_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch, [None] * 5 + [True] + [None] * 6, OTHER)
    held.acquire(600)
    assert (held.signs, held.breaks) == ([], 1)


@pytest.mark.parametrize("holder", [OTHER, None])
def test_a_live_holder_is_waited_for_and_named(monkeypatch: pytest.MonkeyPatch, holder: lock.Owner | None) -> None:
    held = Held(monkeypatch, [True] * 50, holder)
    with pytest.raises(lock.LockedError, match="a run that left no name" if holder is None else "me@elsewhere:1"):
        held.acquire(12)
    assert (held.slept, held.breaks) == (12.0, 0)


def test_whose_process_runs_here() -> None:
    here = socket.gethostname()
    assert lock.runs_here(f"me@{here}:{os.getppid()}") is True
    assert lock.runs_here(f"me@{here}:{os.getpid()}") is False, "this run holds no lock yet"
    assert lock.runs_here(f"me@not-{here}:{os.getppid()}") is None
    assert lock.runs_here("nonsense") is None


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"owner": "x"}', "null"])
def test_an_owner_that_cannot_be_read(text: str | None) -> None:
    assert lock.parse_owner(text) is None


def test_an_owner_reads_as_written() -> None:
    assert lock.parse_owner(OTHER.dump()) == OTHER
