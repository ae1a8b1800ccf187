# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the trials: python -m soak [--seed N] [--sample] [--jobs N] [--seconds N] [--state FILE] [--only KIND[-NUMBER]].

Each result is a line of the state file as soon as it is there, so that a later run with the same file goes on where an
earlier one was stopped. The figures are printed at the end; the exit code is 1 when any of them is not as expected.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from integration.hotfix.driver import OPEN, packages
from winhost.testing import RunningHost, running_fleet

from soak.cases import COUNTS, SAMPLE, Case, trials
from soak.disturb import DISTURBANCES
from soak.playbook import kill_playbook
from soak.remediation import EXPECTED, SCALE, SOURCE, figures, settle

CHUNK = 8
POWER = {"shutdown_seconds": 3, "boot_seconds": 15, "services_seconds": 3, "servicing_seconds": 5}
DEFAULTS = {
    **OPEN,
    "overrides": {"servicing": {"install_seconds": 25.0}, "power": POWER},
    "limits": {"max_shells_per_user": 6, "max_connections": 20, "max_operations_per_user": 90},
}
"""Three controllers share one account here, so its quotas are those of three."""


def run_chunk(chunk: list[Case], state: Path) -> None:
    """Trials on fresh machines of one fleet; each result goes into the state file."""
    hosts = [{"name": case.key.replace("_", "-"), "profile": "vista_sp1_x64"} for case in chunk]
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        running_fleet({"time_scale": SCALE, "defaults": DEFAULTS, "hosts": hosts}, lifetime=3600) as fleet,
    ):
        package = packages(Path(folder)) / "x64.msu"
        for case in chunk:
            result = run_case(case, fleet.host(case.key.replace("_", "-")), package, Path(folder))
            with state.open("a", encoding="utf-8") as out:
                out.write(json.dumps(result) + "\n")


def run_case(case: Case, host: RunningHost, package: Path, folder: Path) -> dict[str, Any]:
    """One trial: disturbed, then settled, then judged."""
    begun = time.monotonic()
    host.change("file", path=SOURCE, content=base64.b64encode(package.read_bytes()).decode())
    result: dict[str, Any] = {"case": case.key, "kind": case.kind, "seed": case.seed}
    try:
        if case.kind == "playbook_kill":
            result["done"] = kill_playbook(case, host, package, folder / case.key)
        else:
            result["done"] = DISTURBANCES[case.kind](case, host, package)
        result["stopped"] = settle(host, package)
        result["figures"] = figures(host)
        result["wrong"] = {
            name: result["figures"][name] for name, value in EXPECTED.items() if result["figures"][name] != value
        }
    except Exception as error:  # noqa: BLE001 - a trial that fails is a result
        result["wrong"] = {"error": f"{type(error).__name__}: {error}", "where": traceback.format_exc()[-1500:]}
    result["seconds"] = round(time.monotonic() - begun, 1)
    return result


def results(state: Path) -> Iterator[dict[str, Any]]:
    """What the state file holds; a line that was cut by an interruption is left out."""
    for line in state.read_text(encoding="utf-8").splitlines() if state.exists() else ():
        try:
            yield dict(json.loads(line))
        except ValueError:
            continue


def report(state: Path, wanted: list[Case]) -> int:
    """Print the figures of the trials that are wanted. 1 when one is wrong or missing."""
    keys = {case.key: case.seed for case in wanted}
    found = {one["case"]: one for one in results(state) if keys.get(one["case"]) == one["seed"]}
    done: Counter[str] = Counter()
    counted = (*EXPECTED, "restarts asked for", "unused shells", "marks")
    spread: dict[str, Counter[str]] = {name: Counter() for name in counted}
    for one in found.values():
        done.update(one.get("done", {}))
        for name, value in one.get("figures", {}).items():
            spread[name][str(value)] += 1
    print(f"{len(found)} of {len(wanted)} trials: {dict(Counter(one['kind'] for one in found.values()))}")
    print("disturbances: " + ", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    for name, found_at in spread.items():
        print(f"{name}: " + ", ".join(f"{value} at {count} hosts" for value, count in sorted(found_at.items())))
    wrong = [one for one in found.values() if one["wrong"]]
    for one in wrong:
        print(f"WRONG {one['case']}: {json.dumps(one['wrong'])[:1200]}")
    print(f"wrong: {len(wrong)}; seconds of all trials together: {sum(one['seconds'] for one in found.values()):.0f}")
    return 1 if wrong or len(found) < len(wanted) else 0


def main() -> int:
    """Run what is not done yet, and report."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--sample", action="store_true", help="the fixed sample of make exhaustive")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no trial after so many")
    parser.add_argument("--state", type=Path, default=Path("build/soak.jsonl"))
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    parser.add_argument("--only", default="", help="one kind, or one trial such as race-17")
    options = parser.parse_args()
    options.state.parent.mkdir(parents=True, exist_ok=True)
    if options.fresh:
        options.state.unlink(missing_ok=True)
    wanted = trials(options.seed, SAMPLE if options.sample else COUNTS)
    if options.only:
        wanted = [case for case in wanted if options.only in (case.kind, case.key)]
    there = {(one["case"], one["seed"]) for one in results(options.state)}
    todo = [case for case in wanted if (case.key, case.seed) not in there]
    ends = time.monotonic() + options.seconds
    with ProcessPoolExecutor(options.jobs) as pool:
        chunks = [todo[at : at + CHUNK] for at in range(0, len(todo), CHUNK)]
        waiting = [pool.submit(run_chunk, chunk, options.state) for chunk in chunks]
        for number, one in enumerate(waiting, start=1):
            if time.monotonic() > ends:
                one.cancel()
                continue
            one.result()
            print(f"soak: {number} of {len(waiting)} parts done", flush=True)
    return report(options.state, wanted)


if __name__ == "__main__":
    sys.exit(main())
