# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the root manifest to the files: for which Windows, what goes where, and what is missing on the way."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import Branch
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.brought import (
    Component,
    Destination,
    Place,
    destination,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.chain import Chain, follow
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.contents import PackageIdentity
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import HostilePackage, PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.manifests import (
    ComponentManifest,
    PackageManifest,
    Update,
    read_component_manifest,
    read_package_manifest,
)

KB = load("KB952876")
TOKEN = "31bf3856ad364e35"
FOUNDATION, SP1, SP2 = "Microsoft-Windows-Foundation-Package", "Package_30_for_KB936330", "Package_12_for_KB948465"


def identity(
    name: str, version: str = "6.0.1.0", architecture: str = "x86", language: str = "neutral"
) -> PackageIdentity:
    return PackageIdentity(name, version, architecture, TOKEN, language)


def package(
    name: str,
    below: Iterable[str] = (),
    components: Iterable[tuple[str, str, str]] = (),
    parents: Iterable[tuple[str, str]] = (),
    staged: bool = False,
) -> PackageManifest:
    """components: update name, component, version."""
    updates = [Update("1-1_neutral_PACKAGE", (identity(one),), ()) for one in below]
    updates += [Update(update, (), (identity(one, version),)) for update, one, version in components]
    return PackageManifest(name, identity(name), "KB1", "Hotfix", "", frozenset(parents), staged, tuple(updates))


def component(name: str, version: str, below: Iterable[tuple[str, str]] = ()) -> ComponentManifest:
    needed = tuple(identity(*one) for one in below)
    return ComponentManifest(f"x86_{name}_{version}", identity(name, version), bool(needed), needed, ())


def walked(*packages: PackageManifest, components: Iterable[ComponentManifest] = ()) -> Chain:
    return follow(packages[0], packages[1:], components)


def one_file(update: str, version: str, *parents: tuple[str, str]) -> Chain:
    return walked(
        package("Package_for_KB952876", ["Package_for_KB952876_client"]),
        package("Package_for_KB952876_client", ["Package_for_KB952876_client_1"], parents=[(FOUNDATION, "6.0.6000.1")]),
        package("Package_for_KB952876_client_1", ["Package_1_for_KB952876"], parents=parents, staged=True),
        package(
            "Package_1_for_KB952876",
            components=[(update, "deployment", version)],
            parents=[(FOUNDATION, "6.0.6000.16386"), *parents],
        ),
        components=[component("deployment", version, [("kernel", version)]), component("kernel", version)],
    )


@pytest.mark.parametrize(
    ("parents", "builds"),
    [
        ([(FOUNDATION, "6.0.6000.16386")], ((6, 0, 6000),)),
        ([(FOUNDATION, "6.0.6001.18000")], ((6, 0, 6001),)),
        ([("Microsoft-Windows-ServerCore-Package", "6.0.6001.18000")], ((6, 0, 6001),)),
        ([(SP1, "6.0.1.18000")], ((6, 0, 6001),)),
        ([(SP2, "6.0.1.18005")], ((6, 0, 6002),)),
        ([("Package_for_KB976932", "6.1.1.17514")], ((6, 1, 7601),)),
        ([(FOUNDATION, "6.0.6000.16386"), (SP2, "6.0.1.18005")], ((6, 0, 6000), (6, 0, 6002))),
    ],
)
def test_the_staged_parents_tell_the_build(parents: list[tuple[str, str]], builds: tuple[tuple[int, ...], ...]) -> None:
    """And not the package below: for Vista SP1 it names Vista's own foundation, which lies there too."""
    chain = one_file("952876-1_neutral_LDR", "6.0.6001.22191", *parents)
    assert chain.deployments["x86_kernel_6.0.6001.22191"].builds == builds
    (family,) = chain.families
    assert (family.name, family.builds) == ("client", builds)
    assert set(family.parents) == {" ".join(one) for one in parents}


def test_an_unknown_parent_makes_no_build() -> None:
    chain = one_file("952876-1_neutral_LDR", "6.0.6001.22191", ("Package_for_KB999999", "1.0.0.0"))
    assert chain.families[0].parents == ("Package_for_KB999999 1.0.0.0",)


@pytest.mark.parametrize(
    ("update", "version", "branch", "problem"),
    [
        ("952876-1_neutral_LDR", "6.0.6001.22191", Branch.LDR, ""),
        ("952876-1_neutral_GDR", "6.0.6001.18100", Branch.GDR, ""),
        ("952876-1_neutral_GDR", "6.0.6001.22191", None, "its update says gdr and its revision ldr"),
        ("952876-1_neutral_LDR", "6.0.6001.18100", None, "its update says ldr and its revision gdr"),
        ("952876-1_neutral_LDR", "10.0.30319.1", Branch.LDR, ""),
        ("952876-1_neutral_LDR", "no version", Branch.LDR, ""),
        ("other", "6.0.6001.22191", Branch.LDR, ""),
        ("other", "1.9.0.1", None, ""),
    ],
)
def test_update_and_revision_must_agree_on_the_branch(
    update: str, version: str, branch: Branch | None, problem: str
) -> None:
    told = one_file(update, version, (FOUNDATION, "6.0.6001.18000")).deployments[f"x86_kernel_{version}"]
    assert (told.branch, told.problem) == (branch, problem)


def test_both_branches_of_one_package_are_told_apart() -> None:
    chain = walked(
        package("Package_for_KB1234567", ["Package_1_for_KB1234567"]),
        package(
            "Package_1_for_KB1234567",
            components=[("a_GDR", "d", "6.0.6002.18100"), ("a_LDR", "d", "6.0.6002.22200")],
        ),
        components=[component("d", version, [("k", version)]) for version in ("6.0.6002.18100", "6.0.6002.22200")]
        + [component("k", version) for version in ("6.0.6002.18100", "6.0.6002.22200")],
    )
    told = {stem: one.branch for stem, one in chain.deployments.items() if "_k_" in stem}
    assert told == {"x86_k_6.0.6002.18100": Branch.GDR, "x86_k_6.0.6002.22200": Branch.LDR}


def test_windows_pe_is_no_running_windows() -> None:
    chain = walked(
        package("Package_for_KB952876", ["Package_for_KB952876_winpe"]),
        package("Package_for_KB952876_winpe", ["Package_for_KB952876_winpe_0"]),
        package(
            "Package_for_KB952876_winpe_0",
            components=[("a_LDR", "k", "6.0.6000.20846")],
            parents=[("Microsoft-Windows-WinPE-Package", "6.0.6000.16386")],
            staged=True,
        ),
        components=[component("k", "6.0.6000.20846")],
    )
    (told,) = chain.deployments.values()
    assert (told.builds, told.families) == ((), ("winpe",))


def test_what_is_named_and_not_there_is_told() -> None:
    chain = walked(
        package("Package_for_KB952876", ["Package_for_KB952876_client", "Package_2_for_KB952876"]),
        package("Package_2_for_KB952876", components=[("a_LDR", "gone", "1.0.0.0"), ("a_LDR", "d", "1.0.0.0")]),
        components=[component("d", "1.0.0.0", [("k", "1.0.0.0")])],
    )
    assert [one.split("~")[0] for one in chain.missing] == [
        "the package Package_for_KB952876_client",
        "the component gone",
        "the component k",
    ]


def test_twins_are_not_followed() -> None:
    chain = walked(package("Package_for_KB952876", ["Package_for_KB952876_client_bf", "Package_1_for_KB952876_bf"]))
    assert chain.missing == ()


def test_a_chain_without_end_ends() -> None:
    chain = walked(package("Package_for_KB1234567", ["a"]), package("a", ["b"]), package("b", ["a"]))
    assert chain.missing == ("the package's chain: it has no end",)
    wide = package("a", ["a"] * 300)
    assert "no end" in walked(package("Package_for_KB1234567", ["a"]), wide).missing[0]


def test_two_manifests_of_one_identity_contradict_each_other() -> None:
    chain = walked(package("root"), package("a"), package("a"), components=[component("k", "1.0.0.0")] * 2)
    assert [one.code for one in chain.contradictions] == ["duplicate_identity"]
    other = ComponentManifest("x86_other", identity("k", "1.0.0.0"), False, (), ())
    chain = walked(package("root"), components=[component("k", "1.0.0.0"), other])
    assert [(one.code, one.subject) for one in chain.contradictions] == [("duplicate_identity", "x86_other")]


NATIVE, GUEST, WOW = (Component("Any", None, one, "neutral") for one in ("amd64", "x86", "wow64"))


@pytest.mark.parametrize(
    ("goal", "component", "package", "path"),
    [
        ("$(runtime.system32)\\", NATIVE, Architecture.X64, "System32\\a.dll"),
        ("$(runtime.system32)\\de-DE\\", NATIVE, Architecture.X64, "System32\\de-DE\\a.dll"),
        ("$(runtime.system32)\\", GUEST, Architecture.X86, "System32\\a.dll"),
        ("$(runtime.system32)\\", GUEST, Architecture.X64, "SysWOW64\\a.dll"),
        ("$(runtime.system32)\\", GUEST, Architecture.IA64, "SysWOW64\\a.dll"),
        ("$(runtime.system32)\\", WOW, Architecture.X64, "SysWOW64\\a.dll"),
        ("$(Runtime.System32)", NATIVE, Architecture.X64, "System32\\a.dll"),
        ("$(runtime.drivers)\\", NATIVE, Architecture.X64, "System32\\drivers\\a.dll"),
        ("$(runtime.wbem)\\", WOW, Architecture.X64, "SysWOW64\\wbem\\a.dll"),
        ("$(runtime.windows)\\", WOW, Architecture.X64, "a.dll"),
        ("$(runtime.systemRoot)\\web\\", NATIVE, Architecture.X64, "web\\a.dll"),
        (
            "$(runtime.programFiles)\\Internet Explorer\\",
            NATIVE,
            Architecture.X64,
            "%ProgramFiles%\\Internet Explorer\\a.dll",
        ),
        ("$(runtime.programFiles)\\x\\", WOW, Architecture.X64, "%ProgramFiles(x86)%\\x\\a.dll"),
        ("$(runtime.commonFiles)/x/", GUEST, Architecture.X86, "%CommonProgramFiles%\\x\\a.dll"),
        ("$(runtime.programData)\\x", NATIVE, Architecture.X64, "%ProgramData%\\x\\a.dll"),
        ("$(runtime.inf)\\", NATIVE, Architecture.X64, "inf\\a.dll"),
        ("$(runtime.fonts)\\", NATIVE, Architecture.X64, "Fonts\\a.dll"),
    ],
)
def test_where_a_file_goes(goal: str, component: Component, package: Architecture, path: str) -> None:
    assert destination(goal, "a.dll", component, package) == Destination(Place.PATH, path)


@pytest.mark.parametrize(
    "goal",
    [
        "$(runtime.unknown)\\",
        "C:\\Windows",
        "",
        "\\\\host\\share",
        "$(runtime.system32)\\..\\..\\",
        "$(runtime.system32",
    ],
)
def test_a_destination_that_is_not_understood_is_no_path(goal: str) -> None:
    told = destination(goal, "a.dll", NATIVE, Architecture.X64)
    assert (told.place, told.path) == (Place.UNKNOWN, None)
    assert "its destination" in told.problem


def test_files_without_a_destination() -> None:
    driver = Component("winusb.inf", None, "x86", "neutral")
    assert destination(None, "winusb.sys", driver, Architecture.X86) == Destination(Place.DRIVER_STORE)
    assert destination(None, "a.dll", NATIVE, Architecture.X64) == Destination(Place.COMPONENT_STORE)


@pytest.mark.parametrize(
    ("attributes", "error"),
    [('name="..\\..\\a.dll"', HostilePackage), ('name="C:\\a.dll"', HostilePackage), ("", HostilePackage)],
)
def test_file_names_of_a_component_stay_in_its_folder(attributes: str, error: type[Exception]) -> None:
    text = f'<assembly><assemblyIdentity name="a" version="1.0.0.0"/><file {attributes}/></assembly>'
    with pytest.raises(error, match="leaves the folder"):
        read_component_manifest(text.encode(), "a.manifest")


def test_a_manifest_that_names_too_much_is_refused() -> None:
    many = "<file name='a'/>" * 20_001
    text = f'<assembly><assemblyIdentity name="a" version="1.0.0.0"/>{many}</assembly>'
    with pytest.raises(HostilePackage, match="more than 20000"):
        read_component_manifest(text.encode(), "a.manifest")


def test_other_documents_are_no_manifests() -> None:
    for text in (b"<a/>", b"<assembly/>"):
        assert read_package_manifest(text, "a.mum") is None
        assert read_component_manifest(text, "a.manifest") is None
    with pytest.raises(PackageError, match="is no XML"):
        read_package_manifest(b"<", "a.mum")
