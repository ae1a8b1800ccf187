# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sc: query, qc, start, stop, config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.cmd.program import Run, program
from winhost.machine import errors

if TYPE_CHECKING:
    from winhost.machine.services import Service

_STATES = {
    "Stopped": (1, "STOPPED"),
    "Start Pending": (2, "START_PENDING"),
    "Stop Pending": (3, "STOP_PENDING"),
    "Running": (4, "RUNNING"),
}
_TYPES = {
    "Kernel Driver": (1, "KERNEL_DRIVER"),
    "File System Driver": (2, "FILE_SYSTEM_DRIVER"),
    "Own Process": (0x10, "WIN32_OWN_PROCESS"),
    "Share Process": (0x20, "WIN32_SHARE_PROCESS"),
}
_STARTS = {
    "Boot": (0, "BOOT_START"),
    "System": (1, "SYSTEM_START"),
    "Auto": (2, "AUTO_START"),
    "Manual": (3, "DEMAND_START"),
    "Disabled": (4, "DISABLED"),
}


@program("sc")
async def sc(run: Run) -> int:
    words = list(run.argv)
    if words and words[0].startswith("\\\\"):
        words.pop(0)
    if not words:
        await run.out(run.cmd.text("syntax"))
        return 1639
    verb = words[0].lower()
    name = words[1] if len(words) > 1 else ""
    if verb in ("query", "queryex") and not name:
        for one in run.machine.services.all():
            if one.state == "Running" and not one.driver:
                await _status(run, one, extended=verb == "queryex")
        return 0
    service = run.machine.services.get(name)
    if verb not in ("query", "queryex", "qc", "start", "stop", "config"):
        await run.out(run.cmd.text("syntax"))
        return 1639
    if service is None:
        what = {"query": "EnumQueryServicesStatus:OpenService", "queryex": "EnumQueryServicesStatus:OpenService"}.get(
            verb, "OpenService"
        )
        return await _failed(run, what, errors.SERVICE_DOES_NOT_EXIST)
    if verb == "qc":
        return await _configuration(run, service)
    if verb in ("query", "queryex"):
        await _status(run, service, extended=verb == "queryex")
        return 0
    if not run.session.token.administrator:
        return await _failed(run, "OpenService", errors.ACCESS_DENIED)
    if verb == "config":
        return await _config(run, service, words[2:])
    code = run.machine.services.start(name) if verb == "start" else run.machine.services.stop(name)
    if code and code != errors.SERVICE_REQUEST_TIMEOUT:
        return await _failed(run, "StartService" if verb == "start" else "ControlService", code)
    await _status(run, run.machine.services.get(name) or service, extended=False)
    return 0


async def _failed(run: Run, what: str, code: int) -> int:
    await run.out(
        run.pick(f"[SC] {what} FAILED {code}:", f"[SC] {what} FEHLER {code}:", f"[SC] {what} FAILED {code}:")
        + f"\r\n\r\n{run.system_text(code)}\r\n"
    )
    return code


async def _status(run: Run, service: Service, *, extended: bool) -> None:
    number, state = _STATES.get(service.state, (0, service.state))
    kind, text = _TYPES.get(service.kind, (0x10, "WIN32_OWN_PROCESS"))
    await run.out(f"\r\nSERVICE_NAME: {service.name}")
    await run.out(f"        TYPE               : {kind:x}  {text}")
    await run.out(f"        STATE              : {number}  {state}")
    await run.out(f"        WIN32_EXIT_CODE    : {service.exit_code}  (0x{service.exit_code:x})")
    await run.out(
        "        SERVICE_EXIT_CODE  : 0  (0x0)\r\n        CHECKPOINT         : 0x0\r\n        WAIT_HINT          : 0x0"
    )
    if extended:
        await run.out(f"        PID                : {service.process_id}\r\n        FLAGS              : ")


async def _configuration(run: Run, service: Service) -> int:
    start, text = _STARTS.get(service.start_mode, (3, "DEMAND_START"))
    kind, kind_text = _TYPES.get(service.kind, (0x10, "WIN32_OWN_PROCESS"))
    await run.out(f"[SC] QueryServiceConfig SUCCESS\r\n\r\nSERVICE_NAME: {service.name}")
    await run.out(
        f"        TYPE               : {kind:x}  {kind_text}\r\n        START_TYPE         : {start}   {text}"
    )
    await run.out(
        f"        BINARY_PATH_NAME   : {service.path_name}\r\n        DISPLAY_NAME       : {service.display_name}"
    )
    await run.out(f"        SERVICE_START_NAME : {service.account}")
    return 0


async def _config(run: Run, service: Service, words: list[str]) -> int:
    modes = {"boot": "Boot", "system": "System", "auto": "Auto", "demand": "Manual", "disabled": "Disabled"}
    for index, word in enumerate(words[:-1]):
        if word.lower() == "start=" and words[index + 1].lower() in modes:
            run.machine.services.change(service.name).start_mode = modes[words[index + 1].lower()]
            await run.out("[SC] ChangeServiceConfig SUCCESS")
            return 0
    await run.out(run.cmd.text("syntax"))
    return 1639
