# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of fleet_part: what this run found, as one value that set_stats can carry to the run that merges."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import FLEET_PART
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.registered import registered
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import kb_name
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.hotfixes import hotfix_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.version import collection_version
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import part
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import host_results, was_assessed


class ActionModule(ControllerAction):
    """Runs once, on the controller, in check mode too."""

    NAME = "fleet_part"
    SPEC = FLEET_PART

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """See the module's RETURN. Raises BadInput."""
        name, told, known = arguments["name"], variables["hostvars"], set(variables["groups"]["all"])
        wrong = part.problem_of_name(name)
        if wrong:
            raise BadInput(f"name is {name[:80]!r}: {wrong}")
        strange = [host for host in arguments["hosts"] if host not in known]
        if strange:
            raise BadInput(f"hosts: {strange[0]!r} is no host of the inventory")
        asked = list(dict.fromkeys(arguments["hosts"]))
        known_of = {host: registered(told, host) for host in asked}
        try:
            wanted = kb_name(arguments["kb"]) if arguments["kb"] else None
            reached = [host for host in asked if was_assessed(known_of[host], host, wanted)]
            results = plain(host_results(known_of, reached, wanted))
            made = part.make(
                name,
                asked,
                results,
                hotfixes=[hotfix_of(results, wanted)],
                made=datetime.now(UTC),
                collection=collection_version(),
                details=arguments["details"],
            )
        except ValueError as error:  # of rooms below: each is a sentence
            raise BadInput(str(error)) from None
        size = len(json.dumps(made))
        return {
            "stats": {part.variable(name): made},
            "size": size,
            "msg": f"The part {name} has {len(results):,} of {len(asked):,} hosts in {size:,} bytes.",
        }
