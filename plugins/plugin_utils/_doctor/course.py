# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from the controller to a host, step by step: a step that failed leaves the later ones not asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from .finding import Check, Finding, Severity

OF_CONTROLLER = (Check.PACKAGES, Check.OPENSSL, Check.KERBEROS)
"""What is the same for all hosts."""

_ON_THE_HOST = (
    Check.WMI, Check.TOKEN, Check.CODE_PAGE, Check.REGISTRY, Check.SHELLS, Check.TASK_SERVICE,
    Check.SCRIPT_HOST, Check.FREE_SPACE, Check.SERVICING,
)  # fmt: skip

NEEDS: Mapping[Check, tuple[Check, ...]] = {
    Check.ADDRESS: (Check.CONNECTION,),
    Check.CREDENTIALS: (Check.CONNECTION,),
    Check.PROXY: (Check.CONNECTION, Check.ADDRESS),
    Check.RESOLUTION: (Check.CONNECTION, Check.ADDRESS),
    Check.PORTS: (Check.RESOLUTION,),
    Check.TLS: (Check.PORTS,),
    Check.IDENTIFY: (Check.TLS,),
    Check.AUTHENTICATION: (Check.IDENTIFY,),
    Check.LOGIN: (Check.VARIABLES, Check.AUTHENTICATION, Check.CREDENTIALS, Check.PACKAGES, Check.KERBEROS),
    **dict.fromkeys(_ON_THE_HOST, (Check.LOGIN,)),
    Check.TOKEN: (Check.LOGIN,),
    Check.CLOCK: (Check.IDENTIFY,),
    Check.CODE_PAGE: (Check.WMI,),
    Check.TASK_SERVICE: (Check.WMI,),
    Check.FREE_SPACE: (Check.WMI,),
    Check.SCRIPT_HOST: (Check.REGISTRY,),
    Check.SERVICING: (Check.REGISTRY,),
}
"""What must be well before something can be asked at all."""


class Course:
    """The findings so far, and which steps are still open."""

    def __init__(self, known: Iterable[Finding] = ()) -> None:
        self.findings: list[Finding] = list(known)
        self._cause: dict[Check, str] = {}

    def add(self, findings: Iterable[Finding]) -> None:
        self.findings += findings

    def has(self, check: Check) -> bool:
        """Whether there is a finding of this check."""
        return any(one.check is check for one in self.findings)

    def opens(self, check: Check) -> bool:
        """Whether this step can be taken. Where it cannot, that and the reason are its finding."""
        why = self._against(check)
        if why:
            self.skip([check], why)
        return not why

    def _against(self, check: Check) -> str:
        return next((found for need in NEEDS.get(check, ()) if (found := self._stopped(need))), "")

    def skip(self, checks: Iterable[Check], why: str, *, blocks: bool = True) -> None:
        """Steps that are not taken, and a clause that says why. blocks: those that need them are not, either."""
        for check in checks:
            if not self.has(check):
                if blocks:
                    self._cause[check] = why
                self.findings.append(Finding(check, Severity.NOT_ASKED, f"Not asked: {why}."))

    def _stopped(self, check: Check) -> str:
        """Why what needs this check cannot be taken; "" where it can. Of a step that nobody came to, its own."""
        if check in self._cause:
            return self._cause[check]
        mine = [one for one in self.findings if one.check is check]
        if any(one.severity is Severity.PROBLEM for one in mine):
            return f"{check.value} has a problem"
        return "" if mine else self._against(check)


@dataclass(frozen=True)
class Diagnosis:
    """All findings about a host, in the order of the way."""

    findings: tuple[Finding, ...]
    subject: str = ""
    """What answered, for the sentence of a healthy host; empty where nothing did."""

    @classmethod
    def of(cls, findings: Iterable[Finding], subject: str = "") -> Diagnosis:
        order = list(Check)
        return cls(tuple(sorted(findings, key=lambda one: order.index(one.check))), subject)

    def hiding(self, hide: Callable[[str], str]) -> Diagnosis:
        """The same without what nobody may see: every text of the doctor about a host passes here."""
        found = tuple(replace(one, text=hide(one.text), cure=hide(one.cure)) for one in self.findings)
        return Diagnosis(found, hide(self.subject))

    def having(self, *severities: Severity) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity in severities)

    @property
    def healthy(self) -> bool | None:
        """False with a problem; None where none was found and something was not answered or not asked."""
        if self.having(Severity.PROBLEM):
            return False
        return None if self.having(Severity.UNKNOWN, Severity.NOT_ASKED) else True

    @property
    def logged_in(self) -> bool:
        """Whether the host took the login."""
        return any(one.check is Check.LOGIN and one.severity in (Severity.OK, Severity.NOTICE) for one in self.findings)

    @property
    def summary(self) -> str:
        """One sentence: the first problem, which is the likeliest cause of what comes after it, or what answered."""
        problems = self.having(Severity.PROBLEM)
        if problems:
            more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
            return f"{problems[0].text.rstrip('.')}{more}."
        open_ = [*dict.fromkeys(one.check.value for one in self.having(Severity.UNKNOWN, Severity.NOT_ASKED))]
        said = f"No problem found{f': {self.subject}' if self.subject else ''}"
        return f"{said}; without an answer: {', '.join(open_)}." if open_ else f"{said}."

    @property
    def counts(self) -> str:
        """How many findings of each severity, as a line."""
        numbers = [(one, len(self.having(one))) for one in Severity]
        return ", ".join(f"{number} {severity.value}" for severity, number in numbers if number)

    def as_dict(self, *, details: bool) -> dict[str, object]:
        """The keys of a result, as the module documents them."""
        shown = self.having(Severity.PROBLEM, Severity.UNKNOWN, Severity.NOTICE)
        result: dict[str, object] = {
            "healthy": self.healthy,
            "summary": self.summary,
            "findings": [one.as_dict() for one in shown],
            "checks": self.counts,
        }
        if details:
            result["details"] = {"checks": [one.as_dict() for one in self.findings]}
        return result
