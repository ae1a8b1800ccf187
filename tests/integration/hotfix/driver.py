# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the hotfix operation against simulated hosts in this process: as the action plugin does, without a task."""

from __future__ import annotations

import functools
import getpass
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.hotfix_request import build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import assess
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.result import Assessment
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import Hotfix, HotfixResult
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from integration import wire
from packages.msu import build_msu
from packages.proven import ca_file, pins, signed
from winhost.testing import RunningHost

USER, PASSWORD = "Administrator", "P@ssw0rd-sim"  # noqa: S105 - the simulated host's own
DEFINITION = load("KB952876")
HURRY = 20
OPEN = {
    "auth": {"basic": True, "allow_unencrypted": True},
    "overrides": {"servicing": {"install_seconds": 3.0}},
}
"""Defaults of a fleet for these scenarios."""

DEFAULTS: dict[str, Any] = {
    "path": None,
    "package_dir": None,
    "checksum": [],
    "signature": "auto",
    "ca_file": None,
    "allow_later": True,
    "only_if_symptomatic": False,
    "symptom_interval": 1,
    "fail_if_not_applicable": False,
    "cleanup": False,
    "transfer": "winrm",
    "source_path": None,
    "source_user": None,
    "source_password": None,
    "smb_user": None,
    "smb_password": None,
    "smb_port": 445,
    "smb_share": "ADMIN$",
    "transfer_timeout": 120,
    "installer": "pkgmgr",
    "install_timeout": 60,
    "lock_timeout": 5,
}


class ControllerKilledError(BaseException):
    """The controller's process is gone: nothing of it runs any more, no clean-up either."""


class DyingChannel:
    """A channel whose process dies right after its n-th message was delivered (or before, when not delivered)."""

    def __init__(self, channel: HTTPChannel, after: int) -> None:
        self._channel = channel
        self._left = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        if self._left <= 0:
            raise ControllerKilledError
        self._left -= 1
        answer = self._channel.send(envelope, read_timeout=read_timeout)
        if self._left == 0:
            self._channel.close()
            raise ControllerKilledError
        return answer


def hurried(seconds: float) -> None:
    """Sleep as the simulated machine's time runs."""
    time.sleep(seconds / HURRY)


def channel(host: RunningHost) -> HTTPChannel:
    """A channel as the connection plugin would make it, with basic authentication."""
    return wire.channel(host, user=USER, password=PASSWORD)


def request(state: str, *, check: bool = False, run: str = "run", **options: Any) -> Any:
    """The request that the action plugin would build."""
    folder, path = options.get("package_dir"), options.get("path")
    named = [path] if path else sorted(folder.glob("*.msu")) if folder else []
    arguments = {**DEFAULTS, "ca_file": ca_file(), "checksum": pins(named), "state": state, **options}
    return build(arguments, run=run, check=check, login=("", "", ""))


def apply(
    host: RunningHost,
    state: str,
    *,
    wrap: Callable[[HTTPChannel], Any] = lambda one: one,
    check: bool = False,
    run: str = "run",
    said: list[str] | None = None,
    definition: Definition = DEFINITION,
    **options: Any,
) -> HotfixResult:
    """One run of the hotfix operation; the channel is closed at its end."""
    made = wrap(channel(host))
    say = (said if said is not None else []).append
    try:
        wanted = request(state, check=check, run=run, **options)
        wanted = wanted.keeping(Keep(Path(_keep().name)))
        return Hotfix(Client(made), definition, wanted, say=say, sleep=hurried).run()
    finally:
        made.close()


@functools.cache
def _keep() -> tempfile.TemporaryDirectory[str]:
    """Where packages are kept once they are read, by every run of this process, as by all hosts of a playbook."""
    return tempfile.TemporaryDirectory(prefix="keep-")


def count_messages(host: RunningHost, state: str, **options: Any) -> tuple[HotfixResult, int]:
    """A run and the number of its messages."""
    before = host.messages
    result = apply(host, state, **options)
    return result, host.messages - before


def look(host: RunningHost, definition: Definition = DEFINITION) -> Assessment:
    """An assessment."""
    made = channel(host)
    try:
        return assess(Client(made), definition)
    finally:
        made.close()


def restart(host: RunningHost) -> None:
    """The operator restarts the host."""
    boots = host.state()["boots"]
    host.change("reboot")
    host.wait_for(lambda state: state["boots"] > boots and state["listening"])


def owner() -> str:
    """Who runs the tests."""
    return getpass.getuser()


def packages(folder: Path) -> Path:
    """A folder with a package for each architecture."""
    for architecture in ("x86", "x64", "ia64"):
        package(folder / f"{architecture}.msu", architecture)
    return folder


def package(path: Path, architecture: str = "x64", **options: Any) -> Path:
    """One package, signed by the authority whose root `request` names."""
    path.write_bytes(build_msu(architecture, **options))
    return signed(path)
