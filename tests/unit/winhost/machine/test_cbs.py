# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servicing stack with real packages: pending until a boot, then installed; refused, undone, gone wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from packages import build_cab, build_msu
from winhost.machine import locations
from winhost.machine.cbs_state import State
from winhost.machine.machine import Machine
from winhost.machine.package import read_cab
from winhost.profiles import profile

_CAB = r"C:\Windows\Temp\kb.cab"
_ROOT = "Package_for_KB952876~31bf3856ad364e35~{}~~6.0.1.0"
_KERNEL = r"C:\Windows\System32\ntoskrnl.exe"


def _machine(name: str = "vista_sp1_x64", **doubt: str) -> Machine:
    machine = Machine("h", profile(name), doubt=doubt, time_scale=5000)
    machine.power.settings.boot_seconds = 1
    return machine


def _stage(machine: Machine, content: bytes, path: str = _CAB) -> str:
    machine.files.write(path, content)
    return path


def _install(machine: Machine, content: bytes) -> int:
    path = _stage(machine, content)
    return asyncio.run(machine.cbs.install_cab(path, machine.system_token)).code


def _version(machine: Machine, path: str = _KERNEL) -> str:
    node = machine.files.get(path)
    assert node is not None and node.version is not None
    return node.version.number


def _running(machine: Machine) -> object:
    return machine.registry.value("HKLM", locations.CURRENT_VERSION, "BuildLabEx")


def _key_state(machine: Machine, identity: str) -> object:
    return machine.registry.value("HKLM", f"{locations.PACKAGES}\\{identity}", "CurrentState")


def _pending(machine: Machine) -> bool:
    return machine.registry.key("HKLM", locations.CBS + r"\RebootPending") is not None


@pytest.fixture(scope="module")
def cab_x64() -> Iterator[bytes]:
    yield build_cab("x64", small_kernels=True)


def test_install_is_pending_until_a_boot_then_installed(cab_x64: bytes) -> None:
    machine = _machine()
    before = _running(machine)
    assert _install(machine, cab_x64) == 3010
    identity = _ROOT.format("amd64")
    assert _key_state(machine, identity) == 0x60
    assert _pending(machine)
    assert _version(machine) == "6.0.6001.18000"
    assert _running(machine) == before
    components = machine.files.listdir(r"C:\Windows\winsxs")
    assert any("_6.0.6001.22191_" in node.name for node in components)
    assert not any("_6.0.6000.20846_" in node.name for node in components)
    machine.power.boot_now()
    assert _key_state(machine, identity) == 0x70
    assert not _pending(machine)
    assert _version(machine) == "6.0.6001.22191"
    assert _running(machine) == "6001.22191.amd64fre.vistasp1_ldr.080530-1504"
    assert "KB952876" in [update.kb for update in machine.cbs.listed_updates()]


def test_x86_moves_both_kernels_and_runs_the_pae_one() -> None:
    machine = _machine("vista_sp1_x86_pae")
    assert _install(machine, build_cab("x86", small_kernels=True)) == 3010
    machine.power.boot_now()
    assert _version(machine) == _version(machine, r"C:\Windows\System32\ntkrnlpa.exe") == "6.0.6001.22191"
    assert "22191.x86fre" in str(_running(machine))


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
    machine = _machine(name)
    assert _install(machine, build_cab(architecture, small_kernels=True, **options)) == 0x800F081E
    assert not machine.cbs.restart_due
    assert _key_state(machine, _ROOT.format("amd64")) is None


def test_already_installed_or_pending_is_refused(cab_x64: bytes) -> None:
    machine = _machine()
    _install(machine, cab_x64)
    assert _install(machine, cab_x64) == 0x800F081E
    machine.power.boot_now()
    assert _install(machine, cab_x64) == 0x800F081E
    assert _machine("srv2008_fixed").cbs.state(_ROOT.format("amd64")) is State.INSTALLED


def test_a_later_ldr_kernel_is_not_taken_back() -> None:
    machine = _machine("srv2008_fixed_later_ldr")
    assert _install(machine, build_cab("x64", small_kernels=True)) == 3010
    machine.power.boot_now()
    assert _key_state(machine, _ROOT.format("amd64")) == 0x70
    assert _version(machine) == "6.0.6001.22636"


def test_removal_gives_the_previous_kernel_back_at_the_boot(cab_x64: bytes) -> None:
    machine = _machine("srv2008_rtm_x64_gdr_newer")
    _install(machine, cab_x64)
    machine.power.boot_now()
    assert _version(machine) == "6.0.6001.22191"
    identity = _ROOT.format("amd64")
    outcome = asyncio.run(machine.cbs.uninstall(identity.replace("KB", "kb"), machine.system_token))
    assert outcome.code == 0x800F0805, "pkgmgr heeds the case"
    assert asyncio.run(machine.cbs.uninstall(identity, machine.system_token)).code == 3010
    assert _key_state(machine, identity) == 0x5
    assert _version(machine) == "6.0.6001.22191"
    machine.power.boot_now()
    assert machine.registry.key("HKLM", f"{locations.PACKAGES}\\{identity}") is None
    assert _version(machine) == "6.0.6001.18538"
    assert "18538.amd64fre" in str(_running(machine))


def test_removal_leaves_a_later_updates_kernel() -> None:
    machine = _machine("srv2008_superseded")
    outcome = asyncio.run(machine.cbs.uninstall(_ROOT.format("amd64"), machine.system_token))
    assert outcome.code == 3010
    machine.power.boot_now()
    assert _version(machine) == "6.0.6001.22636"


def test_what_cannot_be_removed() -> None:
    machine = _machine()
    crowd = machine.profile.other_updates()[0][1]
    run = asyncio.run
    assert run(machine.cbs.uninstall(crowd, machine.system_token)).code == 0x800F0825
    assert run(machine.cbs.uninstall("Package_for_KB1~x~amd64~~1.0.0.0", machine.system_token)).code == 0x800F0805
    assert run(_machine("vista_pending").cbs.uninstall(_ROOT.format("amd64"), machine.system_token)).code == 0x800F0816


def test_the_answer_file_of_an_expanded_msu(cab_x64: bytes) -> None:
    machine = _machine()
    machine.files.mkdir(r"C:\Windows\Temp\x")
    for name, content in read_cab(build_msu("x64", small_kernels=True)).items():
        machine.files.write(rf"C:\Windows\Temp\x\{name}", content)
    answer = r"C:\Windows\Temp\x\Windows6.0-KB952876-x64.xml"
    assert asyncio.run(machine.cbs.apply_answer_file(answer, machine.system_token)).code == 3010
    assert machine.cbs.state(_ROOT.format("amd64")) is State.INSTALL_PENDING
    machine.files.delete(r"C:\Windows\Temp\x\Windows6.0-KB952876-x64.cab")
    assert asyncio.run(machine.cbs.apply_answer_file(answer, machine.system_token)).code == 0x80070002


def test_wusa_codes() -> None:
    msu = build_msu("x64", small_kernels=True)
    machine = _machine()
    path = _stage(machine, msu, r"C:\Windows\Temp\k.msu")
    assert asyncio.run(machine.cbs.install_msu(path, machine.system_token)).code == 3010
    assert asyncio.run(machine.cbs.install_msu(path, machine.system_token)).code == 2359302
    other = _machine("vista_sp1_x86")
    _stage(other, msu, path)
    assert asyncio.run(other.cbs.install_msu(path, other.system_token)).code == 0x80240017


@pytest.mark.parametrize("content", [b"", b"MZ", b"MSCF" + bytes(200), b"<x/>"])
def test_no_package_is_an_invalid_package(content: bytes) -> None:
    assert _install(_machine(), content) == 0x800F0805


def test_a_package_cut_short_or_changed_is_refused(cab_x64: bytes) -> None:
    assert _install(_machine(), cab_x64[: len(cab_x64) // 2]) == 0x800F0805
    flipped = bytearray(cab_x64)
    flipped[len(flipped) // 2] ^= 0xFF
    assert _install(_machine(), bytes(flipped)) == 0x800F0805


def test_only_administrators_install(cab_x64: bytes) -> None:
    machine = _machine()
    user = machine.accounts.find("guest-user")
    assert user is not None
    path = _stage(machine, cab_x64)
    assert asyncio.run(machine.cbs.install_cab(path, machine.accounts.token(user))).code == 0x80070005


@pytest.mark.parametrize(("fault", "code"), [("noop_zero", 0), ("noop_3010", 3010)])
def test_an_installer_that_does_nothing(cab_x64: bytes, fault: str, code: int) -> None:
    machine = _machine()
    machine.cbs.fault = fault
    assert _install(machine, cab_x64) == code
    assert _key_state(machine, _ROOT.format("amd64")) is None
    assert not _pending(machine)


def test_an_install_that_is_not_there_after_the_boot(cab_x64: bytes) -> None:
    machine = _machine()
    machine.cbs.fault = "vanishes"
    assert _install(machine, cab_x64) == 3010
    assert _pending(machine)
    machine.power.boot_now()
    assert machine.cbs.state(_ROOT.format("amd64")) is State.ABSENT
    assert _version(machine) == "6.0.6001.18000"
    assert not _pending(machine)


@pytest.mark.parametrize("fault", ["disk_full", "access_denied", "bad_signature", "fails_late"])
def test_failures_leave_nothing_behind(cab_x64: bytes, fault: str) -> None:
    machine = _machine()
    machine.cbs.fault = fault
    assert _install(machine, cab_x64) & 0x80000000
    assert machine.registry.key("HKLM", f"{locations.PACKAGES}\\{_ROOT.format('amd64')}") is None
    machine.cbs.fault = ""
    assert _install(machine, cab_x64) == 3010


def test_a_truly_full_disk() -> None:
    machine = _machine("vista_low_disk")
    machine.files.drives["C:"].used_elsewhere += 1024 * 1024
    assert _install(machine, build_cab("x86")) == 0x80070070
    assert machine.cbs.state(_ROOT.format("x86")) is State.ABSENT


def test_power_lost_in_the_middle_undoes_the_install(cab_x64: bytes) -> None:
    machine = _machine()
    machine.cbs.fault = "reboot_midway"

    async def scenario() -> None:
        path = _stage(machine, cab_x64)
        with pytest.raises(asyncio.CancelledError):
            await machine.cbs.install_cab(path, machine.system_token)
        await machine.power.wait_until_done()

    asyncio.run(scenario())
    assert machine.power.generation == 2
    assert machine.cbs.state(_ROOT.format("amd64")) is State.ABSENT
    assert _install(machine, cab_x64) == 3010


def test_the_servicing_goes_on_when_pkgmgr_is_killed(cab_x64: bytes) -> None:
    machine = _machine()

    async def scenario() -> None:
        path = _stage(machine, cab_x64)
        caller = asyncio.create_task(machine.cbs.install_cab(path, machine.system_token))
        await asyncio.sleep(0.001)
        caller.cancel()
        for _attempt in range(200):
            if machine.cbs.restart_due:
                return
            await asyncio.sleep(0.01)

    asyncio.run(scenario())
    assert machine.cbs.state(_ROOT.format("amd64")) is State.INSTALL_PENDING


@pytest.mark.parametrize(("encoding", "shown"), [("documented", 0x60), ("raw", 6), ("string", "96"), ("absent", None)])
def test_doubt_state_encoding(cab_x64: bytes, encoding: str, shown: object) -> None:
    machine = _machine(current_state_encoding=encoding)
    _install(machine, cab_x64)
    assert _key_state(machine, _ROOT.format("amd64")) == shown
    assert machine.cbs.state(_ROOT.format("amd64")) is State.INSTALL_PENDING


@pytest.mark.parametrize(
    ("doubt", "names"),
    [
        ("package_for", [_ROOT.format("amd64")]),
        ("lower_case", [_ROOT.format("amd64").replace("KB", "kb")]),
        ("other_version", [_ROOT.format("amd64").replace("6.0.1.0", "6.0.1.3")]),
        ("subpackages_only", []),
    ],
)
def test_doubt_root_identity(cab_x64: bytes, doubt: str, names: list[str]) -> None:
    machine = _machine(root_package_identity=doubt)
    _install(machine, cab_x64)
    key = machine.registry.key("HKLM", locations.PACKAGES)
    assert key is not None
    assert [name for name in key.subkeys if name.casefold().startswith("package_for_kb952876~")] == names
    assert any(name.casefold().startswith("package_2_for_kb952876") for name in key.subkeys)
    assert not any("_winpe" in name.casefold() or "_server" in name.casefold() for name in key.subkeys)
    if names:
        machine.power.boot_now()
        assert asyncio.run(machine.cbs.uninstall(names[0], machine.system_token)).code == 3010


@pytest.mark.parametrize(("doubt", "seen"), [("old", "6.0.6001.18000"), ("new", "6.0.6001.22191"), ("absent", None)])
def test_doubt_system32_while_pending(cab_x64: bytes, doubt: str, seen: str | None) -> None:
    for name in ("vista_sp1_x64", "vista_pending"):
        machine = _machine(name, system32_while_pending=doubt)
        if name == "vista_sp1_x64":
            _install(machine, cab_x64)
        node = machine.files.get(_KERNEL)
        assert (node.version.number if node and node.version else None) == seen
        machine.power.boot_now()
        assert _version(machine) == "6.0.6001.22191"


def test_doubt_servicing_boots_twice(cab_x64: bytes) -> None:
    machine = _machine(servicing_boots="twice")
    _install(machine, cab_x64)
    seen = []
    machine.power.on_boot.append(
        lambda: seen.append(machine.registry.key("HKLM", locations.CBS + r"\RebootInProgress") is not None)
    )
    machine.power.boot_now()
    assert seen == [True, False]
    assert machine.power.generation == 3
    assert machine.cbs.state(_ROOT.format("amd64")) is State.INSTALLED


@pytest.mark.parametrize(("doubt", "code"), [("3010", 3010), ("0", 0), ("2359301", 2359301)])
def test_doubt_reboot_code(cab_x64: bytes, doubt: str, code: int) -> None:
    assert _install(_machine(pkgmgr_reboot_code=doubt), cab_x64) == code


@pytest.mark.parametrize(("doubt", "state"), [("removed", None), ("state_absent", 0), ("state_staged", 0x40)])
def test_doubt_what_a_removal_leaves(doubt: str, state: object) -> None:
    machine = _machine("srv2008_fixed", uninstalled_package=doubt)
    asyncio.run(machine.cbs.uninstall(_ROOT.format("amd64"), machine.system_token))
    machine.power.boot_now()
    assert _key_state(machine, _ROOT.format("amd64")) == state
    assert _version(machine) == "6.0.6001.18000"


def test_another_update_may_go_on_while_one_is_pending_only_under_the_doubt(cab_x64: bytes) -> None:
    other = build_cab("x64", kb="KB960001", small_kernels=True, kernel_versions={6001: (6, 0, 6001, 22300)})
    strict = _machine()
    _install(strict, cab_x64)
    assert _install(strict, other) == 0x800F0816
    lenient = _machine(pkgmgr_restart_pending_code="proceeds")
    _install(lenient, cab_x64)
    assert _install(lenient, other) == 3010
    lenient.power.boot_now()
    assert _version(lenient) == "6.0.6001.22300"


def test_a_hang_holds_others_up_until_a_boot(cab_x64: bytes) -> None:
    machine = _machine()
    machine.cbs.fault = "hang"

    async def work() -> int:
        path = _stage(machine, cab_x64)
        first = asyncio.create_task(machine.cbs.install_cab(path, machine.system_token))
        second = asyncio.create_task(machine.cbs.install_cab(path, machine.system_token))
        await asyncio.sleep(0.1)
        assert not first.done() and not second.done()
        assert len(machine.processes.find("TrustedInstaller.exe")) == 2
        machine.cbs.fault = ""
        machine.power.boot_now()
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)
        return (await machine.cbs.install_cab(path, machine.system_token)).code

    assert asyncio.run(work()) == 3010
