# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that differ from the ordinary one: another user, shorter deadlines; and what a host must be like afterwards."""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import (
    Hotfix,
    HotfixRequest,
    HotfixResult,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from integration.hotfix.driver import DEFINITION, PASSWORD, USER, hurried, request
from integration.wire import channel
from winhost.testing import RunningHost

LAYOUT = Layout("C:\\Windows", "KB952876")
LASTING = re.compile(r"payload\.msu|expanded|manifest\.json|run\.log(\.txt)?|sandbox|parts|payload\.msu\.tmp")
"""What may lie in the staging folder after a run: what is staged or on its way, and the installer's log."""


@dataclass
class Run:
    """One run with everything that can be varied; outcome is kept although the run fails."""

    host: RunningHost
    user: str = USER
    password: str = PASSWORD
    on_line: Callable[[str], None] = lambda _line: None
    sleep: Callable[[float], None] = hurried
    wrap: Callable[[HTTPChannel], Any] = lambda wire: wire
    install: Mapping[str, Any] = field(default_factory=dict)
    """Replaces fields of the request's install options."""

    said: list[str] = field(default_factory=list)
    result: HotfixResult | None = None

    def apply(self, state: str, **options: Any) -> HotfixResult:
        """The run; raises what the operation raises."""
        wire = self.wrap(self._channel())
        wanted: HotfixRequest = request(state, **options)
        wanted = replace(wanted, install=replace(wanted.install, **self.install))
        with tempfile.TemporaryDirectory(prefix="keep-") as folder:
            wanted = wanted.keeping(Keep(Path(folder)))
            run = Hotfix(Client(wire), DEFINITION, wanted, say=self._say, sleep=self.sleep)
            try:
                return run.run()
            finally:
                self.result = run.result
                wire.close()

    def _say(self, line: str) -> None:
        self.said.append(line)
        self.on_line(line)

    def _channel(self) -> HTTPChannel:
        return channel(self.host, user=self.user, password=self.password)


def write(host: RunningHost, path: str, content: bytes) -> None:
    """Somebody on the host writes a file."""
    host.change("file", path=path, content=base64.b64encode(content).decode())


def truth(host: RunningHost) -> str:
    """The hotfix's true state in the machine's servicing stack, whatever its registry shows: `absent` without one."""
    held = {name: state for name, state in host.state()["servicing"].items() if "KB952876" in name}
    return next(iter(held.values()), "absent")


def assert_clean(host: RunningHost, *, shells: bool = True) -> None:
    """No shell, no task, no script of ours is left; nothing rebooted the host.

    shells: False where a run died and none has worked on the host since: its shell may be there.
    """
    state = host.state()
    assert not shells or state["shells"] == 0, "a shell was left open"
    assert not [task for task in state["tasks"] if "winlegacy" in task], "the task was left"
    left = [name for name in host.folder(LAYOUT.folder) or () if not LASTING.fullmatch(name)]
    assert not left, f"{left} was left"


def installers(host: RunningHost) -> list[str]:
    """The command lines of the installers that were started."""
    started = host.state()["processes_started"]
    return [one["command_line"] for one in started if one["image"].lower() in ("pkgmgr.exe", "wusa.exe")]
