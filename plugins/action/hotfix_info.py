# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of hotfix_info: one host's assessment as a task result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils.info_specs import HOTFIX_INFO
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import brief
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import PlanOptions
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client


@dataclass(frozen=True)
class Wanted:
    """What to ask, and how much of it to show."""

    definition: Definition
    options: AssessOptions
    details: bool
    evidence: bool

    def shown(self, result: dict[str, Any]) -> dict[str, Any]:
        return result if self.details else brief(result)


class ActionModule(HostAction):
    """Asks whether a hotfix is needed; changes nothing and starts no process on the host."""

    NAME = "hotfix_info"
    SPEC = HOTFIX_INFO

    def prepare(self, arguments: dict[str, Any]) -> Wanted:
        """What is asked for. Raises BadInput."""
        try:
            definition = load(arguments["kb"])
        except CatalogueError as error:
            raise BadInput(f"kb: {error}") from None
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
        return Wanted(definition, options, arguments["details"] or evidence, evidence)

    def deadline(self, request: Wanted) -> float:
        return request.options.deadline

    def perform(self, client: Client, request: Wanted) -> dict[str, Any]:
        """The assessment, as documented."""
        try:
            seen = assess(client, request.definition, request.options)
        except errors.WSManError as error:
            error.learnt = request.shown(error.learnt)
            raise
        return {"changed": False, **request.shown(seen.as_dict(evidence=request.evidence))}
