# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations over a channel that answers from a list: paging of every kind, retries, deadlines, counting."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import enumeration, errors, faults
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from unit.plugins.plugin_utils._wsman.fakes import (
    TRANSFER,
    FakeChannel,
    FakeClock,
    action,
    enumerate_response,
    envelope,
    fault,
    pull_response,
    row,
)

CONTEXT = "<n:EnumerationContext>uuid:CTX</n:EnumerationContext>"
EMPTY_CONTEXT = "<n:EnumerationContext/>"
END_W, END_N = "<w:EndOfSequence/>", "<n:EndOfSequence/>"
REG = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv"


def items(*rows: str, prefix: str = "w") -> str:
    return f"<{prefix}:Items>{''.join(rows)}</{prefix}:Items>"


A, B, C = row(Name="a"), row(Name="b"), row(Name="c")
RELEASED = envelope("", answers="http://schemas.xmlsoap.org/ws/2004/09/enumeration/ReleaseResponse")

PAGINGS = {
    "all at once, empty context": [enumerate_response(EMPTY_CONTEXT + items(A, B, C) + END_W)],
    "all at once, no context": [enumerate_response(items(A, B, C) + END_W)],
    "empty context without an end": [enumerate_response(EMPTY_CONTEXT + items(A, B, C))],
    "context beside the end": [enumerate_response(CONTEXT + items(A, B, C) + END_W)],
    "one item first, then a page without context": [
        enumerate_response(CONTEXT + items(A)),
        pull_response(items(B, C, prefix="n") + END_N),
    ],
    "not optimised: items only in pulls": [
        enumerate_response(CONTEXT),
        pull_response(CONTEXT + items(A, B, prefix="n")),
        pull_response(items(C, prefix="n") + END_N),
    ],
    "empty pages with a live context": [
        enumerate_response(CONTEXT + items()),
        pull_response(CONTEXT + items(prefix="n")),
        pull_response(CONTEXT),
        pull_response(items(A, B, C, prefix="n")),
        pull_response(END_N),
    ],
    "an empty context in the middle": [
        enumerate_response(CONTEXT + items(A)),
        pull_response(EMPTY_CONTEXT + items(B, prefix="n")),
        pull_response(items(C, prefix="n") + END_N),
    ],
    "end in the other namespace": [
        enumerate_response(CONTEXT + items(A, prefix="n")),
        pull_response(items(B, C) + END_W),
    ],
    "time-outs between pages": [
        enumerate_response(CONTEXT + items(A)),
        fault(2150858793, "w:TimedOut"),
        fault(2150858793, "w:TimedOut"),
        pull_response(items(B, C, prefix="n") + END_N),
    ],
}


@pytest.mark.parametrize("answers", PAGINGS.values(), ids=PAGINGS.keys())
def test_every_kind_of_paging_gives_the_same_rows(answers: list[str]) -> None:
    channel = FakeChannel(answers)
    client = Client(channel)
    assert client.query("SELECT Name FROM X") == [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]
    assert client.messages == len(channel.sent) == len(answers)
    assert channel.actions == ["Enumerate"] + ["Pull"] * (len(answers) - 1)


def test_pulls_carry_the_context_last_given() -> None:
    other = "<n:EnumerationContext>uuid:TWO</n:EnumerationContext>"
    channel = FakeChannel(
        [enumerate_response(CONTEXT), pull_response(other), pull_response(""), pull_response(END_N)]
    )
    assert Client(channel).query("SELECT Name FROM X") == []
    assert [b"uuid:CTX" in sent for sent in channel.sent] == [False, True, False, False]
    assert [b"uuid:TWO" in sent for sent in channel.sent] == [False, False, True, True]


def test_classes_and_fragments_make_the_same_row() -> None:
    instance = (
        '<p:Win32_X xmlns:p="urn:x" xsi:type="p:Win32_X_Type"><p:Name>a</p:Name><p:Z xsi:nil="true"/></p:Win32_X>'
    )
    channel = FakeChannel([enumerate_response(items(instance) + END_W)])
    assert Client(channel).query("SELECT * FROM Win32_X") == [{"Name": "a", "Z": None}]


def test_no_rows() -> None:
    assert Client(FakeChannel([enumerate_response(EMPTY_CONTEXT + items() + END_W)])).query("SELECT * FROM X") == []


def test_neither_end_nor_context_is_an_error_not_an_empty_answer() -> None:
    for inner in ("", items(A), items(), EMPTY_CONTEXT):
        with pytest.raises(errors.UnexpectedResponse, match="neither ends"):
            Client(FakeChannel([enumerate_response(inner)])).query("SELECT * FROM X")


def test_a_fault_only_at_the_pull() -> None:
    channel = FakeChannel([enumerate_response(CONTEXT), fault(2150858778, "n:CannotProcessFilter"), RELEASED])
    with pytest.raises(faults.ClassNotFound) as caught:
        Client(channel).query("SELECT * FROM X")
    assert "SELECT * FROM X" in str(caught.value)
    assert channel.endpoint in str(caught.value)
    assert channel.actions == ["Enumerate", "Pull", "Release"]


def test_an_endless_sequence_of_pages_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration, "MAX_PAGES", 7)

    def endless(request: bytes) -> str:
        if action(request) == "Release":
            return RELEASED
        if action(request) == "Enumerate":
            return enumerate_response(CONTEXT)
        return pull_response(CONTEXT + items(A, prefix="n"))

    channel = FakeChannel(endless)
    with pytest.raises(errors.EnumerationLimit, match="7 pages"):
        Client(channel).query("SELECT * FROM X", deadline=3600)
    assert channel.actions[-1] == "Release"


def test_endless_empty_pages_are_bounded() -> None:
    channel = FakeChannel(
        lambda request: enumerate_response(CONTEXT) if action(request) == "Enumerate" else pull_response(CONTEXT)
    )
    with pytest.raises(errors.EnumerationLimit):
        Client(channel).query("SELECT * FROM X", deadline=3600)
    assert len(channel.sent) <= enumeration.MAX_EMPTY_PAGES + 2


def test_the_deadline_ends_a_query_and_releases_it() -> None:
    def timing_out(request: bytes) -> str:
        said = action(request)
        return {"Enumerate": enumerate_response(CONTEXT), "Release": RELEASED}.get(said) or fault(2150858793)

    channel = FakeChannel(timing_out)
    with pytest.raises(errors.DeadlineExceeded):
        Client(channel, clock=FakeClock(step=1.0)).query("SELECT * FROM X", deadline=10)
    assert 5 < len(channel.sent) < 15
    assert channel.actions[-1] == "Release"


def test_the_last_message_never_asks_for_more_time_than_is_left() -> None:
    channel = FakeChannel([enumerate_response(items(A) + END_W)])
    Client(channel).query("SELECT * FROM X", deadline=5)
    seconds = float(channel.sent[0].partition(b"<w:OperationTimeout>PT")[2].partition(b"S<")[0])
    assert 4 < seconds <= 5


def test_the_read_timeout_exceeds_the_operation_timeout() -> None:
    channel = FakeChannel([enumerate_response(items(A) + END_W)])
    Client(channel, operation_timeout=33).query("SELECT * FROM X")
    assert channel.timeouts == [43]
    assert b"PT33.000S" in channel.sent[0]


# --- once more ------------------------------------------------------------------------------------------------------

LOST = errors.ConnectionLost("cut")
GOT = envelope("<p:X xmlns:p='urn:x'><p:Name>a</p:Name></p:X>", answers=f"{TRANSFER}/GetResponse")
OUTPUT = envelope(
    f'<p:EnumKey_OUTPUT xmlns:p="{REG}"><p:sNames>k</p:sNames><p:ReturnValue>0</p:ReturnValue></p:EnumKey_OUTPUT>',
    answers=f"{REG}/EnumKeyResponse",
)
IDENTITY = envelope(
    '<i:IdentifyResponse xmlns:i="urn:i"><i:ProductVersion>OS: 6.0.6001 SP: 1.0 Stack: 1.1</i:ProductVersion>'
    "</i:IdentifyResponse>",
    relates_to="",
)


def test_idempotent_questions_are_asked_once_more() -> None:
    channel = FakeChannel([LOST, IDENTITY, LOST, GOT, LOST, OUTPUT])
    client = Client(channel)
    assert client.identify().os_version == (6, 0, 6001)
    assert client.get("root/cimv2", "X", {"Name": "a"}) == {"Name": "a"}
    target = ("root/default", "StdRegProv")
    assert client.invoke(target, "EnumKey", {"hDefKey": 1}, idempotent=True) == {"sNames": "k", "ReturnValue": "0"}
    assert (channel.reconnects, client.messages) == (3, 6)


def test_once_more_is_once() -> None:
    channel = FakeChannel([LOST, LOST, IDENTITY])
    with pytest.raises(errors.ConnectionLost):
        Client(channel).identify()
    assert (channel.reconnects, len(channel.sent)) == (1, 2)


def test_what_may_have_been_done_is_never_sent_twice() -> None:
    channel = FakeChannel([errors.ConnectionLost("cut"), OUTPUT])
    with pytest.raises(errors.ConnectionLost) as caught:
        Client(channel).invoke(REG, "EnumKey", {}, idempotent=False)
    assert (channel.reconnects, len(channel.sent)) == (0, 1)
    assert "StdRegProv.EnumKey" in str(caught.value)


def test_a_page_lost_in_the_middle_begins_the_query_anew() -> None:
    """A second Pull would silently skip the lost page."""
    channel = FakeChannel(
        [
            enumerate_response(CONTEXT + items(A)),
            LOST,
            enumerate_response(CONTEXT + items(A)),
            pull_response(items(B, prefix="n") + END_N),
        ]
    )
    assert Client(channel).query("SELECT * FROM X") == [{"Name": "a"}, {"Name": "b"}]
    assert channel.actions == ["Enumerate", "Pull", "Enumerate", "Pull"]
    assert channel.reconnects == 1


@pytest.mark.parametrize("error", [errors.Unreachable("x"), errors.AuthenticationRefused("x"), errors.NotWSMan("x")])
def test_other_errors_are_not_retried_and_what_never_left_is_not_counted(error: errors.WSManError) -> None:
    channel = FakeChannel([error])
    client = Client(channel)
    with pytest.raises(type(error)) as caught:
        client.identify()
    assert "host.example" in str(caught.value)
    assert client.messages == (1 if isinstance(error, errors.NotWSMan) else 0)


def test_too_large_an_answer_is_its_own_error() -> None:
    for answer in (errors.EnvelopeTooLarge("HTTP 413"), fault(2150858790, "w:EncodingLimit")):
        with pytest.raises(errors.EnvelopeTooLarge):
            Client(FakeChannel([answer])).query("SELECT * FROM X")


def test_method_outputs() -> None:
    nothing = envelope(f'<p:Other_OUTPUT xmlns:p="{REG}"/>', answers=f"{REG}/EnumKeyResponse")
    with pytest.raises(errors.UnexpectedResponse, match="EnumKey_OUTPUT"):
        Client(FakeChannel([nothing])).invoke(REG, "EnumKey", {}, idempotent=True)
    with pytest.raises(errors.UnexpectedResponse, match="empty"):
        Client(FakeChannel([envelope("", answers=f"{TRANSFER}/GetResponse")])).get("root/cimv2", "X", {})


@pytest.mark.parametrize("options", [{"max_envelope_size": 8191}, {"operation_timeout": 0}, {"operation_timeout": -1}])
def test_unusable_settings(options: dict[str, int]) -> None:
    with pytest.raises(errors.InvalidRequest):
        Client(FakeChannel([]), **options)  # type: ignore[arg-type]


def test_close_closes_the_channel() -> None:
    channel = FakeChannel([])
    Client(channel).close()
    assert channel.closed


def test_a_connection_that_idled_is_made_anew_before_it_is_used() -> None:
    now = [0.0]
    channel = FakeChannel([enumerate_response(items(A) + END_W)] * 4)
    client = Client(channel, idle_clock=lambda: now[0])
    client.query("SELECT Name FROM X")
    now[0] += 59
    client.query("SELECT Name FROM X")
    assert channel.reconnects == 0
    now[0] += 121
    client.query("SELECT Name FROM X")
    client.query("SELECT Name FROM X")
    assert channel.reconnects == 1
