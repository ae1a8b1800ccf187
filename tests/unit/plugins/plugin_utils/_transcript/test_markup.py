# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages as trees and as lines: what XML counts survives, what it does not is gone."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import markup
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, xmlread
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\r&<>\"'"), max_size=30)


def again(data: bytes) -> str:
    return "".join(markup.lines(markup.read(data)))


@given(TEXT, TEXT)
def test_texts_and_attributes_come_back(text: str, value: str) -> None:
    root = markup.Node("p:a", {"xmlns:p": "urn:x", "v": value}, [text, markup.Node("p:b", {}, [text])])
    if any(0xFDD0 <= ord(one) <= 0xFDEF or ord(one) & 0xFFFE == 0xFFFE for one in text + value):
        return  # no characters
    read = xmlread.parse("".join(markup.lines(root)).encode())
    assert read.get("v") == value
    assert (read.text or "", read[0].text or "") == (text, text)
    assert markup.read("".join(markup.lines(root)).encode()).attributes["v"] == value


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (
            b"<s:a xmlns:s='urn:1'><s:b/>t<s:c x='1'>2</s:c></s:a>",
            ['<s:a xmlns:s="urn:1">', "<s:b/>", "t", '<s:c x="1">2</s:c>', "</s:a>"],
        ),
        (b"<?xml version='1.0'?><!-- jane --><a><?jane?>1<!-- jane -->2</a>", ["<a>12</a>"]),
        ("<a>\xe9</a>".encode("utf-16"), ["<a>\xe9</a>"]),
        (b"<a><![CDATA[<jane>]]></a>", ["<a>&lt;jane&gt;</a>"]),
    ],
)
def test_lines(data: bytes, lines: list[str]) -> None:
    assert markup.lines(markup.read(data)) == lines


def test_a_control_character_is_kept_as_what_it_is() -> None:
    made = again(b"<a>\x01x</a>")
    assert made == "<a>\x01x</a>"
    assert xmlread.parse(made.encode()).text == "\x01x"


@pytest.mark.parametrize(
    "data", [b"", b"jane", b"<a>", b"<!DOCTYPE a [<!ENTITY j 'jane'>]><a>&j;</a>", b"<a>" * 70 + b"</a>" * 70]
)
def test_what_the_collection_does_not_read_is_refused(data: bytes) -> None:
    with pytest.raises(errors.MalformedResponse):
        markup.read(data)


def test_prefixes_and_order_stay() -> None:
    data = b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" z="1" b="2"><e:Body/></e:Envelope>'
    assert again(data).encode() == data
    assert ET.fromstring(again(data)).tag.endswith("}Envelope")
