# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""May this package be used? One judgement for every module: the comparison's outcome and the signature's state."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .match import Match, MatchStatus
from .report import PackageReport
from .signature import SignatureState


class SignaturePolicy(enum.Enum):
    """AUTO: the origin is proven, by a valid signature or by a pinned checksum. REQUIRE: valid only.

    PREFER: anything but invalid. IGNORE: whatever it is.
    """

    AUTO = "auto"
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
_STATES = {
    SignatureState.VALID: "signed",
    SignatureState.UNTRUSTED: "signed, but not provably by Microsoft",
    SignatureState.INVALID: "not as it was signed",
    SignatureState.UNSIGNED: "not signed",
    SignatureState.NOT_CHECKED: "not checked",
}


def refusals(
    report: PackageReport,
    match: Match,
    *,
    policy: SignaturePolicy,
    allow_later: bool,
    pinned: bool = False,
    prefix: str = "",
) -> tuple[Refusal, ...]:
    """Every reason not to use the package; empty when it may be used.

    pinned: the operator gave the file's checksum, and it is the file's. prefix: as a PackageRequest has it.
    """
    return (*_of_match(report, match, allow_later, prefix), *_of_signature(report, policy, pinned, prefix))


def doubts(report: PackageReport, *, policy: SignaturePolicy, pinned: bool = False) -> tuple[str, ...]:
    """Sentences about what is accepted without proof of its origin; empty when it is proven or refused."""
    signature, name = report.signature, report.path.name
    if policy is SignaturePolicy.IGNORE:
        rest = "its pinned checksum alone vouches for it" if pinned else "nothing proves who made it"
        return (f"the signature of {name} is not looked at (signature=ignore): {rest}",)
    if signature.state is SignatureState.VALID or (pinned and signature.state is not SignatureState.INVALID):
        return ()
    if policy is SignaturePolicy.PREFER and signature.state is not SignatureState.INVALID:
        return (f"{name} is used without proof of who made it (signature=prefer): {signature.detail}",)
    if policy is SignaturePolicy.AUTO and pinned:
        return (f"{name} is the pinned file, and yet its signature is invalid: {signature.detail}",)
    return ()


def _of_match(report: PackageReport, match: Match, allow_later: bool, prefix: str) -> tuple[Refusal, ...]:
    if match.acceptable(allow_later=allow_later):
        return ()
    name, lacking = report.path.name, report.contents.lacking
    if lacking:  # first: most of what else is found follows from it
        first = Refusal("package_not_compared", f"{name} could not be compared with {match.kb}: {'; '.join(lacking)}")
        return (first, *((_of_differences(report, match, prefix),) if match.status is MatchStatus.MISMATCH else ()))
    return (_of_differences(report, match, prefix),)


def _of_differences(report: PackageReport, match: Match, prefix: str) -> Refusal:
    name = report.path.name
    if report.kb is not None and report.kb != match.kb:
        text = f"{name} is not the package of {match.kb}: it is that of {report.kb}; get the package of {match.kb}"
        kb = "hotfix_kb" if prefix else "kb"  # the role of one hotfix has no variable for it
        return Refusal(f"package_{match.status.value}", f"{text}, or name {report.kb} if that one is meant ({kb})")
    weighty = [one.text for one in match.differences if one.weight is match.status]
    listed = "; ".join(weighty[:_DIFFERENCES_SHOWN])
    if len(weighty) > _DIFFERENCES_SHOWN:
        listed += f"; and {len(weighty) - _DIFFERENCES_SHOWN} more"
    if match.status is MatchStatus.DIFFERS:
        text = f"{name} differs from {match.kb} as its definition describes it ({listed});"
        text += f" {prefix}allow_later accepts that"
    elif match.status is MatchStatus.NOT_COMPARED:
        text = f"{name} could not be compared with {match.kb}: {listed}"
    else:
        text = f"{name} is not the package of {match.kb}: {listed}"
        told, wanted = report.contents.architecture, match.architecture
        if told is not None and wanted is not None and told is not wanted:
            text += f"; give the one for {wanted.value}"
    return Refusal(f"package_{match.status.value}", text)


def _of_signature(report: PackageReport, policy: SignaturePolicy, pinned: bool, prefix: str) -> tuple[Refusal, ...]:
    signature, name = report.signature, report.path.name
    if policy is SignaturePolicy.IGNORE or signature.state is SignatureState.VALID:
        return ()
    if policy is SignaturePolicy.AUTO:
        return () if pinned else (_unproven(report, prefix),)
    if signature.state is SignatureState.INVALID:
        return (Refusal("signature_invalid", f"{name} has an invalid signature: {signature.detail}"),)
    if policy is SignaturePolicy.REQUIRE:
        text = f"{name} must have a valid signature and it is {signature.state.value}: {signature.detail}"
        return (Refusal(f"signature_{signature.state.value}", text),)
    return ()


def _unproven(report: PackageReport, prefix: str) -> Refusal:
    """Nothing shows that the file is Microsoft's: what was found, and each way out that there is."""
    signature, name = report.signature, report.path.name
    found = f"nothing proves that {name} is Microsoft's: it is {_STATES[signature.state]}: {signature.detail}"
    ways = {
        SignatureState.INVALID: "get the package from Microsoft again",
        SignatureState.NOT_CHECKED: f"mend that, or pin the checksum of a file that you know ({prefix}checksum)",
    }
    other = (
        f"get the package from Microsoft, pin the checksum of a file that you know ({prefix}checksum),"
        f" or name the roots of your own signatures ({prefix}ca_file)"
    )
    return Refusal(f"signature_{signature.state.value}", f"{found}; {ways.get(signature.state, other)}")
