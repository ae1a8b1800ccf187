# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host costs the controller in a sweep and in the playbook assess, as ratios of measures of the same run.

Beside them: a task in forks that does nothing, the sweep over pywinrm's channel, an assessment in one process over
each channel, and a script of pywinrm in a thread pool that asks two questions. CPU is the whole tree's of
ansible-playbook, less the same play over one host of the same inventory; the simulated fleet's own is apart.
WINLEGACY_BENCH_HOSTS (150) is the number of hosts, WINLEGACY_BENCH_PARTS some of sweep, playbook, dead, memory.

Where a goal is missed, what a host's share is made of stands beside it: less than the conversation no sweep can cost.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import winrm
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from bench_channel import assessed
from bench_winhost import _wql
from integration.hotfix.driver import PASSWORD, USER
from winhost.testing import RunningFleet, RunningHost, running_fleet

HOSTS = int(os.environ.get("WINLEGACY_BENCH_HOSTS", "150"))
PARTS = os.environ.get("WINLEGACY_BENCH_PARTS", "sweep playbook dead memory").split()
LISTENERS = 200
ROOT = Path(__file__).resolve().parents[1]
MIXED = {"vista_sp1_x64": 4, "srv2008_fixed": 2, "vista_pending": 1, "win2019": 3}
"""Profiles of a mixed fleet, and how often each comes in ten hosts."""

REPORTS = ("-e", "kb952876_report_dir=reports", "-e", "kb952876_inventory_file=groups.yml")

NOOP = """
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        return {"changed": False}
"""


@dataclass(frozen=True)
class Cost:
    """Of a process and all its children: CPU and wall seconds; memory that is theirs alone or shared out, MB."""

    cpu: float
    wall: float
    memory: float
    code: int
    out: str


def playbook(folder: Path, book: str, *arguments: str, watch: bool = False) -> Cost:
    """ansible-playbook on a book of the folder, or on a playbook's name."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")},
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_ACTION_PLUGINS": str(folder / "plugins"),
        "ANSIBLE_FORKS": "10",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    programs = Path(sys.executable).parent
    command = [sys.executable, str(programs / "ansible-playbook"), "-i", "hosts.json", *arguments, book]
    with (folder / "log").open("w", encoding="utf-8") as log:
        begun = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        peak = Peak(process.pid) if watch else None
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    text = (folder / "log").read_text(encoding="utf-8")
    return Cost(usage.ru_utime + usage.ru_stime, wall, peak.stop() if peak else 0.0, process.returncode, text)


class Peak:
    """The most memory that a tree of processes has had."""

    def __init__(self, pid: int) -> None:
        self._root, self._most, self._over = psutil.Process(pid), 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.7):
            total = 0.0
            with contextlib.suppress(psutil.Error):
                for one in [self._root, *self._root.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        total += one.memory_full_info().pss / 2**20
            self._most = max(self._most, total)

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        return self._most


@contextlib.contextmanager
def fleet_of(profiles: Mapping[str, int]) -> Iterator[RunningFleet]:
    """Listeners in these shares."""
    of = sum(profiles.values())
    hosts = [
        {"name": name.replace("_", "-"), "profile": name, "count": max(1, min(HOSTS, LISTENERS) * share // of)}
        for name, share in profiles.items()
    ]
    with running_fleet({"hosts": hosts}, lifetime=3600) as fleet:
        yield fleet


def inventory(folder: Path, places: list[tuple[str, int]]) -> None:
    """One name for each place; the account is the group's."""
    common = {
        "ansible_connection": "winrm",
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": "ntlm",
        "ansible_user": USER,
        "ansible_password": PASSWORD,
    }
    hosts = {
        f"host{number:05}": {"ansible_host": address, "ansible_port": port}
        for number, (address, port) in enumerate(places)
    }
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")


def places(fleet: RunningFleet, count: int) -> list[tuple[str, int]]:
    """So many addresses, each listener in turn, the kinds well mixed."""
    hosts = list(fleet.hosts.values())
    step = next(step for step in (7, 11, 13, 17, 19, 1) if len(hosts) % step or step == 1)
    return [(host.address, host.port) for at in range(count) for host in (hosts[at * step % len(hosts)],)]


def books(folder: Path) -> None:
    """A play of no task, of one that does nothing in a fork, and of a sweep."""
    (folder / "plugins").mkdir()
    (folder / "plugins" / "noop.py").write_text(NOOP, encoding="utf-8")
    play: dict[str, Any] = {"hosts": "all", "gather_facts": False}
    sweep = {"winlegacy.servicing.fleet_hotfix_info": {"packed": True}, "register": "fleet", "run_once": True}
    for name, tasks in {"nothing": [], "noop": [{"noop": {}}], "sweep": [sweep]}.items():
        (folder / f"{name}.json").write_text(json.dumps([{**play, "tasks": tasks}]), encoding="utf-8")


def checked(cost: Cost, *codes: int) -> Cost:
    """The cost of a run that ended as expected; the end of the benchmark else."""
    if cost.code not in (codes or (0,)):
        sys.exit(f"the playbook ended with {cost.code}:\n{cost.out[-2000:]}")
    return cost


def a_host(folder: Path, book: str, *arguments: str) -> tuple[float, Cost]:
    """What each further host costs, in CPU seconds; and all of them together."""
    one = checked(playbook(folder, book, *arguments, "--limit", "host00000"))
    whole = checked(playbook(folder, book, *arguments))
    return (whole.cpu - one.cpu) / (HOSTS - 1), whole


class Bench:
    """Ratios with their budgets; a missed one is told at the end."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def ratio(self, what: str, value: float, budget: float | None) -> None:
        told = "" if budget is None else f" (goal: {budget:g})"
        print(f"   {what}: {value:.2f}{told}", flush=True)
        if budget is not None and value > budget:
            self.missed.append(f"{what}: {value:.2f}, more than {budget:g}")


def in_process(kind: type[Any], host: RunningHost) -> float:
    """CPU seconds of an assessment with a channel of its own and its result, without Ansible."""
    assessed(kind, host)
    begun = time.process_time()
    for _round in range(30):
        assessed(kind, host)
    return (time.process_time() - begun) / 30


def by_hand(fleet: RunningFleet, rounds: int = 60) -> float:
    """CPU seconds a host of what people write: a thread pool, pywinrm, two WQL questions."""
    hosts = list(fleet.hosts.values())

    def ask(host: RunningHost) -> int:
        protocol = winrm.Protocol(host.endpoint, transport="ntlm", username=USER, password=PASSWORD)
        found = 0
        for query in ("SELECT Version FROM Win32_OperatingSystem", "SELECT State FROM Win32_Service WHERE Name='x'"):
            found += len(ET.fromstring(protocol.send_message(_wql(query))))
        return found

    ask(hosts[0])
    begun = time.process_time()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, [hosts[number % len(hosts)] for number in range(rounds)]))
    return (time.process_time() - begun) / rounds


def sweeps(bench: Bench, folder: Path) -> None:
    """One kind of host at a time."""
    for profile, kind, of_noop, of_channel, of_hand in (
        ("vista_sp1_x64", "candidate", 0.35, 0.55, 2.0),
        ("win2019", "ruled out", 0.13, 0.4, 0.5),
    ):
        with fleet_of({profile: 1}) as fleet:
            inventory(folder, places(fleet, HOSTS))
            noop, _whole = a_host(folder, "noop.json")
            swept, whole = a_host(folder, "sweep.json")
            before, _whole = a_host(folder, "sweep.json", "-e", "winlegacy_channel=pywinrm")
            first = next(iter(fleet.hosts.values()))
            lean, pywinrm, hand = in_process(LeanChannel, first), in_process(WinRMChannel, first), by_hand(fleet)
        print(
            f"   {HOSTS} hosts, {kind}: sweep {swept * 1e3:.1f} ms CPU a host, {HOSTS / whole.wall:.0f} hosts/s;"
            f" over pywinrm {before * 1e3:.1f}; no-op in forks {noop * 1e3:.1f}; by hand {hand * 1e3:.1f}"
        )
        print(
            f"   of these {swept * 1e3:.1f} ms: conversation and verdict {lean * 1e3:.1f} (over pywinrm"
            f" {pywinrm * 1e3:.1f}); variables, connection, results and Ansible {(swept - lean) * 1e3:.1f}"
        )
        bench.ratio(f"{kind}, sweep to sweep over pywinrm", swept / before, of_channel)
        bench.ratio(f"{kind}, sweep to no-op", swept / noop, of_noop)
        bench.ratio(f"{kind}, the conversation alone to no-op", lean / noop, None)
        bench.ratio(f"{kind}, sweep to a script by hand", swept / hand, of_hand)


def playbooks(bench: Bench, folder: Path) -> None:
    """The playbook assess, reports included, over a mixed fleet."""
    with fleet_of(MIXED) as fleet:
        inventory(folder, places(fleet, HOSTS))
        noop, _whole = a_host(folder, "noop.json")
        cost, whole = a_host(folder, "winlegacy.servicing.assess", *REPORTS)
    print(
        f"   {HOSTS} mixed hosts: assess {cost * 1e3:.1f} ms CPU a host, {whole.wall:.1f} s; no-op {noop * 1e3:.1f} ms"
    )
    bench.ratio("assess to no-op", cost / noop, 0.6)


def dead(bench: Bench, folder: Path) -> None:
    """A tenth of the hosts dead: half of them refuse, half drop what comes."""
    with fleet_of(MIXED) as fleet, _dropping() as port:
        good = places(fleet, HOSTS)
        inventory(folder, good)
        well = checked(playbook(folder, "sweep.json"))
        some = [place if at % 10 else ("127.0.0.1", (9, port)[at // 10 % 2]) for at, place in enumerate(good)]
        inventory(folder, some)
        ill = checked(playbook(folder, "sweep.json"))
    print(f"   {HOSTS} hosts: {well.wall:.1f} s with none dead, {ill.wall:.1f} s with a tenth dead")
    bench.ratio("wall time beyond one connect time-out, a tenth dead to none", (ill.wall - 5.0) / well.wall, 1.3)


@contextlib.contextmanager
def _dropping() -> Iterator[int]:
    """A port that accepts nothing and refuses nothing: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        for number in range(21000, 32000):
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", number))
                break
        listener.listen(0)
        for _index in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


def memory(bench: Bench, folder: Path) -> None:
    """Of the controller while it sweeps a mixed fleet, results included, and through the playbook assess."""
    with fleet_of(MIXED) as fleet:
        inventory(folder, places(fleet, HOSTS))
        nothing = checked(playbook(folder, "nothing.json", watch=True))
        whole = checked(playbook(folder, "sweep.json", watch=True))
        assess = checked(playbook(folder, "winlegacy.servicing.assess", *REPORTS, watch=True))
    grown = (whole.memory - nothing.memory) / HOSTS * 1024
    print(
        f"   {HOSTS} mixed hosts: {whole.memory:.0f} MB at most ({nothing.memory:.0f} MB for a play of no task),"
        f" {grown:.0f} KB a host, {whole.wall:.1f} s, {whole.cpu:.1f} s CPU"
    )
    print(f"   assess: {assess.memory:.0f} MB at most, {assess.wall:.1f} s, {assess.cpu:.1f} s CPU")
    if HOSTS >= 10_000:
        bench.ratio("memory of a sweep, MB", whole.memory, 400)
        bench.ratio("memory of assess, MB", assess.memory, 400)


def main() -> int:
    """Measure; 1 when a goal was missed."""
    warnings.simplefilter("ignore")
    bench = Bench()
    with tempfile.TemporaryDirectory(prefix="winlegacy-bench-") as name:
        folder = Path(name)
        books(folder)
        for part, work in {"sweep": sweeps, "playbook": playbooks, "dead": dead, "memory": memory}.items():
            if part in PARTS:
                work(bench, folder)
    for line in bench.missed:
        print(f"MISSED: {line}")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
