# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an action plugin without a play: real validation and templating, a scripted client in place of the wire."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.template import Templar
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import base
from unit.plugins.plugin_utils._windows.scripted import NoChannel, ScriptedClient


class Harness:
    """One host and what the plugin did with it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, plugin: type[base.HostAction]) -> None:
        self.plugin = plugin
        self.client = ScriptedClient()
        self.channel = NoChannel()
        self.wire: list[dict[str, Any]] = []
        self.warnings: list[str] = []
        self.refusal: Exception | None = None
        monkeypatch.setattr(base, "channel_from_connection", self._channel)
        monkeypatch.setattr(base, "Client", self._client)
        monkeypatch.setattr(base.display, "warning", lambda text, *a, **k: self.warnings.append(text))

    def _channel(self, connection: Any, **options: Any) -> NoChannel:
        if self.refusal is not None:
            raise self.refusal
        self.wire.append(options)
        return self.channel

    def _client(self, channel: Any, **options: Any) -> ScriptedClient:
        assert channel is self.channel
        self.wire[-1].update(options)
        return self.client

    def run(
        self,
        arguments: dict[str, Any] | None = None,
        variables: dict[str, Any] | None = None,
        run_async: int = 0,
        **task: Any,
    ) -> dict[str, Any]:
        loader = DataLoader()
        made = Task.load({"action": self.plugin.NAME, **task})
        made.args = arguments or {}
        made.check_mode = task.get("check_mode", False)
        made.async_val = run_async
        context = PlayContext()
        context.become = task.get("become", False)
        connection = SimpleNamespace(become=None, _shell=SimpleNamespace(tmpdir=None), transport="winrm")
        variables = {"inventory_hostname": "host", **(variables or {})}
        plugin = self.plugin(
            task=made,
            connection=connection,
            play_context=context,
            loader=loader,
            templar=Templar(loader=loader, variables=variables),
            shared_loader_obj=None,
        )
        result: dict[str, Any] = plugin.run(task_vars=variables)
        return result
