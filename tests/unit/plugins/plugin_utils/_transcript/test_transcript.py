# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorder changes nothing and keeps within its bounds; a file of other hands is checked; a replay is the same."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.open_questions import record
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.wql import (
    QuerySet,
    read_queries,
    run_queries,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document, tape
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.checked import BadTranscript
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.replay import NotRecorded, ReplayChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.standins import StandIns
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.times import Shift
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from unit.plugins.plugin_utils._wsman.fakes import FakeChannel, enumerate_response, fault, pull_response, row
from unit.transcripts import FOLDER

CONTEXT = "<n:EnumerationContext>uuid:0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0</n:EnumerationContext>"
WQL = "SELECT Name, State FROM Win32_Service WHERE Name='Schedule' OR Name='WinRM'"


def recorded(answers: list[Any]) -> tuple[Client, tape.Tape, FakeChannel]:
    """A client over a recorded channel that answers so."""
    made, channel = tape.Tape(), FakeChannel(answers)
    return Client(tape.RecordingChannel(channel, made)), made, channel


def replayed(made: tape.Tape) -> Client:
    """A client over what was written of it and read back."""
    text = document.text_of(document.make(made, stand_ins=StandIns(random.Random(1)), shift=Shift(-7)))  # noqa: S311
    return Client(ReplayChannel(document.parse(text.encode())))


def page(*names: str) -> str:
    """An answer with all rows in it."""
    rows = "".join(row(Name=name, State="Running") for name in names)
    return enumerate_response(f"<n:EnumerationContext/><w:Items>{rows}</w:Items><w:EndOfSequence/>")


def test_the_recorder_changes_nothing() -> None:
    client, made, channel = recorded([page("Schedule"), errors.Unreachable("gone")])
    client.deadline.set(60)
    assert client.query(WQL) == [{"Name": "Schedule", "State": "Running"}]
    assert channel.ends is not None
    assert client.endpoint == channel.endpoint
    with pytest.raises(errors.Unreachable):
        client.query(WQL)
    client.channel.reconnect()
    client.close()
    assert (channel.reconnects, channel.closed) == (1, True)
    assert [one.request for one in made.exchanges] == channel.sent
    assert made.exchanges[1].answer is None
    assert made.exchanges[1].error == ("Unreachable", "gone")


@pytest.mark.parametrize(("name", "most"), [("MAX_EXCHANGES", 3), ("MAX_BYTES", 9000)])
def test_a_tape_is_bounded(name: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape, name, most)
    client, made, _channel = recorded([page("Schedule")] * 20)
    for _each in range(20):
        client.query(WQL)
    assert made.left_out
    assert made.left_out + len(made.exchanges) == 20
    assert len(made.exchanges) <= 5
    assert document.make(made)["left_out"] == made.left_out


@pytest.mark.parametrize("method", ["ntlm", "kerberos", "basic", "plaintext", "certificate", "credssp"])
def test_how_it_was_talked_to_is_told(method: str) -> None:
    made = document.make(tape.Tape(wire={"scheme": "https", "method": method}))
    assert made["wire"] == {"scheme": "https", "method": method}


def test_durations_are_the_clocks() -> None:
    ticks = itertools.count()
    made = tape.Tape(clock=lambda: next(ticks) * 0.25)
    channel = tape.RecordingChannel(FakeChannel([page("Schedule")] * 2), made)
    client = Client(channel)
    client.query(WQL)
    client.query(WQL)
    assert [(one.at, one.took) for one in made.exchanges] == [(0.0, 0.25), (0.5, 0.25)]


# --- replay -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wql",
    [
        WQL,
        "select State,Name  from win32_service where Name = 'winrm' or name='SCHEDULE'",
        'SELECT Name, State FROM Win32_Service WHERE Name="WinRM" OR Name="Schedule"',
    ],
)
def test_a_query_is_known_by_its_meaning(wql: str) -> None:
    client, made, _channel = recorded([page("Schedule", "WinRM")])
    rows = client.query(WQL)
    assert replayed(made).query(wql, max_elements=7) == rows


@pytest.mark.parametrize(
    "wql",
    [
        "SELECT Name, StartMode FROM Win32_Service WHERE Name='Schedule' OR Name='WinRM'",
        "SELECT Name, State FROM Win32_Service WHERE Name='Spooler'",
        "SELECT Name, State FROM Win32_Service WHERE Name='Schedule' AND Name='WinRM'",
        "SELECT Name, State FROM Win32_SystemDriver WHERE Name='Schedule' OR Name='WinRM'",
    ],
)
def test_another_query_is_an_error_that_names_it(wql: str) -> None:
    client, made, _channel = recorded([page("Schedule", "WinRM")])
    client.query(WQL)
    again = replayed(made)
    with pytest.raises(NotRecorded) as caught:
        run_queries(again, QuerySet(read_queries(wql, "root/cimv2"), report_errors=True))
    assert str(caught.value) == f"the transcript has no answer to: Enumerate: {wql}; record it again"
    with pytest.raises(NotRecorded, match="Win32_Service"):
        again.query(WQL, namespace="root/other")


@pytest.mark.parametrize("contexts", [("A", "B", "C"), ("A", "A", "A")], ids=["new ones", "the same"])
def test_pages_come_again_in_their_order(contexts: tuple[str, ...]) -> None:
    kept = ["Schedule", "WinRM", "TrustedInstaller", "Winmgmt"]
    items = [row(Name=name, State="Running") for name in kept]
    held = [
        f"<n:EnumerationContext>uuid:{one * 8}-4B5A-6978-8796-A5B4C3D2E1F0</n:EnumerationContext>" for one in contexts
    ]
    answers = [
        enumerate_response(f"{held[0]}<w:Items>{items[0]}</w:Items>"),
        pull_response(f"{held[1]}<n:Items>{items[1]}</n:Items>"),
        pull_response(f"{held[2]}<n:Items>{items[2]}</n:Items>"),
        pull_response(f"<n:Items>{items[3]}</n:Items><n:EndOfSequence/>"),
    ]
    client, made, _channel = recorded(answers)
    rows = client.query(WQL)
    again = replayed(made)
    assert [again.query(WQL) for _each in range(3)] == [rows] * 3
    assert [one["Name"] for one in rows] == kept


def test_pages_come_in_their_order_and_faults_and_losses_are_the_same() -> None:
    answers = [
        enumerate_response(f"{CONTEXT}<w:Items>{row(Name='Schedule', State='Running')}</w:Items>"),
        pull_response(f"<n:Items>{row(Name='WinRM', State='Stopped')}</n:Items><n:EndOfSequence/>"),
        fault(2150858778, "n:CannotProcessFilter", inner="no such class 0x80041010"),
        errors.Silent("nothing came"),
    ]
    client, made, _channel = recorded(answers)
    rows = client.query(WQL)
    asked = read_queries(["SELECT Name FROM Winlegacy_Absent", "SELECT Status FROM Win32_Service"], "root/cimv2")
    live = run_queries(client, QuerySet(asked, report_errors=True))
    again = replayed(made)
    assert again.query(WQL) == rows
    assert [one.error and one.error["cause"] for one in run_queries(again, QuerySet(asked, report_errors=True))] == [
        one.error and one.error["cause"] for one in live
    ]


def test_answers_to_the_same_question_come_in_their_order_and_the_last_stays() -> None:
    client, made, _channel = recorded([page("Schedule"), page("WinRM")])
    live = [client.query(WQL) for _each in range(2)]
    again = replayed(made)
    assert [again.query(WQL) for _each in range(4)] == [*live, live[1], live[1]]


def test_the_open_questions_of_a_committed_transcript_are_all_answered() -> None:
    """record() is what a transcript is made with: whoever adds a question makes the committed ones anew."""
    channel = ReplayChannel(document.load(FOLDER / "simulated-vista-pending.json"))
    record(Client(channel), load("KB952876"))
    assert len(channel.sent) > 40


# --- what somebody sent -----------------------------------------------------------------------------------------------


def good() -> dict[str, Any]:
    client, made, _channel = recorded([page("Schedule")])
    client.query(WQL)
    return dict(json.loads(document.text_of(document.make(made))))


def first(content: dict[str, Any]) -> dict[str, Any]:
    return dict(content["exchanges"][0])


BOMB = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
HOSTILE: dict[str, Any] = {
    "another format": lambda made: {**made, "format": "x"},
    "another version": lambda made: {**made, "version": 2},
    "a version that is a truth": lambda made: {**made, "version": True},
    "something missing": lambda made: {name: made[name] for name in made if name != "wire"},
    "something else": lambda made: {**made, "run": "x"},
    "a list": lambda made: [made],
    "exchanges that are none": lambda made: {**made, "exchanges": {"1": 2}},
    "too many exchanges": lambda made: {**made, "exchanges": made["exchanges"] * 501},
    "an exchange with more": lambda made: {**made, "exchanges": [{**first(made), "x": 1}]},
    "neither answer nor error": lambda made: {**made, "exchanges": [{**first(made), "answer": None}]},
    "no request": lambda made: {**made, "exchanges": [{**first(made), "request": None}]},
    "lines that are none": lambda made: {**made, "exchanges": [{**first(made), "answer": ["<a>", 1, "</a>"]}]},
    "no XML": lambda made: {**made, "exchanges": [{**first(made), "answer": ["<a>"]}]},
    "an entity": lambda made: {**made, "exchanges": [{**first(made), "answer": [BOMB]}]},
    "half a character": lambda made: {**made, "exchanges": [{**first(made), "answer": ["<a>\ud800</a>"]}]},
    "a depth": lambda made: {**made, "exchanges": [{**first(made), "answer": ["<a>"] * 99 + ["</a>"] * 99}]},
    "a long label": lambda made: {**made, "exchanges": [{**first(made), "asked": "x" * 401}]},
    "an error with more": lambda made: {
        **made,
        "exchanges": [{**first(made), "error": {"kind": "x", "text": "", "y": 1}}],
    },
    "a negative time": lambda made: {**made, "exchanges": [{**first(made), "at_ms": -1}]},
    "many counts": lambda made: {**made, "removed": {str(number): 1 for number in range(21)}},
}


def test_a_good_one_is_read() -> None:
    assert len(document.parse(json.dumps(good()).encode()).exchanges) == 1


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_damaged_or_hostile_one_is_refused_in_a_sentence(kind: str) -> None:
    data = json.dumps(HOSTILE[kind](good())).encode()
    with pytest.raises(BadTranscript) as caught:
        document.parse(data, "sent.json")
    assert str(caught.value).startswith("sent.json")


def test_a_file_that_is_too_large_is_not_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.dumps(good()).encode()
    (tmp_path / "sent.json").write_bytes(data)
    monkeypatch.setattr(document, "MAX_FILE", len(data))
    assert document.load(tmp_path / "sent.json").exchanges
    monkeypatch.setattr(document, "MAX_FILE", len(data) - 1)
    with pytest.raises(BadTranscript, match="more than"):
        document.load(tmp_path / "sent.json")


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 200_000, b"\xff\xfe"], ids=len)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadTranscript):
        document.parse(data)


def test_a_kind_of_error_is_one_of_the_wires_or_a_lost_connection() -> None:
    made = good()
    for kind, expected in (("Unreachable", errors.Unreachable), ("visible", errors.ConnectionLost)):
        failed = {**first(made), "answer": None, "error": {"kind": kind, "text": "x"}}
        transcript = document.parse(json.dumps({**made, "exchanges": [failed]}).encode())
        with pytest.raises(expected):
            Client(ReplayChannel(transcript)).query(WQL)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadTranscript, match="cannot be read"):
        document.load(tmp_path / "none.json")


def test_an_answer_that_is_no_xml_is_noted_and_not_kept() -> None:
    client, made, _channel = recorded([b"<html>jane.doe@corp.example"])
    with pytest.raises(errors.MalformedResponse):
        client.query(WQL)
    written = document.make(made)
    assert "jane" not in document.text_of(written)
    with pytest.raises(errors.MalformedResponse):
        replayed(made).query(WQL)
