# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What decides survives redaction: a fault means the same afterwards, ours, every code's, and captured ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import markup, redact
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.forms import Forms
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.standins import StandIns
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.times import Shift
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.faults import BY_CODE, BY_SUBCODE, parse_fault
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.identify import read_identify_response
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.xmlread import child, parse
from unit.plugins.plugin_utils._wsman.fakes import envelope, fault

ROOT = Path(__file__).resolve().parents[5]
CAPTURES = Path(os.environ.get("WINLEGACY_CAPTURES", ROOT.parent / "shared" / "captures"))
CAPTURED = sorted(CAPTURES.glob("*/*.xml"))


def redacted(answer: bytes) -> bytes:
    """An answer to a question of no known class."""
    node = markup.read(answer)
    redact.Redactor(Forms(StandIns(), Shift())).exchange(markup.read(envelope("<n:Pull/>").encode()), node)
    return "".join(markup.lines(node)).encode()


def meaning(answer: bytes) -> tuple[object, ...] | None:
    """The kind, code and subcode of a fault; None where it is none."""
    found = child(child(parse(answer), "Body"), "Fault")
    if found is None:
        return None
    error = parse_fault(found)
    return type(error), error.code, error.codes, error.subcode, error.detail_uri


@pytest.mark.parametrize("code", BY_CODE)
def test_each_code_means_the_same(code: int) -> None:
    given = fault(code, "w:InternalError", text="Zugriff verweigert", inner=f"Fehler 0x{code:08x} bei Trillian")
    assert meaning(redacted(given.encode())) == meaning(given.encode()) != None  # noqa: E711 - chained
    assert b"Trillian" not in redacted(given.encode())


@pytest.mark.parametrize("subcode", BY_SUBCODE)
def test_each_subcode_means_the_same(subcode: str) -> None:
    given = fault(None, f"w:{subcode}", text="Trillian").encode()
    assert meaning(redacted(given)) == meaning(given) != None  # noqa: E711 - chained


@pytest.mark.parametrize("around", ["", " ", "\n      "])
def test_wmis_own_error_keeps_its_codes_whatever_stands_around_them(around: str) -> None:
    inner = (
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>x</s:Text></s:Reason><s:Detail>"
        f"<p:MSFT_WmiError xmlns:p='urn:x'><p:MessageID>{around}HRESULT 0x803381a5{around}</p:MessageID>"
        f"<p:error_Code>{around}2150859173{around}</p:error_Code></p:MSFT_WmiError></s:Detail></s:Fault>"
    )
    given = envelope(inner).encode()
    assert meaning(redacted(given)) == meaning(given)
    assert b"0x803381a5" in redacted(given)


def test_spaces_around_an_address_make_it_nobodys_secret() -> None:
    given = envelope("").replace(
        "<s:Header>", "<s:Header><a:Action>\n  http://schemas.xmlsoap.org/ws/2004/09/transfer\n</a:Action>"
    )
    assert "\n  http://schemas.xmlsoap.org/ws/2004/09/transfer\n" in redacted(given.encode()).decode()


@pytest.mark.skipif(not CAPTURED, reason="no captures folder beside the checkout (WINLEGACY_CAPTURES)")
@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_a_captured_message_means_the_same(path: Path) -> None:
    given = path.read_bytes()
    made = redacted(given)
    assert meaning(made) == meaning(given)
    before, after = parse(given), parse(made)
    assert [one.tag for one in after.iter()] == [one.tag for one in before.iter()] or b"dell.com" in given
    said, then = child(child(after, "Body"), "IdentifyResponse"), child(child(before, "Body"), "IdentifyResponse")
    if said is not None and then is not None:
        bodies = child(after, "Body"), child(before, "Body")
        assert bodies[0] is not None
        assert bodies[1] is not None
        assert read_identify_response(bodies[0]) == read_identify_response(bodies[1])
