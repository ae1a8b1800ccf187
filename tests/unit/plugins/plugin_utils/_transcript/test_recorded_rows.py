# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A query that was never asked has the answer that the recorded rows hold, or none; never one that they do not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document, tape
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.replay import NotRecorded, ReplayChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.standins import StandIns
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.times import Shift
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from unit.plugins.plugin_utils._wsman.fakes import FakeChannel, enumerate_response, fault, pull_response, row
from unit.transcripts import FOLDER

CONTEXT = "<n:EnumerationContext>uuid:0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0</n:EnumerationContext>"
SERVICES = "SELECT Name, State, StartMode, Started, ExitCode, DisplayName FROM Win32_Service"
HOSTS = [  # Name, State, StartMode, Started, ExitCode, DisplayName
    ("Schedule", "Running", "Auto", "true", "0", "Jane's tasks"),
    ("WinRM", "Running", "Auto", "true", "0", "Windows Remote Management"),
    ("AcmeAgent", "Stopped", "Disabled", "false", "1077", "Acme of Jane"),
]
NAMES = ("Name", "State", "StartMode", "Started", "ExitCode", "DisplayName")


def rows(*which: int) -> str:
    return "".join(row(**dict(zip(NAMES, HOSTS[one], strict=True))) for one in which)


def page(items: str) -> str:
    return enumerate_response(f"<n:EnumerationContext/><w:Items>{items}</w:Items><w:EndOfSequence/>")


def replayed(*asked: tuple[str, list[str]]) -> Client:
    """A client over the transcript of these queries with their answers."""
    made = tape.Tape()
    client = Client(tape.RecordingChannel(FakeChannel([answer for _wql, answers in asked for answer in answers]), made))
    for wql, _answers in asked:
        try:
            client.query(wql)
        except Exception:  # noqa: BLE001 - a fault is recorded as well
            continue
    text = document.text_of(document.make(made, stand_ins=StandIns(random.Random(1)), shift=Shift(-7)))  # noqa: S311
    return Client(ReplayChannel(document.parse(text.encode())))


WHOLE = (SERVICES, [enumerate_response(f"{CONTEXT}<w:Items>{rows(0)}</w:Items>"),
                    pull_response(f"<n:Items>{rows(1, 2)}</n:Items><n:EndOfSequence/>")])  # fmt: skip


@pytest.mark.parametrize(
    ("wql", "found"),
    [
        ("SELECT State FROM Win32_Service", [{"State": "Running"}, {"State": "Running"}, {"State": "Stopped"}]),
        ("SELECT Name, State FROM Win32_Service WHERE Name='winrm'", [{"Name": "WinRM", "State": "Running"}]),
        ("SELECT State FROM Win32_Service WHERE Name='WinRM' OR Name='Schedule'", [{"State": "Running"}] * 2),
        ("SELECT ExitCode FROM Win32_Service WHERE State='Stopped' AND Started=FALSE", [{"ExitCode": "1077"}]),
        ("SELECT ExitCode FROM Win32_Service WHERE ExitCode > 1000", [{"ExitCode": "1077"}]),
        ("SELECT ExitCode FROM Win32_Service WHERE ExitCode = 1077", [{"ExitCode": "1077"}]),
        ("SELECT State FROM Win32_Service WHERE StartMode <> 'Auto'", [{"State": "Stopped"}]),
        ("SELECT State FROM Win32_Service WHERE Name='TrustedInstaller'", []),  # would be shown if it were there
    ],
)
def test_rows_hold_what_is_asked(wql: str, found: list[dict[str, str]]) -> None:
    assert replayed(WHOLE).query(wql) == found


@pytest.mark.parametrize(
    "wql",
    [
        "SELECT * FROM Win32_Service",  # more properties
        "SELECT PathName FROM Win32_Service",
        "SELECT Name FROM Win32_SystemDriver",  # another class
        "SELECT State FROM Win32_Service WHERE PathName='x'",
        "SELECT State FROM Win32_Service WHERE Name='AcmeAgent'",  # it was replaced, and may be there
        "SELECT State FROM Win32_Service WHERE Name='Spooler'",  # as this one may
        "SELECT State FROM Win32_Service WHERE Name<>'Spooler'",
        "SELECT State FROM Win32_Service WHERE Name='WinRM' OR Name='Spooler'",
        "SELECT State FROM Win32_Service WHERE DisplayName='Windows Remote Management'",
        "SELECT State FROM Win32_Service WHERE Name LIKE 'Win%'",
        "SELECT State FROM Win32_Service WHERE NOT Name='WinRM'",
        "SELECT State FROM Win32_Service WHERE (Name='WinRM' OR Started=TRUE) AND ExitCode=0",
        "SELECT State FROM Win32_Service WHERE ExitCode > 'a'",
        "SELECT State FROM Win32_Service WHERE Name='20260101000000.000000+000'",
        "ASSOCIATORS OF {Win32_Service.Name='WinRM'}",
    ],
)
def test_what_they_do_not_tell_for_certain_is_not_answered(wql: str) -> None:
    with pytest.raises(NotRecorded, match=r"^the transcript has no answer to: Enumerate: .+; record it again$"):
        replayed(WHOLE).query(wql)


def test_another_namespace_has_other_rows() -> None:
    with pytest.raises(NotRecorded):
        replayed(WHOLE).query("SELECT State FROM Win32_Service", namespace="root/other")


SOME = (
    "SELECT Name, State FROM Win32_Service WHERE Name='WinRM' OR Name='Schedule'",
    [page(row(Name="WinRM", State="Running"))],
)


@pytest.mark.parametrize(
    ("wql", "found"),
    [
        ("SELECT State FROM Win32_Service WHERE Name='WinRM' OR Name='Schedule'", [{"State": "Running"}]),
        ("SELECT State FROM Win32_Service WHERE Name='WinRM'", [{"State": "Running"}]),
        ("SELECT State FROM Win32_Service WHERE Name='Schedule'", []),
        ("SELECT State FROM Win32_Service", None),
        ("SELECT State FROM Win32_Service WHERE Name='wuauserv'", None),
        ("SELECT State FROM Win32_Service WHERE State='Running'", None),
    ],
)
def test_some_rows_answer_for_those_only(wql: str, found: Any) -> None:
    client = replayed(SOME)
    if found is not None:
        assert client.query(wql) == found
        return
    with pytest.raises(NotRecorded):
        client.query(wql)


@pytest.mark.parametrize(
    "asked",
    [
        ("SELECT * FROM Win32_Service", [page("")]),  # no row says which properties there are
        ("SELECT Name, State FROM Win32_Service", [fault(2150858778, "n:CannotProcessFilter")]),
        ("SELECT Name, State FROM Win32_Service", [
            enumerate_response(f"{CONTEXT}<w:Items>{rows(1)}</w:Items>"), fault(5), fault(5)]),
    ],
    ids=["no row", "a fault", "a page is missing"],
)  # fmt: skip
def test_rows_that_are_not_whole_answer_nothing(asked: tuple[str, list[str]]) -> None:
    with pytest.raises(NotRecorded):
        replayed(asked).query("SELECT State FROM Win32_Service WHERE Name='WinRM'")


def test_a_null_meets_no_condition() -> None:
    null = "<w:XmlFragment><Name>WinRM</Name><State xsi:nil='true'/></w:XmlFragment>"
    client = replayed(("SELECT Name, State FROM Win32_Service", [page(null)]))
    assert client.query("SELECT Name FROM Win32_Service WHERE State<>'Stopped'") == []


@pytest.mark.parametrize("name", ["simulated-vista-pending", "simulated-vista-rtm-x86"])
def test_committed_ones_answer_for_a_part_of_their_rows(name: str) -> None:
    client = Client(ReplayChannel(document.load(FOLDER / f"{name}.json")))
    whole = client.query("SELECT * FROM Win32_OperatingSystem")
    part = client.query("SELECT Version, BuildNumber FROM Win32_OperatingSystem")
    assert part == [{key: whole[0][key] for key in ("BuildNumber", "Version")}]
    assert client.query("SELECT Version FROM Win32_OperatingSystem WHERE ProductType=1") == [
        {"Version": whole[0]["Version"]}
    ]
    assert client.query("SELECT Version FROM Win32_OperatingSystem WHERE ProductType<>1") == []
