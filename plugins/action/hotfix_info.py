# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of hotfix_info: one host's assessment as a task result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils.info_specs import HOTFIX_INFO, HOTFIX_INFO_RULES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.definitions import definitions_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
    assess_all,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.shown import (
    brief,
    brief_of_several,
    together,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import PlanOptions
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client


@dataclass(frozen=True)
class Wanted:
    """What to ask, and how much of it to show."""

    definitions: tuple[Definition, ...]
    options: AssessOptions
    details: bool
    evidence: bool
    several: bool
    """Whether kb is a list, and the result that of several hotfixes."""

    def shown(self, result: Mapping[str, Any]) -> dict[str, Any]:
        if self.details:
            return dict(result)
        return brief_of_several(result) if self.several else brief(result)


class ActionModule(HostAction):
    """Asks whether a hotfix is needed; changes nothing and starts no process on the host."""

    NAME = "hotfix_info"
    SPEC = HOTFIX_INFO
    RULES = HOTFIX_INFO_RULES

    def prepare(self, arguments: dict[str, Any]) -> Wanted:
        """What is asked for. Raises BadInput."""
        definitions = definitions_of(arguments, self._find_needle)
        options = AssessOptions(
            depth=Depth(arguments["depth"]),
            events=arguments["events"],
            events_window=timedelta(hours=bounded("events_hours", arguments["events_hours"], least=1, most=8784)),
            events_deadline=bounded("events_deadline", arguments["events_deadline"], least=1, most=3600),
            symptom_interval=bounded("symptom_interval", arguments["symptom_interval"], least=0, most=600),
            deadline=bounded("deadline", arguments["deadline"], least=1, most=3600),
            plan=PlanOptions(arguments["only_if_symptomatic"], arguments["fail_if_not_applicable"]),
        )
        evidence = arguments["evidence"]
        several = isinstance(arguments["kb"], list)
        return Wanted(definitions, options, arguments["details"] or evidence, evidence, several)

    def deadline(self, request: Wanted) -> float:
        return request.options.deadline

    def perform(self, client: Client, request: Wanted) -> dict[str, Any]:
        """The assessment, as documented."""
        try:
            if request.several:
                all_seen = assess_all(client, request.definitions, request.options)
                whole = together(all_seen, evidence=request.evidence)
            else:
                seen = assess(client, request.definitions[0], request.options)
                whole = seen.as_dict(evidence=request.evidence)
        except errors.WSManError as error:
            error.learnt = request.shown(error.learnt)
            raise
        return {"changed": False, **request.shown(whole)}
