# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What component-based servicing says of one hotfix, from all package keys that carry its number."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .._model.cbs import PackageState, decode_state, is_of_kb, is_root_of_kb
from .._model.facts import Architecture, Facts, PackageRecord, Question, RebootIndicator, architecture_of
from .reasons import Reason, ReasonCode, reason


class Standing(enum.Enum):
    """What a package's state means for the verdict."""

    NOT_INSTALLED = "not_installed"
    FILES_DECIDE = "files_decide"
    INSTALLED = "installed"
    INSTALL_PENDING = "install_pending"
    UNINSTALL_PENDING = "uninstall_pending"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"


PENDING = frozenset({Standing.INSTALL_PENDING, Standing.UNINSTALL_PENDING})
"""A package that says it waits: for a restart, if servicing's own indicators say so too."""

UNTOLD = frozenset({Standing.UNKNOWN, Standing.CONFLICT})
"""A package of which nothing is known: nothing is decided without it."""

_STANDINGS = {
    PackageState.ABSENT: Standing.NOT_INSTALLED,
    PackageState.RESOLVING: Standing.NOT_INSTALLED,
    PackageState.RESOLVED: Standing.NOT_INSTALLED,
    PackageState.STAGING: Standing.NOT_INSTALLED,
    PackageState.STAGED: Standing.NOT_INSTALLED,
    PackageState.SUPERSEDED: Standing.FILES_DECIDE,
    PackageState.PARTIALLY_INSTALLED: Standing.FILES_DECIDE,
    PackageState.BROKEN: Standing.FILES_DECIDE,
    PackageState.INSTALLED: Standing.INSTALLED,
    PackageState.PERMANENT: Standing.INSTALLED,
    PackageState.INSTALL_PENDING: Standing.INSTALL_PENDING,
    PackageState.UNINSTALL_PENDING: Standing.UNINSTALL_PENDING,
    PackageState.UNKNOWN: Standing.UNKNOWN,
}


def standing_of(state: PackageState) -> Standing:
    """What one package's state means."""
    return _STANDINGS[state]


_WEIGHT = (
    PackageState.UNKNOWN,
    PackageState.PERMANENT,
    PackageState.INSTALLED,
    PackageState.PARTIALLY_INSTALLED,
    PackageState.BROKEN,
    PackageState.SUPERSEDED,
    PackageState.STAGED,
    PackageState.STAGING,
    PackageState.RESOLVED,
    PackageState.RESOLVING,
    PackageState.ABSENT,
)
"""Which of several packages' states speaks for the hotfix, after the pending ones: the first that occurs."""

_NOTES = {
    PackageState.STAGED: ReasonCode.CBS_STAGED,
    PackageState.SUPERSEDED: ReasonCode.PACKAGE_SUPERSEDED,
    PackageState.PARTIALLY_INSTALLED: ReasonCode.PACKAGE_PARTIALLY_INSTALLED,
    PackageState.BROKEN: ReasonCode.PACKAGE_BROKEN,
    PackageState.INSTALLED: ReasonCode.PACKAGE_INSTALLED,
    PackageState.PERMANENT: ReasonCode.PACKAGE_INSTALLED,
    PackageState.INSTALL_PENDING: ReasonCode.PACKAGE_INSTALL_PENDING,
    PackageState.UNINSTALL_PENDING: ReasonCode.PACKAGE_UNINSTALL_PENDING,
}


@dataclass(frozen=True)
class PackageView:
    """One package of the hotfix: as the host names it, decoded. root: the one that stands for the whole hotfix."""

    record: PackageRecord
    state: PackageState
    root: bool

    @property
    def asked(self) -> bool:
        """Whether its state was asked for, with an answer or without."""
        return self.record.state_code is not None or self.record.cause is not None

    @property
    def architecture(self) -> Architecture | None:
        parts = self.record.identity.split("~")
        return architecture_of(parts[2]) if len(parts) > 2 else None


@dataclass(frozen=True)
class ServicingFinding:
    """packages: those of this hotfix (None: not known), state: the one that speaks for them, notes: what to tell.

    unread: where the state is not known, why, as a clause in brackets after a blank.
    conflict: those that speak do not agree, or one of them cannot be explained. That is less than not knowing any:
    nothing but another answer of servicing itself decides then.
    """

    packages: tuple[PackageView, ...] | None
    state: PackageState
    notes: tuple[Reason, ...] = ()
    conflict: bool = False
    unread: str = ""

    @property
    def standing(self) -> Standing:
        return Standing.CONFLICT if self.conflict else standing_of(self.state)

    @property
    def roots(self) -> tuple[PackageView, ...]:
        return tuple(view for view in self.packages or () if view.root)


def servicing(kb: str, facts: Facts, architecture: Architecture | None) -> ServicingFinding:
    """What servicing says of the hotfix.

    Where a root package is there it alone speaks: the parts of a package that fits several builds are installed only
    as far as they apply. Without one all parts speak, the pending ones first. Several roots must agree as far as they
    tell anything, and one that cannot be read stands against any that tells; a root of another architecture than the
    host's cannot be explained. Then nothing is known, whatever the kernel. So it is with parts that wait for both.
    A state that cannot be read is not absence: the package may be pending.
    """
    records = facts.packages.value
    if records is None:
        why = f" ({facts.packages.detail})" if facts.packages.detail else ""
        return ServicingFinding(None, PackageState.UNKNOWN, (packages_unknown(kb, why),), unread=why)
    views = tuple(
        PackageView(record, decode_state(record.state_code), is_root_of_kb(record.identity, kb))
        for record in records
        if is_of_kb(record.identity, kb)
    )
    notes: list[Reason] = []
    speaking = [view for view in views if view.root]
    if views and not speaking:
        notes.append(reason(ReasonCode.ROOT_PACKAGE_NOT_FOUND, Question.PACKAGES, kb=kb))
        speaking = _telling(views)
    state = _speaking_state([view.state for view in speaking])
    conflict = _conflict(speaking)
    if conflict:
        named = ", ".join(f"{view.record.identity} {view.state.value.replace('_', ' ')}" for view in speaking)
        notes.append(reason(ReasonCode.PACKAGES_CONFLICT, Question.PACKAGES, kb=kb, states=named))
        state = PackageState.UNKNOWN
    for view in speaking:
        foreign = None not in (architecture, view.architecture) and view.architecture is not architecture
        if foreign and architecture is not None and view.state is not PackageState.ABSENT:
            values = {"identity": view.record.identity, "architecture": architecture.value}
            notes.append(reason(ReasonCode.PACKAGE_ARCHITECTURE_DIFFERS, Question.PACKAGES, **values))
            state, conflict = PackageState.UNKNOWN, True
            break
    unread = _unread(speaking) if state is PackageState.UNKNOWN else ""
    if state is PackageState.UNKNOWN:
        notes.insert(0, packages_unknown(kb, unread))
    elif state in _NOTES:
        notes.insert(0, reason(_NOTES[state], Question.PACKAGES, kb=kb))
    return ServicingFinding(views, state, tuple(notes), conflict, unread)


def packages_unknown(kb: str, why: str, known: str = "") -> Reason:
    """That what servicing knows is not known. why: a clause in brackets after a blank. known: what does not help."""
    clause = f", and {known}" if known else ""
    return reason(ReasonCode.PACKAGES_UNKNOWN, Question.PACKAGES, kb=kb, why=why, known=clause)


def _unread(speaking: list[PackageView]) -> str:
    """Which package's state is not known, and why."""
    for view in speaking:
        if view.state is PackageState.UNKNOWN:
            code = view.record.state_code
            why = view.record.detail or "cannot be read" if code is None else f"is {code}, which is not known"
            return f" (CurrentState of {view.record.identity}: {why})"
    return " (its packages do not agree)"


def _telling(parts: tuple[PackageView, ...]) -> list[PackageView]:
    """Which parts speak where there is no root: those that were asked about, if one of them is or was installed or
    waits. The parts that apply to a host are installed and removed together. One that is not installed may be one that
    does not apply, so then all speak, and one that nobody asked about leaves it open."""
    asked = [one for one in parts if one.asked]
    silent = all(standing_of(one.state) is Standing.NOT_INSTALLED for one in asked)
    return list(parts) if silent else asked


_TELLS_NOTHING = frozenset({Standing.NOT_INSTALLED, Standing.FILES_DECIDE})


def _conflict(speaking: list[PackageView]) -> bool:
    """Whether packages that speak for the hotfix do not agree; one that cannot be read may say anything.

    One package has one state: two for one identity do not agree, whatever they are.
    Parts are installed each as far as it applies, so some may be pending beside installed ones; those that were not
    asked about contradict nothing.
    """
    states: dict[str, PackageState] = {}
    for view in speaking:
        if states.setdefault(view.record.identity.casefold(), view.state) is not view.state:
            return True
    told = {standing_of(view.state) for view in speaking if view.root or view.asked} - _TELLS_NOTHING
    if len(told) < 2:
        return False
    return Standing.UNKNOWN in told or told >= PENDING or all(view.root for view in speaking)


def pending_without_indicator(kb: str, found: ServicingFinding) -> Reason:
    """That a package is pending and servicing quiet."""
    what = "removal" if found.standing is Standing.UNINSTALL_PENDING else "install"
    return reason(ReasonCode.PENDING_WITHOUT_INDICATOR, Question.PACKAGES, kb=kb, what=what)


def is_quiet(facts: Facts) -> bool | None:
    """Whether servicing has nothing to finish at a restart: True or False as far as its own indicators tell.

    True only where both RebootPending and PackagesPending are known to be unset. This is about all packages.
    """
    names = (RebootIndicator.CBS_REBOOT_PENDING, RebootIndicator.CBS_PACKAGES_PENDING)
    asked = [facts.reboot.get(one) for one in names]
    progress = facts.reboot.get(RebootIndicator.CBS_REBOOT_IN_PROGRESS)
    if any(one is not None and one.value is True for one in (*asked, progress)):
        return False
    return True if all(one is not None and one.value is False for one in asked) else None


def _speaking_state(states: list[PackageState]) -> PackageState:
    pending = {PackageState.INSTALL_PENDING, PackageState.UNINSTALL_PENDING} & set(states)
    if len(pending) == 1:
        return pending.pop()
    if pending:
        return PackageState.UNKNOWN
    return next((state for state in _WEIGHT if state in states), PackageState.ABSENT)
