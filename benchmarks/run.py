# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the benchmarks (bench_*.py beside this file, or those named), says what it ran, and fails when there is none.

A benchmark prints its figures, best as ratios of two things measured in the same run, and exits with 0.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> int:
    """Run them one after the other; 1 when any failed or there was none."""
    wanted = {name.removeprefix("bench_").removesuffix(".py") for name in names}
    found = sorted(HERE.glob("bench_*.py"))
    benches = [path for path in found if not wanted or path.stem.removeprefix("bench_") in wanted]
    if not benches:
        print("bench: no benchmark was run: there is no bench_*.py" + (f" for {', '.join(names)}" if names else ""))
        return 1
    root = HERE.parent
    paths = [str(root / "build" / "collections"), str(root / "tests"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    failed = []
    for path in benches:
        print(f"== {path.name}", flush=True)
        started = time.monotonic()
        code = subprocess.run([sys.executable, str(path)], env=environment, check=False).returncode
        print(f"   {time.monotonic() - started:.1f} s, exit code {code}", flush=True)
        if code:
            failed.append(path.name)
    print(f"bench: {len(benches)} run" + (f", FAILED: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
