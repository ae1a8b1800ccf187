# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters host_results, _doctor_settings and _rollout_*.

What hosts ended with, who has work, and what of the settings nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible import context
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.utils.vars import load_extra_vars
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.variables import strange
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import assessment_of, host_results
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import members
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.scope import RESTARTED, has_work, waits


def rollout_work(result: Any, state: str, reboot: bool = False, cleanup: bool = False) -> bool:
    """See _rollout_work.yml. A result without a plan leaves nothing to do."""
    if state == RESTARTED:
        return isinstance(result, Mapping) and waits(result)
    plans = result.get("plan") if isinstance(result, Mapping) else None
    plan = plans.get(str(state)) if isinstance(plans, Mapping) else None
    return isinstance(plan, Mapping) and has_work(plan, reboot=bool(reboot), cleanup=bool(cleanup))


def rollout_hosts(
    pattern: Any, matched: Sequence[str], limited: Sequence[str], setting: str = "kb952876_hosts"
) -> Any:
    """See _rollout_hosts.yml. Raises AnsibleFilterError where no host is left."""
    if context.CLIARGS.get("syntax"):
        return pattern
    if not pattern:
        raise AnsibleFilterError(f"{setting} is empty: a pattern of hosts was expected")
    if not matched and not limited and not context.CLIARGS.get("subset"):
        looked_at = ", ".join(map(str, context.CLIARGS.get("inventory") or ())) or "none"
        raise AnsibleFilterError(f"there is no host to ask: name an inventory with -i hosts.yml (given: {looked_at})")
    if set(matched).isdisjoint(limited):
        raise AnsibleFilterError(f"{setting} ({pattern}) and --limit leave no host of the inventory")
    return pattern


def rollout_own(result: Any, host: str, kb: str) -> dict[str, Any]:
    """See _rollout_own.yml."""
    return dict(assessment_of(result, str(host), str(kb))) if isinstance(result, Mapping) else {}


def rollout_members(result: Any, prefix: str = "kb952876", verdicts: bool = True) -> list[dict[str, str]]:
    """See _rollout_members.yml. Raises AnsibleFilterError."""
    told = result if isinstance(result, Mapping) else {}
    if told.get("skipped"):
        return []
    found = told.get("hosts")
    if not isinstance(found, Mapping):
        raise AnsibleFilterError("winlegacy.servicing._rollout_members: the result of fleet_hotfix_info was expected")
    return members(found, str(prefix), verdicts=bool(verdicts))


def doctor_settings(names: Sequence[str]) -> list[str]:
    """See _doctor_settings.yml."""
    return strange([str(name) for name in names], set(load_extra_vars(DataLoader())))


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {
            "host_results": host_results,
            "_doctor_settings": doctor_settings,
            "_rollout_hosts": rollout_hosts,
            "_rollout_members": rollout_members,
            "_rollout_own": rollout_own,
            "_rollout_work": rollout_work,
        }
