# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One controller's whole remediation of one simulated host, at the host's pace, and what it leaves behind."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import RebootOptions
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import Hotfix
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.restart import Rebooting, RebootRequest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import DEFINITION, ControllerKilledError, channel, look, request
from integration.hotfix.variants import LAYOUT
from winhost.testing import RunningHost

SCALE = 60.0
RESTART = RebootOptions(delay=1, deadline=300.0, settle=5.0)
SOURCE = "C:\\Packages\\KB952876.msu"
Wrap = Callable[[Any], Any]


def now() -> float:
    """The hosts' time, as the controllers' clock."""
    return time.monotonic() * SCALE


def sleep(seconds: float) -> None:
    time.sleep(seconds / SCALE)


@dataclass
class Controller:
    """Installs, restarts where that is required, and cleans up; tells how it ended."""

    host: RunningHost
    package: Path
    name: str
    wrap: Wrap = lambda wire: wire
    transfer: str = "path"
    said: list[str] = field(default_factory=list)

    def remediate(self) -> str:
        """Once through: "" when it came to its end, else what stopped it. ControllerKilledError leaves as it is."""
        try:
            self._hotfix(cleanup=False)
            self._restart()
            self._hotfix(cleanup=True)
        except ControllerKilledError:
            raise
        except Exception as error:  # noqa: BLE001 - any error of ours may stop a run; the next one goes on
            return f"{type(error).__name__}: {error}"
        return ""

    def _client(self) -> tuple[Client, Any]:
        wire = self.wrap(channel(self.host))
        return Client(wire, clock=now, idle_clock=now), wire

    def _hotfix(self, *, cleanup: bool) -> None:
        client, wire = self._client()
        wanted = request(
            "present",
            run=self.name,
            path=self.package,
            cleanup=cleanup,
            transfer=self.transfer,
            source_path=SOURCE if self.transfer == "path" else None,
            install_timeout=900,
            lock_timeout=900,
        )
        try:
            with tempfile.TemporaryDirectory(prefix="keep-") as folder:
                kept = wanted.keeping(Keep(Path(folder)))
                Hotfix(client, DEFINITION, kept, say=self.said.append, sleep=sleep, clock=now).run()
        finally:
            wire.close()

    def _restart(self) -> None:
        client, wire = self._client()
        try:
            Rebooting(client, DEFINITION, say=self.said.append, sleep=sleep, clock=now).run(
                RebootRequest(RESTART, only_if=("required_by_kb",))
            )
        finally:
            wire.close()


def settle(host: RunningHost, package: Path, rounds: int = 8) -> list[str]:
    """Undisturbed runs until one comes to its end; what stopped the others."""
    stopped: list[str] = []
    for number in range(rounds):
        said = Controller(host, package, f"settle-{number}").remediate()
        if not said:
            return stopped
        stopped.append(said)
        sleep(30)
    raise AssertionError(f"no undisturbed run came to its end: {stopped}")


def figures(host: RunningHost) -> dict[str, int | str]:
    """What the machine itself holds, once idle shells have had their time."""
    host.change("age", seconds=400)
    state = host.state()
    started = [one for one in state["processes_started"] if one["image"].lower() in ("pkgmgr.exe", "wusa.exe")]
    names = host.folder(LAYOUT.parent)
    return {
        "installers": len(started),
        "boots": int(state["boots"]) - 1,
        "restarts asked for": int(state["reboots"]),
        "shells": int(state["shells"]) - int(state["shells_unused"]),
        "unused shells": int(state["shells_unused"]),
        "tasks": sum("winlegacy" in str(task) for task in state["tasks"]),
        "locks": int(host.folder(LAYOUT.lock) is not None),
        "files": 0 if names is None else 1 + len(names),
        "marks": len(state["marks"]),
        "status": look(host).verdict.status.value,
    }


EXPECTED: dict[str, int | str] = {
    "installers": 1, "boots": 1, "shells": 0, "tasks": 0, "locks": 0, "files": 0, "status": "fixed",
}  # fmt: skip
"""Counted and not expected: restarts asked for (one that is still waiting is cancelled and asked for anew by the next
controller); marks of killed runs, which the next boot takes away, and shells of runs that were killed
between opening one and its first Receive: WinRM 1.1 does not close those by itself, and a run that needs one does."""
