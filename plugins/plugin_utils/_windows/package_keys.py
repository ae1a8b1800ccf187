# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of component-based servicing: which of one KB the host knows, and their CurrentState."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .._model.answer import Answer, Cause
from .._model.cbs import is_of_kb, is_root_of_kb
from .._model.facts import Architecture, PackageRecord, architecture_of
from . import registry
from .wmi import Wmi

CBS = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing"
PACKAGES = f"{CBS}\\Packages"

_WORDS = {word: architecture_of(word) for word in ("x86", "amd64", "ia64")}
"""The architectures as an identity names them: name~key~architecture~language~version."""

NOT_READ = "its CurrentState was not read"

_LISTING_MAY_FAIL = frozenset(
    {Cause.TOO_LARGE, Cause.EMPTY, Cause.METHOD_MISSING, Cause.FAULT, Cause.TIMEOUT, Cause.UNPARSABLE}
)
"""Failures of the list that leave a chance to read a package's own key (not: the key or the right is missing)."""


def listed(wmi: Wmi) -> Answer[tuple[str, ...]]:
    """Identities of all packages as the host writes them.

    An empty list is no evidence of absence: every Windows has some, so that is EMPTY.
    """
    return registry.enum_key(wmi, PACKAGES).map(tuple)


def of_kb(names: Iterable[str], kb: str) -> tuple[str, ...]:
    """Those of one hotfix, the root first; () when servicing was read and knows none."""
    number = kb.removeprefix("KB")  # one quick look first: a host lists hundreds of names of others
    found = [name for name in names if number in name and is_of_kb(name, kb)]
    return tuple(sorted(found, key=lambda name: (not is_root_of_kb(name, kb), name)))


def identities(wmi: Wmi, kb: str) -> Answer[tuple[str, ...]]:
    """Identities of a KB's packages as the host writes them, the root first. () when servicing was read and knows none.
    """
    return listed(wmi).map(lambda names: of_kb(names, kb))


def fits(names: Iterable[str], architecture: Architecture) -> bool:
    """Whether packages are those of a Windows of this architecture. A 64-bit one has some of its own, whatever else it
    has, and a 32-bit one none of a 64-bit one. Without an architecture in any name: nothing stands against it."""
    every = "\n".join(names).casefold()  # a host lists hundreds of names: one quick look at all
    seen = {one for word, one in _WORDS.items() if f"~{word}~" in every}
    wide = seen - {Architecture.X86}
    return not seen or (wide == {architecture} if wide else architecture is Architecture.X86)


def states(wmi: Wmi, names: Sequence[str], affordable: Callable[[], bool]) -> tuple[PackageRecord, ...]:
    """CurrentState of each package, in order, as long as another message is affordable; later ones have none."""
    return tuple(_record(wmi, name) if affordable() else PackageRecord(name, None, NOT_READ) for name in names)


def at_known_identities(
    wmi: Wmi, candidates: Sequence[str], listing: Answer[tuple[str, ...]], affordable: Callable[[], bool]
) -> Answer[tuple[PackageRecord, ...]]:
    """Packages where the list itself could not be read (thousands of names do not fit an envelope of WinRM 1.1).

    CurrentState is read at the identities that the catalogue names. A hit is evidence; a miss is none, since the real
    identity may differ: then the answer is unknown with the cause of the list.
    """
    unknown: Answer[tuple[PackageRecord, ...]] = Answer(cause=listing.cause, detail=listing.detail)
    if listing.cause is None or listing.cause not in _LISTING_MAY_FAIL:
        return unknown
    found: list[PackageRecord] = []
    tried = 0
    for name in candidates:
        if not affordable():
            break
        tried += 1
        state = registry.get_dword(wmi, f"{PACKAGES}\\{name}", "CurrentState")
        if state.value is not None:
            found.append(PackageRecord(name, state.value))
        elif state.cause is not Cause.VALUE_MISSING:
            break
    if found:
        return Answer.known(tuple(found))
    if not tried:
        return unknown
    detail = f"{listing.detail}; the catalogue's identities ({tried} tried) gave no state either"
    return Answer.unknown(listing.cause, detail)


def _record(wmi: Wmi, name: str) -> PackageRecord:
    state = registry.get_dword(wmi, f"{PACKAGES}\\{name}", "CurrentState")
    return PackageRecord(name, state.value, state.detail, state.cause)
