# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clock, power, registry, services, accounts, processes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from winhost.machine import locations, security
from winhost.machine.clock import Clock
from winhost.machine.machine import Machine
from winhost.machine.registry import Registry, RegType
from winhost.profiles import profile, register


def _machine(name: str = "vista_sp1_x64", scale: float = 1000.0) -> Machine:
    return Machine("h", profile(name), time_scale=scale)


def test_a_stepped_clock_moves_the_boot_time_but_not_the_uptime() -> None:
    clock = Clock(datetime(2030, 1, 1, tzinfo=UTC), source=lambda: 0.0)
    clock.mark_boot(seconds_ago=100)
    boot = clock.boot_time()
    clock.step(timedelta(hours=1))
    assert clock.boot_time() - boot == timedelta(hours=1)
    assert clock.uptime() == 100
    clock.advance(50)
    assert clock.uptime() == 150
    assert clock.boot_time() - boot == timedelta(hours=1)


def test_scaled_time_passes_fast() -> None:
    clock = Clock(scale=10000)

    async def work() -> float:
        before = clock.monotonic()
        await clock.sleep(100)
        return clock.monotonic() - before

    assert 100 <= asyncio.run(work()) < 5000


def test_a_shutdown_is_scheduled_begun_and_done() -> None:
    machine = _machine(scale=200.0)
    power = machine.power

    async def work() -> None:
        boot = machine.clock.boot_time()
        assert power.request_shutdown(20) == 0
        assert power.request_shutdown(5) == 1190
        assert power.listening
        while power.pending is not None and not power.pending.begun:
            await asyncio.sleep(0.005)
        assert power.request_shutdown(5) == 1115
        assert power.abort() == 1115
        await power.wait_until_done()
        assert power.generation == 2
        assert power.listening
        assert machine.clock.boot_time() - boot > timedelta(seconds=20)
        assert machine.clock.uptime() < 60

    asyncio.run(work())


def test_a_scheduled_shutdown_can_be_aborted() -> None:
    machine = _machine()

    async def work() -> None:
        assert machine.power.abort() == 1116
        machine.power.request_shutdown(600)
        assert machine.power.abort() == 0
        await asyncio.sleep(0.01)
        assert machine.power.generation == 1 and machine.power.listening

    asyncio.run(work())


def test_a_machine_that_never_returns_and_one_that_powers_off() -> None:
    for never, reboot in ((True, True), (False, False)):
        machine = _machine(scale=5000)
        machine.power.settings.never_returns = never

        async def work(machine: Machine = machine, *, reboot: bool = reboot) -> None:
            machine.power.request_shutdown(0, reboot=reboot)
            await machine.power.wait_until_done()
            assert machine.power.state == "off"
            assert not machine.power.listening

        asyncio.run(work())


def test_listening_between_two_boots() -> None:
    machine = Machine("h", profile("vista_pending"), doubt={"servicing_boots": "twice"}, time_scale=2000)
    machine.power.settings.listens_between_boots = True
    seen: list[tuple[int, bool]] = []

    async def work() -> None:
        reboot = asyncio.create_task(machine.power.reboot())
        while not reboot.done():
            seen.append((machine.power.generation, machine.power.listening))
            await asyncio.sleep(0.0005)

    asyncio.run(work())
    assert (2, True) in seen and (2, False) in seen
    assert machine.power.generation == 3


def test_a_boot_takes_away_volatile_keys_and_renames_the_computer() -> None:
    machine = _machine("vista_rename_pending")
    assert machine.computer_name == "H"
    machine.registry.create("HKLM", "SOFTWARE\\gone", volatile=True)
    machine.registry.create("HKLM", "SOFTWARE\\stays")
    machine.power.boot_now()
    assert machine.registry.key("HKLM", "SOFTWARE\\gone") is None
    assert machine.registry.key("HKLM", "SOFTWARE\\stays") is not None
    assert machine.registry.value("HKLM", locations.ACTIVE_COMPUTER_NAME, "ComputerName") == "NEWNAME"


def test_registry_names_types_and_codes() -> None:
    registry = Registry()
    key = registry.create("HKEY_LOCAL_MACHINE", "Software\\Thing")
    key.set("Value", RegType.EXPAND_SZ, "%x%")
    found = registry.key(0x80000002, "SOFTWARE\\THING")
    assert found is not None
    value = found.get("vALUE")
    assert value is not None and (value.name, value.type, value.data) == ("Value", RegType.EXPAND_SZ, "%x%")
    registry.create("HKLM", "Software\\Thing\\sub")
    assert registry.delete("HKLM", "Software\\Thing") == 5
    assert registry.delete("HKLM", "Software\\Nothing") == 2
    assert registry.delete("HKLM", "Software\\Thing", recursive=True) == 0
    assert registry.key("HKLM", "Software\\Thing") is None
    assert registry.key("HKXX") is None


def test_a_service_that_hangs_stays_stop_pending_until_a_boot() -> None:
    services = _machine("vista_hung_tcpipreg").services
    tcpipreg = services.get("TCPIPREG")
    assert tcpipreg is not None and tcpipreg.state == "Stop Pending"
    assert services.stop("tcpipreg") == 1061
    services.after_boot()
    assert services.running("tcpipreg")
    assert services.stop("tcpipreg") == 1053
    normal = _machine().services
    assert (normal.stop("tcpipreg"), normal.stop("tcpipreg"), normal.start("tcpipreg")) == (0, 1062, 0)
    assert (normal.start("tcpipreg"), normal.stop("nothing")) == (1056, 1060)
    assert _machine("vista_tcpipreg_disabled").services.start("tcpipreg") == 1058


@pytest.mark.parametrize(
    ("name", "user", "filtered"),
    [
        ("vista_uac_filtered", "operator", True),
        ("vista_uac_filtered", "Administrator", False),
        ("vista_sp1_x64", "operator", False),
    ],
)
def test_uac_filters_network_logons(name: str, user: str, filtered: bool) -> None:
    machine = _machine(name)
    account = machine.accounts.find(user)
    assert account is not None
    token = machine.accounts.token(account)
    assert token.filtered is filtered
    assert token.administrator is not filtered
    assert ("SeShutdownPrivilege" in token.privileges) is not filtered


def test_the_policy_value_and_a_domain_account_lift_the_filter() -> None:
    machine = _machine("vista_uac_filtered")
    operator = machine.accounts.find(r".\OPERATOR")
    assert operator is not None
    machine.registry.set("HKLM", locations.UAC, "LocalAccountTokenFilterPolicy", 1)
    assert machine.accounts.token(operator).administrator
    machine.registry.set("HKLM", locations.UAC, "LocalAccountTokenFilterPolicy", 0)
    machine.registry.set("HKLM", locations.UAC, "EnableLUA", 0)
    assert machine.accounts.token(operator).administrator
    domain = _machine("vista_uac_filtered")
    added = domain.accounts.add("boss", "x", administrator=True, domain="corp.example")
    assert domain.accounts.token(added).administrator
    assert domain.accounts.find("boss@corp.example") is added
    assert domain.accounts.find("boss") is None


def test_passwords() -> None:
    machine = _machine()
    assert machine.accounts.authenticate("administrator", "P@ssw0rd-sim") is not None
    assert machine.accounts.authenticate("administrator", "wrong") is None
    assert machine.accounts.authenticate("nobody", "x") is None
    assert machine.accounts.name_of(security.SYSTEM) == ("NT AUTHORITY", "SYSTEM")
    assert machine.accounts.sid_of("BUILTIN\\Administrators") == security.ADMINISTRATORS


def test_a_german_windows_names_its_groups_in_german() -> None:
    accounts = _machine("vista_de").accounts
    assert accounts.name_of(security.ADMINISTRATORS) == ("VORDEFINIERT", "Administratoren")
    assert accounts.sid_of("Administratoren") == security.ADMINISTRATORS
    assert accounts.sid_of("Administrators") is None
    assert accounts.sid_of("NT AUTHORITY\\SYSTEM") == accounts.sid_of("SYSTEM") == security.SYSTEM
    assert accounts.sid_of("*S-1-5-32-544") == security.ADMINISTRATORS


def test_a_machine_at_rest_has_started_no_process() -> None:
    machine = _machine()
    assert machine.processes.started_log == []
    process = machine.processes.start("x.exe", "x", machine.system_token, job="shell")
    assert machine.processes.job_memory("shell") == process.working_set
    machine.power.boot_now()
    assert machine.processes.find("x.exe") == []
    assert len(machine.processes.started_log) == 1


def test_the_environment() -> None:
    environment = _machine().environment()
    assert environment["ComSpec"] == r"C:\Windows\system32\cmd.exe"
    assert environment["PROCESSOR_ARCHITECTURE"] == "AMD64"
    assert environment["TEMP"] == r"C:\Windows\TEMP"


def test_a_profile_written_at_run_time() -> None:
    made = register("x_test", {"extends": "vista_sp1_x64", "computer_name": "OWN", "power": {"boot_seconds": 1.5}})
    machine = Machine("h", made)
    assert machine.computer_name == "OWN"
    assert machine.power.settings.boot_seconds == 1.5
