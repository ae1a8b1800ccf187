# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods of root\\cimv2 classes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from winhost.machine import errors, paths, security
from winhost.machine.errors import Win32Error
from winhost.machine.security import Ace, SecurityDescriptor
from winhost.wmi.model import INVALID_METHOD_PARAMETERS, METHOD_NOT_IMPLEMENTED, NOT_FOUND, PRIVILEGE_NOT_HELD, WmiError

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

Result = dict[str, object]
Params = Mapping[str, object]
_SERVICE_CODES = {  # Win32 code -> the return value of Win32_BaseService's methods
    0: 0,
    errors.ACCESS_DENIED: 2,
    errors.SERVICE_NOT_ACTIVE: 6,
    errors.SERVICE_REQUEST_TIMEOUT: 7,
    errors.SERVICE_ALREADY_RUNNING: 10,
    errors.SERVICE_DISABLED: 14,
    errors.SERVICE_CANNOT_ACCEPT_CTRL: 5,
    errors.SERVICE_DOES_NOT_EXIST: 16,
}
_MODES = {
    "boot": "Boot",
    "system": "System",
    "automatic": "Auto",
    "auto": "Auto",
    "manual": "Manual",
    "disabled": "Disabled",
}


async def invoke(  # noqa: PLR0917
    machine: Machine, class_name: str, method: str, params: Params, token: Token, selectors: Mapping[str, str]
) -> Result:
    """Run a method of an instance (``selectors`` are its keys) or of a class. WmiError when there is no such thing."""
    function = _METHODS.get((class_name.casefold(), method.casefold()))
    if function is None:
        raise WmiError(METHOD_NOT_IMPLEMENTED, f"{class_name}.{method}")
    folded = {name.casefold(): value for name, value in params.items()}
    return await function(machine, folded, token, {name.casefold(): value for name, value in selectors.items()})


async def _reboot(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    return _shutdown(machine, token, reboot=True, delay=0.0)


async def _power_off(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    return _shutdown(machine, token, reboot=False, delay=0.0)


async def _win32_shutdown(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    flags = _integer(params, "flags")
    kind = flags & ~4  # 4 only forces
    if kind == 0:
        return {"ReturnValue": 0}  # log off: nobody is logged on
    if kind not in (1, 2, 8):
        return {"ReturnValue": errors.INVALID_PARAMETER}
    return _shutdown(machine, token, reboot=kind == 2, delay=0.0)


async def _win32_shutdown_tracker(
    machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]
) -> Result:
    kind = _integer(params, "flags") & ~4
    return _shutdown(
        machine,
        token,
        reboot=kind == 2,
        delay=float(_integer(params, "timeout")),
        comment=str(params.get("comment") or ""),
        reason=str(_integer(params, "reasoncode")),
    )


def _shutdown(
    machine: Machine, token: Token, *, reboot: bool, delay: float, comment: str = "", reason: str = ""
) -> Result:
    doubt = machine.doubt["reboot_privilege"]
    if "SeShutdownPrivilege" not in token.privileges or doubt == "fault_privilege_not_held":
        raise WmiError(PRIVILEGE_NOT_HELD, "SeShutdownPrivilege")
    if doubt == "return_1314":
        return {"ReturnValue": errors.PRIVILEGE_NOT_HELD}
    return {
        "ReturnValue": machine.power.request_shutdown(
            delay, reboot=reboot, comment=comment, reason=reason, requested_by=token.account
        )
    }


async def _create_process(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    """0 and a process id; 9 path not found, 2 access denied, 21 a bad parameter. The process runs on by itself."""
    line = str(params.get("commandline") or "").strip()
    if not line:
        return {"ProcessId": None, "ReturnValue": 21}
    if not token.administrator:
        return {"ProcessId": None, "ReturnValue": 2}
    from winhost.machine import launching

    program = launching.find_program(machine, line)
    if program is None:
        return {"ProcessId": None, "ReturnValue": 9}
    process = machine.processes.start(paths.name_of(program), line, token)

    async def run() -> None:
        code = await launching.run_command_line(
            machine, token, line, str(params.get("currentdirectory") or "C:\\Windows\\system32")
        )
        machine.processes.end(process.pid, code)

    launching.keep(machine, asyncio.get_running_loop().create_task(run()))
    return {"ProcessId": process.pid, "ReturnValue": 0}


async def _terminate(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    pid = selectors.get("handle", "")
    if not pid.isdigit() or machine.processes.get(int(pid)) is None:
        raise WmiError(NOT_FOUND, f"process {pid!r}")
    if not token.administrator:
        return {"ReturnValue": 2}
    return {"ReturnValue": 0 if machine.processes.end(int(pid), _integer(params, "reason")) else 2}


async def _start_service(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    return _control(machine, token, selectors, machine.services.start)


async def _stop_service(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    return _control(machine, token, selectors, machine.services.stop)


async def _start_mode(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    mode = _MODES.get(str(params.get("startmode") or "").casefold())

    def change(name: str) -> int:
        machine.services.change(name).start_mode = mode or "Manual"
        return 0

    return {"ReturnValue": 21} if mode is None else _control(machine, token, selectors, change)


def _control(machine: Machine, token: Token, selectors: Mapping[str, str], action: Callable[[str], int]) -> Result:
    name = selectors.get("name", "")
    if machine.services.get(name) is None:
        raise WmiError(NOT_FOUND, f"service {name!r}")
    if not token.administrator:
        return {"ReturnValue": 2}
    return {"ReturnValue": _SERVICE_CODES.get(action(name), 8)}


async def _get_descriptor(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    path = selectors.get("path", "")
    if machine.files.get(path, follow=False) is None:
        raise WmiError(NOT_FOUND, path)
    if not machine.files.allowed(path, token, security.READ_CONTROL):
        return {"Descriptor": None, "ReturnValue": 2}
    return {"Descriptor": embedded(machine, machine.files.security_of(path)), "ReturnValue": 0}


def embedded(machine: Machine, descriptor: SecurityDescriptor) -> dict[str, object]:
    """A Win32_SecurityDescriptor as an embedded instance; ``__class`` names the class of each."""
    flags = 0x8004 | (0x1000 if descriptor.protected else 0x400)
    dacl = None if descriptor.dacl is None else [_ace(machine, ace) for ace in descriptor.dacl]
    return {
        "__class": "Win32_SecurityDescriptor",
        "ControlFlags": flags,
        "DACL": dacl,
        "Group": _trustee(machine, descriptor.group),
        "Owner": _trustee(machine, descriptor.owner),
        "SACL": None,
    }


def _ace(machine: Machine, ace: Ace) -> dict[str, object]:
    return {
        "__class": "Win32_ACE",
        "AccessMask": ace.mask,
        "AceFlags": ace.flags,
        "AceType": 0 if ace.allow else 1,
        "GuidInheritedObjectType": None,
        "GuidObjectType": None,
        "Trustee": _trustee(machine, ace.sid),
    }


def _trustee(machine: Machine, sid: str) -> dict[str, object]:
    known = machine.accounts.name_of(sid)
    raw = _sid_bytes(sid)
    return {
        "__class": "Win32_Trustee",
        "Domain": (known[0] or None) if known else None,
        "Name": known[1] if known else None,
        "SID": list(raw),
        "SidLength": len(raw),
        "SIDString": sid,
    }


def _sid_bytes(sid: str) -> bytes:
    authority, *rest = (int(part) for part in sid.split("-")[2:])
    return (
        bytes((1, len(rest))) + authority.to_bytes(6, "big") + b"".join(number.to_bytes(4, "little") for number in rest)
    )


async def _delete_file(machine: Machine, params: Params, token: Token, selectors: Mapping[str, str]) -> Result:
    name = selectors.get("name", "")
    if machine.files.get(name, follow=False) is None:
        raise WmiError(NOT_FOUND, name)
    try:
        machine.files.delete(name, token, recursive=True)
    except Win32Error as error:
        return {
            "ReturnValue": {errors.ACCESS_DENIED: 2, errors.SHARING_VIOLATION: 15, errors.DIR_NOT_EMPTY: 14}.get(
                error.code, 8
            )
        }
    return {"ReturnValue": 0}


def _integer(params: Params, name: str) -> int:
    value = params.get(name)
    try:
        return int(str(value), 0) if value is not None else 0
    except ValueError:
        raise WmiError(INVALID_METHOD_PARAMETERS, name) from None


_Function = Callable[["Machine", Params, "Token", Mapping[str, str]], Awaitable[Result]]
_METHODS: Mapping[tuple[str, str], _Function] = {
    ("win32_operatingsystem", "reboot"): _reboot,
    ("win32_operatingsystem", "shutdown"): _power_off,
    ("win32_operatingsystem", "win32shutdown"): _win32_shutdown,
    ("win32_operatingsystem", "win32shutdowntracker"): _win32_shutdown_tracker,
    ("win32_process", "create"): _create_process,
    ("win32_process", "terminate"): _terminate,
    **{(cls, "startservice"): _start_service for cls in ("win32_service", "win32_systemdriver")},
    **{(cls, "stopservice"): _stop_service for cls in ("win32_service", "win32_systemdriver")},
    **{(cls, "changestartmode"): _start_mode for cls in ("win32_service", "win32_systemdriver")},
    ("win32_logicalfilesecuritysetting", "getsecuritydescriptor"): _get_descriptor,
    ("cim_datafile", "delete"): _delete_file,
    ("win32_directory", "delete"): _delete_file,
}
