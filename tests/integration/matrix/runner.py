# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs cases of the matrix on simulated hosts, a fresh one for each, and judges them."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.action import hotfix as hotfix_action
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import (
    RebootError,
    RebootOptions,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import Hotfix, HotfixError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.restart import Rebooting, RebootRequest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.wql import Query, QuerySet, run_queries
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import client as client_module
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration import wire
from integration.hotfix.driver import DEFINITION, PASSWORD, USER, hurried, packages, request
from integration.matrix.cases import FAULTS, MOST_SECONDS, OPERATIONS, Case
from integration.matrix.figures import ERROR, Outcome
from integration.matrix.judge import FOLDER, Known, judged, left, unclear
from winhost.testing import RunningHost, running_fleet

NEEDS_FIX, FIXED = "vista_sp1_x64", "srv2008_fixed"
PROFILES = {operation: FIXED if operation == "absent" else NEEDS_FIX for operation in OPERATIONS}
DEFAULTS = {
    "auth": {"basic": True, "allow_unencrypted": True},
    "overrides": {"servicing": {"install_seconds": 3.0}},
}
SCALE = 60
OPERATION_TIMEOUT, MARGIN = 1.0, 1.0
"""Seconds: silence costs so long in the faulty run, instead of half a minute."""

FIRST, PATIENT = "first", 10.0
"""The other runs meet no silence, and a busy machine is none."""

CLEAR = (errors.WSManError, RebootError, HotfixError, *hotfix_action._FAILURES)
STAGED = "staged"
WQL = "SELECT Name FROM Win32_Service"


def fleet_of(cases: Sequence[Case]) -> dict[str, Any]:
    """A host for each case; those of TLS alerts speak TLS."""
    hosts = [
        {"name": f"m{number}", "profile": PROFILES[case.operation], **_scheme(case)}
        for number, case in enumerate(cases)
    ]
    return {"time_scale": SCALE, "defaults": DEFAULTS, "hosts": hosts}


def _scheme(case: Case) -> dict[str, object]:
    return {"scheme": "https"} if case.fault == "TLS alert" else {}


@contextlib.contextmanager
def _client(host: RunningHost, run: str, kind: str) -> Iterator[Client]:
    method = "plaintext" if host.scheme == "http" else "ssl"
    options = {"kind": kind, "connect_timeout": 2.0, "server_cert_validation": "ignore"}
    channel = wire.channel(host, method, user=USER, password=PASSWORD, **options)  # type: ignore[arg-type]
    client = Client(channel, operation_timeout=OPERATION_TIMEOUT if run == FIRST else PATIENT)
    client.deadline.set(MOST_SECONDS)
    margin, client_module.READ_MARGIN = client_module.READ_MARGIN, MARGIN if run == FIRST else PATIENT
    try:
        yield client
    finally:
        client_module.READ_MARGIN = margin
        channel.close()


def _host_clock() -> float:
    """Seconds, as the simulated hosts' uptime counts them: a boot without a mark is proven by both together."""
    return time.monotonic() * SCALE


def _host_sleep(seconds: float) -> None:
    time.sleep(seconds / SCALE)


class Runner:
    """Runs operations and cases. package: the file that hotfix installs.

    disk: the fleet's name of a saved disk with the package staged; "": stage it.
    """

    def __init__(self, package: Path) -> None:
        self.package = package
        self.disk = ""
        folder = package.parent / "keep"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._keep = Keep(folder)

    def run(self, host: RunningHost, operation: str, run: str = FIRST, kind: str = wire.KIND) -> Any:
        """One operation, whole; its result in a form that can be compared."""
        with _client(host, run, kind) as client:
            if operation == "hotfix_info":
                seen: dict[str, Any] = dict(assess(client, DEFINITION, AssessOptions(deadline=MOST_SECONDS)).as_dict())
                return seen["status"], [(one["question"], one["cause"]) for one in seen["unknown"]]
            if operation == "wql_info":
                query = Query(WQL, "root/cimv2", "services")
                (result,) = run_queries(client, QuerySet((query,), report_errors=True, deadline=30))
                return result.rows, None if result.error is None else result.error["cause"]
            if operation == "reboot":
                options = RebootOptions(delay=0, settle=5, deadline=1800.0, first_pause=10.0, longest_pause=20.0)
                rebooting = Rebooting(client, DEFINITION, sleep=_host_sleep, clock=_host_clock)
                return rebooting.run(RebootRequest(options)).wanted
            package = None if operation == "absent" else self.package
            wanted = request(operation, run=run, path=package)
            return Hotfix(client, DEFINITION, wanted.keeping(self._keep), sleep=hurried).run().last.verdict.status.value

    def prepare(self, host: RunningHost, operation: str) -> None:
        """What the operation finds on the host."""
        if operation == "present":
            if self.disk:
                host.change("load_disk", name=self.disk)
            else:
                self.run(host, "staged", "before")

    def lengths(self) -> dict[str, int]:
        """The messages of each operation without a fault."""
        found = {}
        with running_fleet(fleet_of([Case(operation, "reset", 0) for operation in OPERATIONS])) as fleet:
            for number, operation in enumerate(OPERATIONS):
                host = fleet.host(f"m{number}")
                self.prepare(host, operation)
                before = host.messages
                self.run(host, operation, "before")
                found[operation] = host.messages - before
        return found

    def case(self, host: RunningHost, case: Case, known: Known) -> Outcome:
        """One case on its host."""
        self.prepare(host, case.operation)
        host.fault(**{"in": case.number, **FAULTS[case.fault]})  # type: ignore[arg-type]
        kind, ended, problem = "result", "", ""
        began = time.monotonic()
        try:
            ended, problem = judged(case, self.run(host, case.operation, kind=case.channel), known)
        except CLEAR as error:
            kind, ended, problem = ERROR, f"{type(error).__name__}: {error}", unclear(error)
        except Exception as error:  # noqa: BLE001 - this is what must not be
            ended, problem = type(error).__name__, f"an unforeseen {type(error).__name__}: {error}"
        seconds = time.monotonic() - began
        host.clear_faults()
        if seconds > MOST_SECONDS + 5:
            problem = problem or f"it took {seconds:.0f} s"
        began = time.monotonic()
        problem = problem or self._second(host, case, known)
        return Outcome(case.name, round(seconds, 2), round(time.monotonic() - began, 2), kind, ended[:400], problem)

    def _second(self, host: RunningHost, case: Case, known: Known) -> str:
        """What is wrong after a second run, which nothing disturbs."""
        if case.fault in ("reboot", "refused") or case.operation == "reboot":
            _up(host)
        try:
            result = self.run(host, case.operation, "second", case.channel)
        except Exception as error:  # noqa: BLE001 - as above
            return f"the second run failed: {type(error).__name__}: {error}"
        wrong = judged(case, result, known)[1]
        if wrong or "unknown" in str(result):
            return f"the second run gave {str(result)[:200]}"
        return left(host, case, known)


def _up(host: RunningHost, seconds: float = 60.0) -> None:
    """Wait until the host listens, and did so for a while (servicing may boot it twice)."""
    until, since = time.monotonic() + seconds, None
    while time.monotonic() < until:
        if not host.counters()["listening"]:
            since = None
        elif since is None:
            since = time.monotonic()
        elif time.monotonic() - since > 0.6:
            return
        time.sleep(0.1)


def known(runner: Runner) -> Known:
    """What the hosts of these profiles truly say, and what two runs that nothing disturbs leave there."""
    truth, trees = {}, {}
    cases = [Case(operation, "reset", 0) for operation in OPERATIONS]
    with running_fleet(fleet_of(cases)) as fleet:
        for number, operation in enumerate(OPERATIONS):
            host = fleet.host(f"m{number}")
            runner.prepare(host, operation)
            truth[operation] = runner.run(host, operation, "before")
            runner.run(host, operation, "second")
            trees[operation] = host.tree(FOLDER)
    return Known(truth, trees)


def run_cases(
    cases: Sequence[Case], *, say: Callable[[Outcome], None], jobs: int = 1, batch: int = 24, until: float | None = None
) -> list[Outcome]:
    """All cases, in fleets of `batch` hosts, in so many processes; none is begun after `until` (time.monotonic)."""
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        right = known(Runner(_package(Path(folder))))
        parts = [_Part(Path(folder), right, cases[at : at + batch], until) for at in range(0, len(cases), batch)]
        for outcomes in _mapped(parts, jobs):
            for one in outcomes:
                found.append(one)
                say(one)
    return found


@dataclass(frozen=True)
class _Part:
    """Cases for one fleet. folder: for packages."""

    folder: Path
    known: Known
    cases: Sequence[Case]
    until: float | None


@functools.cache
def _package(folder: Path) -> Path:
    """The package of this process: each signs with a key of its own."""
    mine = folder / str(os.getpid())
    mine.mkdir()
    return packages(mine) / "x64.msu"


def _mapped(parts: Sequence[_Part], jobs: int) -> Iterator[list[Outcome]]:
    if jobs == 1:
        yield from map(_run_part, parts)
        return
    with multiprocessing.get_context("spawn").Pool(jobs, _alone) as pool:
        yield from pool.imap_unordered(_run_part, parts)


def _alone() -> None:
    """A process of our own needs little of the environment, and requests looks through all of it at every message."""
    for name in set(os.environ) - {"PATH", "HOME", "TMPDIR", "LANG", "PYTHONPATH"}:
        del os.environ[name]


def _run_part(part: _Part) -> list[Outcome]:
    """Some cases on a fleet of their own. The last host is where the others get their disk from."""
    cases, until = part.cases, part.until
    if until is not None and time.monotonic() > until:
        return []
    runner, outcomes = Runner(_package(part.folder)), []
    with running_fleet(fleet_of([*cases, Case("present", "reset", 0)]), lifetime=3600) as fleet:
        if any(case.operation == "present" for case in cases):
            first = fleet.host(f"m{len(cases)}")
            runner.prepare(first, "present")
            first.change("save_disk", name=STAGED)
            runner.disk = STAGED
        for number, case in enumerate(cases):
            if until is not None and time.monotonic() > until:
                break
            outcomes.append(_run_one(runner, fleet.host(f"m{number}"), case, part.known))
    return outcomes


def _run_one(runner: Runner, host: RunningHost, case: Case, right: Known) -> Outcome:
    try:
        return runner.case(host, case, right)
    except Exception as error:  # noqa: BLE001 - one case must not end the others
        return Outcome(case.name, 0.0, 0.0, "", "", f"the case itself broke: {type(error).__name__}: {error}")
