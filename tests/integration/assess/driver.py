# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assesses simulated hosts in this process, as the action plugin does but without a task."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import LINES, brief
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.wire import PASSWORD, USER, channel
from winhost.testing import RunningHost

DEFINITION = load("KB952876")
OPEN = {"basic": True, "allow_unencrypted": True}
__all__ = ["DEFINITION", "OPEN", "PASSWORD", "USER", "channel", "client", "hotfix_state", "look"]


@contextlib.contextmanager
def client(host: RunningHost, method: str = "plaintext", *, timeout: float = 20.0, **login: Any) -> Iterator[Client]:
    """A client that is closed at the end."""
    wire = channel(host, method, **login)
    try:
        yield Client(wire, operation_timeout=timeout)
    finally:
        wire.close()


def look(
    host: RunningHost, depth: str = "standard", method: str = "plaintext", *, timeout: float = 20.0, **login: str
) -> dict[str, Any]:
    """An assessment as the module returns it. Its short form fits ad hoc output, whatever host or doubt this is."""
    with client(host, method, timeout=timeout, **login) as asking:
        seen = dict(assess(asking, DEFINITION, AssessOptions(depth=Depth(depth))).as_dict())
    assert len(json.dumps({"changed": False, **brief(seen)}, indent=4).splitlines()) <= LINES
    return seen


def hotfix_state(state: Mapping[str, Any]) -> str:
    """What servicing of a machine truly holds of the hotfix, whatever its registry shows."""
    found = [held for name, held in state["servicing"].items() if "kb952876" in name.lower()]
    return found[0] if found else "absent"
