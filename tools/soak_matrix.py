# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole fault matrix (tests/integration/matrix): every fault at every message of every operation.

python tools/soak_matrix.py [--seed N] [--minutes M] [--only TEXT] [--jobs N] [--results FILE]

The order is the seed's. Cases that the file of results holds for the same seed are not run again, so that a run which
was cut short goes on where it stopped. The exit code is 1 when a case has a problem.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "build" / "collections")]

from integration.hotfix.driver import packages  # noqa: E402 - found by the path above
from integration.matrix.cases import shuffled  # noqa: E402
from integration.matrix.figures import Outcome, figures  # noqa: E402
from integration.matrix.runner import Runner, run_cases  # noqa: E402


def main() -> int:
    """Run what is left of the matrix; print each problem as it comes and the figures at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(time.time()) // 86400)
    parser.add_argument("--minutes", type=float, default=0.0, help="begin no case later than this; 0: run all")
    parser.add_argument("--only", default="", help="only cases whose name holds this text")
    parser.add_argument("--jobs", type=int, default=2, help="processes, each with hosts of its own")
    parser.add_argument("--again", action="store_true", help="run cases once more that had a problem")
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "soak-matrix.jsonl")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        lengths = Runner(packages(Path(folder)) / "x64.msu").lengths()
    print(f"seed {given.seed}, messages without a fault: {lengths}", flush=True)
    done = _done(given.results, given.seed)
    cases = [case for case in shuffled(lengths, given.seed) if given.only in case.name]
    left = [case for case in cases if case.name not in done or (given.again and done[case.name]["problem"])]
    print(f"{len(cases)} cases, {len(cases) - len(left)} of them in {given.results}", flush=True)
    given.results.parent.mkdir(parents=True, exist_ok=True)
    with given.results.open("a", encoding="utf-8") as file:

        def say(outcome: Outcome) -> None:
            file.write(json.dumps({"seed": given.seed, **outcome.as_dict()}) + os.linesep)
            file.flush()
            if outcome.problem:
                print(f"PROBLEM {outcome.case}: {outcome.problem} (first run: {outcome.ended[:160]})", flush=True)

        until = began + given.minutes * 60 if given.minutes else None
        run_cases(left, say=say, jobs=given.jobs, until=until)
    found = [Outcome(**one) for one in _done(given.results, given.seed).values()]
    print(figures(found), f"\nin {time.monotonic() - began:.0f} s", flush=True)
    return 1 if any(one.problem for one in found) else 0


def _done(path: Path, seed: int) -> dict[str, dict[str, Any]]:
    """Results of this seed by case."""
    if not path.exists():
        return {}
    read = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    mine = [one for one in read if one.pop("seed") == seed]
    return {str(one["case"]): one for one in mine}


if __name__ == "__main__":
    sys.exit(main())
