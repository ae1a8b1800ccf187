# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: one action that tells the connection of every host of the play, as a sweep sets it up."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.host_tasks import HostTasks


class _Counted(HostTasks):
    """set_up: the hosts for which Ansible set a connection up; the others have copies."""

    def __init__(self, action: Any, variables: dict[str, Any]) -> None:
        super().__init__(action, variables)
        self.set_up: list[str] = []

    def _set_up(self, host: Any, variables: dict[str, Any], engine: Any) -> tuple[Any, bool]:
        self.set_up.append(host.name)
        return super()._set_up(host, variables, engine)


class ActionModule(ActionBase):  # type: ignore[misc]
    """Sends nothing."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        spec = importlib.util.spec_from_file_location("probe_one_told", Path(__file__).with_name("probe_one.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        variables = task_vars or {}
        tasks, found = _Counted(self, variables), {}
        for name in variables["ansible_play_batch"]:
            try:
                task = tasks.of(name)
            except ValueError as error:
                found[name] = {"refused": str(error)}
                continue
            try:
                wire: Any = task.wire
            except ValueError as error:
                wire = error
            found[name] = module.told(task.connection, wire, task.becomes)
        return {"changed": False, "hosts": found, "set_up": tasks.set_up}
