# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of a package with the article's tables, without any file."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.brought import (
    Component,
    Deployment,
    Destination,
    Place,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.contents import (
    ContainedFile,
    PackageContents,
    PackageIdentity,
    Reported,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import Match, MatchStatus, compare
from packages.article import KERNELS, MANIFESTS, MUMS

KB = load("KB952876")
CBS = {"x86": "x86", "x64": "amd64", "ia64": "ia64"}
SEP = "\\"
MATCHES, DIFFERS, MISMATCH = MatchStatus.MATCHES, MatchStatus.DIFFERS, MatchStatus.MISMATCH


def identity(
    architecture: str = "x64", name: str = "Package_for_KB952876", version: str = "6.0.1.0"
) -> PackageIdentity:
    return PackageIdentity(name, version, CBS[architecture], "31bf3856ad364e35", "neutral")


def files(architecture: str) -> dict[str, ContainedFile]:
    """What the article tells, by name."""
    found = [ContainedFile(name, size) for name, size in MUMS[architecture]]
    found += [ContainedFile(name.replace(".mum", ".cat"), 7000) for name, _size in MUMS[architecture]]
    found.append(ContainedFile("_manifest_.cix.xml", 5000))
    for (one, build), manifests in MANIFESTS.items():
        if one != architecture:
            continue
        found += [ContainedFile(name, size) for name, size in manifests]
        folder = manifests[1][0].removesuffix(".manifest")
        for name, version, size in KERNELS[architecture, build]:
            image = ContainedFile(f"{folder}\\{name}", size, True, FileVersion(*version), Architecture(architecture))
            found.append(installed(image, architecture, FileVersion(*version)))
    return {file.name: file for file in found}


def installed(file: ContainedFile, architecture: str, version: FileVersion) -> ContainedFile:
    """With what the manifests of the article's package tell of a kernel."""
    return dataclasses.replace(
        file,
        component=Component("Microsoft-Windows-OS-Kernel", version, CBS[architecture], "neutral"),
        destination=Destination(Place.PATH, f"System32\\{file.name.rpartition(SEP)[2]}"),
        deployment=Deployment(version.branch, (version.os_version,), ("server",)),
    )


def contents(architecture: str = "x64", **changes: object) -> PackageContents:
    whole = PackageContents(
        identities=(("answer file", identity(architecture)), ("update.mum", identity(architecture))),
        kbs=(Reported("properties", "952876"),),
        architectures=(Reported("properties", CBS[architecture]),),
        files=tuple(files(architecture).values()),
        outer_files=(ContainedFile("WSUSSCAN.cab", 100), ContainedFile("a.xml", 400), ContainedFile("a.txt", 400)),
    )
    return dataclasses.replace(whole, **changes)  # type: ignore[arg-type]


def with_files(*extra: ContainedFile, without: str = "\0", architecture: str = "x64") -> PackageContents:
    kept = [file for name, file in files(architecture).items() if without not in name]
    return contents(architecture, files=(*kept, *extra))


def kernel(build: int, revision: int | None = None, **changes: object) -> PackageContents:
    """The x64 package with one kernel changed; a revision changes its component's folder as well."""
    found = []
    for file in files("x64").values():
        changed = file
        if f"6.0.{build}." in file.name and file.base_name == "ntoskrnl.exe":
            if revision is not None and file.version is not None:
                version = FileVersion(6, 0, build, revision)
                changed = dataclasses.replace(
                    file, name=file.name.replace(str(file.version), str(version)), version=version
                )
                changed = installed(changed, "x64", version)
            changed = dataclasses.replace(changed, **changes)  # type: ignore[arg-type]
        found.append(changed)
    return contents(files=tuple(found))


def codes(match: Match) -> set[str]:
    return {one.code for one in match.differences}


@pytest.mark.parametrize("architecture", ["x86", "x64", "ia64"])
def test_what_the_article_tells_matches(architecture: str) -> None:
    found = compare(KB, contents(architecture))
    assert (found.status, found.differences) == (MATCHES, ())
    assert found.acceptable(allow_later=False)


def test_case_does_not_matter() -> None:
    shouted = tuple(dataclasses.replace(file, name=file.name.upper()) for file in files("x64").values())
    assert compare(KB, contents(files=shouted)).status is MATCHES


@pytest.mark.parametrize(("revision", "status", "code"), [
    (22192, DIFFERS, "later_version"),
    (24575, DIFFERS, "later_version"),
    (24576, MISMATCH, "wrong_branch"),
    (22190, MISMATCH, "older_version"),
    (20846, MISMATCH, "older_version"),
    (18000, MISMATCH, "wrong_branch"),
])  # fmt: skip
def test_versions_of_a_kernel(revision: int, status: MatchStatus, code: str) -> None:
    found = compare(KB, kernel(6001, revision))
    assert found.status is status
    assert found.differences[0].code == code
    assert found.acceptable(allow_later=True) == (status is DIFFERS)
    assert not found.acceptable(allow_later=False)


def test_kernels_are_told_apart_by_their_component() -> None:
    """Both kernels have one name: swapped between their folders, each contradicts its folder."""
    found = compare(KB, kernel(6000, version=FileVersion(6, 0, 6001, 22191)))
    assert found.status is MISMATCH
    assert "version_conflict" in codes(found)


def test_the_same_revision_of_another_build_is_no_fix() -> None:
    """6.0.6002.22191 exists (MS09-058)."""
    found = compare(KB, kernel(6001, version=FileVersion(6, 0, 6002, 22191)))
    assert found.status is MISMATCH


def test_a_kernel_in_another_component_is_not_the_kernel() -> None:
    folder = "amd64_something-else_31bf3856ad364e35_6.0.6001.22191_none_0123456789abcdef"
    found = compare(KB, kernel(6001, name=f"{folder}\\ntoskrnl.exe"))
    assert found.status is MISMATCH
    assert codes(found) == {"extra_executable", "executable_missing"}


def test_another_size_differs() -> None:
    found = compare(KB, kernel(6001, size=4_694_073))
    (difference,) = found.differences
    assert (found.status, difference.code, difference.expected, difference.found) == (
        DIFFERS, "size", "4694072", "4694073",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": None, "problem": "it has no version resource"}, "version_unknown"),
        ({"architecture": Architecture.X86}, "wrong_architecture"),
        ({"architecture": None, "problem": "unknown kind"}, "wrong_architecture"),
        ({"executable": False, "version": None, "architecture": None}, "executable_missing"),
    ],
)
def test_a_kernel_that_is_not_what_it_should_be(changes: dict[str, object], code: str) -> None:
    found = compare(KB, kernel(6001, **changes))  # type: ignore[arg-type]
    assert found.status is MISMATCH
    assert code in codes(found)


@pytest.mark.parametrize(("architecture", "name"), [
    ("x64", "ntoskrnl.exe"), ("x86", "ntoskrnl.exe"), ("x86", "ntkrnlpa.exe"), ("ia64", "ntoskrnl.exe"),
])  # fmt: skip
@pytest.mark.parametrize("build", [6000, 6001])
def test_a_missing_kernel_is_a_mismatch(architecture: str, name: str, build: int) -> None:
    if (architecture, build) not in KERNELS:
        return
    kept = tuple(
        file for file in files(architecture).values() if not (file.base_name == name and f"6.0.{build}." in file.name)
    )
    found = compare(KB, contents(architecture, files=kept))
    assert found.status is MISMATCH
    assert [(one.code, one.subject.lower()) for one in found.differences] == [
        ("executable_missing", f"{name} for 6.0.{build}")
    ]


@pytest.mark.parametrize("missing", ["update.mum", "package_3_for", "os-kernel_31bf3856ad364e35_6.0.6001.22191_none_c8784aed85e63838.manifest"])  # fmt: skip  # noqa: E501
def test_a_missing_manifest_is_a_mismatch(missing: str) -> None:
    found = compare(KB, contents(files=tuple(
        file for name, file in files("x64").items() if missing not in name or name.endswith(".cat")
    )))  # fmt: skip
    assert (found.status, codes(found)) == (MISMATCH, {"file_missing"})


@pytest.mark.parametrize(
    ("extra", "status", "code"),
    [
        (ContainedFile("evil.exe", 1, True), MISMATCH, "extra_executable"),
        (ContainedFile("evil.txt", 1, True, FileVersion(1, 0, 0, 0), Architecture.X64), MISMATCH, "extra_executable"),
        (ContainedFile("ntoskrnl.exe", 1, True, FileVersion(6, 0, 6001, 22191), Architecture.X64), MISMATCH,
         "extra_executable"),
        (ContainedFile("amd64_other_31bf3856ad364e35_6.0.6001.22191_none_0123456789abcdef\\x.dll", 1, True,
                       FileVersion(6, 0, 6001, 22191), Architecture.X64), MISMATCH, "extra_executable"),
        (ContainedFile("inner.cab", 1), MISMATCH, "extra_file"),
        (ContainedFile("notes.txt", 1), DIFFERS, "extra_file"),
        (ContainedFile("package_9_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1), DIFFERS, "extra_file"),
    ],
)  # fmt: skip
def test_extra_files(extra: ContainedFile, status: MatchStatus, code: str) -> None:
    found = compare(KB, with_files(extra))
    assert (found.status, codes(found)) == (status, {code})


@pytest.mark.parametrize("name", ["update.cat", "anything.cat", "_manifest_.cix.xml"])
def test_catalogues_and_cabinet_metadata_are_not_extra(name: str) -> None:
    kept = with_files(without=name)
    assert compare(KB, kept).status is MATCHES
    assert compare(KB, with_files(ContainedFile(name, 1), without=name)).status is MATCHES


@pytest.mark.parametrize(
    ("outer", "status", "code"),
    [
        (ContainedFile("setup.exe", 1, True), MISMATCH, "extra_executable"),
        (ContainedFile("other.cab", 1), MISMATCH, "extra_cabinet"),
        (ContainedFile("other.dat", 1), DIFFERS, "extra_file"),
    ],
)
def test_extra_files_beside_the_payload(outer: ContainedFile, status: MatchStatus, code: str) -> None:
    found = compare(KB, contents(outer_files=(outer,)))
    assert (found.status, codes(found)) == (status, {code})


@pytest.mark.parametrize("where", ["answer file", "update.mum", "properties"])
def test_one_statement_of_another_hotfix_is_enough(where: str) -> None:
    if where == "properties":
        package = contents(kbs=(Reported("properties", "KB952877"),))
    else:
        other = identity(name="Package_for_KB952877")
        whole = contents()
        package = contents(identities=tuple((at, other if at == where else one) for at, one in whole.identities))
    found = compare(KB, package)
    assert found.status is MISMATCH
    assert [(one.code, one.subject) for one in found.differences] == [("wrong_kb", where)]


def test_a_number_that_only_contains_ours_is_another_hotfix() -> None:
    for name in ("Package_for_KB9528761", "Package_for_XKB952876", "Package_for_KB95287"):
        assert identity(name=name).kb != "KB952876"
    assert identity(name="package_for_kb952876_client").kb == "KB952876"


def test_nothing_told_is_a_mismatch() -> None:
    found = compare(KB, contents(identities=(), kbs=(), architectures=()), Architecture.X64)
    assert (found.status, codes(found)) == (MISMATCH, {"kb_unknown", "architecture_unknown"})


def test_the_wrong_architecture_is_told_without_a_list_of_every_file() -> None:
    found = compare(KB, contents("x64"), Architecture.X86)
    assert found.status is MISMATCH
    told = [(one.code, one.expected, one.found) for one in found.differences]
    assert told == [("wrong_architecture", "x86", "x64")] * 3


def test_one_statement_of_another_architecture_is_enough() -> None:
    found = compare(KB, contents(architectures=(Reported("properties", "x86"),)), Architecture.X64)
    assert (found.status, codes(found)) == (MISMATCH, {"wrong_architecture"})


@pytest.mark.parametrize(("version", "status", "code"), [
    ("6.0.1.1", DIFFERS, "later_version"), ("6.0.0.9", MISMATCH, "older_version"), ("x", MISMATCH, "version_unknown"),
])  # fmt: skip
def test_versions_of_the_package(version: str, status: MatchStatus, code: str) -> None:
    found = compare(KB, contents(identities=(("update.mum", identity(version=version)),)))
    assert (found.status, codes(found)) == (status, {code})


def test_another_root_name_of_the_same_hotfix_differs() -> None:
    """The root identity is inferred, not read: another form of it must not be taken for another hotfix."""
    found = compare(KB, contents(identities=(("update.mum", identity(name="Package_top_for_KB952876")),)))
    assert (found.status, codes(found)) == (DIFFERS, {"other_identity"})


def test_another_publisher_is_a_mismatch() -> None:
    other = dataclasses.replace(identity(), token="0123456789abcdef")
    found = compare(KB, contents(identities=(("update.mum", other),)))
    assert found.status is MISMATCH
    assert "wrong_publisher" in codes(found)


def test_what_else_the_answer_file_wants_is_a_mismatch() -> None:
    found = compare(KB, contents(instructions=("the element settings",)))
    assert (found.status, codes(found)) == (MISMATCH, {"unexpected_instruction"})


def test_a_payload_that_was_not_looked_into_is_not_compared() -> None:
    found = compare(KB, contents(files=None, not_looked_into=("x is packed with LZX",)))
    assert found.status is MatchStatus.NOT_COMPARED
    assert "packed with LZX" in found.differences[0].text
    assert not found.acceptable(allow_later=True)
    worse = compare(KB, contents(files=None, kbs=(Reported("properties", "1234567"),)))
    assert worse.status is MISMATCH


def test_an_architecture_that_the_hotfix_has_not() -> None:
    targets = tuple(one for one in KB.targets if one.architecture is not Architecture.IA64)
    without = dataclasses.replace(KB, targets=targets)
    found = compare(without, contents("ia64"))
    assert (found.status, codes(found)) == (MISMATCH, {"wrong_architecture"})


def test_the_result_has_every_key() -> None:
    told = compare(KB, kernel(6001, 22300)).as_dict()
    assert set(told) == {"kb", "architecture", "status", "differences", "identity"}
    assert set(told["differences"][0]) == {"code", "weight", "subject", "expected", "found", "text"}
