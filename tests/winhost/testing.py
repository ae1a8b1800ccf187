# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: a fleet in a process of its own.

with running_fleet({"hosts": [{"name": "vista", "profile": "vista_sp1_x64"}]}) as fleet:
    fleet.host("vista").endpoint
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import warm
import yaml

_START_SECONDS = 60.0
_TESTS = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class RunningHost:
    """One host of a running fleet, and its control interface."""

    name: str
    address: str
    port: int
    scheme: str
    endpoint: str
    stack: str
    profile: str
    control: str

    def _call(self, method: str, path: str = "", body: object = None) -> Any:
        url = f"{self.control}/hosts/{urllib.request.quote(self.name)}{path}"  # type: ignore[attr-defined]
        data = json.dumps(body).encode() if body is not None else (b"" if method == "POST" else None)
        request = urllib.request.Request(url, data=data, method=method)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {json.load(error).get('error')}") from None

    def counters(self) -> dict[str, Any]:
        """messages, by_action, listening, connections."""
        return dict(self._call("GET"))

    @property
    def messages(self) -> int:
        return int(self.counters()["messages"])

    def log(self, tail: int = 200) -> list[dict[str, Any]]:
        return list(self._call("GET", f"/log?tail={tail}")["log"])

    def state(self) -> dict[str, Any]:
        """The machine: processes_started, boots, cbs, ..."""
        return dict(self._call("GET", "/state"))

    def file(self, path: str) -> dict[str, Any]:
        """A file's size (None: there is none) and sha256."""
        return dict(self._call("GET", f"/file?path={urllib.parse.quote(path)}"))

    def content(self, path: str) -> str | None:
        """A file's bytes in base64, as change("file") takes them; None where there is no file."""
        return cast("str | None", self._call("GET", f"/content?path={urllib.parse.quote(path)}")["content"])

    def folder(self, path: str) -> list[str] | None:
        """The names in a folder; None where there is none."""
        names = self._call("GET", f"/folder?path={urllib.parse.quote(path)}")["names"]
        return None if names is None else [str(name) for name in names]

    def tree(self, path: str) -> list[str]:
        """All paths below a folder, from it on, sorted."""
        return list(self._call("GET", f"/tree?path={urllib.parse.quote(path)}")["paths"])

    def fault(self, kind: str, **values: Any) -> None:
        """Plan a fault; ``at`` counts from the start, ``in`` (as **{"in": 1}) from now."""
        self._call("POST", "/faults", {"kind": kind, **values})

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def change(self, do: str, **values: Any) -> None:
        self._call("POST", "/change", {"do": do, **values})

    def reset(self) -> None:
        """Counters, log and the list of started processes back to nothing."""
        self._call("POST", "/reset")

    def wait_for(self, condition: Any, seconds: float = 20.0) -> dict[str, Any]:
        """Poll the machine's state until ``condition(state)`` holds."""
        deadline = time.monotonic() + seconds
        while True:
            state = self.state()
            if condition(state):
                return state
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name}: the condition did not come true in {seconds} s; last: {state}")
            time.sleep(0.05)


class RunningFleet:
    """A running process and its hosts."""

    def __init__(self, process: warm.Process, ready: Mapping[str, Any], log: Path) -> None:
        self.process = process
        self.control = str(ready["control"])
        self.log_path = log
        self.hosts = {host["name"]: RunningHost(control=self.control, **host) for host in ready["hosts"]}

    def host(self, name: str) -> RunningHost:
        return self.hosts[name]

    def log(self) -> list[dict[str, Any]]:
        """Every message so far, of all hosts (the file is written once a second)."""
        return [json.loads(line) for line in self.log_path.read_text(encoding="utf-8").splitlines()]


@contextlib.contextmanager
def running_fleet(
    fleet: Mapping[str, Any], *, lifetime: float = 600.0, env: Mapping[str, str] | None = None
) -> Iterator[RunningFleet]:
    """Start a fleet in a subprocess, wait for its start line, stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="winhost-") as folder:
        path, log, errors = Path(folder, "fleet.yml"), Path(folder, "log.jsonl"), Path(folder, "stderr")
        path.write_text(yaml.safe_dump(json.loads(json.dumps(fleet))), encoding="utf-8")
        environment = {**os.environ, **(env or {})}
        environment["PYTHONPATH"] = os.pathsep.join([str(_TESTS), environment.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        command = [
            sys.executable,
            "-m",
            "winhost",
            "--fleet",
            str(path),
            "--log",
            str(log),
            "--lifetime",
            str(lifetime),
        ]
        with errors.open("w") as stderr:
            process = warm.start(command, kind="fleets", stderr=stderr, env=environment)
        try:
            yield RunningFleet(process, _ready(process, errors), log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _ready(process: warm.Process, errors: Path) -> Mapping[str, Any]:
    assert process.stdout is not None
    readable, _unused, _unused = select.select([process.stdout], [], [], _START_SECONDS)
    line = process.stdout.readline() if readable else ""
    if not line:
        raise RuntimeError(f"the fleet did not start: {errors.read_text(encoding='utf-8').strip() or 'no start line'}")
    return dict(json.loads(line))
