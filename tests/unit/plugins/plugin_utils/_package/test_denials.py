# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a package installs, where, and on which Windows: each lie is refused by name."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages import Member, Payload
from packages.msu import Recipe, inner_members

from .conftest import Maker
from .denials import KB, KERNEL, MANIFEST, MISMATCH, NOT_COMPARED, SERVER, edited, judged, member, refused, weights

# --- what is installed, and under which name --------------------------------------------------------------------------


def named(name: str, source: str = "", goal: str = "$(runtime.system32)\\") -> str:
    """A `file` element at the end of a manifest."""
    source = f' sourceName="{source}"' if source else ""
    return f'<file name="{name}" destinationPath="{goal}"{source}/></assembly>'


@pytest.mark.parametrize("name", ["evil.cat", "evil.cix.xml", "_manifest_.cix.xml", "evil.dat", "update.mum", "evil"])
def test_whatever_a_component_installs_and_no_table_lists_is_extra(make: Maker, name: str) -> None:
    extra = Payload(f"{KERNEL}\\{name}", b"MZ" + b"x" * 500)
    replace = edited(MANIFEST, ("</assembly>", named(name)))
    found = judged(make, extra_files=[extra], replace=replace)
    refused(found, "extra_file")
    assert [one.subject for one in found.differences if one.code == "extra_file"] == [extra.path]


def test_a_file_that_becomes_a_program_on_the_disk_is_one(make: Maker) -> None:
    extra = Payload(f"{KERNEL}\\evil.cat", b"MZ" + b"x" * 500)
    replace = edited(MANIFEST, ("</assembly>", named("winlogon.exe", "evil.cat")))
    path = make("x64", extra_files=[extra], replace=replace)
    (told,) = [one for one in read_package(path).as_dict()["files"] if one["name"] == extra.path]
    assert (told["target"], told["executable"]) == ("System32\\winlogon.exe", True)
    refused(compare(KB, read_package(path).contents), "extra_executable")


def test_a_catalogue_beside_the_components_that_a_manifest_names_is_not_harmless(make: Maker) -> None:
    replace = edited(MANIFEST, ("</assembly>", named("other.cat")))
    found = judged(make, form="images", extra=[Member("other.cat", b"x")], replace=replace)
    refused(found, "row_missing")
    assert "extra_file" in weights(found)
    assert judged(make, form="images", extra=[Member("other.cat", b"x")]).status is MatchStatus.MATCHES


@pytest.mark.parametrize("form", ["delta", "images"])
@pytest.mark.parametrize(
    ("old", "new", "code", "weight"),
    [
        ('name="ntoskrnl.exe"', 'name="winlogon.exe"', "extra_executable", MISMATCH),
        ("$(runtime.system32)\\", "$(runtime.windows)\\", "wrong_target", MISMATCH),
        ("$(runtime.system32)\\", "$(runtime.system32)\\en-US\\", "wrong_target", MISMATCH),
        ("$(runtime.system32)\\", "$(runtime.nowhere)\\", "target_unknown", NOT_COMPARED),
        ("$(runtime.system32)\\", "$(runtime.system32)\\..\\", "target_unknown", NOT_COMPARED),
        ('destinationPath="$(runtime.system32)\\"', "", "wrong_target", MISMATCH),
    ],
)
def test_a_kernel_that_goes_elsewhere(
    make: Maker, form: str, old: str, new: str, *, code: str, weight: MatchStatus
) -> None:
    text = member(MANIFEST)
    start, end = text.index("<file "), text.index("<", text.index("<file ") + 1)
    element = text[start:end]
    found = judged(make, form=form, replace=edited(MANIFEST, (element, element.replace(old, new))))
    refused(found, code, weight)


def test_a_component_of_another_name_in_the_kernels_folder(make: Maker) -> None:
    names = ("Microsoft-Windows-OS-Kernel", "Microsoft-Windows-WinLogon1")
    part = next(one.name for one in inner_members(Recipe("x64")) if b"22191" in one.data and one.name.endswith(".mum"))
    manifests = [one.name for one in inner_members(Recipe("x64")) if "22191" in one.name]
    replace: dict[str, bytes] = {}
    for name in (part, *manifests):
        if names[0] in member(name):
            replace |= edited(name, names)
    refused(judged(make, replace=replace), "name_conflict")


# --- manifests and the payload ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["delta", "images"])
def test_a_file_that_a_manifest_names_and_nothing_brings(make: Maker, form: str) -> None:
    found = judged(make, form=form, replace=edited(MANIFEST, ("</assembly>", named("evil.exe"))))
    refused(found, "row_missing")
    assert f"{KERNEL}\\evil.exe" in {one.subject for one in found.differences}


def test_two_file_elements_of_one_name(make: Maker) -> None:
    refused(judged(make, replace=edited(MANIFEST, ("</assembly>", named("NTOSKRNL.EXE")))), "duplicate_name")


@pytest.mark.parametrize("options", [{"hash_algorithm": "SHA256"}, {"form": "images"}])
def test_the_manifests_digest_is_not_the_files(make: Maker, options: dict[str, Any]) -> None:
    digest = re.search(r"DigestValue[^>]*>([^<]+)<", member(MANIFEST))
    assert digest is not None
    other = ("A" if digest[1][0] != "A" else "B") + digest[1][1:]
    refused(judged(make, replace=edited(MANIFEST, (digest[1], other)), **options), "hash_conflict")


def test_an_index_without_rows_over_plain_files(make: Maker) -> None:
    text = '<Container name="kb952876.cab" type="CAB" length="0" version="1" xmlns="urn:ContainerIndex"><Files/>'
    refused(
        judged(make, form="images", extra=[Member("_manifest_.cix.xml", f"{text}</Container>".encode())]), "row_missing"
    )


# --- for which Windows ------------------------------------------------------------------------------------------------


def parents(name: str, version: str) -> str:
    return f'<assemblyIdentity name="{name}" version="{version}" processorArchitecture="amd64" language="neutral"/>'


@pytest.mark.parametrize(
    ("name", "version", "code", "weight"),
    [
        ("Microsoft-Windows-Foundation-Package", "6.1.7600.16385", "wrong_build", MISMATCH),
        ("Microsoft-Windows-Foundation-Package", "6.0.6002.18005", "wrong_build", MISMATCH),
        ("Package_12_for_KB948465", "6.0.1.18005", "wrong_build", MISMATCH),
        ("Package_for_KB999999", "6.0.1.0", "build_unknown", NOT_COMPARED),
    ],
)
@pytest.mark.parametrize("more", [False, True])
def test_a_sub_package_for_another_windows(
    make: Maker, name: str, version: str, *, code: str, weight: MatchStatus, more: bool
) -> None:
    """Alone or beside the true parent."""
    true = re.search(r"<parent [^>]*staged[^>]*>(.*?)</parent>", member(SERVER), re.DOTALL)
    assert true is not None
    other = parents(name, version) + (true[1] if more else "")
    refused(judged(make, replace=edited(SERVER, (true[1], other))), code, weight)


def test_a_name_of_windows_pe_does_not_hide_a_parent(make: Maker) -> None:
    name = "package_for_kb952876_winpesrv_0~31bf3856ad364e35~amd64~~6.0.1.0.mum"
    true = re.search(r"<parent [^>]*staged[^>]*>(.*?)</parent>", member(name), re.DOTALL)
    assert true is not None
    other = parents("Microsoft-Windows-Foundation-Package", "6.1.7600.16385")
    refused(judged(make, replace=edited(name, (true[1], other))), "wrong_build")


def test_a_root_that_names_windows_pe_alone(make: Maker) -> None:
    update = (
        r"<update name=\"[^\"]*\">\s*<package [^>]*>\s*<assemblyIdentity name=\"Package_for_KB952876_(?!winpe)[^>]*>"
    )
    replace = edited("update.mum", (rf"{update}\s*</package>\s*</update>", ""), pattern=True)
    refused(judged(make, replace=replace), "build_unknown", NOT_COMPARED)


def test_parents_that_nobody_knows_leave_the_builds_open(make: Maker) -> None:
    """And those of the packages below, which are not told to be staged, do not stand for them."""
    unknown = rf"\1{parents('Unknown', '1.0.0.0')}</parent>"
    replace: dict[str, bytes] = {}
    for one in inner_members(Recipe("x64")):
        if re.fullmatch(r"package_for_.*_[01]~.*\.mum", one.name):
            replace |= edited(one.name, (r"(<parent [^>]*>).*?</parent>", unknown), pattern=True)
    found = judged(make, replace=replace)
    refused(found, "build_unknown", NOT_COMPARED)
    told = next(one.found or "" for one in found.differences if one.code == "build_unknown")
    assert "the parent Unknown 1.0.0.0" in told


PART = "package_3_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"<applicable .*?</applicable>", ""),
        (r'(<updateComponent .*?version=")[0-9.]+', r"\g<1>6.0.6001.22100"),
        (r'(<updateComponent .*?name=")[^"]+', r"\1Microsoft-Windows-Other"),
        (r'<applicable disposition="staged"', '<applicable disposition="detect"'),
        (r"</component>", '</component><driver inf="a.inf"/>'),
    ],
)
def test_an_update_that_says_another_component_than_it_deploys(make: Maker, old: str, new: str) -> None:
    refused(judged(make, replace=edited(PART, (old, new), pattern=True)), "update_conflict")
