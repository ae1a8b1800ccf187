# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the servicing stack share: a machine, a package on it, and what the machine says afterwards."""

from __future__ import annotations

import asyncio

from winhost.machine import locations
from winhost.machine.machine import Machine
from winhost.profiles import profile

CAB = r"C:\Windows\Temp\kb.cab"
ROOT = "Package_for_KB952876~31bf3856ad364e35~{}~~6.0.1.0"
KERNEL = r"C:\Windows\System32\ntoskrnl.exe"


def make_machine(name: str = "vista_sp1_x64", **doubt: str) -> Machine:
    machine = Machine("h", profile(name), doubt=doubt, time_scale=5000)
    machine.power.settings.boot_seconds = 1
    return machine


def put(machine: Machine, content: bytes, path: str = CAB) -> str:
    machine.files.write(path, content)
    return path


def install(machine: Machine, content: bytes) -> int:
    path = put(machine, content)
    return asyncio.run(machine.cbs.install_cab(path, machine.system_token)).code


def version_of(machine: Machine, path: str = KERNEL) -> str:
    node = machine.files.get(path)
    assert node is not None and node.version is not None
    return node.version.number


def running(machine: Machine) -> object:
    return machine.registry.value("HKLM", locations.CURRENT_VERSION, "BuildLabEx")


def key_state(machine: Machine, identity: str) -> object:
    return machine.registry.value("HKLM", f"{locations.PACKAGES}\\{identity}", "CurrentState")


def pending(machine: Machine) -> bool:
    return machine.registry.key("HKLM", locations.CBS + r"\RebootPending") is not None
