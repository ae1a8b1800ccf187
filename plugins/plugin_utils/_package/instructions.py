# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answer file of an .msu wants beyond installing the one package that is in it, from where it lies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from .names import shown
from .texts import AnswerFile, AnswerPackage

_FOLDER = "%configsetroot%\\"
_TOLD_MAX = 20


def instructions(answers: Sequence[AnswerFile], strangers: Sequence[str], cabinets: Collection[str]) -> tuple[str, ...]:
    """As clauses. strangers: other XML in the .msu, which the host could take for its answer file. cabinets: those that
    the .msu holds, one of which must be the whole source."""
    found = [f"the XML {shown(name)}, which is no answer file" for name in strangers]
    if len(answers) > 1:
        found.append(f"{len(answers)} answer files")
    packages = [package for answer in answers for package in answer.packages]
    if answers and len(packages) != 1:
        found.append(f"{len(packages)} packages")
    names = {name.lower() for name in cabinets}
    found += [clause for package in packages[:_TOLD_MAX] for clause in _of_package(package, names)]
    found += [f"the element {name}" for answer in answers for name in answer.others]
    return tuple(found[:_TOLD_MAX])


def _of_package(package: AnswerPackage, cabinets: Collection[str]) -> Iterator[str]:
    if package.action.lower() != "install":
        yield f"the action {shown(package.action) if package.action else 'nothing'}"
    if package.identities != 1:
        yield f"{package.identities} identities of one package"
    if len(package.locations) != 1:
        yield f"{len(package.locations)} sources of one package"
    for location in package.locations[:_TOLD_MAX]:
        folder, name = location[: len(_FOLDER)].lower(), location[len(_FOLDER) :].lower()
        if folder != _FOLDER:
            yield f"the source {shown(location)}, which is not in the package's own folder ({_FOLDER})"
        elif name not in cabinets:
            yield f"the source {shown(location)}, which the package does not hold"
