# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of our own making that are nearly right: what would be installed counts, and each lie is refused by name."""

from __future__ import annotations

import functools
import hashlib
import re
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._hotfix.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._hotfix.package_match import (
    Match,
    MatchStatus,
    compare,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages import Member, Payload
from packages.contents import answer_file
from packages.contents import properties as written_properties
from packages.msu import Recipe, inner_members

from .conftest import Maker

KB = load("KB952876")
MISMATCH, NOT_COMPARED, DIFFERS = MatchStatus.MISMATCH, MatchStatus.NOT_COMPARED, MatchStatus.DIFFERS
KERNEL = "amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_c8784aed85e63838"
MANIFEST = f"{KERNEL}.manifest"
SERVER = "package_for_kb952876_server_0~31bf3856ad364e35~amd64~~6.0.1.0.mum"
CABINET = "Windows6.0-KB952876-x64.cab"


@functools.cache
def member(name: str) -> str:
    """A member of the package as it is."""
    return next(one.data for one in inner_members(Recipe("x64")) if one.name == name).decode()


def edited(name: str, *changes: tuple[str, str], pattern: bool = False) -> dict[str, bytes]:
    """A member with texts changed wherever they stand, at the same size where that is possible."""
    text = before = member(name)
    for old, new in changes:
        made = re.sub(old, new, text, flags=re.DOTALL) if pattern else text.replace(old, new)
        assert made != text, old
        text = made
    end = text.rindex("</assembly>")
    blanks = len(before) - len(text)
    head = text[:end] + " " * blanks if blanks >= 0 else text[:end].rstrip(" ")
    return {name: (head + text[end:]).encode()}


def judged(make: Maker, **options: Any) -> Match:
    return compare(KB, read_package(make("x64", **options)).contents)


def weights(match: Match) -> dict[str, MatchStatus]:
    return {one.code: one.weight for one in match.differences}


def refused(match: Match, code: str, weight: MatchStatus = MISMATCH) -> None:
    assert weights(match).get(code) is weight, weights(match)
    assert not match.acceptable(allow_later=True)


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
    replace = {}
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


# --- sources ----------------------------------------------------------------------------------------------------------


def first_delta() -> str:
    return next(one.name for one in inner_members(Recipe("x64")) if one.name.isdigit())


def sha1(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


@pytest.mark.parametrize("data", [b"junk" * 20, b"", b"PA19" + bytes(20), b"PA30"[:3], b"<assembly/>"])
def test_a_difference_starts_with_its_mark(make: Maker, data: bytes) -> None:
    number = first_delta()

    def edit(text: str) -> str:
        made, count = re.subn(
            rf'(<Source type="PA30" name="{number}"><Hash alg="SHA1" value=")\w+', rf"\g<1>{sha1(data)}", text
        )
        assert count == 1
        return made

    refused(judged(make, edit_list=edit, break_members={number: data}), "source_kind")


def test_a_difference_that_is_a_member_of_another_kind(make: Maker) -> None:
    body = next(one.data for one in inner_members(Recipe("x64")) if one.name == "update.mum")

    def edit(text: str) -> str:
        return re.sub(
            rf'<Source type="PA30" name="{first_delta()}"><Hash alg="SHA1" value="\w+"',
            f'<Source type="PA30" name="update.mum"><Hash alg="SHA1" value="{sha1(body)}"',
            text,
        )

    refused(judged(make, edit_list=edit), "source_kind")


@pytest.mark.parametrize("kind", ['type="EXE"', 'type=""', "", 'type="raw"', 'type="PA31"'])
def test_kinds_of_sources_that_are_not_known(make: Maker, kind: str) -> None:
    refused(judged(make, edit_list=lambda text: text.replace('type="PA30"', kind)), "source_kind")


def test_one_member_is_no_source_of_two_files(make: Maker) -> None:
    """Both kernels from one delta: one of them would be the other."""

    def edit(text: str) -> str:
        sources = re.findall(r'<Source type="PA30".*?</Source>', text)
        return text.replace(sources[1], sources[0])

    refused(judged(make, edit_list=edit), "source_shared")


# --- the index itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('type="CAB"', 'type="EXE"'),
        ('type="CAB" ', ""),
        ('version="1"', 'version="99"'),
        (r'length="\d+" version', 'length="-7" version'),
        (r'length="\d+" version', f'length="{2**63}" version'),
        (r"(<Hash [^>]*>)<Delta>", r"\1\1<Delta>"),
        (r"(<Hash [^>]*>)</Source>", r"\1\1</Source>"),
        ("</Files>", '<f:File xmlns:f="urn:x" id="999" name="amd64_x\\\\evil.exe" length="3"/></Files>'),
        ("</File></Files>", '<File id="999" name="a\\\\evil.exe" length="3"/></File></Files>'),
    ],
)
def test_what_no_index_has(make: Maker, old: str, new: str) -> None:
    refused(judged(make, edit_list=lambda text: re.sub(old, new, text, count=1)), "index_kind")


def test_an_index_under_a_name_that_is_no_hotfixs(make: Maker) -> None:
    refused(judged(make, edit_list=lambda text: text.replace('name="kb952876.cab"', 'name="other.cab"')), "wrong_kb")


# --- what the root manifest and the properties say --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "weight"),
    [
        (('identifier="KB952876"', 'identifier="KB942288"'), "wrong_kb", MISMATCH),
        (('releaseType="Hotfix"', 'releaseType="Driver"'), "release_type", MISMATCH),
        (('releaseType="Hotfix"', ""), "release_type", NOT_COMPARED),
        (('restart="required"', 'restart="none"'), "restart", MISMATCH),
    ],
)
def test_what_the_root_manifest_calls_the_package(
    make: Maker, changes: tuple[str, str], code: str, weight: MatchStatus
) -> None:
    refused(judged(make, replace=edited("update.mum", changes)), code, weight)


def test_a_restart_that_is_possible_is_none_that_is_denied(make: Maker) -> None:
    assert "restart" not in weights(judged(make, restart="possible"))
    found = judged(make, restart=None)
    assert weights(found)["restart"] is DIFFERS


@pytest.mark.parametrize("where", ["same", "other"])
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'KB Article Number="942288"\r\n', "wrong_kb"),
        (b'kb article number = "942288"\r\n', "wrong_kb"),
        (b'Processor Architecture="x86"\r\n', "wrong_architecture"),
    ],
)
def test_every_statement_of_the_properties_counts(make: Maker, where: str, line: bytes, code: str) -> None:
    name, text = "Windows6.0-KB952876-x64-pkgProperties.txt", written_properties("KB952876", "x64")
    extra = [Member(name, text + line)] if where == "same" else [Member("a-" + name, line), Member(name, text)]
    refused(judged(make, drop={"properties"}, outer_extra=extra), code)


# --- the answer file --------------------------------------------------------------------------------------------------


def answer(*changes: tuple[str, str]) -> bytes:
    text = answer_file("Package_for_KB952876", "x64", CABINET).decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


IDENTITY = answer().decode().split("<assemblyIdentity", 1)[1].split("/>", 1)[0]
SOURCE = f'<source location="%configsetroot%\\{CABINET}" />'


@pytest.mark.parametrize(
    "location",
    [
        f"\\\\host\\share\\{CABINET}",
        f"C:\\Temp\\{CABINET}",
        f"%configsetroot%\\..\\..\\Temp\\{CABINET}",
        f"%configsetroot%\\sub\\{CABINET}",
        f"%configsetroot%/{CABINET}",
        f"%temp%\\{CABINET}",
        CABINET,
        "%configsetroot%\\other.cab",
        "",
    ],
)
def test_the_source_is_the_cabinet_beside_the_answer_file(make: Maker, location: str) -> None:
    refused(judged(make, answer=answer((f"%configsetroot%\\{CABINET}", location))), "unexpected_instruction")


def test_the_letter_case_of_the_source_does_not_matter(make: Maker) -> None:
    for old, new in ((CABINET, CABINET.upper()), ("%configsetroot%", "%ConfigSetRoot%")):
        assert judged(make, answer=answer((old, new))).status is MatchStatus.MATCHES


@pytest.mark.parametrize(
    "changes",
    [
        (SOURCE, SOURCE * 2),
        (SOURCE, ""),
        (SOURCE, SOURCE + f'<source location="\\\\host\\share\\{CABINET}" />'),
        (SOURCE, SOURCE + f"<assemblyIdentity{IDENTITY.replace('952876', '999999')}/>"),
        (f"<assemblyIdentity{IDENTITY}/>", ""),
        (SOURCE, SOURCE.replace(" />", "><a/></source>")),
        ("unattend", "Unattend"),
        ("urn:schemas-microsoft-com:unattend", "urn:schemas-microsoft-com:other"),
        (' xmlns="urn:schemas-microsoft-com:unattend"', ""),
        ("<servicing>", '<servicing xmlns="urn:other">'),
        ('action="install"', 'action="install" permanence="permanent"'),
        ("unattend", "update"),
    ],
)
def test_an_answer_file_that_says_anything_else(make: Maker, changes: tuple[str, str]) -> None:
    refused(judged(make, answer=answer(changes)), "unexpected_instruction")


@pytest.mark.parametrize("name", ["other.xml", "sub\\other.XML"])
def test_other_xml_in_the_package(make: Maker, name: str) -> None:
    refused(judged(make, outer_extra=[Member(name, b"<update/>")]), "unexpected_instruction")
