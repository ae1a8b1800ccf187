# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What index, root manifest, properties and answer file say: each lie is refused by name."""

from __future__ import annotations

import hashlib
import re

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus
from packages import Member
from packages.contents import answer_file
from packages.contents import properties as written_properties
from packages.msu import Recipe, inner_members

from .conftest import Maker
from .denials import CABINET, DIFFERS, MISMATCH, NOT_COMPARED, edited, judged, refused, weights

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
