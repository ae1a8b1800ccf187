# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a transfer alone: a payload, a host with the staging folder, and the way that is asked for."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.target import Target
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer import ways
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import Payload
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import RemoteShell
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from integration.hotfix.driver import channel
from winhost.testing import RunningHost

LAYOUT = Layout("C:\\Windows", "KB952876")
LANDED = LAYOUT.payload + ".tmp"


def payload(folder: Path, size: int, *, seed: int = 1) -> Payload:
    """A file of random bytes, and what its package report would say of it."""
    data = random.Random(seed).randbytes(size)
    path = folder / f"payload-{size}-{seed}.msu"
    path.write_bytes(data)
    return Payload(path, size, hashlib.sha1(data).hexdigest(), hashlib.sha256(data).hexdigest())


def landed(host: RunningHost, sent: Payload) -> bool:
    """Whether just these bytes are at the payload's temporary name on the host."""
    found = host.file(LANDED)
    return (found["size"], found["sha256"]) == (sent.size, sent.sha256)


@dataclass
class Carried:
    """What a transfer came to."""

    way: str
    said: list[str]
    progress: list[int] = field(default_factory=list)
    breaks: int = 0


def carry(
    host: RunningHost,
    sent: Payload,
    options: ways.TransferOptions | None = None,
    *,
    wrap: Callable[[HTTPChannel], Any] = lambda one: one,
    progress: list[int] | None = None,
    operation_timeout: float = 20.0,
) -> Carried:
    """Bring a payload to a host as the hotfix operation would, over WinRM unless told otherwise."""
    said: list[str] = []
    done: list[int] = [] if progress is None else progress
    wire = wrap(channel(host))
    try:
        client = Client(wire, operation_timeout=operation_timeout)
        with RemoteShell(client) as shell:
            shell.run(f'if not exist "{LAYOUT.folder}" md "{LAYOUT.folder}"')
            target = Target(client, shell, LAYOUT, say=said.append)
            result = ways.bring(
                target,
                sent,
                options or ways.TransferOptions(way=ways.Way.WINRM, deadline=100.0),
                lambda count, _total: done.append(count),
            )
    finally:
        wire.close()
    return Carried(result.way, said, done)


def sends(host: RunningHost) -> int:
    """Send messages that the host has seen."""
    return int(host.counters()["by_action"].get("Send", 0))
