# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restart is proven by signs that no clock moves, under every doubt about them; and it is asked for once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import (
    RebootError,
    RebootOptions,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.restart import (
    Rebooting,
    RebootRequest,
    RebootResult,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import registry
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import DEFINITION, OPEN, channel
from sampling import sampled
from winhost.testing import RunningFleet, RunningHost, running_fleet

SCALE = 60.0
POWER = {"shutdown_seconds": 5, "boot_seconds": 30, "services_seconds": 5, "servicing_seconds": 5}
OPTIONS = RebootOptions(delay=1, deadline=240.0, settle=10.0)
BRIEF = RebootOptions(delay=1, deadline=120.0, settle=10.0)
"""Where the deadline is waited for: a boot takes less than half of it."""
STEPS = (1, -1, 300, 600, -600, 3600, -3600, 20 * 365 * 86400, -20 * 365 * 86400)
PROVABLE: dict[str, dict[str, str]] = {
    "as-held": {},
    "denied": {"hardware_value": "denied"},
    "other-ids": {"process_ids_after_boot": "differ"},
    "denied-other-ids": {"hardware_value": "denied", "process_ids_after_boot": "differ"},
    "moving": {"process_creation": "moves_with_clock"},
    "hour-early": {"last_boot_time": "hour_early"},
    "old-answer": {"last_boot_time": "old"},
    "sleep-counted": {"uptime_asleep": "counted"},
}
UNPROVABLE: dict[str, tuple[dict[str, str], str]] = {
    "survives": ({"hardware_value": "survives"}, "the mark in its volatile registry is there, and .* are new"),
    "denied-hour-early": (
        {"hardware_value": "denied", "last_boot_time": "hour_early"}, "by their dates alone, which a clock may have"
    ),
}
HOSTS = {
    **PROVABLE,
    **{name: doubt for name, (doubt, _said) in UNPROVABLE.items()},
    "no-rows": {"system_process_rows": "absent"},
    "stepped": {},
    "stepped-moving": {"process_creation": "moves_with_clock"},
    "idle": {},
    "scheduled": {},
    "twice": {},
    "lost-request": {},
    "lost-answer": {},
    "checked": {},
}
CBS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages\\"
PACKAGE = f"{CBS}Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0"
NO_ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "rows-denied": ({"denied_classes": ["Win32_Process"]}, r"asking for services\.exe and wininit\.exe .*denied"),
    "rows-no-class": ({"missing_classes": ["Win32_Process"]}, r"asking for services\.exe and wininit\.exe .*class"),
    "rows-null": ({"null_properties": {"Win32_Process": ["CreationDate"]}}, r"\(Win32_Process\): CreationDate is null"),
}
OTHERS: dict[str, dict[str, Any]] = {
    **{name: {"overrides": overrides} for name, (overrides, _said) in NO_ROWS.items()},
    "reg-missing": {"overrides": {"programs": {"reg": "missing"}}},
    "reg-missing-blind": {"overrides": {"programs": {"reg": "missing"}}},
    "mark-taken": {},
    "stuck-fixed": {"profile": "srv2008_fixed"},
    "stuck-removal": {},
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """A machine for each case."""
    hosts = [
        {"name": name, "profile": "vista_sp1_x64", "doubt": doubt, "overrides": {"power": POWER}}
        for name, doubt in HOSTS.items()
    ]
    for name, values in OTHERS.items():
        overrides = {"power": POWER, **values.get("overrides", {})}
        hosts.append({"profile": "vista_sp1_x64", **values, "name": name, "overrides": overrides})
    with running_fleet({"time_scale": SCALE, "defaults": {"auth": OPEN["auth"]}, "hosts": hosts}) as running:
        yield running


def scaled() -> float:
    """The machines' time, as this controller's clock."""
    return time.monotonic() * SCALE


def restart(
    host: RunningHost,
    *,
    before_sleep: Callable[[], None] = lambda: None,
    wrap: Callable[[Any], Any] = lambda wire: wire,
    options: RebootOptions = OPTIONS,
    check: bool = False,
    **more: Any,
) -> RebootResult:
    """One restart, at the machines' pace."""
    wire = wrap(channel(host))

    def sleep(seconds: float) -> None:
        before_sleep()
        time.sleep(seconds / SCALE)

    try:
        client = Client(wire, clock=scaled)
        rebooting = Rebooting(client, DEFINITION, sleep=sleep, clock=scaled, chance=lambda low, high: high)
        return rebooting.run(RebootRequest(options, check=check, **more))
    finally:
        wire.close()


@pytest.mark.parametrize("name", PROVABLE)
def test_one_boot_is_proven(fleet: RunningFleet, name: str) -> None:
    host = fleet.host(name)
    result = restart(host)
    assert result.seen is not None
    assert (result.seen.boots, host.state()["reboots"]) == (1, 1)
    assert host.state()["shells"] == 0


@pytest.mark.parametrize("name", UNPROVABLE)
def test_signs_that_disagree_are_named_and_nothing_is_repeated(fleet: RunningFleet, name: str) -> None:
    host = fleet.host(name)
    with pytest.raises(RebootError, match=f"cannot be told: .*{UNPROVABLE[name][1]}") as caught:
        restart(host, options=BRIEF)
    assert caught.value.requested
    assert host.state()["reboots"] == 1


def test_without_the_rows_nothing_is_asked_for(fleet: RunningFleet) -> None:
    host = fleet.host("no-rows")
    for check in (False, True):
        with pytest.raises(RebootError, match=r"lists neither services\.exe nor wininit\.exe"):
            restart(host, check=check)
    assert host.state()["reboots"] == 0


@pytest.mark.parametrize("name", NO_ROWS)
def test_why_no_boot_could_be_proven_is_what_the_host_answered(fleet: RunningFleet, name: str) -> None:
    host = fleet.host(name)
    for check in (False, True):
        with pytest.raises(RebootError, match=f"(?i){NO_ROWS[name][1]}.*could not be proven; nothing was done"):
            restart(host, check=check)
    assert host.state()["reboots"] == 0


def test_a_reg_that_fails_is_no_boot(fleet: RunningFleet) -> None:
    """The mark is asked for through WMI then, and the restart is made."""
    host = fleet.host("reg-missing")
    result = restart(host)
    assert result.seen is not None
    assert result.as_dict()["joined"] is False
    assert (result.seen.boots, host.state()["reboots"]) == (1, 1)


class AtRequest:
    """A wire that does something to the host right before the request."""

    def __init__(self, wire: Any, act: Callable[[], None]) -> None:
        self._wire, self._act, self._done = wire, act, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        if b"shutdown.exe /r" in envelope and not self._done:
            self._done = True
            self._act()
        return bytes(self._wire.send(envelope, read_timeout=read_timeout))


def marks(host: RunningHost) -> list[str]:
    """The marks that are in the host's volatile registry."""
    client = Client(channel(host))
    key = "HARDWARE\\DESCRIPTION\\System"
    found = registry.enum_values(client, key).value or ()
    client.close()
    return [name for name in found if name.startswith("winlegacy.servicing")]


@pytest.mark.parametrize(
    ("name", "said"), [("reg-missing-blind", "reads no registry"), ("mark-taken", "mark .* is gone")]
)
def test_where_it_cannot_be_told_whether_another_run_was_faster_nothing_is_asked_for(
    fleet: RunningFleet, name: str, said: str
) -> None:
    host = fleet.host(name)

    def act() -> None:
        if name == "mark-taken":
            client = Client(channel(host))
            for mark in marks(host):
                registry.delete_value(client, "HARDWARE\\DESCRIPTION\\System", mark)
            client.close()
        else:
            host.change("hide_processes", images=["services.exe", "wininit.exe"])

    with pytest.raises(RebootError, match=f"cannot be told .*{said}.*; no restart was asked for") as caught:
        restart(host, wrap=lambda wire: AtRequest(wire, act))
    assert not caught.value.requested
    assert (host.state()["reboots"], marks(host)) == (0, [])


@pytest.mark.parametrize(("name", "state"), [("stuck-fixed", 0x60), ("stuck-removal", 0x5)])
def test_a_package_that_stays_pending_restarts_no_host(fleet: RunningFleet, name: str, state: int) -> None:
    """While neither RebootPending nor PackagesPending is set."""
    host = fleet.host(name)
    package = next((key for key in host.state()["cbs"] if "KB952876" in key), PACKAGE.removeprefix(CBS))
    host.change("registry", path=CBS + package, name="CurrentState", value=state)
    for _again in range(3):
        try:
            assert restart(host, only_if=["required_by_kb"]).as_dict()["changed"] is False
        except RebootError as error:
            assert "removal" in str(error)  # noqa: PT017 - either refuses; a fixed host just needs none
    assert host.state()["reboots"] == 0


@pytest.mark.parametrize("step", sampled(STEPS, 300, -600, 3600))
def test_where_births_move_with_the_clock_a_step_is_unknown_and_no_second_boot(fleet: RunningFleet, step: int) -> None:
    host = fleet.host("stepped-moving")
    boots = host.state()["reboots"]
    stepped: list[bool] = []

    def once() -> None:
        if host.state()["reboots"] > boots and host.state()["state"] == "running" and not stepped:
            stepped.append(True)
            host.change("clock_step", seconds=step)

    try:
        result = restart(host, before_sleep=once, options=BRIEF)
    except RebootError as error:
        assert "cannot be told" in str(error)  # noqa: PT017 - either outcome is right, and the other one is below
    else:
        assert result.seen is not None
        assert result.seen.boots == 1
    assert host.state()["reboots"] - boots == 1


@pytest.mark.parametrize("step", sampled(STEPS, 1, -1, -3600, STEPS[-2]))
def test_a_clock_that_is_stepped_at_every_look_makes_no_boot_and_hides_none(fleet: RunningFleet, step: int) -> None:
    host = fleet.host("stepped")
    boots = host.state()["reboots"]
    result = restart(host, before_sleep=lambda: host.change("clock_step", seconds=step))
    assert result.seen is not None
    assert (result.seen.boots, host.state()["reboots"] - boots) == (1, 1)


@pytest.mark.parametrize("do", ["clock_step", "sleep", "pause"])
def test_no_clock_no_sleep_and_no_pause_is_a_boot(fleet: RunningFleet, do: str) -> None:
    host = fleet.host("idle")
    host.change("never_returns", value=False)
    boots = host.state()["reboots"]

    def meanwhile() -> None:
        host.change(do, seconds=3600)

    class Nothing:
        """A wire on which the request for the restart gets lost for good, and its answer says that all is well."""

        def __init__(self, wire: Any) -> None:
            self._wire = wire

        def __getattr__(self, name: str) -> Any:
            return getattr(self._wire, name)

        def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
            return bytes(
                self._wire.send(envelope.replace(b"shutdown.exe /r", b"hostname.exe"), read_timeout=read_timeout)
            )

    with pytest.raises(RebootError, match="no boot was seen"):
        restart(host, before_sleep=meanwhile, wrap=Nothing, options=BRIEF)
    assert host.state()["reboots"] == boots


def test_a_second_boot_right_after_the_first_is_waited_for(fleet: RunningFleet) -> None:
    host = fleet.host("twice")
    done: list[bool] = []

    def again() -> None:
        if not done and host.state()["boots"] == 2 and host.state()["state"] == "running":
            done.append(True)
            host.change("crash")

    result = restart(host, before_sleep=again)
    assert result.seen is not None
    assert host.state()["boots"] == 3
    assert host.state()["state"] == "running"
    assert result.seen.boots in (1, 2)  # 1 where the first was over before it was looked at


def test_what_others_scheduled_is_told(fleet: RunningFleet) -> None:
    host = fleet.host("scheduled")
    host.change("reboot", delay=7200, reason="somebody else's")
    result = restart(host)
    assert result.as_dict()["preempted"] is True
    assert result.as_dict()["joined"] is False


@pytest.mark.parametrize(("name", "kind"), [("lost-request", "reset"), ("lost-answer", "reset_after")])
def test_a_request_that_broke_is_sent_again_only_where_it_did_not_begin(
    fleet: RunningFleet, name: str, kind: str
) -> None:
    host = fleet.host(name)

    class Struck:
        """Breaks the message that carries the request, before or after the host acted upon it."""

        def __init__(self, wire: Any) -> None:
            self._wire, self._struck = wire, False

        def __getattr__(self, name: str) -> Any:
            return getattr(self._wire, name)

        def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
            if b"shutdown.exe /r" in envelope and not self._struck:
                self._struck = True
                host.fault(kind, **{"in": 1})
            return bytes(self._wire.send(envelope, read_timeout=read_timeout))

    result = restart(host, wrap=Struck)
    assert result.seen is not None
    assert (result.seen.boots, host.state()["reboots"]) == (1, 1)
    assert result.as_dict()["preempted"] is False


def test_check_asks_and_touches_nothing(fleet: RunningFleet) -> None:
    host = fleet.host("checked")
    before = host.messages
    assert restart(host, check=True).as_dict()["changed"] is True
    assert host.messages > before
    assert host.state()["processes_started"] == []
    assert host.state()["reboots"] == 0
