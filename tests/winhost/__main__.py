# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a fleet of simulated Windows hosts: ``python -m winhost --fleet FILE``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import sys
from pathlib import Path

_PARENT_DEATH_SIGNAL = 1


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0, or 2 when the fleet could not be started."""
    parser = argparse.ArgumentParser(prog="winhost", description="A fleet of simulated Windows hosts on loopback.")
    parser.add_argument("--fleet", required=True, type=Path, help="the fleet file (YAML)")
    parser.add_argument("--ready-file", type=Path, help="also write the start line into this file")
    parser.add_argument("--log", type=Path, help="write one JSON line for each message into this file")
    parser.add_argument("--lifetime", type=float, default=0.0, help="stop after this many seconds (0: never)")
    parser.add_argument("--keep", action="store_true", help="do not stop when the parent process ends")
    options = parser.parse_args(arguments)

    from winhost.fleet import Fleet
    from winhost.spec import FleetError, load

    parent = os.getppid()
    if not options.keep:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    log = options.log.open("a", encoding="utf-8") if options.log else None
    try:
        fleet = Fleet(load(options.fleet), log)
        asyncio.run(_serve(fleet, options, 0 if options.keep else parent))
    except (FleetError, OSError, RuntimeError, ValueError) as error:
        print(f"winhost: {error}", file=sys.stderr)
        return 2
    return 0


async def _serve(fleet: object, options: argparse.Namespace, parent: int) -> None:
    from winhost.fleet import Fleet

    assert isinstance(fleet, Fleet)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await fleet.start()
        line = fleet.ready_line()
        if options.ready_file:
            partial = options.ready_file.with_suffix(".part")
            partial.write_text(line + "\n", encoding="utf-8")
            partial.replace(options.ready_file)
        gc.freeze()  # what a thousand hosts are made of stays: no collection need look at it again
        print(line, flush=True)
        if options.lifetime:
            loop.call_later(options.lifetime, stop.set)
        watcher = loop.create_task(_watch(parent, stop)) if parent else None
        await fleet.run_until(stop)
        if watcher is not None:
            watcher.cancel()
    finally:
        fleet.stop()


async def _watch(parent: int, stop: asyncio.Event) -> None:
    """Stop when the parent is gone (where the kernel does not say so)."""
    while os.getppid() == parent:
        await asyncio.sleep(2.0)
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
