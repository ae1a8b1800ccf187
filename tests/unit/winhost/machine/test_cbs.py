# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servicing stack with real packages: pending until a boot, then installed; refused, undone, gone wrong."""

from __future__ import annotations

import asyncio

import pytest
from packages import build_cab, build_msu
from unit.winhost.machine.servicing import (
    ROOT,
    install,
    key_state,
    make_machine,
    pending,
    put,
    running,
    version_of,
)
from winhost.machine import locations
from winhost.machine.cbs_state import State
from winhost.machine.package import read_cab


def test_install_is_pending_until_a_boot_then_installed(cab_x64: bytes) -> None:
    machine = make_machine()
    before = running(machine)
    assert install(machine, cab_x64) == 3010
    identity = ROOT.format("amd64")
    assert key_state(machine, identity) == 0x60
    assert pending(machine)
    assert version_of(machine) == "6.0.6001.18000"
    assert running(machine) == before
    components = machine.files.listdir(r"C:\Windows\winsxs")
    assert any("_6.0.6001.22191_" in node.name for node in components)
    assert not any("_6.0.6000.20846_" in node.name for node in components)
    machine.power.boot_now()
    assert key_state(machine, identity) == 0x70
    assert not pending(machine)
    assert version_of(machine) == "6.0.6001.22191"
    assert running(machine) == "6001.22191.amd64fre.vistasp1_ldr.080530-1504"
    assert "KB952876" in [update.kb for update in machine.cbs.listed_updates()]


def test_x86_moves_both_kernels_and_runs_the_pae_one() -> None:
    machine = make_machine("vista_sp1_x86_pae")
    assert install(machine, build_cab("x86", small_kernels=True)) == 3010
    machine.power.boot_now()
    assert version_of(machine) == version_of(machine, r"C:\Windows\System32\ntkrnlpa.exe") == "6.0.6001.22191"
    assert "22191.x86fre" in str(running(machine))


@pytest.mark.parametrize(
    ("name", "architecture", "options"),
    [
        ("vista_sp1_x64", "x86", {}),
        ("vista_sp1_x86", "x64", {}),
        ("srv2008_ia64", "x64", {}),
        ("vista_sp2_6002", "x64", {}),
        ("vista_rtm_x64", "x64", {"builds": (6001,)}),
        ("srv2008r2", "x64", {}),
    ],
)
def test_a_wrong_architecture_or_build_is_refused(name: str, architecture: str, options: dict[str, object]) -> None:
    machine = make_machine(name)
    assert install(machine, build_cab(architecture, small_kernels=True, **options)) == 0x800F081E
    assert not machine.cbs.restart_due
    assert key_state(machine, ROOT.format("amd64")) is None


def test_already_installed_or_pending_is_refused(cab_x64: bytes) -> None:
    machine = make_machine()
    install(machine, cab_x64)
    assert install(machine, cab_x64) == 0x800F081E
    machine.power.boot_now()
    assert install(machine, cab_x64) == 0x800F081E
    assert make_machine("srv2008_fixed").cbs.state(ROOT.format("amd64")) is State.INSTALLED


def test_a_later_ldr_kernel_is_not_taken_back() -> None:
    machine = make_machine("srv2008_fixed_later_ldr")
    assert install(machine, build_cab("x64", small_kernels=True)) == 3010
    machine.power.boot_now()
    assert key_state(machine, ROOT.format("amd64")) == 0x70
    assert version_of(machine) == "6.0.6001.22636"


def test_removal_gives_the_previous_kernel_back_at_the_boot(cab_x64: bytes) -> None:
    machine = make_machine("srv2008_rtm_x64_gdr_newer")
    install(machine, cab_x64)
    machine.power.boot_now()
    assert version_of(machine) == "6.0.6001.22191"
    identity = ROOT.format("amd64")
    outcome = asyncio.run(machine.cbs.uninstall(identity.replace("KB", "kb"), machine.system_token))
    assert outcome.code == 0x800F0805, "pkgmgr heeds the case"
    assert asyncio.run(machine.cbs.uninstall(identity, machine.system_token)).code == 3010
    assert key_state(machine, identity) == 0x5
    assert version_of(machine) == "6.0.6001.22191"
    machine.power.boot_now()
    assert machine.registry.key("HKLM", f"{locations.PACKAGES}\\{identity}") is None
    assert version_of(machine) == "6.0.6001.18538"
    assert "18538.amd64fre" in str(running(machine))


def test_removal_leaves_a_later_updates_kernel() -> None:
    machine = make_machine("srv2008_superseded")
    outcome = asyncio.run(machine.cbs.uninstall(ROOT.format("amd64"), machine.system_token))
    assert outcome.code == 3010
    machine.power.boot_now()
    assert version_of(machine) == "6.0.6001.22636"


def test_what_cannot_be_removed() -> None:
    machine = make_machine()
    crowd = machine.profile.other_updates()[0][1]
    run = asyncio.run
    assert run(machine.cbs.uninstall(crowd, machine.system_token)).code == 0x800F0825
    assert run(machine.cbs.uninstall("Package_for_KB1~x~amd64~~1.0.0.0", machine.system_token)).code == 0x800F0805
    waiting = make_machine("vista_pending")
    assert run(waiting.cbs.uninstall(ROOT.format("amd64"), machine.system_token)).code == 0x800F0816


def test_the_answer_file_of_an_expanded_msu(cab_x64: bytes) -> None:
    machine = make_machine()
    machine.files.mkdir(r"C:\Windows\Temp\x")
    for name, content in read_cab(build_msu("x64", small_kernels=True)).items():
        machine.files.write(rf"C:\Windows\Temp\x\{name}", content)
    answer = r"C:\Windows\Temp\x\Windows6.0-KB952876-x64.xml"
    assert asyncio.run(machine.cbs.apply_answer_file(answer, machine.system_token)).code == 3010
    assert machine.cbs.state(ROOT.format("amd64")) is State.INSTALL_PENDING
    machine.files.delete(r"C:\Windows\Temp\x\Windows6.0-KB952876-x64.cab")
    assert asyncio.run(machine.cbs.apply_answer_file(answer, machine.system_token)).code == 0x80070002


def test_wusa_codes() -> None:
    msu = build_msu("x64", small_kernels=True)
    machine = make_machine()
    path = put(machine, msu, r"C:\Windows\Temp\k.msu")
    assert asyncio.run(machine.cbs.install_msu(path, machine.system_token)).code == 3010
    assert asyncio.run(machine.cbs.install_msu(path, machine.system_token)).code == 2359302
    other = make_machine("vista_sp1_x86")
    put(other, msu, path)
    assert asyncio.run(other.cbs.install_msu(path, other.system_token)).code == 0x80240017


@pytest.mark.parametrize("content", [b"", b"MZ", b"MSCF" + bytes(200), b"<x/>"])
def test_no_package_is_an_invalid_package(content: bytes) -> None:
    assert install(make_machine(), content) == 0x800F0805


def test_a_package_cut_short_or_changed_is_refused(cab_x64: bytes) -> None:
    assert install(make_machine(), cab_x64[: len(cab_x64) // 2]) == 0x800F0805
    flipped = bytearray(cab_x64)
    flipped[len(flipped) // 2] ^= 0xFF
    assert install(make_machine(), bytes(flipped)) == 0x800F0805


def test_only_administrators_install(cab_x64: bytes) -> None:
    machine = make_machine()
    user = machine.accounts.find("guest-user")
    assert user is not None
    path = put(machine, cab_x64)
    assert asyncio.run(machine.cbs.install_cab(path, machine.accounts.token(user))).code == 0x80070005


@pytest.mark.parametrize(("fault", "code"), [("noop_zero", 0), ("noop_3010", 3010)])
def test_an_installer_that_does_nothing(cab_x64: bytes, fault: str, code: int) -> None:
    machine = make_machine()
    machine.cbs.fault = fault
    assert install(machine, cab_x64) == code
    assert key_state(machine, ROOT.format("amd64")) is None
    assert not pending(machine)


def test_an_install_that_is_not_there_after_the_boot(cab_x64: bytes) -> None:
    machine = make_machine()
    machine.cbs.fault = "vanishes"
    assert install(machine, cab_x64) == 3010
    assert pending(machine)
    machine.power.boot_now()
    assert machine.cbs.state(ROOT.format("amd64")) is State.ABSENT
    assert version_of(machine) == "6.0.6001.18000"
    assert not pending(machine)


@pytest.mark.parametrize("fault", ["disk_full", "access_denied", "bad_signature", "fails_late"])
def test_failures_leave_nothing_behind(cab_x64: bytes, fault: str) -> None:
    machine = make_machine()
    machine.cbs.fault = fault
    assert install(machine, cab_x64) & 0x80000000
    assert machine.registry.key("HKLM", f"{locations.PACKAGES}\\{ROOT.format('amd64')}") is None
    machine.cbs.fault = ""
    assert install(machine, cab_x64) == 3010


def test_a_truly_full_disk() -> None:
    machine = make_machine("vista_low_disk")
    machine.files.drives["C:"].used_elsewhere += 1024 * 1024
    assert install(machine, build_cab("x86")) == 0x80070070
    assert machine.cbs.state(ROOT.format("x86")) is State.ABSENT


def test_power_lost_in_the_middle_undoes_the_install(cab_x64: bytes) -> None:
    machine = make_machine()
    machine.cbs.fault = "reboot_midway"

    async def scenario() -> None:
        path = put(machine, cab_x64)
        with pytest.raises(asyncio.CancelledError):
            await machine.cbs.install_cab(path, machine.system_token)
        await machine.power.wait_until_done()

    asyncio.run(scenario())
    assert machine.power.generation == 2
    assert machine.cbs.state(ROOT.format("amd64")) is State.ABSENT
    assert install(machine, cab_x64) == 3010


def test_the_servicing_goes_on_when_pkgmgr_is_killed(cab_x64: bytes) -> None:
    machine = make_machine()

    async def scenario() -> None:
        path = put(machine, cab_x64)
        caller = asyncio.create_task(machine.cbs.install_cab(path, machine.system_token))
        await asyncio.sleep(0.001)
        caller.cancel()
        for _attempt in range(200):
            if machine.cbs.restart_due:
                return
            await asyncio.sleep(0.01)

    asyncio.run(scenario())
    assert machine.cbs.state(ROOT.format("amd64")) is State.INSTALL_PENDING
