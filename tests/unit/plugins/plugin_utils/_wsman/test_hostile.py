# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever bytes a host sends, what comes out is a value or an error of ours."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import (
    errors,
    http_status,
    messages,
    response,
    shell,
    values,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.envelope import Envelope, Settings, build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.identify import read_identify_response
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import Shell
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from unit.plugins.plugin_utils._wsman.fakes import FakeChannel
from unit.plugins.plugin_utils._wsman.test_captures import NAMES, skeleton

SAMPLES = [skeleton(name) for name in NAMES]
ANY = Envelope(b"", "", messages.identify())


def everything(data: bytes) -> None:
    """Every reader of this layer over the same bytes."""
    readers = [
        read_identify_response,
        shell.read_shell_id,
        shell.read_command_id,
        lambda body: shell.read_output(body, "C1"),
        lambda body: response.read_output(body, "EnumKey"),
        response.read_instance,
    ]
    with contextlib.suppress(errors.WSManError):
        body = response.read_body(data, ANY)
        for reader in readers:
            with contextlib.suppress(errors.WSManError):
                reader(body)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A true answer with a few spots cut, doubled, overwritten or replaced by markup."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _unused in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 60))
        piece = draw(
            st.one_of(
                st.binary(max_size=6),
                st.sampled_from([b"<a>", b"</a>", b"&x;", b"<![CDATA[", b"]]>", b"<!DOCTYPE a>", b'" nil="1', b"\0"]),
                st.just(bytes(data[at : at + length])),
            )
        )
        data[at : at + draw(st.integers(0, length))] = piece
    return bytes(data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    everything(data)


@settings(max_examples=500, deadline=None)
@given(mutated())
def test_mutated_answers(data: bytes) -> None:
    everything(data)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(mutated(), st.binary(max_size=40)), min_size=3, max_size=6))
def test_operations_over_a_mad_host_end_in_our_errors(answers: list[bytes]) -> None:
    spare = [b"<end/>"] * 60
    with contextlib.suppress(errors.WSManError):
        Client(FakeChannel([*answers, *spare])).query("SELECT * FROM X")
    with contextlib.suppress(errors.WSManError), Shell(Client(FakeChannel([*answers, *spare]))) as opened:
        opened.run("ver")


_CHARACTERS = st.characters(codec="utf-8", exclude_characters="".join(map(chr, range(32))) + "\ufffe\uffff")


@settings(max_examples=200, deadline=None)
@given(st.text(_CHARACTERS | st.sampled_from("\t\r\n"), max_size=80))
def test_text_survives_the_way_out(text: str) -> None:
    built = build(messages.invoke(("root/default", "StdRegProv"), "EnumKey", {"a": text}, {"k": text}), Settings("x"))
    root = etree.fromstring(built.data)
    assert (root.xpath("//*[local-name()='a']")[0].text or "") == text
    assert (root.xpath("//*[local-name()='Selector']")[0].text or "") == text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_sent_or_refused(text: str) -> None:
    with contextlib.suppress(errors.InvalidRequest):
        etree.fromstring(build(messages.enumerate_wql("root/cimv2", text, 1), Settings("x")).data)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_as_a_value(text: str) -> None:
    for lookup in (values.text, values.integer, values.boolean, values.strings, values.moment):
        with contextlib.suppress(values.UnparsableValue):
            lookup({"X": text}, "X")


@settings(max_examples=200, deadline=None)
@given(st.datetimes(), st.integers(-14 * 60, 14 * 60), st.integers(0, 9))
def test_every_datetime_is_read_back(moment: object, offset: int, digits: int) -> None:
    import datetime as dt

    assert isinstance(moment, dt.datetime)
    fraction = f"{moment.microsecond:06d}000"[:digits]
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    text = moment.replace(microsecond=0).isoformat() + (f".{fraction}" if digits else "") + zone
    kept = moment.replace(microsecond=int(fraction.ljust(6, "0")[:6]))
    aware = kept.replace(tzinfo=dt.timezone(dt.timedelta(minutes=offset)))
    try:
        expected = aware.astimezone(dt.UTC)
    except OverflowError:
        return
    assert values.parse_datetime(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.integers(100, 599), st.sampled_from(["", "text/html", "application/soap+xml"]), st.binary(max_size=60))
def test_any_http_answer(status: int, content_type: str, body: bytes) -> None:
    with contextlib.suppress(errors.WSManError):
        http_status.accept(status, content_type, body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_soap_is_recognised_in_other_encodings(encoding: str) -> None:
    body = '<?xml version="1.0"?><s:Envelope xmlns:s="urn:s"/>'.encode(encoding)
    assert http_status.accept(500, "application/soap+xml", body) == body
