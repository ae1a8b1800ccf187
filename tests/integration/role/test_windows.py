# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance windows hold at the moment of acting, by the records of the hosts: after every sleep, in every step."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from integration.role.runner import QUICK, Controller, Packages, hotfix_packages, machine, play_of_role
from winhost.testing import running_fleet

ROLE = {"kb952876_reboot": True, **QUICK}
SUMMER: dict[str, Any] = {
    "DaylightBias": -60,
    "DaylightDay": 5,
    "DaylightHour": 2,
    "StandardDay": 5,
    "StandardHour": 3,
}


def _clock(moment: dt.datetime) -> str:
    return f"{moment:%H:%M}"


def _open(minutes: float) -> dict[str, Any]:
    """A window of every day that closes at a full minute, at least `minutes` from now (UTC)."""
    now = dt.datetime.now(dt.UTC)
    ends = now + dt.timedelta(minutes=minutes)
    ends = ends.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    return {"start": _clock(now - dt.timedelta(hours=2)), "end": _clock(ends)}


def test_a_random_start_is_cut_to_the_window(tmp_path: Path, packages: Packages) -> None:
    """Asked to spread restarts over an hour, with about two minutes left: every one begins within the window."""
    names = [f"h{number}" for number in range(4)]
    with running_fleet({"hosts": [machine(name, "vista_pending") for name in names]}, lifetime=900) as fleet:
        window = _open(1.2)
        hour, minute = map(int, window["end"].split(":"))
        ends = dt.datetime.now(dt.UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
        played = Controller(tmp_path, fleet).play(
            play_of_role("present", strategy="free"),
            **packages,
            kb952876_windows=[window],
            kb952876_reboot_random_start=3600,
            **ROLE,
        )
        assert played.code == 0, played.out[-3000:]
        for name in names:
            state = fleet.host(name).state()
            assert state["boots"] == 2
            asked = [entry for entry in fleet.host(name).log() if entry["action"] == "Command"]
            assert asked[0]["time"] < ends.timestamp(), "the restart was asked for after the window had closed"


def test_a_reserve_holds_across_a_change_of_the_clocks(tmp_path: Path, packages: Packages) -> None:
    """Tonight the host's clocks jump an hour: of 170 minutes by the wall clock only 110 are left."""
    now = dt.datetime.now(dt.UTC)
    soon = now + dt.timedelta(minutes=60)
    day = (soon.isoweekday() % 7, min(5, (soon.day - 1) // 7 + 1))
    rules = {
        **SUMMER,
        "DaylightMonth": soon.month,
        "DaylightDay": day[1],
        "DaylightDayOfWeek": day[0],
        "DaylightHour": soon.hour,
        "DaylightMinute": soon.minute,
        "StandardMonth": (soon.month + 5) % 12 + 1,
    }
    hosts = [
        machine("jumps", "vista_pending"),
        machine("stays", "vista_pending"),
        machine("silent", "vista_pending"),
    ]
    hosts[0]["overrides"]["time_zone"] = rules
    hosts[2]["overrides"]["missing_classes"] = ["Win32_TimeZone"]
    with running_fleet({"hosts": hosts}) as fleet:
        ends = now + dt.timedelta(minutes=170)
        played = Controller(tmp_path, fleet).play(
            play_of_role("present", strategy="free"),
            **packages,
            kb952876_windows=[{"start": _clock(now - dt.timedelta(hours=2)), "end": _clock(ends)}],
            kb952876_window_reserve=140,
            **ROLE,
        )
        assert played.code == 2
        assert "The restart was not begun" in played.failure("jumps")
        assert "does not tell when its clocks change" in played.failure("silent")
        assert not played.failure("stays")
        boots = {name: host.state()["boots"] for name, host in fleet.hosts.items()}
        assert boots == {"jumps": 1, "stays": 2, "silent": 1}


def test_a_wrong_clock_begins_nothing(tmp_path: Path, packages: Packages) -> None:
    with running_fleet({"hosts": [machine(name, "vista_sp1_x86") for name in ("old", "new")]}) as fleet:
        fleet.host("old").change("clock_step", seconds=-20 * 365 * 86400)
        fleet.host("new").change("clock_step", seconds=7000 * 365 * 86400)
        played = Controller(tmp_path, fleet).play(
            play_of_role("present"),
            **packages,
            kb952876_windows=[{"start": "00:00", "end": "24:00", "days": ["mon"]}, {"start": "01:00", "end": "00:30"}],
            **ROLE,
        )
        assert "the year" in played.failure("new")
        assert not hotfix_packages(fleet.host("new").state())
        assert "Traceback" not in played.out
        assert "unexpectedly" not in played.out
