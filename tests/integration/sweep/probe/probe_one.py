# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: an action that tells its own task's connection, as Ansible's executor set it up."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import WireOptions


def told(connection: Any, wire: Any, becomes: bool) -> dict[str, Any]:
    """Everything that a channel is made of."""
    options = {name: connection.get_option(name) for name in connection.option_definitions}
    extras = connection.get_option("_extras") if "_extras" in connection._options else {}
    return {
        "plugin": connection.transport,
        "options": {name: None if value is None else str(value) for name, value in options.items()},
        "extras": {name: str(value) for name, value in dict(extras).items()},
        "wire": str(wire),
        "becomes": becomes,
    }


class ActionModule(ActionBase):  # type: ignore[misc]
    """Sends nothing."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        variables = task_vars or {}
        becomes = bool(getattr(self._connection, "become", None) or self._play_context.become)
        try:
            wire: Any = WireOptions.from_vars(variables, self._templar.template)
        except ValueError as error:
            wire = error
        return {"changed": False, "told": told(self._connection, wire, becomes)}
