# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the collection's playbooks, or a play of the role, on simulated hosts that boot within seconds."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import warm
import yaml
from integration.assess.commands import ROOT, of_host
from winhost.testing import RunningFleet, RunningHost

_PROGRAMS = Path(sys.executable).parent
_CALLBACK = ROOT / "tests" / "integration" / "assess" / "callback"

Packages = dict[str, Any]
"""Variables of the role that name the packages, and what proves their origin."""

QUICK = {"kb952876_reboot_delay": 0, "kb952876_reboot_settle": 2}
"""Role variables for hosts that boot at once; the clock runs as the controller's, or no boot could be proven."""


def machine(name: str, profile: str, **more: Any) -> dict[str, Any]:
    """One host of a fleet. Keyword arguments `power`, `servicing`, `overrides` add to ours; others go to the host."""
    power = {"shutdown_seconds": 0.5, "boot_seconds": 1.5, "services_seconds": 0.5, "servicing_seconds": 0.5}
    power.update(more.pop("power", {}))
    servicing = {"install_seconds": 1, **more.pop("servicing", {})}
    overrides = {**more.pop("overrides", {}), "power": power, "servicing": servicing}
    return {"name": name, "profile": profile, "overrides": overrides, **more}


@dataclass
class Played:
    """What a run said: exit code, text, and (host, task, outcome, result) of each task in the order of their ends."""

    code: int
    out: str
    events: list[dict[str, Any]] = field(default_factory=list)

    def tasks(self, host: str, *outcomes: str) -> list[str]:
        """Names of a host's tasks with one of these outcomes (any outcome when none is named)."""
        wanted = [one for one in self.events if one["host"] == host and (not outcomes or one["outcome"] in outcomes)]
        return [str(one["task"]).rpartition(" : ")[2] for one in wanted]

    def changed(self, host: str) -> list[str]:
        """Names of a host's tasks that changed something."""
        return [
            str(one["task"]).rpartition(" : ")[2]
            for one in self.events
            if one["host"] == host and one["outcome"] == "ok" and one["result"].get("changed")
        ]

    def failure(self, host: str) -> str:
        """The message of the host's last failed task; empty when none failed."""
        failed = [one for one in self.events if one["host"] == host and one["outcome"] == "failed"]
        found = [str(one["result"].get("msg")) for one in failed]
        return found[-1] if found else ""

    def said(self, task: str) -> Any:
        """The message of the last task of that name, of any host."""
        well = [one for one in self.events if str(one["task"]).endswith(task) and one["outcome"] == "ok"]
        found = [one["result"].get("msg") for one in well]
        return found[-1] if found else None


class Controller:
    """A folder, an inventory of a fleet, and the runs that are made with them."""

    def __init__(
        self,
        folder: Path,
        fleet: RunningFleet,
        variables: Mapping[str, Mapping[str, Any]] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        # Ansible looks for results a thousand times a second by default, which costs more than some of the tests.
        (folder / "ansible.cfg").write_text("[defaults]\ninternal_poll_interval = 0.01\n", encoding="utf-8")
        more = variables or {}
        hosts = {name: of_host(host, **more.get(name, {})) for name, host in fleet.hosts.items()}
        hosts.update({name: dict(values) for name, values in more.items() if name not in hosts})
        self.inventory(hosts, groups)
        self.environment: dict[str, str] = {}
        self._runs = 0

    def inventory(
        self, hosts: Mapping[str, Mapping[str, Any]], groups: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Write the inventory: hosts with their variables, groups with their members."""
        below = {name: {"hosts": dict.fromkeys(members)} for name, members in (groups or {}).items()}
        inventory = {"all": {"hosts": dict(hosts), "children": below}}
        text = yaml.safe_dump(inventory, sort_keys=False, allow_unicode=True)
        (self.folder / "hosts.yml").write_text(text, encoding="utf-8")

    def start(self, book: str | list[dict[str, Any]], *arguments: str, **variables: Any) -> Run:
        """Start ansible-playbook on a playbook's full name, or on plays given as data, in its own process group."""
        self._runs += 1
        record, log = self.folder / f"results-{self._runs}.jsonl", self.folder / f"log-{self._runs}.txt"
        record.touch()
        if isinstance(book, list):
            path = self.folder / f"book-{self._runs}.yml"
            path.write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
            book = str(path)
        chosen = json.dumps(variables)
        command = [str(_PROGRAMS / "python"), str(_PROGRAMS / "ansible-playbook"), "-i", "hosts.yml", "-e", chosen]
        dropped = ("ANSIBLE_", "PYTEST_", "PYTHON")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
        environment = {
            **kept,
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
            "ANSIBLE_CALLBACK_PLUGINS": str(_CALLBACK),
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "10",
            "RECORD_RESULTS": str(record),
            **self.environment,
        }
        with log.open("w", encoding="utf-8") as sink:
            process = warm.start(
                [*command, *arguments, book], cwd=self.folder, env=environment, stdout=sink, session=True
            )
        return Run(process, record, log)

    def play(self, book: str | list[dict[str, Any]], *arguments: str, **variables: Any) -> Played:
        """Run to the end."""
        return self.start(book, *arguments, **variables).end()


@dataclass
class Run:
    """One ansible-playbook at work."""

    process: warm.Process
    record: Path
    log: Path
    _left: list[psutil.Process] = field(default_factory=list)

    def kill(self) -> None:
        """End it without a chance to tidy up. Newer cores have detached its workers, which go on: see bury()."""
        with contextlib.suppress(psutil.Error):
            self._left = psutil.Process(self.process.pid).children(recursive=True)
        with contextlib.suppress(ProcessLookupError):  # it may have ended just now
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def bury(self) -> None:
        """End the workers that kill() has left: without their hosts they would ask for them for minutes."""
        for worker in self._left:
            with contextlib.suppress(psutil.Error):
                worker.kill()

    def end(self, seconds: float = 110) -> Played:
        """Wait for it. A run that takes longer is killed, and fails the test."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"no end after {seconds} s:\n{self.log.read_text(encoding='utf-8')[-3000:]}") from None
        events = [json.loads(line) for line in self.record.read_text(encoding="utf-8").splitlines()]
        return Played(code, self.log.read_text(encoding="utf-8"), events)


def play_of_role(state: str, *, strategy: str = "linear", hosts: str = "all", **keywords: Any) -> list[dict[str, Any]]:
    """A play with just the role, as a user writes it."""
    role = {"role": "winlegacy.servicing.kb952876", "kb952876_state": state}
    play = {"name": "Use the role", "hosts": hosts, "gather_facts": False, "strategy": strategy, "roles": [role]}
    return [{**play, **keywords}]


def without(folder: Path, lacks: str) -> str:
    """A folder of collections with a copy of this one that lacks a file."""
    copy = folder / "ansible_collections" / "winlegacy" / "servicing"
    for name in ("plugins", "roles", "playbooks", "meta"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "galaxy.yml", copy)
    (copy / lacks).unlink()
    return str(folder)


def hotfix_packages(state: Mapping[str, Any]) -> list[str]:
    """The hotfix's root packages that a machine's servicing knows."""
    return [name for name in state["cbs"] if name.startswith("Package_for_KB952876~")]


def never_asked(fleet: RunningFleet) -> bool:
    """Whether no host of the fleet got a single message: by the fleet's own records."""
    return not any(host.messages for host in fleet.hosts.values())


def only_assessed(host: RunningHost, played: Played, name: str) -> bool:
    """Whether a host got the messages of one assessment and no other: by the records of both sides."""
    swept = [one["result"]["hosts"] for one in played.events if str(one["task"]).endswith("Assess the hosts")]
    told = [_messages(json.loads(hosts[name]["packed"])) for hosts in swept if name in hosts]
    told += [_messages(one["result"]) for one in played.events if one["host"] == name]
    first = next((count for count in told if count), 0)
    state = host.state()
    return (host.messages, state["processes_started"], state["boots"]) == (first, [], 1)


def _messages(result: Mapping[str, Any]) -> int:
    """What an assessment says that it cost; 0 for another result."""
    details = result.get("details")
    return int(details.get("messages") or 0) if isinstance(details, dict) else 0
