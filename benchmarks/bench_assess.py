# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an assessment costs: messages, and processor time here and on the simulated host, by kind of host.

Each assessment has a connection of its own, as in a play. Budgets: no more messages than MOST_MESSAGES, and a message
costs the host less than it costs us (the simulated fleet must not be what limits a test of a thousand hosts).
bench_winhost.py compares the host with the barest of clients, and says what a thousand hosts hold in memory.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import winrm.protocol
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import assess
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from integration.hotfix.driver import DEFINITION, PASSWORD, USER
from winhost.testing import RunningFleet, RunningHost, running_fleet

ROUNDS = 15
MOST_MESSAGES = 12
PROFILES = ("vista_sp1_x64", "vista_pending", "srv2008_fixed", "win2019")
FLEET = {"auth": {"basic": True, "negotiate": True, "allow_unencrypted": True}}


def channel(host: RunningHost, method: str) -> WinRMChannel:
    """A channel with one method of authentication: NTLM encrypts each message."""
    encryption = "never" if method == "plaintext" else "always"

    def make() -> object:
        protocol = winrm.protocol.Protocol(
            host.endpoint, method, username=USER, password=PASSWORD, message_encryption=encryption
        )
        return protocol.transport

    return WinRMChannel(host.endpoint, [(method, make)])


def host_seconds(pid: int) -> float:
    """Processor seconds of the fleet's process so far."""
    fields = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
    return int(fields[0]) / 1e9


def measure(fleet: RunningFleet, name: str, method: str) -> tuple[float, float]:
    """Assess a host again and again; print; (messages, host seconds for each of ours)."""
    host = fleet.host(name)
    messages = 0
    run(host, method)  # what is made on first use is not an assessment's cost
    theirs, ours, begun = host_seconds(fleet.process.pid), time.process_time(), time.monotonic()
    for _round in range(ROUNDS):
        messages += run(host, method)
    seconds = (time.monotonic() - begun) / ROUNDS
    ours = (time.process_time() - ours) / ROUNDS
    theirs = (host_seconds(fleet.process.pid) - theirs) / ROUNDS
    count = messages / ROUNDS
    print(
        f"{name:14} {method:9}: {count:4.1f} messages, {seconds * 1000:5.0f} ms, CPU a message: client "
        f"{ours / count * 1000:.2f} ms : host {theirs / count * 1000:.2f} ms = 1 : {theirs / ours:.2f}"
    )
    return count, theirs / ours


def run(host: RunningHost, method: str) -> int:
    """One assessment; its messages."""
    wire = channel(host, method)
    try:
        client = Client(wire)
        assess(client, DEFINITION)
        return client.messages
    finally:
        wire.close()


def main() -> int:
    """Measure all; 1 when a budget is not met."""
    warnings.simplefilter("ignore")
    missed = []
    hosts = [{"name": name.replace("_", "-"), "profile": name} for name in PROFILES]
    with running_fleet({"defaults": FLEET, "hosts": hosts}) as fleet:
        for method in ("plaintext", "ntlm"):
            for host in hosts:
                count, ratio = measure(fleet, host["name"], method)
                if count > MOST_MESSAGES:
                    missed.append(f"{host['name']}: {count} messages, more than {MOST_MESSAGES}")
                if ratio >= 1:
                    missed.append(f"{host['name']} with {method}: the host costs {ratio:.2f} times what we do")
    for line in missed:
        print(f"MISSED: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
