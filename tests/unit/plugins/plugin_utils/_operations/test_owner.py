# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose record a lock holds: read with bounds, and identified by more than a name and a number."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.boot_evidence import (
    Birth,
    Mark,
    RebootEvidence,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations import owner
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot import MARK_PREFIX, BootRecord
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.owner import (
    Owner,
    lives,
    owner_name,
    parse_owner,
    this_process,
)

HERE = this_process()
BOOT = BootRecord(
    f"{MARK_PREFIX}1", RebootEvidence(Mark.THERE, {"services.exe": Birth(588, datetime(2026, 1, 1, 0, 0, 0, 5, UTC))})
)
WHOLE = Owner("me@here:1", "run", HERE, BOOT, "uuid:1")


def test_a_record_reads_as_written() -> None:
    assert parse_owner(WHOLE.dump()) == WHOLE
    assert parse_owner(Owner("me@here:1", "run").dump()) == Owner("me@here:1", "run")


def changed(**items: object) -> str:
    return json.dumps({**json.loads(WHOLE.dump()), **items})


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", '{"owner": "x"}', "null", "[" * 4000, '{"a":' * 800, "x" * 100_000, '{"owner": 1, "run": 2}'],
)
def test_what_is_no_record_is_nobody(text: str | None) -> None:
    assert parse_owner(text) is None


@pytest.mark.parametrize(
    "items",
    [
        {"process": [1, 2, 3, 4]},
        {"process": ["k", "n", 10**30, 1]},
        {"process": ["k", "n", -1, 1]},
        {"process": ["k", "n", True, 1]},
        {"process": ["k", "n", 1.5, 1]},
        {"process": ["k" * 2000, "n", "1", 1]},
        {"process": {}},
        {"boot": {"mark": MARK_PREFIX + "x", "marked": True, "births": {"services.exe": [1, "2026-01-01T00:00:00"]}}},
        {"boot": {"mark": MARK_PREFIX + "x", "births": {"services.exe": [10**30, "2026-01-01T00:00:00+00:00"]}}},
        {"boot": {"mark": "SomebodyElse'sValue", "marked": True, "births": {}}},
        {"boot": [[]]},
        {"shell": 12},
        {"owner": "\u0000\u001b[31mme" * 100},
    ],
)
def test_hostile_items_are_unknown_and_raise_nothing(items: dict[str, object]) -> None:
    read = parse_owner(changed(**items))
    assert read is not None
    assert read.owner.isprintable()
    assert len(read.owner) <= 200
    if "process" in items:
        assert lives(read.process) is None
    if "boot" in items:
        assert read.boot is None or not read.boot.signs.births


@pytest.mark.skipif(HERE is None, reason="this system does not identify processes (/proc)")
def test_who_lives() -> None:
    assert HERE is not None
    assert lives(HERE) is False, "a record of this very thread is of a run that ended"
    assert lives(replace(HERE, kernel="another boot")) is None
    assert lives(replace(HERE, namespace="pid:[1]")) is None, "a container with the same host name"
    assert lives(None) is None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        started = int(Path(f"/proc/{other.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        its = replace(HERE, thread=other.pid, started=started)
        assert lives(its) is True
        assert lives(replace(its, started=started - 1)) is False, "its id was given out again"
        other.communicate(b"\n", timeout=10)
    assert lives(its) is False


@pytest.mark.skipif(HERE is None, reason="this system does not identify processes (/proc)")
def test_two_threads_of_one_process_are_two_controllers() -> None:
    seen: list[bool | None] = []
    thread = threading.Thread(target=lambda: seen.append(lives(HERE)))
    thread.start()
    thread.join()
    assert seen == [True]


def test_a_uid_without_a_name_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1000660000")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert owner_name().startswith(f"uid {os.getuid()}@")


def test_without_proc_nobody_is_identified(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(owner, "_PROC", tmp_path)
    assert this_process() is None
    assert lives(WHOLE.process) is None
