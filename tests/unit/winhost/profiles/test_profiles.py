# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every shipped profile is a machine, and each shows what it is for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from winhost.machine import locations
from winhost.machine.cbs_state import State
from winhost.machine.machine import Machine
from winhost.profiles import ProfileError, names, profile, register

_WANTED = {
    "vista_rtm_x86",
    "vista_rtm_x64",
    "vista_sp1_x86",
    "vista_sp1_x64",
    "vista_sp1_x86_pae",
    "srv2008_rtm_x64_gdr_newer",
    "srv2008_ia64",
    "srv2008_fixed",
    "vista_pending",
    "vista_sp2_6002",
    "srv2008_6003",
    "srv2008r2",
    "win2019",
    "vista_uac_filtered",
    "vista_hung_tcpipreg",
    "vista_de",
    "vista_ja",
    "vista_laptop",
    "vista_laptop_on_battery",
    "srv2008_superseded",
    "srv2008_fixed_later_ldr",
    "vista_removal_pending",
    "vista_cbs_staged",
    "no_system_driver",
    "no_dword_method",
}


def _on_disk(machine: Machine) -> str:
    node = machine.files.get(r"C:\Windows\System32\ntoskrnl.exe")
    assert node is not None and node.version is not None
    return node.version.number


def _running(machine: Machine) -> str:
    return str(machine.registry.value("HKLM", locations.CURRENT_VERSION, "BuildLabEx"))


def test_the_wanted_ones_are_there() -> None:
    assert set(names()) >= _WANTED


@pytest.mark.parametrize("name", names())
def test_each_profile_makes_a_consistent_machine(name: str) -> None:
    machine = Machine("h", profile(name))
    build = machine.profile.build
    assert machine.registry.value("HKLM", locations.CURRENT_VERSION, "CurrentBuildNumber") == str(build)
    assert _on_disk(machine).split(".")[2] == str(build)
    assert _running(machine).startswith(f"{build}.")
    assert machine.accounts.authenticate("Administrator", "P@ssw0rd-sim") is not None
    machine.power.boot_now()
    assert ".".join(_on_disk(machine).split(".")[2:]) == ".".join(_running(machine).split(".")[:2])
    assert not machine.cbs.restart_due


@pytest.mark.parametrize(
    ("name", "disk", "running"),
    [
        ("vista_rtm_x86", "6.0.6000.16386", "6000.16386.x86fre.vista_rtm.061101-2205"),
        ("srv2008_rtm_x64_gdr_newer", "6.0.6001.18538", "6001.18538.amd64fre.vistasp1_gdr.101014-0432"),
        ("srv2008_fixed", "6.0.6001.22191", "6001.22191.amd64fre.vistasp1_ldr.080530-1504"),
        ("srv2008_ia64", "6.0.6001.18000", "6001.18000.ia64fre.longhorn_rtm.080118-1840"),
        ("vista_pending", "6.0.6001.18000", "6001.18000.amd64fre.longhorn_rtm.080118-1840"),
        ("vista_removal_pending", "6.0.6001.22191", "6001.22191.amd64fre.vistasp1_ldr.080530-1504"),
        ("vista_sp2_6002", "6.0.6002.22191", "6002.22191.amd64fre.vistasp2_ldr.090804-2252"),
        ("srv2008_superseded", "6.0.6001.22636", "6001.22636.amd64fre.vistasp1_ldr.100218-0018"),
    ],
)
def test_kernels(name: str, disk: str, running: str) -> None:
    machine = Machine("h", profile(name))
    assert (_on_disk(machine), _running(machine)) == (disk, running)


def test_the_pending_ones_change_with_their_boot() -> None:
    machine = Machine("h", profile("vista_pending"))
    identity = "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0"
    assert machine.cbs.state(identity) is State.INSTALL_PENDING
    assert machine.registry.key("HKLM", locations.CBS + r"\RebootPending") is not None
    machine.power.boot_now()
    assert _on_disk(machine) == "6.0.6001.22191"
    assert machine.registry.key("HKLM", locations.CBS + r"\RebootPending") is None
    removal = Machine("h", profile("vista_removal_pending"))
    removal.power.boot_now()
    assert (removal.cbs.state(identity), _on_disk(removal)) == (State.ABSENT, "6.0.6001.18000")


def test_doubts_about_the_release_of_vista() -> None:
    for doubt, expected in (("present", True), ("absent", False), ("buildlab_only", False)):
        machine = Machine("h", profile("vista_rtm_x86"), doubt={"buildlabex_on_6000": doubt})
        key = machine.registry.key("HKLM", locations.CURRENT_VERSION)
        assert key is not None
        assert (key.get("BuildLabEx") is not None) is expected
        assert (key.get("BuildLab") is not None) is (doubt != "absent")
        machine.power.boot_now()
        assert (key.get("BuildLabEx") is not None) is expected


def test_hundreds_of_other_packages() -> None:
    key = Machine("h", profile("vista_sp1_x64")).registry.key("HKLM", locations.PACKAGES)
    assert key is not None
    assert len(key.subkeys) > 300
    assert not any("952876" in name for name in key.subkeys)


def test_errors_name_the_profile_and_the_cause() -> None:
    with pytest.raises(ProfileError, match=r"no profile 'nothing'; there are: .*vista_de"):
        profile("nothing")
    with pytest.raises(ProfileError, match="'windows' is abstract"):
        profile("windows")
    with pytest.raises(ProfileError, match="'broken1': unknown key 'colour'"):
        register("broken1", {"extends": "vista_sp1_x64", "colour": 1})
    with pytest.raises(ProfileError, match="extends itself"):
        register("broken2", {"extends": "broken2"})
    with pytest.raises(ProfileError, match="'broken3'"):
        register("broken3", {"extends": "vista_sp1_x64", "updates": [{"kb": "KB1", "state": "no such state"}]})


def test_profiles_that_differ_in_their_own_entries_share_the_rest() -> None:
    entry = {"path": r"C:\own.txt", "text": "1"}
    key = r"HKLM\SOFTWARE\own"
    one = register("own1", {"extends": "vista_sp1_x64", "files": [entry], "winrm": {"http_port": 81}})
    two = register("own2", {"extends": "vista_sp1_x64", "registry": [{"key": key, "values": {"n": 5}}]})
    doubt = Machine("h", one).doubt
    assert one.make_base(one, doubt) is two.make_base(two, doubt) is profile("vista_sp1_x64").make_base(one, doubt)
    assert Machine("h", one).files.read("C:\\own.txt") == b"1"
    assert Machine("h", two).registry.value("HKLM", "SOFTWARE\\own", "n") == 5
    assert not Machine("h", two).files.exists("C:\\own.txt")
    assert profile("own1") is one


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory is measured through /proc")
def test_a_thousand_machines_take_little_memory() -> None:
    """In a process of its own: all profiles, a thousand machines, each with a file, a value and a boot of its own."""
    script = (
        "from winhost.machine.machine import Machine\n"
        "from winhost.profiles import names, profile\n"
        "known = names()\n"
        "machines = [Machine(f'h{i}', profile(known[i % len(known)])) for i in range(1000)]\n"
        "for machine in machines:\n"
        "    machine.files.write('C:\\\\Windows\\\\Temp\\\\payload', b'x' * 1500000)\n"
        "    machine.registry.set('HKLM', 'SOFTWARE\\\\own', 'v', machine.name)\n"
        "    machine.power.boot_now()\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(int(status['VmHWM'].split()[0]) // 1024)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert int(done.stdout) < 200, f"{done.stdout.strip()} MB"
