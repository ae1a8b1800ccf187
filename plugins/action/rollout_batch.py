# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of rollout_batch: before a batch, whether it may begin; after it, what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_BATCH
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.registered import registered
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_record import RunRecord
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.lines import withheld
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import host_results
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.progress import Progress, Seen
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.scope import Scope, ScopeError, group_names

BATCH, DONE = "__hotfix_batch", "__hotfix_done"
"""What playbooks/tasks/batch.yml registers at the begin of a batch, and sets for a host that came to its end."""


class ActionModule(ControllerAction):
    """Compares the plays with the scope, and reads what each host is known to have done in this run."""

    NAME = "rollout_batch"
    SPEC = ROLLOUT_BATCH

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """See the module's RETURN. Raises BadInput where a play is not what the scope says."""
        record = RunRecord()
        told = self._chosen(record, arguments["scope"])
        scope = Scope(
            tuple(map(tuple, told["canary"])),
            tuple(map(tuple, told["remainder"])),
            {host: frozenset(others) for host, others in told["apart"].items()},
        )
        seen = {host: self._seen(host, variables, told) for host in told["everybody"]}
        progress = Progress(scope, float(told["max_fail_percentage"]), seen)
        if arguments["step"] == "begin":
            begun = self._begin(progress, told, variables)
            record.allow(self._task, begun["hosts"], told["playbook"])
            return begun
        stopped = progress.stopped is not None
        result: dict[str, Any] = {"msg": progress.told(), "stopped": stopped, "_ansible_verbose_always": True}
        if arguments["step"] == "last":
            result["problems"] = progress.problems()
            result["untouched"] = list(progress.untouched)
        return result

    @staticmethod
    def _chosen(record: RunRecord, told: Mapping[str, Any]) -> dict[str, Any]:
        """The scope that this run has chosen. Raises BadInput where the one that is given is another one."""
        chosen = record.get("scope", str(told.get("playbook")))
        if chosen is None or any(told.get(name) != value for name, value in chosen.items()):
            raise BadInput("this scope was not chosen in this run, so nothing is begun")
        return chosen

    def _begin(self, progress: Progress, told: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        batch = [str(host) for host in variables["ansible_play_batch"]]
        if progress.stopped is not None:
            return {"go": False, "playbook": told["playbook"], "hosts": [], "held": {}, "msg": progress.told()}
        try:
            self._compare(progress.scope, told, variables)
            held = progress.next(batch)
        except ScopeError as error:
            raise BadInput(f"{error}. Nothing of this batch was touched.") from None
        return {
            "go": True,
            "playbook": told["playbook"],
            "hosts": [host for host in batch if not held[host]],
            "held": {host: reason for host, reason in held.items() if reason},
        }

    def _compare(self, scope: Scope, told: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
        """Both groups hold exactly the hosts of the scope, and the play exactly one of them. Raises ScopeError."""
        wanted = [[host for batch in batches for host in batch] for batches in (scope.canary, scope.remainder)]
        groups = [list(variables["groups"].get(name, ())) for name in group_names(told["playbook"], told["kb"])]
        if groups != wanted:
            raise ScopeError("the groups of this run are not what its scope says")
        if list(variables["ansible_play_hosts_all"]) not in wanted:
            play, planned = set(variables["ansible_play_hosts_all"]), set(wanted[0]) | set(wanted[1])
            strange, missing = sorted(play - planned), sorted(planned - play)
            raise ScopeError(f"the play has other hosts than the scope: {strange or missing}")

    def _seen(self, host: str, variables: Mapping[str, Any], told: Mapping[str, Any]) -> Seen:
        known = registered(variables["hostvars"], host)
        found = known.get(BATCH)
        batch: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
        ours = batch.get("playbook") == told["playbook"]
        result = host_results({host: known}, [host])[host]
        failed = bool(result.get("failed") or result.get("unreachable"))
        return Seen(
            verdict=host not in told["unknown"],
            begun=ours and host in batch["hosts"],
            done=known.get(DONE) == told["playbook"],
            failure=_failure(result) if failed or host in told["unknown"] else "",
            held=str(batch["held"].get(host, "")) if ours else "",
        )


def _failure(result: Mapping[str, Any]) -> str:
    """What is wrong with a host, with the way out of it where that is known."""
    advice = result.get("next")
    cure = withheld(advice.get("text") if isinstance(advice, Mapping) else None)
    return f"{result.get('msg') or result.get('summary')} {cure}".strip()
