# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""StdRegProv: the registry through WMI. It tells its outcome by ReturnValue, a Win32 error code, and not by a fault.

Source: Microsoft's reference of StdRegProv (root/default); real hosts answer 0 for success, 2 (rarely 1) for a key or
value that is not there, and 5 for one that this account may not read. Success without a value is no evidence.
"""

from __future__ import annotations

from .._model.answer import Answer, Cause
from .._wsman.values import Row
from . import properties
from .wmi import Wmi, ask

HKEY_LOCAL_MACHINE = 0x80000002

STD_REG_PROV = ("root/default", "StdRegProv")

_SUCCESS = 0
_NOT_FOUND = frozenset({1, 2})
_DENIED = frozenset({5, -2147024891, 2147942405})


def enum_key(wmi: Wmi, key: str) -> Answer[tuple[str, ...]]:
    """Names of the keys directly below a key of HKEY_LOCAL_MACHINE. A key without any gives EMPTY."""
    return _array(_call(wmi, "EnumKey", key, None), "sNames", key)


def enum_values(wmi: Wmi, key: str) -> Answer[tuple[str, ...]]:
    """Names of the values of a key. A key with no value but its default one gives EMPTY."""
    return _array(_call(wmi, "EnumValues", key, None), "sNames", key)


def get_string(wmi: Wmi, key: str, value: str) -> Answer[str]:
    """A REG_SZ value. VALUE_MISSING when the key or the value is not there: the method does not tell which."""
    answer = _call(wmi, "GetStringValue", key, value)
    if answer.value is None:
        return _same(answer)
    found = _after_success(properties.text(answer.value, "sValue"), f"{key}\\{value}")
    return Answer.unknown(Cause.EMPTY, f"{key}\\{value} is an empty text") if found.value == "" else found


def get_dword(wmi: Wmi, key: str, value: str) -> Answer[int]:
    """A REG_DWORD value, unsigned as the registry stores it."""
    answer = _call(wmi, "GetDWORDValue", key, value)
    if answer.value is None:
        return _same(answer)
    return _after_success(properties.integer(answer.value, "uValue"), f"{key}\\{value}")


def get_multi_string(wmi: Wmi, key: str, value: str) -> Answer[tuple[str, ...]]:
    """A REG_MULTI_SZ value."""
    return _array(_call(wmi, "GetMultiStringValue", key, value), "sValue", f"{key}\\{value}")


def set_string(wmi: Wmi, key: str, value: str, data: str) -> Answer[bool]:
    """Write a REG_SZ value into a key that is there. Known when the provider says that it did."""
    return _call(wmi, "SetStringValue", key, value, data).map(lambda _row: True)


def delete_value(wmi: Wmi, key: str, value: str) -> Answer[bool]:
    """Take a value away. VALUE_MISSING when it is not there."""
    return _call(wmi, "DeleteValue", key, value).map(lambda _row: True)


def _call(wmi: Wmi, method: str, key: str, value: str | None, data: str | None = None) -> Answer[Row]:
    """The output of a method that succeeded (ReturnValue 0), or the cause."""
    params: dict[str, str | int] = {"hDefKey": HKEY_LOCAL_MACHINE, "sSubKeyName": key}
    if value is not None:
        params["sValueName"] = value
    if data is not None:
        params["sValue"] = data
    answer = ask(lambda: wmi.invoke(STD_REG_PROV, method, params, idempotent=True))
    if answer.value is None:
        return answer
    name = key if value is None else f"{key}\\{value}"
    outcome = properties.integer(answer.value, "ReturnValue")
    if outcome.value is None:
        return Answer.unknown(outcome.cause or Cause.EMPTY, f"{method} of {name}: {outcome.detail}")
    if outcome.value == _SUCCESS:
        return answer
    return Answer.unknown(*_refusal(outcome.value, method, name, is_key=value is None))


def _refusal(code: int, method: str, name: str, *, is_key: bool) -> tuple[Cause, str]:
    if code in _NOT_FOUND:
        return (Cause.KEY_MISSING if is_key else Cause.VALUE_MISSING), f"{name} is not there (code {code})"
    if code in _DENIED:
        return Cause.ACCESS_DENIED, f"this account may not read {name} (code {code})"
    return Cause.FAULT, f"{method} of {name} returned {code} (0x{code & 0xFFFFFFFF:08X})"


def _array(answer: Answer[Row], name: str, where: str) -> Answer[tuple[str, ...]]:
    if answer.value is None:
        return _same(answer)
    found = _after_success(properties.strings(answer.value, name), where)
    return Answer.unknown(Cause.EMPTY, f"{where}: success, and nothing in it") if found.value == () else found


def _after_success(found: Answer[properties.T], where: str) -> Answer[properties.T]:
    """What a method that succeeded returned; success that carries no value is EMPTY, whichever way it is left out."""
    if found.cause in {Cause.PROPERTY_MISSING, Cause.VALUE_MISSING}:
        return Answer.unknown(Cause.EMPTY, f"{where}: success, and nothing in it")
    return found


def _same(answer: Answer[Row]) -> Answer[properties.T]:
    return Answer(cause=answer.cause, detail=answer.detail)
