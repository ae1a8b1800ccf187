# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML from a host that may be hostile."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from xml.parsers import expat

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, xmlread
from hypothesis import given, settings
from unit.plugins.plugin_utils._wsman.test_captures import NAMES, skeleton
from unit.plugins.plugin_utils._wsman.test_hostile import mutated


def test_namespaces_attributes_text_and_tails_survive() -> None:
    root = xmlread.parse(b'<a:x xmlns:a="urn:a" xmlns:b="urn:b" b:k="v" k="w">t<y>&lt;&#65;</y>tail</a:x>')
    assert root.tag == "{urn:a}x"
    assert root.attrib == {"{urn:b}k": "v", "k": "w"}
    assert (root.text, root[0].text, root[0].tail) == ("t", "<A", "tail")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert xmlread.parse("<a>Größe ™</a>".encode(encoding)).text == "Größe ™"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"<a>", "well-formed"),
        (b"<a></b>", "well-formed"),
        (b"<a/><b/>", "well-formed"),
        (b"\xff\xfe\x00", "well-formed"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "answer"),
        (b'<?xml version="1.0" encoding="shift_jis"?><a/>', "answer"),
        (b"<!DOCTYPE a><a/>", "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b"<a>&b;<c></a>", "well-formed"),
        (b"<a>" * 65 + b"</a>" * 65, "nested"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", "elements"),
        (b"<a>" + b"x" * (4 * 1024 * 1024) + b"</a>", "bytes"),
    ],
    ids=range(15),
)
def test_refused(data: bytes, says: str) -> None:
    with pytest.raises(errors.MalformedResponse, match=says):
        xmlread.parse(data)


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    with pytest.raises(errors.MalformedResponse, match="document type"):
        xmlread.parse(f'<!DOCTYPE b [<!ENTITY l0 "x">{levels}]><b>&l11;</b>'.encode())


def test_depth_at_the_bound_is_accepted() -> None:
    assert xmlread.parse(b"<a>" * 64 + b"</a>" * 64).tag == "a"


def test_finding_by_local_name() -> None:
    root = xmlread.parse(b'<r xmlns:p="urn:p"><p:a>  one\n two </p:a><a>second</a></r>')
    assert xmlread.text_of(xmlread.child(root, "a")) == "one two"
    assert xmlread.child(root, "b") is None
    assert xmlread.descend(root, "b", "c") is None
    assert xmlread.text_of(None) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_characters_that_xml_forbids_are_read_as_what_they_are(encoding: str) -> None:
    text = '<?xml version="1.0"?><r a="x&#7;"><Name>a\x01b</Name><Ref>&#x1B;[m&#65;</Ref><Good>fine \u2122</Good></r>'
    root = xmlread.parse(text.encode(encoding))
    assert root.get("a") == "x\x07"
    assert [child.text for child in root] == ["a\x01b", "\x1b[mA", "fine \u2122"]


@pytest.mark.parametrize(
    "data",
    [
        b"<a>\x01",
        b"<a>\x01<b></a>",
        b"<\x01a/>",
        b"<\xffa/>",
        b"<a>x<y</a>",
        b"<a>&b;",
        b'<?xml version="1.0" encoding="iso-8859-1"?><a>\x01\xff</a>',
        "<a>\x01\ufdd0</a>".encode(),
        "<a>\x01\U0010f7f0</a>".encode(),
    ],
)
def test_nothing_else_is_made_good(data: bytes) -> None:
    with pytest.raises(errors.MalformedResponse):
        xmlread.parse(data)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"x&#xD800;y&#xFFFF;&#0;", "x\ud800y\uffff\0"),
        (b"\xef\xbf\xbe\xef\xbf\xbf&#xFFFE;", "\ufffe\uffff\ufffe"),
        (b"a\xffb", "a\udcffb"),
        (b"\xe2\x82", "\udce2\udc82"),
        (b"\xc0\x80", "\udcc0\udc80"),
        (b"\xed\xa0\x80", "\udced\udca0\udc80"),
        (b"&#x110000;&#1114112;&lt;&#x41;", "\udc26#x110000;\udc26#1114112;<A"),
        (b"&#" + b"9" * 5000 + b";", "\udc26#" + "9" * 5000 + ";"),
        (b"&foo; &amp; &", "\udc26foo; & \udc26"),
        (b"&#;&#x;", "\udc26#;\udc26#x;"),
        (b"\x01<![CDATA[&foo;&#1;\x02]]>", "\1&foo;&#1;\2"),
        ("\x01\ufffd\U0001f600".encode(), "\1\ufffd\U0001f600"),
    ],
    ids=range(12),
)
def test_what_is_no_character_is_read_so_that_it_shows(sent: bytes, read: str) -> None:
    """Half a surrogate pair is in no text that was sent as one: U+DC00 and the byte stand for what was no character."""
    root = xmlread.parse(b"<r><a>" + sent + b"</a><b>good</b></r>")
    assert [one.text for one in root] == [read, "good"]
    if "\ufffd" not in read:
        assert "\ufffd" not in "".join(root.itertext())


@pytest.mark.parametrize("piece", [b"<!--", b"<![CDATA[", b"<?x ", b"&#9", b"&"])
def test_mending_takes_time_in_proportion(piece: bytes) -> None:
    began = time.process_time()
    with pytest.raises(errors.MalformedResponse):
        xmlread.parse(b"<a>\x01" + piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 5


def test_halves_of_pairs_in_utf16_are_kept() -> None:
    data = "<a>x".encode("utf-16") + b"\x00\xd8" + "</a>".encode("utf-16-le")
    assert xmlread.parse(data).text == "x\ud800"


# --- the short way: what it builds is what the long way builds ----------------------------------------------------


def shape(element: ET.Element) -> object:
    return element.tag, dict(element.attrib), element.text or "", element.tail or "", [shape(one) for one in element]


def long_way(data: bytes) -> object:
    try:
        return shape(xmlread._parsed(data))
    except (errors.MalformedResponse, expat.ExpatError):
        return None


@pytest.mark.parametrize("name", NAMES)
def test_real_answers_go_the_short_way_and_come_out_the_same(name: str) -> None:
    quick = xmlread._quickly(skeleton(name))
    assert quick is not None
    assert shape(quick) == long_way(skeleton(name))


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_the_short_way_accepts_nothing_that_the_long_way_refuses(data: bytes) -> None:
    quick = xmlread._quickly(data)
    if quick is not None:
        assert shape(quick) == long_way(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0" encoding="cp037"?><a/>',
        b"<?xml version='1.0' encoding='utf-16'?><a/>",
        "<a/>".encode("utf-16"),
        b"\xef\xbb\xbf<a/>",
        b"<a>" * 65 + b"</a>" * 65,
        b"<a>" + b"<b/>" * 60_000 + b"</a>",
        b'<a xmlns:p="urn:' + b"n'" * 200 + b'"/>',
        b"<a xmlns:p = 'urn:" + b"n" * 400 + b"'/>",
        b"<" + b"a" * 3000 + b"/>",
        b"<a " + b"b" * 3000 + b"=''/>",
        b"".join(b"<n%d%s/>" % (number, b"n" * 1000) for number in range(600)).join((b"<a>", b"</a>")),
        b"<a>&b;</a>",
        b"<a>\x01</a>",
    ],
    ids=range(14),
)
def test_what_is_not_plain_goes_the_long_way(data: bytes) -> None:
    assert xmlread._quickly(data) is None
