# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong with an inventory, a host or an answer becomes a sentence of Ansible's, and the others go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.assess.commands import ROOT, Ran, ansible, of_host
from integration.assess.driver import OPEN, PASSWORD, look
from winhost.testing import RunningFleet, running_fleet

HOTFIX_INFO = ("all", "-m", "winlegacy.servicing.hotfix_info")
SERVERS = ("html", "not_found", "redirect", "too_large", "busy", "error_page", "unauthorized")
DAMAGED = ("garbled", "truncated_xml", "wrong_relates_to", "empty")

EXPECTED = {
    # host: (outcome, what the sentence must say)
    "html": ("failed", "a web page was answered, not WS-Management"),
    "html-basic": ("failed", "a web page was answered, not WS-Management"),
    "not_found": ("failed", "HTTP 404: no WinRM at this path"),
    "redirect": ("failed", "redirects to https://127.0.0.1/login, which is not followed"),
    "too_large": ("failed", "HTTP 413: the message is larger than the host accepts"),
    "busy": ("failed", "HTTP 503: the WinRM service is not ready"),
    "error_page": ("failed", "HTTP 500 without a SOAP answer"),
    "unauthorized": ("unreachable", "the credentials or the authentication method were refused"),
    "tls-to-plain": ("unreachable", "TLS was spoken to a port that does not speak it"),
    "plain-to-tls": ("unreachable", "the connection broke"),
    "wrong-password": ("unreachable", "credentials"),
    "basic-refused": ("unreachable", "Windows refuses basic by default"),
    "wrong-path": ("failed", "HTTP 404: no WinRM at this path"),
    "dead": ("unreachable", "no connection"),
    "no-name": ("unreachable", "no connection"),
    "local": ("failed", "the connection plugin is local, but WS-Management needs winrm or psrp"),
    "ssh": ("failed", "the connection plugin is ssh, but WS-Management needs winrm or psrp"),
    "empty": ("failed", "an empty answer"),
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """Servers that are no WinRM, hosts whose answers are damaged, and good ones."""
    hosts: list[dict[str, Any]] = [{"name": "good", "profile": "vista_sp1_x64"}]
    hosts += [{"name": kind, "profile": "vista_sp1_x64", "faults": [{"kind": kind}]} for kind in SERVERS]
    hosts += [{"name": kind, "profile": "vista_sp1_x64", "faults": [{"kind": kind, "times": 0}]} for kind in DAMAGED]
    hosts.append({"name": "html-basic", "profile": "vista_sp1_x64", "auth": OPEN, "faults": [{"kind": "html"}]})
    hosts.append({"name": "secure", "profile": "srv2008r2", "scheme": "https"})
    hosts.append({"name": "filtered", "profile": "vista_uac_filtered"})
    hosts.append({"name": "denied", "profile": "vista_uac_filtered", "doubt": {"filtered_logon": "denied"}})
    hosts.append({"name": "fixed", "profile": "srv2008_fixed"})
    with running_fleet({"hosts": hosts}) as running:
        yield running


@pytest.fixture(scope="module")
def run(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One ad hoc run over everything."""
    good = fleet.host("good")
    inventory = {name: of_host(fleet.host(name)) for name in (*SERVERS, *DAMAGED, "good", "fixed")}
    inventory |= {
        "html-basic": of_host(fleet.host("html-basic"), ansible_winrm_transport="basic"),
        "tls-to-plain": of_host(good, ansible_winrm_scheme="https"),
        "plain-to-tls": of_host(fleet.host("secure"), ansible_winrm_scheme="http"),
        "wrong-password": of_host(good, ansible_password="not-the-w0rd"),
        "basic-refused": of_host(good, ansible_winrm_transport="basic"),
        "wrong-path": of_host(good, ansible_winrm_path="/other"),
        "dead": of_host(good, ansible_port=1),
        "no-name": of_host(good, ansible_host="no-such-host.invalid"),
        "local": of_host(good, ansible_connection="local"),
        "ssh": of_host(good, ansible_connection="ssh"),
        "filtered": of_host(fleet.host("filtered"), ansible_user="operator", ansible_password="0perator-sim"),
        "denied": of_host(fleet.host("denied"), ansible_user="operator", ansible_password="0perator-sim"),
    }
    return ansible(tmp_path_factory.mktemp("bad"), inventory, *HOTFIX_INFO, "-a", "details=true", "-f", "8")


@pytest.mark.parametrize("host", EXPECTED)
def test_one_sentence_says_what_is_wrong(run: Ran, host: str) -> None:
    outcome, says = EXPECTED[host]
    got, result = run.results[host]
    assert got == outcome, result
    assert says in result["msg"]
    assert result["msg"].count("\n") == 0
    for slip in ("Traceback", "AttributeError", "KeyError", "unexpectedly", PASSWORD, "not-the-w0rd"):
        assert slip not in result["msg"]
    assert "exception" not in result or not result["exception"].strip().startswith("Traceback")


def test_the_others_go_on(run: Ran) -> None:
    assert (run.results["good"][1]["status"], run.results["fixed"][1]["status"]) == ("needs_fix", "fixed")
    assert "Traceback" not in run.out
    assert PASSWORD not in run.out


@pytest.mark.parametrize("host", ["garbled", "truncated_xml", "wrong_relates_to", "filtered", "denied"])
def test_no_verdict_without_evidence(run: Ran, host: str) -> None:
    outcome, result = run.results[host]
    if outcome == "ok":
        assert result["status"] == "unknown"
        assert result["unknown"]
        assert all(one["cause"] for one in result["unknown"])
        assert ("LocalAccountTokenFilterPolicy" in result["next"]["text"]) is (host == "filtered")
    else:
        assert (outcome, host) == ("unreachable", "denied"), result


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("kb=KB1", "KB1"),
        ("kb=KB952876 depth=deep", "depth"),
        ("symptom_interval=soon", "symptom_interval"),
        ("colour=red", "colour"),
    ],
)
def test_wrong_arguments_are_refused_before_the_host_is_asked(
    fleet: RunningFleet, tmp_path: Path, arguments: str, says: str
) -> None:
    good = fleet.host("good")
    before = good.messages
    run = ansible(tmp_path, {"good": of_host(good)}, *HOTFIX_INFO, "-a", arguments)
    outcome, result = run.results["good"]
    assert (outcome, good.messages) == ("failed", before)
    assert says in result["msg"]
    assert "Traceback" not in run.out


LACKING: list[tuple[str, dict[str, Any], set[str]]] = [
    ("srv2008_fixed", {"missing_classes": ["Win32_OperatingSystem"]}, {"fixed"}),
    # the next boot may take a kernel below the fix, and a package whose state is unread may be pending
    ("srv2008_fixed", {"missing_classes": ["CIM_DataFile"]}, {"unknown"}),
    ("srv2008_fixed", {"missing_classes": ["StdRegProv"]}, {"unknown"}),
    ("srv2008_fixed", {"missing_methods": {"StdRegProv": ["GetDWORDValue"]}}, {"unknown"}),
    ("srv2008_fixed", {"missing_methods": {"StdRegProv": ["GetStringValue"]}}, {"unknown"}),
    ("srv2008_fixed", {"missing_methods": {"StdRegProv": ["EnumKey"]}}, {"fixed"}),
    ("vista_pending", {"missing_methods": {"StdRegProv": ["GetDWORDValue"]}}, {"unknown"}),
    ("vista_pending", {"missing_methods": {"StdRegProv": ["EnumKey"]}}, {"install_pending", "unknown"}),
    ("vista_removal_pending", {"missing_methods": {"StdRegProv": ["GetDWORDValue"]}}, {"unknown"}),
    ("vista_removal_pending", {"missing_classes": ["StdRegProv"]}, {"unknown"}),
    ("vista_sp1_x86_pae", {"missing_properties": {"Win32_OperatingSystem": ["PAEEnabled"]}}, {"needs_fix"}),
    ("vista_sp1_x64", {"missing_properties": {"Win32_OperatingSystem": ["Version", "BuildNumber"]}}, {"needs_fix"}),
    ("vista_sp1_x64", {"missing_properties": {"CIM_DataFile": ["Version"]}}, {"needs_fix"}),
    ("vista_sp1_x64", {"null_properties": {"Win32_OperatingSystem": ["WindowsDirectory"]}}, {"needs_fix"}),
    ("vista_sp1_x64", {"missing_properties": {"Win32_SystemDriver": ["State"]}}, {"needs_fix"}),
    ("vista_sp1_x64", {"denied_classes": ["StdRegProv"]}, {"unknown"}),
    ("vista_sp1_x64", {"denied_classes": ["Win32_OperatingSystem"]}, {"needs_fix"}),
]


def test_what_is_missing_costs_its_own_answer() -> None:
    """Classes, properties and methods that are not there, or denied: the rest still decides, or nothing does."""
    hosts: list[dict[str, Any]] = [
        {"name": f"lacking-{number}", "profile": profile, "auth": OPEN, "overrides": overrides}
        for number, (profile, overrides, _status) in enumerate(LACKING)
    ]
    with running_fleet({"hosts": hosts}) as fleet:
        for number, (profile, overrides, statuses) in enumerate(LACKING):
            result = look(fleet.host(f"lacking-{number}"))
            assert result["status"] in statuses, (profile, overrides, result["summary"])
            properties = overrides.get("missing_properties", {}) | overrides.get("null_properties", {})
            if "Win32_OperatingSystem" not in properties:
                assert result["unknown"], overrides
            assert fleet.host(f"lacking-{number}").state()["processes_started"] == []


def test_the_link_of_the_collection_is_there() -> None:
    """The scenarios run what is in the work tree."""
    linked = ROOT / "build" / "collections" / "ansible_collections" / "winlegacy" / "servicing" / "galaxy.yml"
    assert linked.samefile(ROOT / "galaxy.yml")
