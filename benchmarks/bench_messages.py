# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many messages a staging and an install cost, by purpose, and what each proves.

A message is a round trip: it costs the network's latency whatever the machines can do. An install's looks at its
running installer depend on how long that takes, and are counted apart. Budgets: those of the tests.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from integration.hotfix.driver import OPEN, apply, package
from integration.hotfix.recorder import Recording, RecordingChannel
from integration.hotfix.test_message_budget import INSTALL, STAGING
from winhost.testing import RunningHost, running_fleet

BEFORE = {"staged": 116, "present": 125}
"""What they cost before anything was joined; the install without the twelve looks that it was measured with."""


def measured(host: RunningHost, state: str, path: Path) -> Recording:
    """One run; prints its table."""
    recording, before = Recording(), host.messages
    apply(host, state, path=path, wrap=lambda one: RecordingChannel(one, recording))
    if host.messages - before != recording.total:
        raise SystemExit(f"bench_messages: the host counts {host.messages - before} messages, {recording.total} went")
    less = 100 * (1 - recording.settled / BEFORE[state])
    print(f"{state}: {recording.settled} messages ({less:.0f} % fewer than {BEFORE[state]}), by purpose:")
    print("\n".join(recording.lines()))
    print(f"{recording.total - recording.settled:4} of them looked at the running installer")
    return recording


def main() -> int:
    """Stage and install on one host; 1 when a budget is not met."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = package(Path(folder) / "x64.msu")
        with running_fleet({"defaults": OPEN, "hosts": [{"name": "h", "profile": "vista_sp1_x64"}]}) as fleet:
            host = fleet.host("h")
            counts = (measured(host, "staged", path).settled, measured(host, "present", path).settled)
    for what, count, most in zip(("a staging", "an install"), counts, (STAGING, INSTALL), strict=True):
        if count > most:
            print(f"MISSED: {what} costs {count} messages, {most} at most")
    return int(counts[0] > STAGING or counts[1] > INSTALL)


if __name__ == "__main__":
    sys.exit(main())
