# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of rollout_scope: which hosts have work, by this run's own assessment, in batches."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_SCOPE
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.play_variables import PlayVariables
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_record import RunRecord
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.checks import as_boolean
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import assessment, statuses
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.scope import (
    Options,
    ScopeError,
    assessed,
    choose,
    group_names,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import NAMINGS


class ActionModule(ControllerAction):
    """Decides once for the whole run. Groups of the inventory do not count."""

    NAME = "rollout_scope"
    SPEC = ROLLOUT_SCOPE

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """The batches, and the hosts with their groups. Raises BadInput; nothing was changed then."""
        settings, record = arguments["settings"], RunRecord()
        told = settings.get("rollout")
        if not isinstance(told, dict) or record.get("settings", arguments["playbook"]) != {"rollout": told}:
            raise BadInput("the settings were not checked in this run, so nothing is begun")
        groups = group_names(arguments["playbook"], told["kb"])
        everybody = [host for host in variables["groups"]["all"] if host in set(variables["ansible_play_hosts_all"])]
        taken = [name for name in groups if name in variables["groups"] or name in variables["groups"]["all"]]
        if taken:
            raise BadInput(f"there is {taken[0]} already, and the roll-out chooses its hosts by that name")
        play = PlayVariables(NAMINGS[told["role"]], self._templar, self._loader, variables, everybody)
        needs_package = arguments["state"] in ("staged", "present")
        hosts = [
            assessed(
                host,
                assessment(play.raw(host), host),
                arguments["state"],
                reboot=bool(as_boolean(play.setting("reboot", host))),
                cleanup=bool(as_boolean(play.setting("cleanup", host))),
                packages=settings.get("packages", {}).get(host, ()) if needs_package else None,
            )
            for host in everybody
        ]
        options = Options(
            canary=told["canary"],
            canary_size=told["canary_size"],
            canary_done=told["canary_done"],
            sizes=told["batches"] if isinstance(told["batches"], list) else [told["batches"]],
            apart=told["apart"],
        )
        try:
            scope = choose(hosts, options)
        except ScopeError as error:
            raise BadInput(f"{error}. Nothing was changed.") from None
        members = [
            {"host": host, "group": group}
            for group, batches in zip(groups, (scope.canary, scope.remainder), strict=True)
            for batch in batches
            for host in batch
        ]
        chosen = {
            "playbook": arguments["playbook"],
            "kb": told["kb"],
            "canary": scope.canary,
            "remainder": scope.remainder,
            "apart": {host: sorted(others) for host, others in scope.apart.items()},
            "members": members,
            "everybody": everybody,
            "unknown": [host.name for host in hosts if not host.verdict],
            "sizes": [[len(batch) for batch in batches] for batches in (scope.canary, scope.remainder)],
            "max_fail_percentage": told["max_fail_percentage"],
        }
        record.put(plain(chosen), "scope", arguments["playbook"])
        record.put(statuses({host: play.raw(host) for host in everybody}, everybody), "verdicts", arguments["playbook"])
        return {**chosen, "msg": _told(scope.canary, scope.remainder, len(everybody))}


def _told(canary: Any, remainder: Any, everybody: int) -> str:
    first, rest = sum(map(len, canary)), sum(map(len, remainder))
    if not first + rest:
        return f"None of {everybody} hosts has work."
    return f"{first + rest} of {everybody} hosts have work: {first} as canary, then {rest} in {len(remainder)} batches."
