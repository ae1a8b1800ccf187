# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of a delta container: what a package brings, and every way in which it can be denied or hostile."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition, TargetFile
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.container import Container, read_container
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import HostilePackage, PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import Match, MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages import Member, Payload, build_pe
from packages.msu import Recipe, files_of, inner_members

from .conftest import Maker

KB = load("KB952876")
KERNEL = "amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_c8784aed85e63838"
OTHER = "amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6000.20846_none_c6cd1f3b8892976c"
SMALL: dict[str, Any] = {"small_kernels": True}


def index(rows: str, head: str = '<Container name="kb1.cab" type="CAB" xmlns="urn:ContainerIndex">') -> bytes:
    return f"{head}<Description/><Files>{rows}</Files></Container>".encode()


def row(number: int = 1, name: str = "a\\b.dll", length: str = "5", inside: str = "", identifier: str = "") -> str:
    return f'<File id="{identifier or number}" name="{name}" length="{length}">{inside}</File>'


def read(data: bytes) -> Container:
    return read_container(data, "x.cab: _manifest_.cix.xml", Limits())


def judged(make: Maker, **options: Any) -> Match:
    return compare(KB, read_package(make("x64", **options)).contents)


def weighty(match: Match) -> list[tuple[str, str]]:
    return [(one.code, one.subject) for one in match.differences if one.weight is match.status]


def test_what_an_index_tells() -> None:
    inside = (
        '<Hash alg="SHA1" value="'
        + "AB" * 20
        + '"/><Delta><Source type="PA30" name="7"><Hash alg="SHA256" value="'
        + "01" * 32
        + '"/></Source><Basis file="4"/></Delta>'
    )
    (one,) = read(index(row(inside=inside))).rows
    assert (one.id, one.name, one.size, one.bases) == ("1", "a\\b.dll", 5, ("4",))
    assert one.hash is not None
    assert (one.hash.algorithm, one.hash.value) == ("sha1", "ab" * 20)
    (source,) = one.sources
    assert source.hash is not None
    assert (source.kind, source.member, source.hash.algorithm, source.hash.value) == ("PA30", "7", "sha256", "01" * 32)


@pytest.mark.parametrize(
    "name",
    [
        "..\\..\\evil.dll",
        "a\\..\\evil.dll",
        "C:\\evil.dll",
        "\\evil.dll",
        "\\\\host\\share\\evil.dll",
        "a/../evil.dll",
        "a\\nul",
        "a\\COM1.dll",
        "a\\b.dll:stream",
        "a\\b.dll ",
        "a\\b.",
        "",
        "a\\\\b.dll",
        "x" * 2000,
        "a&#9;b",
    ],
)
def test_names_that_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(HostilePackage, match="leaves the folder"):
        read(index(row(name=name)))
    source = f'<Delta><Source type="RAW" name="{name}"/></Delta>'
    with pytest.raises(HostilePackage, match="leaves the folder"):
        read(index(row(inside=source)))


@pytest.mark.parametrize("length", ["-1", str(2**63), str(2**64), str(2**31), "", "1e3", "0x10", "١٢", " 5", "9" * 400])
def test_lengths_that_no_file_has_are_refused(length: str) -> None:
    with pytest.raises(HostilePackage, match="claims a length"):
        read(index(row(length=length)))


def test_the_lengths_are_bounded_together() -> None:
    with pytest.raises(HostilePackage, match="claims a length"):
        read(index("".join(row(number, f"a\\{number}", "900000000") for number in range(2))))


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (b"<Container/>", PackageError, "it starts with"),
        (b"<html xmlns='urn:ContainerIndex'/>", PackageError, "it starts with"),
        (b"plain", PackageError, "is no XML"),
        (index("")[:-5], PackageError, "is no XML"),
        (b'<?xml version="1.0" encoding="windows-1252"?>' + index(""), PackageError, "windows-1252"),
        (b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + index(""), HostilePackage, "document type"),
        (index("<a>" * 100 + "</a>" * 100), HostilePackage, "nested"),
        (index(row(inside="<Delta>" + '<Basis file="1"/>' * 9 + "</Delta>")), HostilePackage, "more than 8"),
    ],
)
def test_what_is_no_index_is_refused(data: bytes, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        read(data)


def test_a_broken_index_refuses_the_package(make: Maker) -> None:
    for edit in (lambda text: text[:-20], lambda text: text.replace("urn:ContainerIndex", "urn:another")):
        with pytest.raises(PackageError, match=r"_manifest_\.cix\.xml"):
            read_package(make("x64", edit_list=edit, **SMALL))


def changed(pattern: str, new: str) -> Callable[[str], str]:
    """Changes one place of the index; a pattern that is not there is a mistake of the test."""

    def edit(text: str) -> str:
        made, count = re.subn(pattern, new, text, count=1)
        assert count == 1, pattern
        return made

    return edit


_ROW = rf'(<File id="[0-9]+" name="{KERNEL}\\ntoskrnl.exe" length=")([0-9]+)(".*?<Hash alg=")(SHA1)(" value=")(\w+)(")'


def test_a_genuine_form_matches(make: Maker) -> None:
    assert judged(make).status is MatchStatus.MATCHES
    assert judged(make, hash_algorithm="SHA256").status is MatchStatus.MATCHES
    assert judged(make, kernel_versions={6001: (6, 0, 6001, 22300)}).status is MatchStatus.DIFFERS


def test_twins_of_the_other_way_of_installing_are_no_other_hotfix(make: Maker) -> None:
    """They are more manifests, and the root that names them is longer than the article's; nothing else differs."""
    found = judged(make, bf_twins=True)
    assert {one.code for one in found.differences} == {"size"}
    assert {one.subject for one in found.differences} == {"update.mum"}


def test_another_length_of_a_kernel_differs(make: Maker) -> None:
    found = judged(make, edit_list=changed(_ROW, r"\g<1>77\3\4\5\6\7"))
    assert [(one.code, one.expected, one.found) for one in found.differences] == [("size", "4694072", "77")]


def test_a_missing_kernel_is_a_mismatch(make: Maker) -> None:
    found = judged(make, edit_list=changed(rf'<File id="[0-9]+" name="{KERNEL}\\ntoskrnl.exe".*?</File>', ""))
    assert found.status is MatchStatus.MISMATCH
    assert ("executable_missing", "Ntoskrnl.exe for 6.0.6001") in weighty(found)


@pytest.mark.parametrize("name", [f"{KERNEL}\\extra.dll", f"{KERNEL}\\ntkrnlpa.exe", "extra.sys", "x86_y\\z.exe"])
def test_an_executable_that_the_tables_do_not_list_is_extra(make: Maker, name: str) -> None:
    image = Payload(name, build_pe("x64", (6, 0, 6001, 22191)))
    found = judged(make, extra_files=[image], **SMALL)
    assert ("extra_executable", name) in weighty(found)
    assert not found.acceptable(allow_later=True)


def test_a_member_that_no_row_names(make: Maker) -> None:
    """A delta that was left over is normal, an image is not, and neither is any other file."""
    delta = Member("999", b"PA30" + bytes(20))
    assert judged(make, extra=[delta]).status is MatchStatus.MATCHES
    image = judged(make, extra=[Member("998", build_pe("x64", (1, 2, 3, 4)))])
    assert weighty(image) == [("extra_executable", "998")]
    other = judged(make, extra=[Member("997", b"text")])
    assert weighty(other) == [("extra_file", "997")]
    assert other.status is MatchStatus.DIFFERS


def test_files_with_only_a_basis_are_normal(make: Maker) -> None:
    report = read_package(make("x64", same_content=True, **SMALL))
    assert report.contents.contradictions == ()
    copies = [one.file for one in report.files or () if one.file.delivery.value == "copy" and one.file.folder]
    assert {one.base_name for one in copies} == {"winlegacy-b.dat"}
    assert all(one.destination and one.destination.path == "System32\\winlegacy-b.dat" for one in copies)
    found = compare(KB, report.contents)
    assert ("extra_file", f"{KERNEL}\\winlegacy-b.dat") in {(one.code, one.subject) for one in found.differences}


def numbered() -> list[str]:
    return [one.name for one in inner_members(Recipe("x64")) if one.name.isdigit()]


def test_a_member_that_is_not_what_its_row_says(make: Maker) -> None:
    first = numbered()[0]
    found = judged(make, break_members={first: b"PA30 something else"})
    assert [code for code, _subject in weighty(found)] == ["source_hash"]
    assert f"(member {first})" in weighty(found)[0][1]
    assert "ntoskrnl.exe" in weighty(found)[0][1]
    gone = judged(make, break_members={first: None})
    assert [code for code, _subject in weighty(gone)] == ["source_missing"]
    mum = judged(make, break_members={"update.mum": b"<assembly/>"})
    assert ("source_hash", "update.mum (member update.mum)") in weighty(mum)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (changed(rf'name="{OTHER}\\ntoskrnl.exe"', f'name="{KERNEL.upper()}\\\\NTOSKRNL.EXE"'), "duplicate_name"),
        (changed(r'<Source type="PA30" name="([0-9]+)"', r'<Source type="PA30" name="absent"'), "source_missing"),
        (changed(r"<Source type=\"PA30\".*?</Source>", ""), "source_missing"),
        (changed(r'<Basis file="[0-9]+"/>', '<Basis file="4711"/>'), "basis_missing"),
        (
            changed(r'(<File id="([0-9]+)" name="[^"]*ntoskrnl.exe".*?</Source>)', r'\1<Basis file="\2"/>'),
            "basis_circular",
        ),
        (changed(r'(name="update.mum" length=")[0-9]+', r"\g<1>1"), "source_size"),
        (changed(r'(name="update.mum"[^>]*><Hash alg="SHA1" value=")\w{4}', r"\1beef"), "source_hash"),
        (changed(r'id="2"', 'id="1"'), "duplicate_id"),
    ],
)
def test_an_index_that_its_members_deny(make: Maker, edit: Callable[[str], str], code: str) -> None:
    found = judged(make, edit_list=edit)
    assert found.status is MatchStatus.MISMATCH
    assert code in {one for one, _subject in weighty(found)}
    assert not found.acceptable(allow_later=True)


def test_a_copy_of_other_content_is_denied(make: Maker) -> None:
    edit = changed(r'(name="[^"]*winlegacy-b.dat" length=")[0-9]+', r"\g<1>1")
    assert "basis_differs" in {code for code, _subject in weighty(judged(make, same_content=True, edit_list=edit))}


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (changed(_ROW, r"\1\2\3MD5\5\6\7"), "hash that is unknown here ('MD5')"),
        (changed(_ROW, r"\1\2\3\4\5beef\7"), "hash that is unknown here ('SHA1')"),
        (changed(rf'(name="{KERNEL}\\ntoskrnl.exe"[^>]*>)<Hash [^>]*/>', r"\1"), "no hash"),
    ],
)
def test_a_hash_that_nobody_can_check_is_not_compared(make: Maker, edit: Callable[[str], str], text: str) -> None:
    found = judged(make, edit_list=edit)
    assert found.status is MatchStatus.NOT_COMPARED
    (reason,) = [one.found or "" for one in found.differences if one.code == "not_looked_into"]
    assert text in reason
    assert not found.acceptable(allow_later=True)


@pytest.mark.parametrize(("revision", "status"), [(22191, MatchStatus.MATCHES), (22190, MatchStatus.MISMATCH)])
def test_an_image_under_a_number_tells_its_own_version(make: Maker, revision: int, status: MatchStatus) -> None:
    """A source may be the file itself (RAW) under a number: then its file version counts, not the component's."""
    options = {"component_versions": {6001: (6, 0, 6001, 22191)}, "kernel_versions": {6001: (6, 0, 6001, revision)}}
    recipe = Recipe("x64", **options)  # type: ignore[arg-type]
    image = next(one.content for one in files_of(recipe) if one.path == f"{KERNEL}\\ntoskrnl.exe")
    (number,) = re.findall(rf'name="{KERNEL}\\ntoskrnl.exe".*?<Source type="PA30" name="([0-9]+)"', _list(recipe))
    place = rf'<Source type="PA30" name="{number}"><Hash alg="SHA1" value="\w+"/></Source>(<Basis file="[0-9]+"/>)?'
    digest = hashlib.sha1(image).hexdigest()
    source = f'<Source type="RAW" name="{number}"><Hash alg="SHA1" value="{digest}"/></Source>'
    path = make("x64", edit_list=changed(place, source), break_members={number: image}, **options)
    report = read_package(path)
    (kernel,) = [one.file for one in report.files or () if one.file.name == f"{KERNEL}\\ntoskrnl.exe"]
    assert (str(kernel.version), kernel.delivery.value) == (f"6.0.6001.{revision}", "raw")
    found = compare(KB, report.contents)
    assert found.status is status
    codes = {one.code for one in found.differences}
    assert codes == (set() if status is MatchStatus.MATCHES else {"version_conflict", "older_version"})


def _list(recipe: Recipe) -> str:
    return next(one.data for one in inner_members(recipe) if one.name == "_manifest_.cix.xml").decode()


@pytest.mark.parametrize(
    ("options", "code", "subject"),
    [
        ({"kb": "KB952877"}, "wrong_kb", "_manifest_.cix.xml"),
        ({"edit_list": changed('name="kb952876.cab"', 'name="kb952877.cab"')}, "wrong_kb", "_manifest_.cix.xml"),
    ],
)
def test_an_index_of_another_hotfix(make: Maker, options: dict[str, Any], code: str, subject: str) -> None:
    assert (code, subject) in weighty(judged(make, **options, **SMALL))


def without_components(definition: Definition) -> Definition:
    """The same definition, which does not say how the components count."""

    def silent(file: TargetFile) -> TargetFile:
        branches = (dataclasses.replace(one, component=None, component_version=None) for one in file.branches)
        return dataclasses.replace(file, branches=tuple(branches))

    targets = (
        dataclasses.replace(target, files=tuple(silent(file) for file in target.files)) for target in definition.targets
    )
    return dataclasses.replace(definition, targets=tuple(targets))


def test_a_component_stands_for_its_files_only_where_the_definition_says_so(make: Maker) -> None:
    """Windows Installer's components count differently from its files, as other components do."""
    contents = read_package(make("x64")).contents
    unlike = without_components(KB)
    silent = compare(unlike, contents)
    assert silent.status is MatchStatus.NOT_COMPARED
    assert {one.code for one in silent.differences} == {"version_unknown"}
    assert len(silent.differences) == 2
    assert not silent.acceptable(allow_later=True)
    plain = read_package(make("x64", form="images")).contents
    assert compare(unlike, plain).status is MatchStatus.MATCHES
