# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test may do to a running host through the control interface."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from winhost.faults.plan import FaultSpec
from winhost.host import Host
from winhost.machine import image

_images: dict[str, image.Image] = {}
"""Saved disks by name; of this process, and so of its fleet."""


class ChangeError(ValueError):
    """The call asks for something that cannot be done; the text says why."""


def _reboot(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.power.request_shutdown(float(body.get("delay", 0.0)), reason=str(body.get("reason", "control")))


def _crash(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.power.crash()


def _power_off(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.power.settings.never_returns = True
    host.machine.power.crash()


def _never_returns(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.power.settings.never_returns = bool(body.get("value", True))


def _clock_step(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.clock.step(timedelta(seconds=float(body["seconds"])))


def _sleep(host: Host, body: Mapping[str, Any]) -> None:
    counted = host.machine.doubt["uptime_asleep"] == "counted"
    host.machine.clock.sleep_through(float(body["seconds"]), counted=counted)


def _pause(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.clock.pause(float(body["seconds"]))


def _hide_processes(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.processes.hidden = frozenset(str(name).casefold() for name in body.get("images", ()))


def _start_process(host: Host, body: Mapping[str, Any]) -> None:
    """Somebody else's program runs, until it is ended by its image."""
    image = str(body["image"])
    host.machine.processes.start(image, str(body.get("command_line", image)), host.machine.system_token)


def _end_process(host: Host, body: Mapping[str, Any]) -> None:
    for process in host.machine.processes.find(str(body["image"])):
        host.machine.processes.end(process.pid)


def _advance(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.clock.advance(float(body["seconds"]))


def _age(host: Host, body: Mapping[str, Any]) -> None:
    host.clock.offset += float(body["seconds"])
    host.sweep()


def _disk(host: Host, body: Mapping[str, Any]) -> None:
    drive = host.machine.files.drives[str(body.get("drive", "C:"))]
    drive.used_elsewhere += host.machine.files.free_space(drive.letter) - int(body.get("free", 0))


def _unplug(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.power_source.unplug()


def _plug_in(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.power_source.plug_in()


def _registry(host: Host, body: Mapping[str, Any]) -> None:
    hive, path = str(body.get("hive", "HKLM")), str(body["path"])
    if body.get("delete"):
        host.machine.registry.delete(hive, path, recursive=True)
    elif "value" in body:
        host.machine.registry.set(hive, path, str(body.get("name", "")), body["value"])
    else:
        host.machine.registry.create(hive, path)


def _file(host: Host, body: Mapping[str, Any]) -> None:
    path = str(body["path"])
    if body.get("delete"):
        host.machine.files.delete(path, recursive=True)
        return
    parent = path.rpartition("\\")[0]
    if parent and not host.machine.files.is_dir(parent):
        host.machine.files.mkdir(parent, parents=True)
    host.machine.files.write(path, base64.b64decode(body.get("content", "")))


def _save_disk(host: Host, body: Mapping[str, Any]) -> None:
    _images[str(body["name"])] = image.save(host.machine.files)


def _load_disk(host: Host, body: Mapping[str, Any]) -> None:
    """What another host of this fleet, of the same profile, had on its disk when it was saved."""
    image.load(host.machine.files, _images[str(body["name"])])


def _share(host: Host, body: Mapping[str, Any]) -> None:
    root = str(body["root"])
    host.machine.files.add_share(root)
    if "user" in body:
        server = root.strip("\\").partition("\\")[0].lower()
        host.machine.share_credentials.setdefault(server, {})[str(body["user"])] = str(body["password"])


def _service(host: Host, body: Mapping[str, Any]) -> None:
    service = host.machine.services.change(str(body["name"]))
    for name in ("state", "start_mode"):
        if name in body:
            setattr(service, name, body[name])


def _servicing(host: Host, body: Mapping[str, Any]) -> None:
    cbs = host.machine.cbs
    cbs.fault = str(body.get("fault", cbs.fault))
    cbs.install_seconds = float(body.get("install_seconds", cbs.install_seconds))


def _doubt(host: Host, body: Mapping[str, Any]) -> None:
    host.machine.doubt.choose(str(body["id"]), str(body["value"]))


def _listen(host: Host, body: Mapping[str, Any]) -> None:
    host.server.stop() if not body.get("value", True) else asyncio.get_running_loop().call_soon(host._comes_up)


CHANGES: dict[str, Callable[[Host, Mapping[str, Any]], None]] = {
    "reboot": _reboot,
    "crash": _crash,
    "power_off": _power_off,
    "never_returns": _never_returns,
    "clock_step": _clock_step,
    "sleep": _sleep,
    "pause": _pause,
    "hide_processes": _hide_processes,
    "start_process": _start_process,
    "end_process": _end_process,
    "advance": _advance,
    "age": _age,
    "disk": _disk,
    "unplug": _unplug,
    "plug_in": _plug_in,
    "registry": _registry,
    "file": _file,
    "save_disk": _save_disk,
    "load_disk": _load_disk,
    "share": _share,
    "service": _service,
    "servicing": _servicing,
    "doubt": _doubt,
    "listen": _listen,
}


def change(host: Host, body: object) -> None:
    """Carry out ``{"do": name, ...}``."""
    if not isinstance(body, Mapping) or body.get("do") not in CHANGES:
        raise ChangeError(f"'do' must be one of {', '.join(CHANGES)}")
    try:
        CHANGES[str(body["do"])](host, body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChangeError(f"{body['do']}: {type(error).__name__}: {error}") from error


def plan(host: Host, body: object) -> None:
    """Add one fault or a list of them."""
    for fault in body if isinstance(body, list) else [body]:
        if not isinstance(fault, Mapping):
            raise ChangeError("a fault is a mapping with a 'kind'")
        try:
            spec = FaultSpec.from_mapping(fault)
        except ValueError as error:
            raise ChangeError(str(error)) from None
        if fault.get("in"):
            spec.at = host.server.messages + int(fault["in"])
        host.server.plan.add(spec)
