# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry through StdRegProv: each return value and each form of an answer has its own meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import registry
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults
from unit.plugins.plugin_utils._windows.scripted import CURRENT_VERSION, ScriptedClient


def ask(method: str, client: ScriptedClient) -> Answer[Any]:
    calls: dict[str, Callable[[], Answer[Any]]] = {
        "EnumKey": lambda: registry.enum_key(client, CURRENT_VERSION),
        "EnumValues": lambda: registry.enum_values(client, CURRENT_VERSION),
        "GetStringValue": lambda: registry.get_string(client, CURRENT_VERSION, "V"),
        "GetDWORDValue": lambda: registry.get_dword(client, CURRENT_VERSION, "V"),
        "GetMultiStringValue": lambda: registry.get_multi_string(client, CURRENT_VERSION, "V"),
    }
    return calls[method]()


METHODS = ("EnumKey", "EnumValues", "GetStringValue", "GetDWORDValue", "GetMultiStringValue")
OUTPUT = {
    "EnumKey": "sNames",
    "EnumValues": "sNames",
    "GetStringValue": "sValue",
    "GetDWORDValue": "uValue",
    "GetMultiStringValue": "sValue",
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("code", "of_key", "of_value"),
    [
        ("2", Cause.KEY_MISSING, Cause.VALUE_MISSING),
        ("1", Cause.KEY_MISSING, Cause.VALUE_MISSING),
        ("5", Cause.ACCESS_DENIED, Cause.ACCESS_DENIED),
        ("2147942405", Cause.ACCESS_DENIED, Cause.ACCESS_DENIED),
        ("2147749891", Cause.FAULT, Cause.FAULT),
        ("what", Cause.UNPARSABLE, Cause.UNPARSABLE),
        (None, Cause.VALUE_MISSING, Cause.VALUE_MISSING),
        (..., Cause.PROPERTY_MISSING, Cause.PROPERTY_MISSING),
    ],
)
def test_a_return_value_that_is_not_zero_is_no_answer(method: str, code: Any, of_key: Cause, of_value: Cause) -> None:
    client = ScriptedClient()
    client.faults[method] = {OUTPUT[method]: "7", **({} if code is ... else {"ReturnValue": code})}
    answer = ask(method, client)
    assert answer.cause is (of_key if method.startswith("Enum") else of_value)
    assert answer.detail
    assert not answer.is_known


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("carried", [..., None])
def test_success_with_nothing_in_it_is_empty(method: str, carried: Any) -> None:
    client = ScriptedClient()
    output = {} if carried is ... else {OUTPUT[method]: carried}
    client.faults[method] = {**output, "ReturnValue": "0"}
    assert ask(method, client).cause is Cause.EMPTY


def test_values_of_each_kind() -> None:
    client = ScriptedClient()
    client.keys[CURRENT_VERSION]["V"] = 4294967295
    assert ask("GetDWORDValue", client).value == 0xFFFFFFFF
    client.keys[CURRENT_VERSION]["V"] = "text"
    assert ask("GetStringValue", client).value == "text"
    assert ask("GetMultiStringValue", client).value == ("text",)
    client.keys[CURRENT_VERSION]["V"] = ["a", "", "b"]
    assert ask("GetMultiStringValue", client).value == ("a", "", "b")
    client.keys[CURRENT_VERSION]["V"] = ""
    assert ask("GetStringValue", client).cause is Cause.EMPTY


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (faults.MethodNotFound("no method"), Cause.METHOD_MISSING),
        (faults.ClassNotFound("no class"), Cause.CLASS_MISSING),
        (faults.ResourceNotFound("no resource"), Cause.CLASS_MISSING),
        (faults.InvalidNamespace("no namespace"), Cause.CLASS_MISSING),
        (faults.AccessDenied("denied"), Cause.ACCESS_DENIED),
        (faults.OperationTimeout("late"), Cause.TIMEOUT),
        (faults.EnvelopeLimit("large"), Cause.TOO_LARGE),
        (faults.WSManFault("anything"), Cause.FAULT),
        (errors.EnvelopeTooLarge("413"), Cause.TOO_LARGE),
        (errors.DeadlineExceeded("late"), Cause.TIMEOUT),
        (errors.MalformedResponse("cut"), Cause.UNPARSABLE),
        (errors.WrongRelatesTo("another"), Cause.UNPARSABLE),
        (errors.NotWSMan("404"), Cause.UNPARSABLE),
        (errors.ServiceBusy("503"), Cause.FAULT),
    ],
)
def test_a_fault_is_this_answer_alone(error: errors.WSManError, cause: Cause) -> None:
    client = ScriptedClient()
    client.faults["GetDWORDValue"] = error
    answer = ask("GetDWORDValue", client)
    assert answer.cause is cause
    assert error.reported in answer.detail


@pytest.mark.parametrize(
    "error",
    [
        errors.Unreachable("dead"),
        errors.TLSFailed("old"),
        errors.AuthenticationRefused("401"),
        errors.ConnectionLost("cut"),
    ],
)
def test_a_lost_host_is_no_answer(error: errors.WSManError) -> None:
    client = ScriptedClient()
    client.faults["EnumKey"] = error
    with pytest.raises(type(error)):
        ask("EnumKey", client)
