# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about a host: the article's advice and the support dates, applied to a verdict."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .._catalogue.definition import Definition
from .._model.facts import Facts
from .reasons import ReasonCode
from .status import Status
from .symptom import SymptomStatus, judge_symptom
from .verdict import Verdict


class RecommendationCode(enum.Enum):
    """The values are part of the results."""

    NOTHING = "nothing"
    INSTALL_HOTFIX = "install_hotfix"
    INSTALL_ONLY_IF_SYMPTOMATIC = "install_only_if_symptomatic"
    PREFER_SERVICE_PACK = "prefer_service_pack"
    REBOOT = "reboot"
    INVESTIGATE = "investigate"


@dataclass(frozen=True)
class Recommendation:
    """One recommendation: a code for programs, a text for people."""

    code: RecommendationCode
    text: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code.value, "text": self.text}


def recommend(definition: Definition, facts: Facts, verdict: Verdict) -> Recommendation:
    """The recommendation for one host.

    A missing fix is worth installing where the symptom was seen (once is enough to recommend it); elsewhere the article
    advises to leave it. The service pack, which carries the fix and is supported longer, is named in both cases.
    """
    kb = definition.kb
    if verdict.status is Status.NOT_APPLICABLE:
        return Recommendation(RecommendationCode.NOTHING, f"Nothing: {kb} is not for this Windows.")
    if verdict.waits_for_nothing_known is not None:
        text = f"{verdict.waits_for_nothing_known} Look at the servicing log (CBS.log) on the host."
        return Recommendation(RecommendationCode.INVESTIGATE, text)
    if verdict.status is Status.INSTALL_PENDING:
        return Recommendation(RecommendationCode.REBOOT, "Restart the host: the fix takes effect with the next boot.")
    if verdict.status is Status.REMOVAL_PENDING:
        return Recommendation(RecommendationCode.REBOOT, f"Restart the host to finish the removal of {kb}.")
    pack = definition.advice.preferred_service_pack
    if verdict.status is Status.FIXED:
        text = f"Nothing for {kb}. {_support(definition, facts)}Plan Service Pack {pack}."
        return Recommendation(RecommendationCode.PREFER_SERVICE_PACK, text)
    if verdict.status in (Status.NEEDS_FIX, Status.STAGED):
        return _missing(definition, facts, verdict)
    how = next((f"{one.text} " for one in verdict.reasons[1:] if one.code is ReasonCode.FILTERED_TOKEN), "")
    text = f"Find out first: {verdict.reasons[0].text} {how}Assess again before anything is installed."
    return Recommendation(RecommendationCode.INVESTIGATE, text)


def _missing(definition: Definition, facts: Facts, verdict: Verdict) -> Recommendation:
    pack = definition.advice.preferred_service_pack
    symptom = judge_symptom(facts)
    service = definition.symptom.service
    how = "Install the staged package" if verdict.status is Status.STAGED else f"Install {definition.kb}"
    better = f"Service Pack {pack} carries the fix too and is the better remedy where it can be installed."
    if symptom is SymptomStatus.CONFIRMED or not definition.advice.only_if_symptomatic:
        seen = f"{service} was seen to hang" if symptom is SymptomStatus.CONFIRMED else "the fix is missing"
        return Recommendation(RecommendationCode.INSTALL_HOTFIX, f"{how}: {seen}. {better}")
    if symptom is SymptomStatus.SUSPECTED:
        text = f"{how}: {service} was seen stopping, and a second look can confirm that it hangs. {better}"
        return Recommendation(RecommendationCode.INSTALL_HOTFIX, text)
    text = f"{how} only if this host shows the trouble, which was not observed. {better}"
    if symptom in (None, SymptomStatus.UNKNOWN):
        text = f"{how} only if this host shows the trouble, which is not known. {better}"
    return Recommendation(RecommendationCode.INSTALL_ONLY_IF_SYMPTOMATIC, text)


def _support(definition: Definition, facts: Facts) -> str:
    """When the support of the host's own service pack ended; nothing where it has another one, or none."""
    advice = definition.advice
    if facts.os.value is None or facts.os.value.service_pack != advice.unsupported_service_pack:
        return ""
    return f"Support for Service Pack {advice.unsupported_service_pack} ended on {advice.support_ended.isoformat()}. "
