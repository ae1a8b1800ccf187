# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of hotfix_info to one host's assessment: the same for a task of the host and for a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .._catalogue.catalogue import load
from .._catalogue.definition import Definition
from .._catalogue.errors import CatalogueError
from .._operations.assess.brief import brief
from .._operations.assess.interview import AssessOptions, Depth, assess
from .._verdict.plan import PlanOptions
from .._wsman import errors
from .._wsman.client import Client
from .variables import BadInput, bounded


@dataclass(frozen=True)
class Wanted:
    """What to ask, and how much of it to show."""

    definition: Definition
    options: AssessOptions
    details: bool
    evidence: bool

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Wanted:
        """From validated arguments. Raises BadInput."""
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
        return cls(definition, options, arguments["details"] or evidence, evidence)

    def ask(self, client: Client) -> dict[str, Any]:
        """The assessment, as documented. Raises the wire's errors, with what was learnt."""
        try:
            seen = assess(client, self.definition, self.options)
        except errors.WSManError as error:
            error.learnt = self._shown(error.learnt)
            raise
        return {"changed": False, **self._shown(seen.as_dict(evidence=self.evidence))}

    def _shown(self, result: dict[str, Any]) -> dict[str, Any]:
        return result if self.details else brief(result)
