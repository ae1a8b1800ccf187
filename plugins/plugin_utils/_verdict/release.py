# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what servicing says of a hotfix is said of this release of it, and of all of it. Pure.

A hotfix comes in several releases under one number, each with files of its own. The definition is of one of them: what
servicing says of another one tells nothing of the files that this one brings.
"""

from __future__ import annotations

from .._catalogue.definition import Definition
from .._model.facts import Architecture, Question
from .._model.file_version import FileVersion
from .reasons import Reason, ReasonCode, reason
from .servicing import PENDING, PackageView, ServicingFinding, Standing, standing_of

_SAYS = PENDING | {Standing.INSTALLED}
_BESIDE = {
    Standing.INSTALLED: frozenset({Standing.INSTALLED}),
    Standing.INSTALL_PENDING: frozenset({Standing.INSTALL_PENDING, Standing.INSTALLED}),
    Standing.UNINSTALL_PENDING: frozenset({Standing.UNINSTALL_PENDING, Standing.NOT_INSTALLED}),
}
"""What each part may be while the parts, without a root, are together installed or waiting."""


def unproven(definition: Definition, found: ServicingFinding, architecture: Architecture | None) -> Reason | None:
    """Why a package that is installed or waits proves nothing of this hotfix's files; None where it does, or is not.

    A root of the definition's release speaks for all of it. Without a root each of its parts must say it by itself.
    """
    if found.standing not in _SAYS:
        return None
    saying = [one for one in found.packages or () if standing_of(one.state) is found.standing]
    roots = [one for one in saying if one.root]
    if any(_same_release(definition, one) for one in roots):
        return None
    others = [one for one in roots or saying if not _same_release(definition, one)]
    if others:
        return _other_release(definition, others[0])
    return _open_part(definition, found, architecture)


def _other_release(definition: Definition, view: PackageView) -> Reason:
    state = view.state.value.replace("_", " ")
    values = {"identity": view.record.identity, "state": state, "release": _of(definition.packages[0].identity)}
    return reason(ReasonCode.PACKAGE_OTHER_RELEASE, Question.PACKAGES, kb=definition.kb, **values)


def _open_part(definition: Definition, found: ServicingFinding, architecture: Architecture | None) -> Reason | None:
    """The first part that is not what the others are."""
    parts = found.packages or ()
    entry = None if architecture is None else definition.package(architecture)
    listed = entry.sub_packages if entry is not None else ()
    why = None
    for one in parts:
        if standing_of(one.state) not in _BESIDE[found.standing]:
            why = f"{one.record.identity} is {one.state.value.replace('_', ' ')}"
            break
    if why is None and found.standing is not Standing.UNINSTALL_PENDING:
        known = {one.record.identity.casefold() for one in parts}
        missing = next((one for one in listed if one.casefold() not in known), None)
        if missing is not None:
            why = f"it does not list {missing}"
        elif not listed:
            why = "which parts there are is not known"
    if why is None:
        return None
    state = found.state.value.replace("_", " ")
    return reason(ReasonCode.PACKAGE_PARTS_OPEN, Question.PACKAGES, kb=definition.kb, state=state, why=why)


def _of(identity: str) -> str:
    return identity.rpartition("~")[2].strip()


def _same_release(definition: Definition, view: PackageView) -> bool:
    """All identities of a definition are of one release."""
    return _number(_of(view.record.identity)) == _number(_of(definition.packages[0].identity))


def _number(text: str) -> FileVersion | str:
    try:
        return FileVersion.parse(text)
    except ValueError:
        return text.casefold()
