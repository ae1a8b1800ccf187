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
from .symptom import SymptomStatus, doing, judge_symptom
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
    if verdict.status is Status.FIXED:
        return _there(definition, facts)
    if verdict.status in (Status.NEEDS_FIX, Status.STAGED):
        return _missing(definition, facts, verdict)
    how = next((f"{one.text} " for one in verdict.reasons[1:] if one.code is ReasonCode.FILTERED_TOKEN), "")
    again = "Assess again before anything is installed."
    if verdict.reasons[0].code is ReasonCode.FILES_UNKNOWN and verdict.files.not_asked:
        again = "Assess with depth=full, or fewer hotfixes at once, before anything is installed."
    if verdict.reasons[0].code is ReasonCode.DEFINITION_INCOMPLETE:
        again = "Make the definition of all packages and the whole article, or write by hand what is missing in it."
    text = f"Find out first: {verdict.reasons[0].text} {how}{again}"
    return Recommendation(RecommendationCode.INVESTIGATE, text)


def _there(definition: Definition, facts: Facts) -> Recommendation:
    pack = None if definition.advice is None else definition.advice.preferred_service_pack
    nothing = f"Nothing for {definition.kb}."
    if pack is None:
        return Recommendation(RecommendationCode.NOTHING, nothing)
    text = f"{nothing} {_support(definition, facts)}Plan Service Pack {pack}."
    return Recommendation(RecommendationCode.PREFER_SERVICE_PACK, text)


def _missing(definition: Definition, facts: Facts, verdict: Verdict) -> Recommendation:
    symptom = judge_symptom(definition, facts)
    how = "Install the staged package" if verdict.status is Status.STAGED else f"Install {definition.kb}"
    watched, better = definition.watched, _better(definition)
    if watched is not None and symptom is SymptomStatus.CONFIRMED:
        text = f"{how}: {watched.name} was seen to hang.{better}"
        return Recommendation(RecommendationCode.INSTALL_HOTFIX, text)
    if not definition.only_if_symptomatic:
        return Recommendation(RecommendationCode.INSTALL_HOTFIX, f"{how}: the fix is missing.{better}")
    if watched is not None and symptom is SymptomStatus.SUSPECTED:
        text = f"{how}: {watched.name} was seen {doing(watched)}, and a second look can confirm that it hangs.{better}"
        return Recommendation(RecommendationCode.INSTALL_HOTFIX, text)
    seen = "is not known" if symptom in (None, SymptomStatus.UNKNOWN) else "was not observed"
    text = f"{how} only if this host shows the trouble, which {seen}.{better}"
    return Recommendation(RecommendationCode.INSTALL_ONLY_IF_SYMPTOMATIC, text)


def _better(definition: Definition) -> str:
    """A sentence after a blank; nothing where no service pack is preferred."""
    pack = None if definition.advice is None else definition.advice.preferred_service_pack
    if pack is None:
        return ""
    return f" Service Pack {pack} carries the fix too and is the better remedy where it can be installed."


def _support(definition: Definition, facts: Facts) -> str:
    """When the support of the host's own service pack ended; nothing where it has another one, or none."""
    ended = None if definition.advice is None else definition.advice.support_ended
    if ended is None or facts.os.value is None or facts.os.value.service_pack != ended.service_pack:
        return ""
    return f"Support for Service Pack {ended.service_pack} ended on {ended.on.isoformat()}. "
