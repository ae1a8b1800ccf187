# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""May this package be used? One judgement for every module: the comparison's outcome and the signature's state."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .._hotfix.package_match import Match, MatchStatus
from .report import PackageReport
from .signature import SignatureState


class SignaturePolicy(enum.Enum):
    """REQUIRE: valid only. PREFER: anything but invalid. IGNORE: whatever it is."""

    REQUIRE = "require"
    PREFER = "prefer"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Refusal:
    """One reason against a package: a code and a sentence that says what to do."""

    code: str
    text: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text}


_DIFFERENCES_SHOWN = 5


def refusals(
    report: PackageReport, match: Match, *, policy: SignaturePolicy, allow_later: bool
) -> tuple[Refusal, ...]:
    """Every reason not to use the package; empty when it may be used."""
    return (*_of_match(report, match, allow_later), *_of_signature(report, policy))


def _of_match(report: PackageReport, match: Match, allow_later: bool) -> tuple[Refusal, ...]:
    if match.acceptable(allow_later=allow_later):
        return ()
    name = report.path.name
    weighty = [one.text for one in match.differences if one.weight is match.status]
    listed = "; ".join(weighty[:_DIFFERENCES_SHOWN])
    if len(weighty) > _DIFFERENCES_SHOWN:
        listed += f"; and {len(weighty) - _DIFFERENCES_SHOWN} more"
    if match.status is MatchStatus.DIFFERS:
        text = f"{name} differs from {match.kb} as the article describes it ({listed}); allow_later accepts that"
    elif match.status is MatchStatus.NOT_COMPARED:
        text = f"{name} could not be compared with {match.kb}: {listed}"
    else:
        text = f"{name} is not the package of {match.kb}: {listed}"
    return (Refusal(f"package_{match.status.value}", text),)


def _of_signature(report: PackageReport, policy: SignaturePolicy) -> tuple[Refusal, ...]:
    signature, name = report.signature, report.path.name
    if policy is SignaturePolicy.IGNORE or signature.state is SignatureState.VALID:
        return ()
    if signature.state is SignatureState.INVALID:
        return (Refusal("signature_invalid", f"{name} has an invalid signature: {signature.detail}"),)
    if policy is SignaturePolicy.REQUIRE:
        text = f"{name} must have a valid signature and it is {signature.state.value}: {signature.detail}"
        return (Refusal(f"signature_{signature.state.value}", text),)
    return ()
