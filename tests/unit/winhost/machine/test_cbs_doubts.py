# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servicing stack under each doubt about it."""

from __future__ import annotations

import asyncio

import pytest
from packages import build_cab
from unit.winhost.machine.servicing import (
    KERNEL,
    ROOT,
    install,
    key_state,
    make_machine,
    put,
    version_of,
)
from winhost.machine import locations
from winhost.machine.cbs_state import State


@pytest.mark.parametrize(("encoding", "shown"), [("documented", 0x60), ("raw", 6), ("string", "96"), ("absent", None)])
def test_doubt_state_encoding(cab_x64: bytes, encoding: str, shown: object) -> None:
    machine = make_machine(current_state_encoding=encoding)
    install(machine, cab_x64)
    assert key_state(machine, ROOT.format("amd64")) == shown
    assert machine.cbs.state(ROOT.format("amd64")) is State.INSTALL_PENDING


@pytest.mark.parametrize(
    ("doubt", "names"),
    [
        ("package_for", [ROOT.format("amd64")]),
        ("lower_case", [ROOT.format("amd64").replace("KB", "kb")]),
        ("other_version", [ROOT.format("amd64").replace("6.0.1.0", "6.0.1.3")]),
        ("subpackages_only", []),
    ],
)
def test_doubt_root_identity(cab_x64: bytes, doubt: str, names: list[str]) -> None:
    machine = make_machine(root_package_identity=doubt)
    install(machine, cab_x64)
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
        machine = make_machine(name, system32_while_pending=doubt)
        if name == "vista_sp1_x64":
            install(machine, cab_x64)
        node = machine.files.get(KERNEL)
        assert (node.version.number if node and node.version else None) == seen
        machine.power.boot_now()
        assert version_of(machine) == "6.0.6001.22191"


def test_doubt_servicing_boots_twice(cab_x64: bytes) -> None:
    machine = make_machine(servicing_boots="twice")
    install(machine, cab_x64)
    seen = []
    machine.power.on_boot.append(
        lambda: seen.append(machine.registry.key("HKLM", locations.CBS + r"\RebootInProgress") is not None)
    )
    machine.power.boot_now()
    assert seen == [True, False]
    assert machine.power.generation == 3
    assert machine.cbs.state(ROOT.format("amd64")) is State.INSTALLED


@pytest.mark.parametrize(("doubt", "code"), [("3010", 3010), ("0", 0), ("2359301", 2359301)])
def test_doubt_reboot_code(cab_x64: bytes, doubt: str, code: int) -> None:
    assert install(make_machine(pkgmgr_reboot_code=doubt), cab_x64) == code


@pytest.mark.parametrize(("doubt", "state"), [("removed", None), ("state_absent", 0), ("state_staged", 0x40)])
def test_doubt_what_a_removal_leaves(doubt: str, state: object) -> None:
    machine = make_machine("srv2008_fixed", uninstalled_package=doubt)
    asyncio.run(machine.cbs.uninstall(ROOT.format("amd64"), machine.system_token))
    machine.power.boot_now()
    assert key_state(machine, ROOT.format("amd64")) == state
    assert version_of(machine) == "6.0.6001.18000"


def test_another_update_may_go_on_while_one_is_pending_only_under_the_doubt(cab_x64: bytes) -> None:
    other = build_cab("x64", kb="KB960001", small_kernels=True, kernel_versions={6001: (6, 0, 6001, 22300)})
    strict = make_machine()
    install(strict, cab_x64)
    assert install(strict, other) == 0x800F0816
    lenient = make_machine(pkgmgr_restart_pending_code="proceeds")
    install(lenient, cab_x64)
    assert install(lenient, other) == 3010
    lenient.power.boot_now()
    assert version_of(lenient) == "6.0.6001.22300"


def test_a_hang_holds_others_up_until_a_boot(cab_x64: bytes) -> None:
    machine = make_machine()
    machine.cbs.fault = "hang"

    async def work() -> int:
        path = put(machine, cab_x64)
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
