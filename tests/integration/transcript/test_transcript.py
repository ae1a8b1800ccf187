# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated host full of secrets: its transcript holds none of them, in no spelling, and replays to its verdict."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.transcript import Recording
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import assess
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.wql import (
    QuerySet,
    read_queries,
    run_queries,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.leaks import leaked
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript.replay import ReplayChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import registry
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.assess.driver import DEFINITION
from integration.wire import channel
from unit.transcripts import assessed
from winhost.testing import RunningFleet, running_fleet

COMPUTER, DOMAIN, USER, PASSWORD = "HR-Quokka7", "wombat.example", "zaphodb", "P4ss-Tr1llian-word"
OWNER, COMPANY, MAIL = "Marvin Dent-Prosser", "Magrathea Planets", "arthur@magrathea.example"
ADDRESS, ADDRESS6, MAC = "10.77.31.42", "fe80::7a3b:11ff:fe4d:9c02", "00:1A:7D:DA:71:13"
SID, GUID = "S-1-5-21-3623811015-3361044348-30300820-1013", "6B29FC40-CA47-1067-B31D-00DD010662DA"
PRODUCT_KEY, PRODUCT_ID = "VK7JG-NPHTM-C97JM-9MPGT-3V66T", "89578-OEM-7332157-00204"
SECRETS = {
    "computer": [COMPUTER, "Quokka"],
    "domain": [DOMAIN, "wombat"],
    "user": [USER],
    "password": [PASSWORD],
    "owner": [OWNER, "Marvin", "Prosser"],
    "company": [COMPANY, "Magrathea"],
    "mail": [MAIL, "arthur"],
    "addresses": [ADDRESS, ADDRESS6, MAC, "7a3b:11ff"],
    "sid": [SID, "3623811015-3361044348"],
    "guid": [GUID],
    "product": [PRODUCT_KEY, "NPHTM", PRODUCT_ID, "7332157"],
}
KEY = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
WIDE = base64.b64encode(OWNER.encode("utf-16-le")).decode()
VALUES = {
    "RegisteredOwner": OWNER,
    "RegisteredOrganization": COMPANY,
    "ProductId": PRODUCT_ID,
    "DigitalProductId": PRODUCT_KEY,
    "ProductName": f"Windows Vista of {OWNER}",
    "Contact": f"{MAIL} <{ADDRESS}> [{ADDRESS6}] {MAC}",
    "Profile": f"C:\\Users\\{USER}\\AppData",
    "Share": f"\\\\{COMPUTER}\\{USER}$",
    "Account": f"{DOMAIN}\\{USER} {SID} {{{GUID}}}",
    "Escaped": f"&lt;{OWNER}&gt; &amp;{USER}",
    "Shouted": f"{OWNER.upper()} {USER.upper()} {GUID.lower()}",
    "Coded": WIDE,
    "Secret": PASSWORD,
}
QUERIES = [
    "SELECT * FROM Win32_ComputerSystem",
    "SELECT * FROM Win32_BIOS",
    "SELECT * FROM Win32_UserAccount",
    "SELECT * FROM Win32_Process",
    "SELECT * FROM Win32_Share",
    f"SELECT * FROM Win32_UserAccount WHERE Name='{USER}' AND Domain='{DOMAIN}'",
]


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    user = {"name": USER, "password": PASSWORD}
    keys = [{"key": f"HKLM\\{KEY}", "values": VALUES}]
    overrides = {"users": [user], "domain": DOMAIN, "registry": keys}
    host = {"name": "one", "profile": "vista_sp1_x64", "computer_name": COMPUTER, "overrides": overrides}
    with running_fleet({"hosts": [host]}) as running:
        yield running


class Connection:
    """What a task's connection tells."""

    def get_option(self, name: str) -> str:
        return {"remote_addr": COMPUTER, "remote_user": f"{USER}@{DOMAIN}", "remote_password": PASSWORD}[name]


@pytest.fixture(scope="module")
def made(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, str]:
    """The file, all that was said on the wire, and the live verdict."""
    path = tmp_path_factory.mktemp("made") / "transcript.json"
    recording = Recording.of({"transcript": str(path)})
    assert recording is not None
    wire = channel(fleet.host("one"), "ntlm", user=USER, password=PASSWORD)
    client = Client(recording.over(wire))
    live = assess(client, DEFINITION).as_dict()
    run_queries(client, QuerySet(read_queries(QUERIES, "root/cimv2"), report_errors=True))
    for name in VALUES:
        registry.get_string(client, KEY, name)
    told = recording.finish(client, DEFINITION, Connection())
    client.close()
    assert told["ended"] is None
    assert told["left_out"] == 0
    assert {"words", "numbers", "ids", "addresses", "sids", "times"} <= set(told["removed"])
    said = b"".join((one.request + (one.answer or b"")) for one in recording.tape.exchanges)
    return path, said, str(live["status"])


@pytest.mark.parametrize("kind", [*SECRETS])
def test_no_secret_is_in_the_file(made: tuple[Path, bytes, str], kind: str) -> None:
    path, said, _status = made
    told = said.decode()
    if kind != "password":
        assert leaked(told, SECRETS[kind]) or kind in ("addresses", "mail"), "it was never said"
    text = path.read_text(encoding="utf-8")
    assert not leaked(text, SECRETS[kind])
    assert not leaked(json.dumps(json.loads(text), ensure_ascii=False), SECRETS[kind])


def test_all_was_said_before(made: tuple[Path, bytes, str]) -> None:
    """A secret that the host never told would not be missed."""
    assert not [one for held in SECRETS.values() for one in held if not leaked(made[1].decode(), [one])]


def test_it_replays_to_the_verdict_of_the_host(made: tuple[Path, bytes, str]) -> None:
    transcript = document.load(made[0])
    assert assessed(transcript)["status"] == made[2] == "needs_fix"
    client = Client(ReplayChannel(transcript))
    rows = run_queries(client, QuerySet(read_queries("SELECT * FROM Win32_ComputerSystem", "root/cimv2")))[0].rows or []
    owner = registry.get_string(client, KEY, "RegisteredOwner").value or ""
    product = registry.get_string(client, KEY, "ProductName").value or ""
    assert product.endswith(f" {owner}")  # the same stand-ins, wherever the name stood
    assert "Vista" not in product  # no name of Windows alone
    assert transcript.simulated
    assert len(owner.split()) == len(OWNER.split())
    assert rows[0]["PartOfDomain"] is True
    assert rows[0]["Name"] not in (None, COMPUTER)


def test_no_process_was_started_and_no_shell_opened(made: tuple[Path, bytes, str], fleet: RunningFleet) -> None:
    state = fleet.host("one").state()
    assert made[0].exists()
    assert (state["processes_started"], state["shells"]) == ([], 0)
