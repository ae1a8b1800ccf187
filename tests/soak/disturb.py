# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to a remediation: a controller dies, a clock moves, connections break, another controller works too."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations import holding
from integration.hotfix.driver import ControllerKilledError
from winhost.testing import RunningHost

from soak.cases import Case
from soak.remediation import SCALE, Controller, sleep

MESSAGES = 240
"""About as many as a remediation takes."""

YEAR = 366 * 86400
BREAKS = ("reset", "reset_after", "garbled", "empty", "cut", "wrong_relates_to", "truncated_xml")


class At:
    """A wire, over all connections of one controller, that does something at some of its messages."""

    def __init__(self, acts: dict[int, Any]) -> None:
        self.acts = acts
        self.count = 0

    def wrap(self, wire: Any) -> Any:
        """The wire of the controller's next connection."""
        outer = self

        class Wrapped:
            def __getattr__(self, name: str) -> Any:
                return getattr(wire, name)

            def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
                outer.count += 1
                act = outer.acts.get(outer.count)
                if act == "die before":
                    wire.close()
                    raise ControllerKilledError
                if callable(act):
                    act()
                answer = bytes(wire.send(envelope, read_timeout=read_timeout))
                if act == "die after":
                    wire.close()
                    raise ControllerKilledError
                return answer

        return Wrapped()


@contextmanager
def strangers(apart: bool) -> Iterator[None]:
    """Whether the controllers cannot see each other's processes, as from other machines."""
    if not apart:
        yield
        return
    with mock.patch.object(holding, "lives", lambda _process: None):
        yield


def kill(case: Case, host: RunningHost, package: Path) -> dict[str, int]:
    """Up to three controllers, one after the other, die at any message of theirs, before or after its delivery."""
    chance = case.chance()
    died = 0
    with strangers(chance.random() < 0.3):
        for number in range(chance.choice((1, 1, 1, 2, 3))):
            acts = {chance.randint(1, MESSAGES): chance.choice(("die before", "die after"))}
            transfer = "winrm" if chance.random() < 0.15 else "path"
            try:
                Controller(host, package, f"killed-{number}", At(acts).wrap, transfer).remediate()
            except ControllerKilledError:
                died += 1
    return {"kills": died}


def clock(case: Case, host: RunningHost, package: Path) -> dict[str, int]:
    """Steps of a second to twenty years, sleep and pauses, at any message, whatever the host's clocks and births do."""
    chance = case.chance()
    choices = {
        "process_creation": ("fixed", "moves_with_clock"),
        "uptime_asleep": ("not_counted", "counted"),
        "last_boot_time": ("right", "hour_early", "old"),
        "process_ids_after_boot": ("same", "differ"),
    }
    for name, values in choices.items():
        host.change("doubt", id=name, value=chance.choice(values))
    done = [0]

    def move() -> None:
        done[0] += 1
        what = chance.choice(("clock_step", "clock_step", "sleep", "pause"))
        seconds = 10 ** chance.uniform(0, 8.8) if what == "clock_step" else 10 ** chance.uniform(0.5, 4)
        sign = chance.choice((1, -1)) if what == "clock_step" else 1
        host.change(what, seconds=sign * min(seconds, 20 * YEAR))

    acts = {chance.randint(1, MESSAGES): move for _unused in range(chance.randint(1, 5))}
    Controller(host, package, "moved", At(acts).wrap).remediate()
    return {"clock steps and pauses": done[0]}


def broken(case: Case, host: RunningHost, package: Path) -> dict[str, int]:
    """Connections break and answers are damaged, before and after the host acted."""
    chance = case.chance()
    places = sorted({chance.randint(1, MESSAGES) for _unused in range(chance.randint(1, 6))})
    done = [0]

    def strike() -> None:
        done[0] += 1
        host.fault(chance.choice(BREAKS), **{"in": 1})

    with strangers(chance.random() < 0.3):
        Controller(host, package, "broken", At(dict.fromkeys(places, strike)).wrap).remediate()
    host.clear_faults()
    return {"breaks": done[0]}


def race(case: Case, host: RunningHost, package: Path) -> dict[str, int]:
    """Two or three controllers at once, each held up at some of its messages for up to four minutes."""
    chance = case.chance()
    held = [0]

    def hold(seconds: float) -> Any:
        def act() -> None:
            held[0] += 1
            sleep(seconds)

        return act

    def controller(number: int, luck: random.Random) -> Controller:
        acts = {luck.randint(1, MESSAGES): hold(luck.uniform(1, 240)) for _unused in range(luck.randint(0, 4))}
        return Controller(host, package, f"racer-{number}", At(acts).wrap)

    racers = [controller(number, random.Random(chance.getrandbits(48))) for number in range(chance.choice((2, 2, 3)))]  # noqa: S311
    threads = [threading.Thread(target=one.remediate) for one in racers]
    with strangers(chance.random() < 0.7):
        for thread in threads:
            thread.start()
            time.sleep(chance.uniform(0, 60) / SCALE)
        for thread in threads:
            thread.join(120)
    if any(thread.is_alive() for thread in threads):
        raise AssertionError("a controller hangs")
    return {"races": 1, "controllers": len(racers), "held up": held[0]}


DISTURBANCES = {"kill": kill, "clock": clock, "break": broken, "race": race}
