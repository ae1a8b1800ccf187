# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's state as JSON, for tests: what was started, what was installed, how often it booted."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from winhost.host import Host

_PACKAGES = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages"


def machine_state(host: Host) -> dict[str, Any]:
    """Everything a test may want to hold against what a client believes."""
    machine = host.machine
    key = machine.registry.key("HKLM", _PACKAGES)
    packages = {}
    for name in key.subkeys if key is not None else ():
        sub = key.subkey(name) if key is not None else None
        packages[name] = sub.data("CurrentState") if sub is not None else None
    power = machine.power
    return {
        "profile": host.profile.name,
        "computer_name": machine.computer_name,
        "build": host.profile.build,
        "state": power.state,
        "listening": host.server.listening,
        "boots": power.generation,
        "reboots": len(power.log),
        "boot_time": machine.clock.boot_time().isoformat(),
        "now": machine.clock.now().isoformat(),
        "shutdowns": [
            {"reboot": item.reboot, "delay": item.delay, "reason": item.reason, "comment": item.comment}
            for item in power.log
        ],
        "processes_started": [
            {
                "image": item.image,
                "command_line": item.command_line,
                "user": item.token.account,
                "exit_code": item.exit_code,
            }
            for item in machine.processes.started_log
        ],
        "processes_running": [item.image for item in machine.processes.started_log if item.running],
        "cbs": packages,
        "servicing": {name: state.name.lower() for name, state in machine.cbs.packages().items()},
        "free_space": machine.files.free_space("C:"),
        "shells": len(host.shells.shells),
        "shells_bare": sum(1 for shell in host.shells.shells.values() if not shell.idle_counts and not shell.last_line),
        "shells_unused": sum(1 for shell in host.shells.shells.values() if not shell.idle_counts),
        "enumerations": len(host.service.enumerations),
        "connections": host.server.connection_count,
        "marks": _marks(host),
        "tasks": [getattr(task, "name", str(task)) for task in machine.tasks.all()],
    }


def file_state(host: Host, path: str) -> dict[str, Any]:
    """A file's size in bytes and SHA-256; size is None where there is no file."""
    node = host.machine.files.get(path)
    if node is None or node.directory:
        return {"size": None, "sha256": None}
    data = host.machine.files.read(path)
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def file_content(host: Host, path: str) -> dict[str, Any]:
    """A file's bytes in base64; None where there is no file."""
    node = host.machine.files.get(path)
    there = node is not None and not node.directory
    return {"content": base64.b64encode(host.machine.files.read(path)).decode() if there else None}


def _marks(host: Host) -> list[str]:
    """Values that somebody left in the hive which exists in memory only."""
    key = host.machine.registry.key("HKLM", "HARDWARE\\DESCRIPTION\\System")
    return [value.name for value in key.values if value.name != "Identifier"] if key is not None else []


def folder_state(host: Host, path: str) -> dict[str, Any]:
    """The names in a folder; None where there is no folder."""
    node = host.machine.files.get(path)
    if node is None or not node.directory:
        return {"names": None}
    return {"names": [child.name for child in host.machine.files.listdir(path)]}


def tree_state(host: Host, path: str) -> dict[str, Any]:
    """All paths below a folder, from it on, sorted."""
    return {"paths": sorted(one[len(path) + 1 :] for one, _unused in host.machine.files.walk(path))}


def counters(host: Host) -> dict[str, Any]:
    """Messages by host: what a client's own count is checked against."""
    server = host.server
    return {
        "name": host.spec.name,
        "messages": server.messages,
        "by_action": dict(server.by_action),
        "endpoint": host.endpoint,
        "listening": server.listening,
        "connections": server.connection_count,
    }
