# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of rollout_member: puts a host of the inventory into a group of this run, by its very name."""

from __future__ import annotations

from typing import Any

from ansible import constants
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_MEMBER
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput


class ActionModule(ControllerAction):
    """As add_host, which reads an address and a port out of a name and adds hosts that are not there."""

    NAME = "rollout_member"
    SPEC = ROLLOUT_MEMBER

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """What the strategy needs for it. Raises BadInput for a host that the inventory does not have."""
        host, group = arguments["host"], arguments["group"]
        if host not in variables["groups"]["all"]:
            raise BadInput(f"{host!r} is no host of the inventory")
        _told_once(self._task.action)
        add = getattr(super(), "add_host", None)  # ansible-core 2.21 asks for it; before, the strategy reads the result
        changed = False if add is None else bool(add(host_name=host, parent_group_names=[group], host_vars={}))
        return {"changed": changed, "add_host": {"host_name": host, "groups": [group], "host_vars": {}}}


def _told_once(action: str) -> None:
    """Before 2.21 the strategy shows each item that adds a host, and the worker those of all other actions: not both.

    It counts in this worker alone, which ends with the task.
    """
    shown = getattr(constants, "_ACTION_INVENTORY_TASKS", None)
    if shown is not None:
        constants._ACTION_INVENTORY_TASKS = (*shown, action)
