# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does an executable go where it belongs, by the component that it belongs to, on the Windows that it is for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from .._catalogue.definition import OsVersion, TargetFile
from .._model.facts import Architecture
from .._model.file_version import FileVersion
from .brought import Place
from .contents import ContainedFile
from .difference import Difference, MatchStatus

_MISMATCH, _OPEN = MatchStatus.MISMATCH, MatchStatus.NOT_COMPARED


def placed(
    file: ContainedFile,
    entry: TargetFile,
    version: FileVersion | None,
    wanted: Architecture,
    builds: Set[OsVersion],
) -> Iterator[Difference]:
    """What the manifests make of an executable of the definition. version: its component's, by the folder's name.

    builds: those that the definition lists it for. A file without a path may go anywhere under its name. What the
    manifests do not tell is not compared, what they tell otherwise is a mismatch.
    """
    yield from _target(file, entry)
    component, name = file.component, file.name
    if component is None:
        yield Difference("component_unknown", _OPEN, name, "a component's manifest that names it", None)
        return
    told = component.image_architecture
    if component.version != version or (told is not None and told is not wanted and not is_guest(entry)):
        found = f"{component.name} {component.version} {component.architecture}"
        yield Difference("wrong_component", _MISMATCH, name, f"{version} {wanted.value}", found)
    if version is not None:
        yield from _deployed(file, builds)


def is_guest(entry: TargetFile) -> bool:
    """Whether it is the 32-bit copy on a 64-bit Windows."""
    folder = (entry.path or "").casefold()
    return folder.startswith(("syswow64\\", "%programfiles(x86)%\\", "%commonprogramfiles(x86)%\\"))


def _target(file: ContainedFile, entry: TargetFile) -> Iterator[Difference]:
    goal = file.destination
    folder = (entry.path or "").rpartition("\\")[0]
    expected = f"{folder}\\{entry.name}" if folder else entry.name
    if goal is None or goal.place is Place.UNKNOWN:
        yield Difference("target_unknown", _OPEN, file.name, expected, goal.problem or None if goal else None)
    elif goal.path is None:
        if entry.path is not None:
            yield Difference("wrong_target", _MISMATCH, file.name, expected, goal.place.value)
    elif (goal.path if folder else goal.path.rpartition("\\")[2]).lower() != expected.lower():
        yield Difference("wrong_target", _MISMATCH, file.name, expected, goal.path)


def _deployed(file: ContainedFile, listed: Set[OsVersion]) -> Iterator[Difference]:
    """The package's updates install it on the builds that list it, on all the ways that lead to it, and on no other."""
    deployment, name, wanted = file.deployment, file.name, _listed(sorted(listed))
    if deployment is None:
        yield Difference("not_deployed", _MISMATCH, name, "an update that installs it", None)
        return
    if deployment.problem:
        yield Difference("branch_conflict", _MISMATCH, name, "one branch", deployment.problem)
    if set(deployment.builds) - listed:
        yield Difference("wrong_build", _MISMATCH, name, wanted, _listed(deployment.builds))
    elif deployment.builds and not deployment.unknown and listed - set(deployment.builds):
        yield Difference("wrong_build", _MISMATCH, name, wanted, _listed(deployment.builds))
    elif deployment.unknown or not deployment.builds:
        yield Difference("build_unknown", _OPEN, name, wanted, ", ".join(deployment.unknown) or None)


def _listed(builds: Iterable[OsVersion]) -> str:
    return ", ".join(".".join(map(str, one)) for one in builds)
