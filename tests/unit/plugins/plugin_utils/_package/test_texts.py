# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answer files, properties and manifests in every Unicode, and XML that is refused."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import HostilePackage, PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.texts import (
    answer_file,
    decode,
    manifest_identity,
    parse_xml,
    properties,
)
from packages import contents

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16-le-bom", "utf-16-be-bom")
IDENTITY = "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_answer_files_in_every_encoding(encoding: str) -> None:
    data = contents.answer_file("Package_for_KB952876", "x64", "Größe.cab", encoding=encoding)
    told = answer_file(data, "a.xml")
    assert told is not None
    (package,) = told.packages
    assert (package.action, package.source) == ("install", "Größe.cab")
    assert package.identity is not None
    assert package.identity.text == IDENTITY
    assert told.others == ()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_properties_in_every_encoding(encoding: str) -> None:
    told = properties(contents.properties("KB952876", "x64", encoding=encoding, applicability="Ü;"), "p.txt")
    assert told["ApplicabilityInfo"] == "Ü;"
    assert told["KB Article Number"] == "952876"
    assert list(told)[:2] == ["ApplicabilityInfo", "Applies to"]


def test_properties_with_odd_lines() -> None:
    told = properties(b'no equals sign\n\nA="1"\nA="2"\r\nB=plain\nC="with = sign"\n="x"\nD=""\n', "p.txt")
    assert told == {"A": "1", "B": "plain", "C": "with = sign", "D": ""}


def test_empty_properties() -> None:
    assert properties(b"", "p.txt") == {}


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"abc\xff\xffabc", b"\xef\xbb\xbf\xff"])
def test_text_in_no_unicode_is_refused(data: bytes) -> None:
    with pytest.raises(PackageError, match="neither UTF-8 nor UTF-16"):
        decode(data, "x")


def test_what_an_answer_file_wants_beyond_a_package_is_told() -> None:
    extra = '<settings pass="specialize"><component><RunSynchronous/></component></settings>'
    told = answer_file(contents.answer_file("Package_for_KB952876", "x64", "a.cab", extra=extra), "a.xml")
    assert told is not None
    assert told.others == ("settings",)


def test_an_answer_file_without_identity_source_or_package() -> None:
    told = answer_file(b'<unattend><servicing><package action="install"/></servicing></unattend>', "a.xml")
    assert told is not None
    assert (told.packages[0].identity, told.packages[0].source) == (None, None)
    empty = answer_file(b"<unattend/>", "a.xml")
    assert empty is not None
    assert empty.packages == ()


def test_other_xml_is_no_answer_file() -> None:
    assert answer_file(b"<update/>", "a.xml") is None
    assert manifest_identity(b"<update/>", "update.mum") is None


def test_the_manifest_tells_its_identity() -> None:
    told = manifest_identity(contents.package_manifest("Package_for_KB952876", "x64", "KB952876", 3597), "update.mum")
    assert told is not None
    assert (told.text, told.kb) == (IDENTITY, "KB952876")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE unattend [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE unattend SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE unattend>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le-bom"])
def test_a_document_type_is_refused(doctype: str, encoding: str) -> None:
    data = contents.answer_file("Package_for_KB952876", "x64", "a.cab", doctype=doctype, encoding=encoding)
    with pytest.raises(HostilePackage, match="document type"):
        answer_file(data, "a.xml")


def test_deep_nesting_is_refused() -> None:
    assert parse_xml(b"<a>" * 60 + b"</a>" * 60, "a.xml").tag == "a"
    with pytest.raises(HostilePackage, match="nested"):
        parse_xml(b"<a>" * 100_000, "a.xml")


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a/><b/>", b"<a>&x;</a>", b"\0", b"plain", b"<a b=1/>"])
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(PackageError, match=r"a\.xml"):
        parse_xml(data, "a.xml")


def test_a_declaration_that_lies_about_the_encoding_is_ignored() -> None:
    data = '<?xml version="1.0" encoding="utf-16"?><a b="ü"/>'.encode()
    assert parse_xml(data, "a.xml").get("b") == "ü"
