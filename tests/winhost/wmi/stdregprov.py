# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""StdRegProv: the registry through WMI, with its return values (Win32 codes; 1 for a value of another type)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from winhost.machine import errors, locations
from winhost.machine.errors import Win32Error
from winhost.machine.registry import Data, Key, RegType, hive_name
from winhost.wmi.model import INVALID_METHOD_PARAMETERS, METHOD_NOT_IMPLEMENTED, WmiError

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

Result = dict[str, object]
_HKLM = 0x80000002
_WRONG_TYPE = 1  # the provider gives plain 1 when the value has another type
_HANDLE_INVALID = 6
_CHILD_MUST_BE_VOLATILE = 1021
_VOLATILE = "hardware"
# Keys that only administrators read or change.
_ADMIN_READS = (locations.CBS.casefold(), "sam\\", "security")
_KEY_QUERY_VALUE, _KEY_SET_VALUE, _KEY_CREATE_SUB_KEY, _KEY_ENUMERATE_SUB_KEYS = 1, 2, 4, 8
_DELETE, _READ_CONTROL = 0x10000, 0x20000


def invoke(machine: Machine, method: str, params: Mapping[str, object], token: Token) -> Result:
    """Run one method (its name in any case).

    WmiError for a parameter of the wrong kind or a method that is not there.
    """
    call = _Call(machine, params, token)
    function = _METHODS.get(method.casefold())
    if function is None:
        raise WmiError(METHOD_NOT_IMPLEMENTED, method)
    try:
        return function(call)
    except Win32Error as error:
        return {"ReturnValue": error.code}


class _Call:
    """The parameters of one call."""

    def __init__(self, machine: Machine, params: Mapping[str, object], token: Token) -> None:
        self.machine = machine
        self.token = token
        self.params = {name.casefold(): value for name, value in params.items()}
        number = self._integer("hdefkey", _HKLM)
        self.hive = hive_name(number)
        self.path = self.text("ssubkeyname")
        self.name = self.text("svaluename")

    def text(self, name: str) -> str:
        value = self.params.get(name)
        return "" if value is None else str(value)

    def _integer(self, name: str, default: int) -> int:
        value = self.params.get(name)
        if value is None:
            return default
        try:
            return int(str(value), 0) & 0xFFFFFFFFFFFFFFFF
        except ValueError:
            raise WmiError(INVALID_METHOD_PARAMETERS, name) from None

    def number(self, name: str, bits: int) -> int:
        return self._integer(name, 0) & ((1 << bits) - 1)

    def items(self, name: str) -> list[object]:
        value = self.params.get(name)
        return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]

    def key(self, *, write: bool = False) -> Key:
        """The key that is meant. Win32Error: 6 (no such hive), 5, 2."""
        if self.hive is None:
            raise Win32Error(_HANDLE_INVALID)
        if not self.allowed(write=write):
            raise Win32Error(errors.ACCESS_DENIED)
        key = self.machine.registry.key(self.hive, self.path)
        if key is None:
            raise Win32Error(errors.FILE_NOT_FOUND)
        return key

    @property
    def in_memory_only(self) -> bool:
        """Whether the key is of the hive that every boot makes anew."""
        return self.hive == "HKLM" and self.path.casefold().strip("\\").partition("\\")[0] == _VOLATILE

    def allowed(self, *, write: bool) -> bool:
        if self.token.administrator or self.hive == "HKCU":
            return True
        return not write and not self.path.casefold().strip("\\").startswith(_ADMIN_READS)


def _enum_key(call: _Call) -> Result:
    return {"sNames": call.key().subkeys or None, "ReturnValue": 0}


def _enum_values(call: _Call) -> Result:
    values = call.key().values
    return {
        "sNames": [v.name for v in values] or None,
        "Types": [int(v.type) for v in values] or None,
        "ReturnValue": 0,
    }


def _getter(result: str, *types: RegType) -> Callable[[_Call], Result]:
    def get(call: _Call) -> Result:
        value = call.key().get(call.name)
        if value is None:
            return {result: None, "ReturnValue": int(call.machine.doubt["stdregprov_absent_value"])}
        if value.type not in types:
            return {result: None, "ReturnValue": _WRONG_TYPE}
        return {result: _shown(call, value.data, value.type), "ReturnValue": 0}

    return get


def _shown(call: _Call, data: Data, type_: RegType) -> object:
    if type_ is RegType.EXPAND_SZ:
        return locations.expand(str(data), call.machine.environment(call.token))
    if isinstance(data, bytes):
        return list(data)
    return data


def _setter(parameter: str, type_: RegType, convert: Callable[[_Call, str], Data]) -> Callable[[_Call], Result]:
    def put(call: _Call) -> Result:
        if call.in_memory_only and call.machine.doubt["hardware_value"] == "denied":
            return {"ReturnValue": errors.ACCESS_DENIED}
        call.key(write=True).set(call.name, type_, convert(call, parameter))
        return {"ReturnValue": 0}

    return put


def _create_key(call: _Call) -> Result:
    if call.hive is None:
        return {"ReturnValue": _HANDLE_INVALID}
    if not call.allowed(write=True):
        return {"ReturnValue": errors.ACCESS_DENIED}
    if call.in_memory_only and call.machine.registry.key(call.hive, call.path) is None:
        return {"ReturnValue": _CHILD_MUST_BE_VOLATILE}
    call.machine.registry.create(call.hive, call.path)
    return {"ReturnValue": 0}


def _delete_key(call: _Call) -> Result:
    call.key(write=True)
    return {"ReturnValue": call.machine.registry.delete(call.hive or "", call.path)}


def _delete_value(call: _Call) -> Result:
    return {"ReturnValue": 0 if call.key(write=True).remove(call.name) else errors.FILE_NOT_FOUND}


def _check_access(call: _Call) -> Result:
    required = call.number("urequired", 32) or (_KEY_QUERY_VALUE | _KEY_SET_VALUE)
    writes = _KEY_SET_VALUE | _KEY_CREATE_SUB_KEY | _DELETE | 0xC0000
    if call.hive is None:
        return {"bGranted": False, "ReturnValue": _HANDLE_INVALID}
    if call.machine.registry.key(call.hive, call.path) is None:
        return {"bGranted": False, "ReturnValue": errors.FILE_NOT_FOUND}
    granted = call.allowed(write=bool(required & writes))
    return {"bGranted": granted, "ReturnValue": 0 if granted else errors.ACCESS_DENIED}


_METHODS: Mapping[str, Callable[[_Call], Result]] = {
    "enumkey": _enum_key,
    "enumvalues": _enum_values,
    "getstringvalue": _getter("sValue", RegType.SZ),
    "getexpandedstringvalue": _getter("sValue", RegType.EXPAND_SZ, RegType.SZ),
    "getdwordvalue": _getter("uValue", RegType.DWORD),
    "getqwordvalue": _getter("uValue", RegType.QWORD),
    "getmultistringvalue": _getter("sValue", RegType.MULTI_SZ),
    "getbinaryvalue": _getter("uValue", RegType.BINARY),
    "setstringvalue": _setter("svalue", RegType.SZ, lambda call, name: call.text(name)),
    "setexpandedstringvalue": _setter("svalue", RegType.EXPAND_SZ, lambda call, name: call.text(name)),
    "setdwordvalue": _setter("uvalue", RegType.DWORD, lambda call, name: call.number(name, 32)),
    "setqwordvalue": _setter("uvalue", RegType.QWORD, lambda call, name: call.number(name, 64)),
    "setmultistringvalue": _setter(
        "svalue", RegType.MULTI_SZ, lambda call, name: [str(item) for item in call.items(name)]
    ),
    "setbinaryvalue": _setter(
        "uvalue", RegType.BINARY, lambda call, name: bytes(int(str(item)) & 0xFF for item in call.items(name))
    ),
    "createkey": _create_key,
    "deletekey": _delete_key,
    "deletevalue": _delete_value,
    "checkaccess": _check_access,
}
