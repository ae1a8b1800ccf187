# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages in the genuine form on a machine: what is for it, where it goes, and what is refused as damaged."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from packages import Payload, build_cab, build_msu, kb942288, other
from packages.msu import Recipe, files_of, inner_members
from winhost.machine.content import Synthetic
from winhost.machine.machine import Machine
from winhost.machine.package import PackageError, read_cab, read_package
from winhost.machine.package_container import listed
from winhost.profiles import profile

_CAB = "C:\\Windows\\Temp\\p.cab"
_INVALID = 0x800F0805
_NOT_FOR_IT = 0x800F081E
_SYSTEM32 = "C:\\Windows\\System32"
WHOLE = sorted(Path(os.environ["GENUINE_PACKAGES"]).glob("*.msu")) if os.environ.get("GENUINE_PACKAGES") else []


def _machine(name: str, **doubt: str) -> Machine:
    machine = Machine("h", profile(name), doubt=doubt, time_scale=5000)
    machine.power.settings.boot_seconds = 1
    return machine


def _install(machine: Machine, content: bytes) -> int:
    machine.files.write(_CAB, content)
    return asyncio.run(machine.cbs.install_cab(_CAB, machine.system_token)).code


def _version(machine: Machine, path: str) -> str | None:
    node = machine.files.get(path)
    return node.version.number if node is not None and node.version is not None else None


def _number(recipe: Recipe, name: str) -> str:
    """The name of the delta of the first file of that name."""
    listed = next(one.data.decode() for one in inner_members(recipe) if one.name == "_manifest_.cix.xml")
    found = re.search(rf"{re.escape(name)}\".*?<Source type=\"PA30\" name=\"(\d+)\"", listed)
    assert found is not None
    return found[1]


def test_the_host_reads_what_the_recipe_holds() -> None:
    for options in ({}, {"form": "images"}, {"hash_algorithm": "SHA256"}):
        package = read_package(build_cab("x86", **options))
        told = {f"{one.folder}\\{one.name}": one.body.read() for one in package.files()}
        assert told == {one.path: one.content for one in files_of(Recipe("x86"))}
        assert (package.identity, package.restart) == ("Package_for_KB952876~31bf3856ad364e35~x86~~6.0.1.0", "required")


_WAYS = (
    "a delta is changed",
    "a delta is missing",
    "a manifest is changed",
    "a manifest is missing",
    "another hash on the disk",
    "another length",
    "another basis",
    "no basis",
    "leans on itself",
    "no list",
    "no XML",
)


def _broken(where: str) -> dict[str, Any]:
    recipe = Recipe("x64", small_kernels=True)
    delta = _number(recipe, "ntoskrnl.exe")
    whole = next(one.data for one in inner_members(recipe) if one.name == delta)
    deployment = next(one.name for one in inner_members(recipe) if re.match(r"amd64_[0-9a-f]{32}_.*manifest", one.name))
    changes: dict[str, dict[str, Any]] = {
        "a delta is changed": {"break_members": {delta: whole[:-1] + b"x"}},
        "a delta is missing": {"break_members": {delta: None}},
        "a manifest is changed": {"break_members": {deployment: b"<x/>"}},
        "a manifest is missing": {"drop": {deployment}},
        "another hash on the disk": {
            "edit_list": lambda text: re.sub(r'(ntoskrnl.exe".*?value=")..', r"\g<1>zz", text)
        },
        "another length": {"edit_list": lambda text: re.sub(r'(ntoskrnl.exe" length=")\d', r"\g<1>9", text)},
        "another basis": {"edit_list": lambda text: re.sub(r'<Basis file="\d+"/>', '<Basis file="1"/>', text)},
        "no basis": {"edit_list": lambda text: re.sub(r'<Basis file="\d+"/>', "", text)},
        "leans on itself": {
            "edit_list": lambda text: re.sub(r'id="(\d+)" (.*?)Basis file="\d+"', r'id="\1" \2Basis file="\1"', text)
        },
        "no list": {"drop": {"_manifest_.cix.xml"}},
        "no XML": {"replace": {"_manifest_.cix.xml": b"<Container"}},
    }
    return {"small_kernels": True, **changes[where]}  # fmt: skip


@pytest.mark.parametrize("where", _WAYS)
def test_a_container_that_contradicts_itself_is_no_package(where: str) -> None:
    machine = _machine("vista_sp1_x64")
    assert _install(machine, build_cab("x64", small_kernels=True)[: -0 or None]) == 3010
    other_machine = _machine("vista_sp1_x64")
    assert _install(other_machine, build_cab("x64", **_broken(where))) == _INVALID
    assert not other_machine.cbs.restart_due


def test_the_version_on_the_host_is_the_files_own() -> None:
    machine = _machine("vista_sp1_x64")
    options: dict[str, Any] = {
        "small_kernels": True,
        "kernel_versions": {6001: (6, 0, 6001, 22900)},
        "component_versions": {6001: (6, 0, 6001, 22191)},
    }
    assert _install(machine, build_cab("x64", **options)) == 3010
    machine.power.boot_now()
    assert _version(machine, f"{_SYSTEM32}\\ntoskrnl.exe") == "6.0.6001.22900"
    folders = [node.name for node in machine.files.listdir("C:\\Windows\\winsxs")]
    assert any("_6.0.6001.22191_" in name for name in folders)
    assert not any("22900" in name for name in folders)


@pytest.mark.parametrize(
    ("name", "build"),
    [("vista_rtm_x64", 6000), ("vista_sp1_x64", 6001), ("srv2008_rtm_x64", 6001), ("srv2008_core_x64", 6001)],
)
def test_the_parents_decide_what_is_for_a_machine(name: str, build: int) -> None:
    machine = _machine(name)
    assert _install(machine, build_cab("x64", **kb942288.OPTIONS)) == 3010
    machine.power.boot_now()
    revision = {6000: 20817, 6001: 22162}[build]
    for folder in (_SYSTEM32, "C:\\Windows\\SysWOW64"):
        assert _version(machine, f"{folder}\\msi.dll") == f"4.5.{build}.{revision}"
        assert _version(machine, f"{folder}\\en-US\\msimsg.dll.mui") == f"4.5.{build}.{revision}"
        assert not machine.files.exists(f"{folder}\\ja-JP\\msimsg.dll.mui")
    keys = [identity for identity in _keys(machine) if "KB942288" in identity]
    kinds = {re.sub(r"^Package_\d+_", "", key.partition("~")[0]).removeprefix("Package_for_KB942288") for key in keys}
    family = {"vista": "client", "srv2008": "sc" if "core" in name else "server"}[name.partition("_")[0]]
    assert {kind for kind in kinds if kind.startswith("_")} == {
        f"_{family}",
        f"_{family}_{1 if name == 'vista_sp1_x64' else 0}",
    }


def _keys(machine: Machine) -> list[str]:
    key = machine.registry.key(
        "HKLM", "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages"
    )
    assert key is not None
    return list(key.subkeys)  # fmt: skip


def test_the_twins_of_the_other_way_bring_nothing_more() -> None:
    machine = _machine("vista_sp1_x64")
    assert _install(machine, build_cab("x64", small_kernels=True, bf_twins=True)) == 3010
    assert not [key for key in _keys(machine) if "_bf~" in key]


def test_winpe_is_no_running_windows() -> None:
    whole = kb942288.plan
    only = {"plan": lambda recipe: _only(whole(recipe), "winpe")}
    assert _install(_machine("vista_rtm_x64"), build_cab("x64", **{**kb942288.OPTIONS, **only})) == _NOT_FOR_IT
    assert _install(_machine("srv2008_rtm_x64"), build_cab("x64", **{**kb942288.OPTIONS, **only})) == _NOT_FOR_IT


def _only(plan: Any, family: str) -> Any:
    return replace(plan, subs=tuple(sub for sub in plan.subs if sub.family.startswith(family)))


@pytest.mark.parametrize(
    ("name", "build", "revision"),
    [
        ("vista_sp1_x64", 6001, other.GDR),
        ("srv2008_rtm_x64", 6001, other.GDR),
        ("vista_sp2_6002", 6002, other.GDR),
    ],
)
def test_another_hotfix_with_two_branches_and_no_restart(name: str, build: int, revision: int) -> None:
    machine = _machine(name)
    assert _install(machine, build_cab("x64", **other.OPTIONS)) == 0
    assert not machine.cbs.restart_due
    assert _version(machine, f"{_SYSTEM32}\\drivers\\tcpip.sys") == f"6.0.{build}.{revision}"
    assert _version(machine, "C:\\Program Files\\Fixture\\engine45.dll") == f"4.5.{build}.{other.LDR}"
    store = machine.files.listdir(f"{_SYSTEM32}\\DriverStore\\FileRepository")
    assert [node.name.partition("_31bf")[0] for node in store] == ["amd64_winusb.inf"]
    identity = "Package_for_KB960999~31bf3856ad364e35~amd64~~6.0.1.0"
    assert asyncio.run(machine.cbs.uninstall(identity, machine.system_token)).code == 3010
    machine.power.boot_now()
    assert not machine.files.exists("C:\\Program Files\\Fixture\\engine45.dll")


def test_a_component_that_left_the_gdr_branch_stays_on_the_other() -> None:
    machine = _machine("vista_sp1_x64")
    first = {**other.OPTIONS, "kb": "KB960998", "plan": lambda recipe: _branch(other.plan(recipe), "LDR")}
    assert _install(machine, build_cab("x64", **first)) == 0
    assert _install(machine, build_cab("x64", **other.OPTIONS)) == 0
    assert _version(machine, f"{_SYSTEM32}\\drivers\\tcpip.sys") == f"6.0.6001.{other.LDR}"


def _branch(plan: Any, branch: str) -> Any:
    def kept(part: Any) -> Any:
        return replace(part, updates=tuple(one for one in part.updates if one.branch == branch))

    return replace(plan, subs=tuple(replace(sub, parts=tuple(map(kept, sub.parts))) for sub in plan.subs))


@pytest.mark.parametrize(("doubt", "given", "code"), [
    ("own_folder", None, 3010),
    ("own_folder", "C:\\Windows\\Temp\\x", 3010),
    ("nothing", "C:\\Windows\\Temp\\x", 3010),
    ("nothing", None, 0x80070003),
])  # fmt: skip
def test_what_configsetroot_is(doubt: str, given: str | None, code: int) -> None:
    machine = _machine("vista_sp1_x64", configsetroot=doubt)
    machine.files.mkdir("C:\\Windows\\Temp\\x")
    for name, content in read_cab(build_msu("x64", small_kernels=True)).items():
        machine.files.write(f"C:\\Windows\\Temp\\x\\{name}", content)
    answer = "C:\\Windows\\Temp\\x\\Windows6.0-KB952876-x64.xml"
    assert asyncio.run(machine.cbs.apply_answer_file(answer, machine.system_token, given)).code == code


def test_files_that_nobody_can_undo_are_taken_as_listed() -> None:
    recipe = Recipe("x64", small_kernels=True, extra_files=[Payload("amd64_x\\opaque.dll", b"MZ" * 40)])
    number = _number(recipe, "opaque.dll")
    genuine = b"PA30" + bytes(range(60))
    old = next(one.data for one in inner_members(recipe) if one.name == number)
    swap = {hashlib.sha1(old).hexdigest(): hashlib.sha1(genuine).hexdigest()}

    def edit(text: str) -> str:
        for before, after in swap.items():
            text = text.replace(before, after)
        return text

    members = read_cab(
        build_cab(
            "x64",
            small_kernels=True,
            extra_files=recipe.extra_files,
            break_members={number: genuine},
            edit_list=edit,
        )
    )
    opaque = listed(members)["amd64_x\\opaque.dll"]
    assert isinstance(opaque, Synthetic)
    assert opaque.size == 80


@pytest.mark.skipif(not WHOLE, reason="GENUINE_PACKAGES names no folder with packages")
@pytest.mark.parametrize("path", WHOLE, ids=lambda path: str(path.stem))
@pytest.mark.parametrize("name", ["vista_rtm", "vista_sp1"])
def test_a_genuine_package_is_installed_as_listed(path: Path, name: str) -> None:
    architecture = path.stem.rpartition("-")[2]
    machine = _machine(f"{name}_{architecture}")
    members = read_cab(path.read_bytes())
    payload = next(body for member, body in members.items() if member.endswith(f"-{architecture}.cab"))
    package = read_package(payload)
    assert len(list(package.files())) == {"x86": 78, "x64": 156}[architecture]
    assert _install(machine, payload) == 3010
    machine.power.boot_now()
    for file in ("msi.dll", "msiexec.exe", "en-US\\msimsg.dll.mui"):
        node = machine.files.get(f"{_SYSTEM32}\\{file}")
        assert node is not None, file
        assert node.version is None, "a component's version says nothing of the file's own"
    assert not machine.files.exists(f"{_SYSTEM32}\\ja-JP\\msimsg.dll.mui")


def test_a_package_without_a_chain_is_refused() -> None:
    with pytest.raises(PackageError):
        read_package(build_cab("x64", small_kernels=True, drop={"update.mum"}))
