# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of hotfix_info to one host's assessment: the same for a task of the host and for a sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .._catalogue.definition import Definition
from .._model.kb import as_given
from .._operations.assess.brief import brief
from .._operations.assess.interview import AssessOptions, Depth, assess, assess_all
from .._operations.assess.shown import brief_of_several, together
from .._verdict.plan import PlanOptions
from .._wsman import errors
from .._wsman.client import Client
from .definitions import definitions_of
from .variables import bounded


@dataclass(frozen=True)
class Wanted:
    """What to ask, and how much of it to show."""

    definitions: tuple[Definition, ...]
    options: AssessOptions
    details: bool
    evidence: bool
    several: bool
    """Whether kb is a list, and the result that of several hotfixes."""

    @classmethod
    def of(cls, arguments: Mapping[str, Any], find: Callable[[str, str], Any]) -> Wanted:
        """From validated arguments. find: ActionBase._find_needle. Raises BadInput."""
        options = AssessOptions(
            depth=Depth(arguments["depth"]),
            events=arguments["events"],
            events_window=timedelta(hours=bounded("events_hours", arguments["events_hours"], least=1, most=8784)),
            events_deadline=bounded("events_deadline", arguments["events_deadline"], least=1, most=3600),
            symptom_interval=bounded("symptom_interval", arguments["symptom_interval"], least=0, most=600),
            deadline=bounded("deadline", arguments["deadline"], least=1, most=3600),
            plan=PlanOptions(arguments["only_if_symptomatic"], arguments["fail_if_not_applicable"]),
        )
        named = as_given(arguments["kb"])
        evidence, several = arguments["evidence"], isinstance(named, list)
        definitions = definitions_of({**arguments, "kb": named}, find)
        return cls(definitions, options, arguments["details"] or evidence, evidence, several)

    def ask(self, client: Client) -> dict[str, Any]:
        """The assessment, as documented. Raises the wire's errors, with what was learnt."""
        try:
            if self.several:
                whole = together(assess_all(client, self.definitions, self.options), evidence=self.evidence)
            else:
                whole = assess(client, self.definitions[0], self.options).as_dict(evidence=self.evidence)
        except errors.WSManError as error:
            error.learnt = self._shown(error.learnt)
            raise
        return {"changed": False, **self._shown(whole)}

    def _shown(self, result: Mapping[str, Any]) -> dict[str, Any]:
        if self.details:
            return dict(result)
        return brief_of_several(result) if self.several else brief(result)
