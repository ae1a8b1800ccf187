# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs cases of the matrix on simulated hosts, a fresh one for each, and judges them."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
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
from winhost.testing import RunningFleet, RunningHost, running_fleet

NEEDS_FIX, FIXED = "vista_sp1_x64", "srv2008_fixed"
PROFILES = {operation: FIXED if operation == "absent" else NEEDS_FIX for operation in OPERATIONS}
SETTLED = {
    "staged": {"staged"},
    "present": {"install_pending", "fixed"},
    "absent": {"removal_pending", "needs_fix"},
}
DEFAULTS = {
    "auth": {"basic": True, "allow_unencrypted": True},
    "overrides": {"servicing": {"install_seconds": 3.0}},
}
OPERATION_TIMEOUT, MARGIN = 1.0, 1.0
"""Seconds: silence costs so long here, instead of half a minute."""

LOSE_ANSWERS = frozenset(
    {"cut", "reset", "reset after", "truncated", "silence", "late", "duplicate", "stall", "TLS alert", "refused"}
    | {"503 for a while"}
)
"""Faults after which the host may have acted, and the answer did not come; or that a farewell may not get past."""

CLEAR = (errors.WSManError, RebootError, HotfixError, *hotfix_action._FAILURES)
WQL = "SELECT Name FROM Win32_Service"


@dataclass(frozen=True)
class Outcome:
    """How a case went. problem: what must not be, "" when all is well."""

    case: str
    seconds: float
    second_seconds: float
    ended: str
    problem: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def fleet_of(cases: Sequence[Case]) -> dict[str, Any]:
    """A host for each case; those of TLS alerts speak TLS."""
    hosts = [
        {"name": f"m{number}", "profile": PROFILES[case.operation], **_scheme(case)}
        for number, case in enumerate(cases)
    ]
    return {"time_scale": 60, "defaults": DEFAULTS, "hosts": hosts}


def _scheme(case: Case) -> dict[str, object]:
    return {"scheme": "https"} if case.fault == "TLS alert" else {}


@contextlib.contextmanager
def _client(host: RunningHost, kind: str) -> Iterator[Client]:
    method = "plaintext" if host.scheme == "http" else "ssl"
    options = {"kind": kind, "connect_timeout": 2.0, "server_cert_validation": "ignore"}
    channel = wire.channel(host, method, user=USER, password=PASSWORD, **options)  # type: ignore[arg-type]
    client = Client(channel, operation_timeout=OPERATION_TIMEOUT)
    client.deadline.set(MOST_SECONDS)
    try:
        yield client
    finally:
        channel.close()


class Runner:
    """Runs operations and cases. package: the file that hotfix installs."""

    def __init__(self, package: Path) -> None:
        self.package = package
        client_module.READ_MARGIN = MARGIN

    def run(self, host: RunningHost, operation: str, run: str = "first", kind: str = wire.KIND) -> Any:
        """One operation, whole; its result in a form that can be compared."""
        with _client(host, kind) as client:
            if operation == "hotfix_info":
                seen: dict[str, Any] = dict(assess(client, DEFINITION, AssessOptions(deadline=MOST_SECONDS)).as_dict())
                return seen["status"], [(one["question"], one["cause"]) for one in seen["unknown"]]
            if operation == "wql_info":
                query = Query(WQL, "root/cimv2", "services")
                (result,) = run_queries(client, QuerySet((query,), report_errors=True, deadline=30))
                return result.rows, None if result.error is None else result.error["cause"]
            if operation == "reboot":
                options = RebootOptions(delay=0, settle=1, deadline=60.0, first_pause=1.0, longest_pause=5.0)
                sleep = client.deadline.pausing(hurried)
                return Rebooting(client, DEFINITION, sleep=sleep).run(RebootRequest(options)).wanted
            package = None if operation == "absent" else self.package
            wanted = request(operation, run=run, path=package)
            with tempfile.TemporaryDirectory(prefix="keep-") as folder:
                wanted = wanted.keeping(Keep(Path(folder)))
                return Hotfix(client, DEFINITION, wanted, sleep=hurried).run().last.verdict.status.value

    def prepare(self, host: RunningHost, operation: str) -> None:
        """What the operation finds on the host."""
        if operation == "present":
            self.run(host, "staged", "before")

    def lengths(self) -> dict[str, int]:
        """The messages of each operation without a fault."""
        found = {}
        with running_fleet(fleet_of([Case(operation, "reset", 0) for operation in OPERATIONS])) as fleet:
            for number, operation in enumerate(OPERATIONS):
                host = fleet.host(f"m{number}")
                self.prepare(host, operation)
                before = host.messages
                self.run(host, operation)
                found[operation] = host.messages - before
        return found

    def case(self, host: RunningHost, case: Case, truth: Mapping[str, object]) -> Outcome:
        """One case on its host."""
        self.prepare(host, case.operation)
        host.fault(**{"in": case.number, **FAULTS[case.fault]})  # type: ignore[arg-type]
        ended, problem = "", ""
        began = time.monotonic()
        try:
            result = self.run(host, case.operation, kind=case.channel)
            ended, problem = _judged(case, result, truth)
        except CLEAR as error:
            ended = f"{type(error).__name__}: {error}"
            problem = "" if str(error).strip() and "Traceback" not in str(error) else "an error without a sentence"
        except Exception as error:  # noqa: BLE001 - this is what must not be
            ended, problem = type(error).__name__, f"an unforeseen {type(error).__name__}: {error}"
        seconds = time.monotonic() - began
        host.clear_faults()
        if seconds > MOST_SECONDS + 5:
            problem = problem or f"it took {seconds:.0f} s"
        began = time.monotonic()
        problem = problem or self._second(host, case, truth)
        return Outcome(case.name, round(seconds, 2), round(time.monotonic() - began, 2), ended[:300], problem)

    def _second(self, host: RunningHost, case: Case, truth: Mapping[str, object]) -> str:
        """What is wrong after a second run, which nothing disturbs."""
        _up(host)
        try:
            result = self.run(host, case.operation, "second", case.channel)
        except Exception as error:  # noqa: BLE001 - as above
            return f"the second run failed: {type(error).__name__}: {error}"
        wrong = _judged(case, result, truth)[1]
        if wrong or "unknown" in str(result):
            return f"the second run gave {str(result)[:200]}"
        return _left(host, case)


def _judged(case: Case, result: Any, truth: Mapping[str, object]) -> tuple[str, str]:
    """How it ended, and what is wrong with a result: it must be right, or say what it does not know."""
    if case.operation == "hotfix_info":
        status, unknown = result
        right = status == truth["hotfix_info"] or (status == "unknown" and unknown)
        return str(status), "" if right else f"the verdict {status}, {truth['hotfix_info']} is right"
    if case.operation == "wql_info":
        rows, cause = result
        right = rows == truth["wql_info"] or (rows is None and cause)
        return cause or "rows", "" if right else "rows that are not the host's"
    if case.operation == "reboot":
        return "rebooted", "" if result is True else f"the result {result}"
    fine = str(result) in SETTLED[case.operation]
    return str(result), "" if fine else f"the status {result}"


def _left(host: RunningHost, case: Case) -> str:
    """What of ours is left on the host."""
    state = host.state()
    # nobody has the id of a shell whose creation was answered into the void: a run that it is in the way of ends it
    if state["shells"] > (1 if case.fault in LOSE_ANSWERS else 0):
        return f"{state['shells']} shells are left open"
    if [task for task in state["tasks"] if "winlegacy" in str(task)]:
        return "a task is left"
    images = [one["image"].lower() for one in state["processes_started"]]
    if case.operation in ("hotfix_info", "wql_info") and images:
        return f"a read-only module started {images[0]}"
    installers = images.count("pkgmgr.exe")
    if case.operation == "present" and installers > (2 if case.fault == "reboot" else 1):
        return f"the installer ran {installers} times"
    return ""


def _up(host: RunningHost, seconds: float = 60.0) -> None:
    """Wait until the host listens, and did so for a while (servicing may boot it twice)."""
    until, since = time.monotonic() + seconds, None
    while time.monotonic() < until:
        if not host.counters()["listening"]:
            since = None
        elif since is None:
            since = time.monotonic()
        elif time.monotonic() - since > 1.0:
            return
        time.sleep(0.1)


def truths(runner: Runner) -> dict[str, object]:
    """What the hosts of these profiles truly say."""
    with running_fleet(fleet_of([Case("wql_info", "reset", 0)])) as fleet:
        host = fleet.host("m0")
        return {
            "hotfix_info": runner.run(host, "hotfix_info")[0],
            "wql_info": runner.run(host, "wql_info")[0],
        }


def run_cases(
    cases: Sequence[Case], *, say: Callable[[Outcome], None], batch: int = 40, until: float | None = None
) -> list[Outcome]:
    """All cases, in fleets of `batch` hosts; none is begun after `until` (time.monotonic)."""
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(packages(Path(folder)) / "x64.msu")
        truth = truths(runner)
        for at in range(0, len(cases), batch):
            part = cases[at : at + batch]
            with running_fleet(fleet_of(part), lifetime=3600) as fleet:
                for number, case in enumerate(part):
                    if until is not None and time.monotonic() > until:
                        return found
                    found.append(_run_one(runner, fleet, number, case, truth))
                    say(found[-1])
    return found


def _run_one(
    runner: Runner, fleet: RunningFleet, number: int, case: Case, truth: Mapping[str, object]
) -> Outcome:
    try:
        return runner.case(fleet.host(f"m{number}"), case, truth)
    except Exception as error:  # noqa: BLE001 - one case must not end the others
        return Outcome(case.name, 0.0, 0.0, "", f"the case itself broke: {type(error).__name__}: {error}")


def figures(outcomes: Sequence[Outcome]) -> str:
    """The matrix in a few lines: cases, problems, seconds."""
    slowest = max(outcomes, key=lambda one: one.seconds, default=None)
    kept = sum(1 for one in outcomes if ":" not in one.ended)
    lines = [
        f"{len(outcomes)} cases: {kept} with a result in spite of the fault, {len(outcomes) - kept} with one clear "
        f"error, {sum(1 for one in outcomes if one.problem)} with a problem"
    ]
    if slowest is not None:
        lines.append(f"slowest faulty run: {slowest.seconds:.1f} s ({slowest.case})")
    lines += [f"PROBLEM {one.case}: {one.problem} (first run: {one.ended[:120]})" for one in outcomes if one.problem]
    return "\n".join(lines)
