# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters host_results and rollout_work: what hosts ended with, and whether one has anything to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._fleet.collect import host_results
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.scope import has_work


def rollout_work(result: Any, state: str, reboot: bool = False, cleanup: bool = False) -> bool:
    """See rollout_work.yml. A result without a plan leaves nothing to do."""
    plans = result.get("plan") if isinstance(result, Mapping) else None
    plan = plans.get(str(state)) if isinstance(plans, Mapping) else None
    return isinstance(plan, Mapping) and has_work(plan, reboot=bool(reboot), cleanup=bool(cleanup))


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"host_results": host_results, "rollout_work": rollout_work}
