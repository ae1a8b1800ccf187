# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of a fleet as the assessment really gives them: each from a scripted host, so their shape is never ours."""

from __future__ import annotations

import copy
import functools
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About
from unit.plugins.plugin_utils._windows.scripted import (
    CBS,
    CURRENT_VERSION,
    ROOT,
    ScriptedClient,
    driver_row,
    identity,
    kernel_row,
    os_row,
)

ABOUT = About(kb="KB952876", generated=datetime(2026, 1, 31, 12, 0, tzinfo=UTC), title="KB952876 report")
NTOSKRNL = r"c:\windows\system32\ntoskrnl.exe"
DEAD = {"unreachable": True, "changed": False, "msg": "Cannot reach http://10.0.0.9:80/wsman: no answer in 5 s"}
FAILED = {"failed": True, "changed": False, "msg": "This host speaks no WS-Management: a web page came back."}


def _runs(client: ScriptedClient, revision: int) -> None:
    client.keys[CURRENT_VERSION]["BuildLabEx"] = f"6001.{revision}.amd64fre.vistasp1_ldr.080530-1504"


def _on_disk(client: ScriptedClient, revision: int) -> None:
    client.rows["CIM_DataFile"] = [kernel_row(NTOSKRNL, f"6.0.6001.{revision}")]


def _package(client: ScriptedClient, state: int) -> None:
    client.keys[f"{CBS}\\Packages"] = {}
    client.keys[f"{CBS}\\Packages\\{ROOT}"] = {"CurrentState": state}


def _fixed(client: ScriptedClient) -> None:
    _runs(client, 22191)
    _on_disk(client, 22191)
    _package(client, 0x70)


def _installed_not_booted(client: ScriptedClient) -> None:
    _on_disk(client, 22191)
    _package(client, 0x70)
    client.keys[f"{CBS}\\RebootPending"] = {}


def _later_gdr(client: ScriptedClient) -> None:
    _runs(client, 18538)
    _on_disk(client, 18538)


def _old_ldr(client: ScriptedClient) -> None:
    _runs(client, 22100)
    _on_disk(client, 22100)
    client.rows["Win32_SystemDriver"] = [driver_row("Stop Pending")]


def _silent_registry(client: ScriptedClient) -> None:
    client.keys[CURRENT_VERSION].pop("BuildLabEx", None)
    client.rows["CIM_DataFile"] = []


def _modern(client: ScriptedClient) -> None:
    client.identity = identity("OS: 6.1.7601 SP: 1.0 Stack: 2.0", (6, 1, 7601), (1, 0))


def _rtm(client: ScriptedClient) -> None:
    client.identity = identity("OS: 6.0.6000 SP: 0.0 Stack: 1.0", (6, 0, 6000), (0, 0))
    client.rows["Win32_OperatingSystem"] = [
        os_row(Version="6.0.6000", BuildNumber="6000", CSDVersion=None, ServicePackMajorVersion="0")
    ]
    client.keys[CURRENT_VERSION]["BuildLabEx"] = "6000.16386.amd64fre.vista_rtm.061101-2205"
    client.rows["CIM_DataFile"] = [kernel_row(NTOSKRNL, "6.0.6000.16386")]


def _server(client: ScriptedClient) -> None:
    _fixed(client)
    client.rows["Win32_OperatingSystem"] = [os_row(ProductType="3", OperatingSystemSKU="7", Caption="Servidor")]


SCRIPTS: dict[str, Callable[[ScriptedClient], None]] = {
    "needs": lambda _client: None,
    "fixed": _fixed,
    "booting": _installed_not_booted,
    "gdr": _later_gdr,
    "old-ldr": _old_ldr,
    "silent": _silent_registry,
    "modern": _modern,
    "server": _server,
    "rtm": _rtm,
}


@functools.cache
def _assessed(name: str) -> dict[str, Any]:
    client = ScriptedClient()
    SCRIPTS[name](client)
    options = AssessOptions(depth=Depth.STANDARD if name == "modern" else Depth.FULL)
    return dict(assess(client, load(), options).as_dict(evidence=True))


def result(name: str) -> dict[str, Any]:
    """What hotfix_info returns of one of SCRIPTS, as a copy of one's own."""
    return {"changed": False, **copy.deepcopy(_assessed(name))}


def own(told: dict[str, Any], at: int) -> dict[str, Any]:
    """A result without evidence that says what no other host says: times, files' sizes, identities, messages."""
    made = copy.deepcopy(told)
    moment = f"2026-{at % 12 + 1:02}-{at % 28 + 1:02}T{at % 24:02}:{at * 7 % 60:02}:{at * 13 % 60:02}Z"
    if "msg" in made:
        made["msg"] = f"{made['msg']} ({hashlib.sha256(str(at).encode()).hexdigest()[:12]})"
    if "details" not in made:
        return made
    details = made["details"]
    details["evidence"] = None
    details["os"]["last_boot"] = moment
    details["messages"] = at % 11
    for place, file in enumerate(details["kernel"]["on_disk"] or ()):
        file["size"] = 3_500_000 + at * 17 + place
    made["summary"] = f"{made['summary']} Seen {moment}."
    for place, reason in enumerate(details["reasons"]):
        reason["text"] = f"{reason['text']} ({at + place})"
    return made


def fleet() -> dict[str, Any]:
    """One host of each kind by its name, with one dead, one failed and one without a result."""
    return {**{name: result(name) for name in SCRIPTS}, "dead": dict(DEAD), "web": dict(FAILED), "absent": None}


def large_fleet(size: int) -> dict[str, Any]:
    """Many hosts, weighted as real fleets are."""
    kinds = [*["needs"] * 6, *["gdr"] * 5, *["fixed"] * 4, *["server"] * 3, *["modern"] * 5, *["rtm"] * 3]
    kinds += ["booting", "booting", "old-ldr", "silent", "dead", "web"]
    own = {"dead": DEAD, "web": FAILED}
    found = {}
    for at in range(size):
        kind = kinds[at * 7 % len(kinds)]
        found[f"{kind}-{at + 1}.branch{at % 9 + 1}.example.com"] = dict(own[kind]) if kind in own else result(kind)
    return found
