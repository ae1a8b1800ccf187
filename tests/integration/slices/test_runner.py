# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three workers of ansible-runner over three slices, one of which dies in the middle; merged, and the rest run again.

The programs are ansible-runner's own (transmit, worker, process): what comes back is its streams and nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
import yaml
from integration.assess.commands import ROOT
from integration.role.runner import Controller, Played, machine
from winhost.testing import RunningFleet, running_fleet

SLICES = {"slice1of3": ["a", "b"], "slice2of3": ["c", "d"], "slice3of3": ["e", "f"]}
PROFILES = {
    "a": "vista_sp1_x64",
    "b": "srv2008_fixed",
    "c": "vista_pending",
    "d": "vista_sp1_x64",
    "e": "win2019",
    "f": "vista_sp1_x86",
}
STALLS: dict[str, Any] = {"kind": "stall", "at": 3, "times": 1, "seconds": 120}
"""Strikes a host of the slice that dies, once: it is killed while it waits."""


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts = [machine(name, profile, faults=[STALLS] if name == "d" else []) for name, profile in PROFILES.items()]
    with running_fleet({"hosts": hosts}) as running:
        yield running


@dataclass
class Runner:
    """ansible-runner with a folder of private data, and machines that keep nothing."""

    folder: Path
    inventory: Path

    def __post_init__(self) -> None:
        variables = {
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
            "ANSIBLE_HOME": str(self.folder.parent / "home"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        private = {"env/envvars": yaml.safe_dump(variables), "inventory/hosts.yml": self.inventory.read_text()}
        for name, content in private.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        (self.folder / "project").mkdir()

    def transmit(self, name: str, hosts: list[str]) -> None:
        """Write what a worker needs: the playbook of the collection, its hosts and the part's name."""
        command = ["transmit", str(self.folder), "-p", "winlegacy.servicing.assess", "--limit", ",".join(hosts)]
        with self._stream(name, "out").open("wb") as sink:
            assert _start(*command, "--ident", name, "--cmdline", f"-e kb952876_part={name}", stdout=sink).wait(60) == 0

    def work(self, name: str) -> subprocess.Popen[bytes]:
        """Start a machine's work; it gives a stream and leaves nothing."""
        place = self.folder.parent / "machines" / name
        with self._stream(name, "out").open("rb") as source, self._stream(name, "back").open("wb") as sink:
            return _start("worker", "--private-data-dir", str(place), "--delete", stdin=source, stdout=sink)

    def process(self, name: str) -> None:
        """Keep what came back, whole or not."""
        with self._stream(name, "back").open("rb") as source:
            _start("process", str(self.folder), "--ident", name, stdin=source).wait(60)

    def artifacts(self) -> dict[str, Any]:
        """What all runs together gave to set_stats, by their last events."""
        found: dict[str, Any] = {}
        for path in self.folder.glob("artifacts/*/job_events/*.json"):
            event = json.loads(path.read_text(encoding="utf-8"))
            if event["event"] == "playbook_on_stats":
                found.update(event["event_data"]["artifact_data"])
        return found

    def _stream(self, name: str, what: str) -> Path:
        return self.folder.parent / f"{name}.{what}"


def _start(*arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    programs = Path(sys.executable).parent
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTEST_", "PYTHON"))}
    environment = {**kept, "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])}
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams}
    command = [str(programs / "python"), "-m", "ansible_runner", *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, **streams)


def _lose(machine: subprocess.Popen[bytes]) -> None:
    """Everything on a machine ends at once, as when its power is cut."""
    for one in [*psutil.Process(machine.pid).children(recursive=True), psutil.Process(machine.pid)]:
        one.kill()
    machine.wait(30)


@dataclass
class Told:
    """A merge, and what it wrote."""

    played: Played
    rows: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, Any]
    csv: str


def _told(controller: Controller, playbook: str, folder: str, **variables: Any) -> Told:
    options = {"kb952876_report_dir": folder, "kb952876_inventory_file": f"{folder}/groups.yml", **variables}
    played = controller.play(f"winlegacy.servicing.{playbook}", **options)
    place = controller.folder / folder
    report = json.loads((place / "kb952876.json").read_text(encoding="utf-8"))
    groups = yaml.safe_load((place / "groups.yml").read_text(encoding="utf-8"))
    return Told(played, {row["host"]: row for row in report["hosts"]}, groups, (place / "kb952876.csv").read_text())


def test_a_lost_part_is_named_and_only_the_rest_is_run_again(fleet: RunningFleet, tmp_path: Path) -> None:
    controller = Controller(tmp_path / "controller", fleet)
    runner = Runner(tmp_path / "private", controller.folder / "hosts.yml")
    for name, hosts in SLICES.items():
        runner.transmit(name, hosts)
    machines = {name: runner.work(name) for name in SLICES}
    _until(lambda: fleet.host("d").messages >= STALLS["at"])
    _lose(machines["slice2of3"])
    assert [machines[name].wait(100) for name in ("slice1of3", "slice3of3")] == [0, 0]
    for name in SLICES:
        runner.process(name)
    left = [path for name in ("slice1of3", "slice3of3") for path in (tmp_path / "machines").glob(f"{name}/**/*")]
    assert left == [], "the machines keep nothing"

    asked = {name: host.messages for name, host in fleet.hosts.items()}
    first = _told(controller, "merge", "first", kb952876_parts=str(runner.folder / "artifacts"))
    assert asked == {name: host.messages for name, host in fleet.hosts.items()}, "a merge asks no host"
    assert first.played.code == 2, first.played.out[-3000:]
    said = first.played.said("Say what the parts are")
    assert said[0] == "2 hosts are missing: c, d. slice2of3 is lost."
    assert said[1].startswith("The run slice2of3 was cut off:")
    assert said[-1].startswith("6 hosts from 2 parts, made ")
    assert [first.rows[name]["status"] for name in "cd"] == ["failed", "failed"]
    assert {first.rows[name]["summary"] for name in "cd"} == {"No part has this host. slice2of3 is lost."}
    assert set(first.groups["kb952876_failed"]["hosts"]) == {"c", "d"}
    assert [first.played.failure(name) for name in "acd"] == ["", *["No part has this host. slice2of3 is lost."] * 2]
    assert "--limit c,d" in first.played.out

    runner.transmit("rest", sorted(first.groups["kb952876_failed"]["hosts"]))
    assert runner.work("rest").wait(100) == 0
    runner.process("rest")
    second = _told(controller, "merge", "second", **runner.artifacts())  # as a workflow of AWX hands them on
    assert second.played.code == 0, second.played.out[-3000:]
    assert second.played.said("Say what the parts are")[-1].endswith(": complete.")
    assert asked["a"] == fleet.host("a").messages, "only the rest was asked again"

    alone = _told(controller, "assess", "alone")
    assert second.groups == alone.groups
    assert second.csv == alone.csv
    assert {row["status"] for row in second.rows.values()} >= {"needs_fix", "fixed", "not_applicable"}


def _until(holds: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "the slice was never in the middle of its work"
        time.sleep(0.05)
