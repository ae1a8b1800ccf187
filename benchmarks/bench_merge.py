# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of 1,000 hosts: their bytes, what making and reading them costs, and ten of them joined.

Budgets: BYTES a host of a part, and CPU in milliseconds a host for all steps together, which do not depend on the
machine by much.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.join import join
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part import make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part_read import read
from unit.plugins.plugin_utils._report.samples import large_fleet, own

PARTS, HOSTS = 10, 1_000
BYTES, CPU = 150, 0.5


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor milliseconds a host, and what came of it."""
    began = time.process_time()
    made = work()
    return (time.process_time() - began) * 1000 / (PARTS * HOSTS), made


def parts(found: dict[str, Any], *, details: bool) -> list[str]:
    """The texts of all parts, each of every tenth host."""
    hosts, texts = list(found), []
    for at in range(PARTS):
        own_hosts = hosts[at::PARTS]
        made = make(
            f"slice{at + 1}of{PARTS}",
            own_hosts,
            {host: found[host] for host in own_hosts},
            hotfixes=["KB952876"],
            made=datetime.now(UTC),
            collection="0.1.0",
            details=details,
        )
        texts.append(json.dumps(made))
    return texts


def measured(found: dict[str, Any], *, details: bool) -> tuple[float, float]:
    """Bytes a host, and milliseconds a host of all steps; prints them. Raises ValueError where a host was lost."""
    making, texts = cpu(partial(parts, found, details=details))
    reading, back = cpu(lambda: [read(text, "bench") for text in texts])
    joining, joined = cpu(lambda: join(back, list(found)))
    if not joined.complete:
        raise ValueError(f"{len(joined.missing)} hosts were lost")
    size = sum(map(len, texts)) / len(found)
    print(
        f"   {'with details' if details else 'short'}: {size * HOSTS / 1000:.0f} KB a part of {HOSTS:,} hosts;"
        f" {making:.2f} ms a host to make, {reading:.2f} to read, {joining:.2f} to join"
    )
    return size, making + reading + joining


def main() -> int:
    """Print, and 1 where a budget is not met."""
    found = {host: own(one, at) for at, (host, one) in enumerate(large_fleet(PARTS * HOSTS).items())}
    measured(found, details=True)
    size, total = measured(found, details=False)
    wrong = [f"{size:.0f} bytes a host"] if size > BYTES else []
    wrong += [f"{total:.2f} ms a host"] if total > CPU else []
    print("   " + ("within the budgets" if not wrong else f"over the budgets: {', '.join(wrong)}"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
