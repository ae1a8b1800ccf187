# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the channel costs: processor time here for each host, the lean channel against pywinrm's in one process.

NTLM with encrypted messages, each assessment with a connection of its own, its result as the module returns it. The
kinds take turns. And against what people write with pywinrm: a thread pool that asks two WQL questions of a host.
"""

from __future__ import annotations

import contextlib
import functools
import statistics
import sys
import time
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import winrm.protocol
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import assess
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import messages
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.envelope import Settings, build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from integration.hotfix.driver import DEFINITION, PASSWORD, USER
from parts import shares
from winhost.testing import RunningHost, running_fleet

HOSTS, TURNS = 8, 15
CANDIDATE, RULED_OUT = "vista-sp1-x64", "win2019"
MOST = {CANDIDATE: 0.55, RULED_OUT: 0.4}
"""Of pywinrm's channel."""

MOST_OF_SCRIPT = {CANDIDATE: 2.0, RULED_OUT: 0.5}
QUESTIONS = (
    "SELECT Version, CSDVersion FROM Win32_OperatingSystem",
    "SELECT Name, State FROM Win32_Service WHERE Name = 'winmgmt'",
)


def _transport(host: RunningHost) -> Any:
    return winrm.protocol.Protocol(host.endpoint, "ntlm", username=USER, password=PASSWORD).transport


def assessed(kind: type[Any], host: RunningHost) -> None:
    """One host's assessment."""
    wire = kind(host.endpoint, [("ntlm", lambda: _transport(host))])
    try:
        assess(Client(wire), DEFINITION).as_dict()
    finally:
        wire.close()


def script(host: RunningHost) -> None:
    """Two questions with pywinrm alone; their rows."""
    transport = _transport(host)
    for wql in QUESTIONS:
        message = messages.enumerate_wql("root/cimv2", wql, 20)
        root = ET.fromstring(transport.send_message(build(message, Settings(host.endpoint)).data))
        [{item.tag: item.text for item in row} for row in root.iter("{*}XmlFragment")]
    transport.close_session()


def pooled(hosts: Sequence[RunningHost]) -> None:
    """As people write it."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(script, hosts))


def one_by_one(kind: type[Any]) -> Callable[[Sequence[RunningHost]], None]:
    """Assessments over a kind of channel."""

    def run(hosts: Sequence[RunningHost]) -> None:
        for host in hosts:
            assessed(kind, host)

    return run


KINDS: dict[str, Callable[[Sequence[RunningHost]], None]] = {
    "lean": one_by_one(LeanChannel),
    "pywinrm": one_by_one(WinRMChannel),
    "script": pooled,
}


def measure(hosts: Sequence[RunningHost]) -> dict[str, list[float]]:
    """Milliseconds of this process for one host, of each kind in each turn."""
    spent: dict[str, list[float]] = {name: [] for name in KINDS}
    for work in KINDS.values():
        work(hosts)  # what is made on first use is no host's cost
    for _turn in range(TURNS):
        for name, work in KINDS.items():
            before = time.process_time()
            work(hosts)
            spent[name].append((time.process_time() - before) / len(hosts) * 1000)
    return spent


def of(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of the ratios of each turn: what else the machine does moves both."""
    return statistics.median(mine / theirs for mine, theirs in zip(one, other, strict=True))


def main() -> int:
    """Measure; 1 when a budget is not met."""
    warnings.simplefilter("ignore")
    missed = []
    hosts = [
        {"name": f"{name}-{number}", "profile": name.replace("-", "_")} for name in MOST for number in range(HOSTS)
    ]
    with contextlib.ExitStack() as stack:
        fleet = stack.enter_context(running_fleet({"hosts": hosts}))
        for name, most in MOST.items():
            cost = measure([fleet.host(f"{name}-{number}") for number in range(HOSTS)])
            ratio, of_script = of(cost["lean"], cost["pywinrm"]), of(cost["lean"], cost["script"])
            lean, pywinrm, by_hand = (statistics.median(cost[kind]) for kind in ("lean", "pywinrm", "script"))
            print(
                f"{name:14}: lean {lean:5.1f} ms, pywinrm {pywinrm:5.1f} ms, script of two questions "
                f"{by_hand:5.1f} ms: {ratio:.2f} of pywinrm (at most {most}), {of_script:.2f} of the script "
                f"(at most {MOST_OF_SCRIPT[name]})"
            )
            alone = functools.partial(assessed, LeanChannel, fleet.host(f"{name}-0"))
            print(f"{'':14}  lean: {shares(alone)}")
            if ratio > most:
                missed.append(f"{name}: {ratio:.2f} of pywinrm's channel")
            if of_script > MOST_OF_SCRIPT[name]:
                missed.append(f"{name}: {of_script:.2f} of the script")
    for line in missed:
        print(f"MISSED: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
