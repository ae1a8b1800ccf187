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


def main() -> int:
    """Print, and 1 where a budget is not met."""
    found = {host: own(one, at) for at, (host, one) in enumerate(large_fleet(PARTS * HOSTS).items())}
    scope = list(found)
    sizes: dict[bool, float] = {}
    total = 0.0
    for details in (True, False):
        options: dict[str, Any] = {"hotfixes": ["KB952876"], "made": datetime.now(UTC), "collection": "0.1.0"}

        def parts(details: bool = details, options: dict[str, Any] = options) -> list[str]:
            return [
                json.dumps(make(f"slice{at + 1}of{PARTS}", own_hosts, {host: found[host] for host in own_hosts},
                                details=details, **options))
                for at, own_hosts in enumerate(scope[at::PARTS] for at in range(PARTS))
            ]

        making, texts = cpu(parts)
        reading, back = cpu(lambda texts=texts: [read(text, "bench") for text in texts])
        joining, joined = cpu(lambda back=back: join(back, scope))
        if not joined.complete:
            print("   a host was lost")
            return 1
        sizes[details] = sum(map(len, texts)) / len(scope)
        total = making + reading + joining
        what = "with details" if details else "short"
        print(
            f"   {what}: {sizes[details] * HOSTS / 1000:.0f} KB a part of {HOSTS:,} hosts;"
            f" {making:.2f} ms a host to make, {reading:.2f} to read, {joining:.2f} to join"
        )
    wrong = [f"{sizes[False]:.0f} bytes a host"] if sizes[False] > BYTES else []
    wrong += [f"{total:.2f} ms a host"] if total > CPU else []
    print("   " + ("within the budgets" if not wrong else f"over the budgets: {', '.join(wrong)}"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
