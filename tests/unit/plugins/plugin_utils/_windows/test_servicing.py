# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servicing and the other indicators of a restart say, and what they do not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import RebootIndicator
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import (
    package_keys,
    reboot_pending,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import faults
from unit.plugins.plugin_utils._windows.scripted import CBS, ROOT, ScriptedClient


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient()


def test_packages_of_the_kb_root_first_whatever_the_case(client: ScriptedClient) -> None:
    for name in ("Package_1_for_kb952876~t~amd64~~6.0.1.0", ROOT.upper(), "Package_for_KB9528761~t~amd64~~6.0.1.0"):
        client.keys[rf"{CBS}\Packages\{name}"] = {"CurrentState": 112}
    found = package_keys.identities(client, "KB952876").value
    assert found == (ROOT.upper(), "Package_1_for_kb952876~t~amd64~~6.0.1.0")


def test_servicing_that_knows_none_is_evidence_and_an_empty_list_is_not(client: ScriptedClient) -> None:
    assert package_keys.identities(client, "KB952876").value == ()
    client.faults["EnumKey"] = {"ReturnValue": "0", "sNames": None}
    assert package_keys.identities(client, "KB952876").cause is Cause.EMPTY


def test_a_state_that_cannot_be_read_says_why(client: ScriptedClient) -> None:
    client.faults["GetDWORDValue"] = faults.MethodNotFound("no GetDWORDValue")
    (record,) = package_keys.states(client, [ROOT], lambda: True)
    assert (record.state_code, record.cause) == (None, Cause.METHOD_MISSING)
    (record,) = package_keys.states(client, [ROOT], lambda: False)
    assert (record.state_code, record.cause) == (None, None)


def test_a_list_too_large_falls_back_to_the_catalogue(client: ScriptedClient) -> None:
    client.faults["EnumKey"] = faults.EnvelopeLimit("larger than 153600")
    listing = package_keys.identities(client, "KB952876")
    assert listing.cause is Cause.TOO_LARGE
    missed = package_keys.at_known_identities(client, [ROOT], listing, lambda: True)
    assert missed.cause is Cause.TOO_LARGE, "a miss at a guessed identity is no evidence"
    client.keys[rf"{CBS}\Packages\{ROOT}"] = {"CurrentState": 96}
    found = package_keys.at_known_identities(client, [ROOT, "other"], listing, lambda: True)
    assert found.value is not None
    assert [(one.identity, one.state_code) for one in found.value] == [(ROOT, 96)]


@pytest.mark.parametrize("cause", [Cause.ACCESS_DENIED, Cause.KEY_MISSING, Cause.CLASS_MISSING])
def test_no_second_try_where_it_cannot_help(client: ScriptedClient, cause: Cause) -> None:
    listing = package_keys.identities(client, "KB952876").unknown(cause, "why")
    assert package_keys.at_known_identities(client, [ROOT], listing, lambda: True).cause is cause
    assert len(client.asked) == 1


# --- restart ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "indicator"),
    [
        ("RebootPending", RebootIndicator.CBS_REBOOT_PENDING),
        ("rebootinprogress", RebootIndicator.CBS_REBOOT_IN_PROGRESS),
        ("PackagesPending", RebootIndicator.CBS_PACKAGES_PENDING),
    ],
)
def test_servicing_answers_three_by_one_message(client: ScriptedClient, key: str, indicator: RebootIndicator) -> None:
    assert {one.value for one in reboot_pending.servicing(client).values()} == {False}
    client.keys[rf"{CBS}\{key}"] = {}
    answers = reboot_pending.servicing(client)
    assert [one for one, answer in answers.items() if answer.value] == [indicator]
    assert len(client.asked) == 2


def test_servicing_without_its_key_is_unknown(client: ScriptedClient) -> None:
    client.faults["EnumKey"] = {"ReturnValue": "2"}
    assert {one.cause for one in reboot_pending.servicing(client).values()} == {Cause.KEY_MISSING}


def test_windows_update(client: ScriptedClient) -> None:
    assert reboot_pending.windows_update(client, lists_work=True).value is False
    client.keys[reboot_pending.REBOOT_REQUIRED] = {}
    assert reboot_pending.windows_update(client, lists_work=True).value is True
    assert reboot_pending.windows_update(client, lists_work=False).cause is Cause.EMPTY
    client.faults["EnumKey"] = {"ReturnValue": "5"}
    assert reboot_pending.windows_update(client, lists_work=True).cause is Cause.ACCESS_DENIED


@pytest.mark.parametrize(
    ("entries", "pending"), [(["\\??\\C:\\a", ""], True), (["", ""], False), ("\\??\\C:\\a", True)]
)
def test_file_rename(client: ScriptedClient, entries: Any, pending: bool) -> None:
    assert reboot_pending.file_rename(client).value is False
    client.keys[reboot_pending.SESSION_MANAGER] = {"PendingFileRenameOperations": entries}
    assert reboot_pending.file_rename(client).value is pending


def test_computer_rename(client: ScriptedClient) -> None:
    assert reboot_pending.computer_rename(client).value is False
    client.keys[rf"{reboot_pending.COMPUTER_NAME}\ComputerName"]["ComputerName"] = "NEW"
    assert reboot_pending.computer_rename(client).value is True
    del client.keys[rf"{reboot_pending.COMPUTER_NAME}\ActiveComputerName"]["ComputerName"]
    assert reboot_pending.computer_rename(client).cause is Cause.VALUE_MISSING


def test_netlogon_by_key_or_by_value(client: ScriptedClient) -> None:
    assert reboot_pending.netlogon(client, lists_work=True).value is False
    assert reboot_pending.netlogon(client, lists_work=False).cause is Cause.EMPTY
    client.keys[reboot_pending.NETLOGON] = {"AvoidSpnSet": 1}
    assert reboot_pending.netlogon(client, lists_work=True).value is True
    del client.keys[reboot_pending.NETLOGON]
    client.keys[rf"{reboot_pending.NETLOGON}\JoinDomain"] = {}
    assert reboot_pending.netlogon(client, lists_work=True).value is True


def test_configuration_manager(client: ScriptedClient) -> None:
    assert reboot_pending.sccm(client).value is False
    client.keys[rf"{reboot_pending.MICROSOFT}\CCM"] = {}
    for output, value, cause in (
        ({"ReturnValue": "0", "RebootPending": "true", "IsHardRebootPending": "false"}, True, None),
        ({"ReturnValue": "0", "RebootPending": "false", "IsHardRebootPending": "true"}, True, None),
        ({"ReturnValue": "0", "RebootPending": "false", "IsHardRebootPending": "false"}, False, None),
        ({"ReturnValue": "0", "RebootPending": "false"}, None, Cause.PROPERTY_MISSING),
        ({"ReturnValue": "0"}, None, Cause.PROPERTY_MISSING),
        ({"ReturnValue": "8"}, None, Cause.FAULT),
        (faults.InvalidNamespace("none"), None, Cause.CLASS_MISSING),
    ):
        client.faults["DetermineIfRebootPending"] = output
        answer = reboot_pending.sccm(client)
        assert (answer.value, answer.cause) == (value, cause)
