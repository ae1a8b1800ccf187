# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files gathered to the targets of a definition: one for each build and architecture, a file's branches together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..._catalogue.definition import OsVersion
from ..._model.facts import Architecture
from ..._model.file_version import Branch, branches_of, no_branch
from .brought import BroughtFile, NotTold, Stray, one_each
from .known_files import pae_of, role_of
from .named import Unfilled

_SERVICE_PACKS: dict[OsVersion, int] = {
    (6, 0, 6000): 0,
    (6, 0, 6001): 1,
    (6, 0, 6002): 2,
    (6, 0, 6003): 2,
    (6, 1, 7600): 0,
    (6, 1, 7601): 1,
}
_BRANCHES = (Branch.GDR, Branch.LDR, Branch.SINGLE)


def targets(
    files: Iterable[BroughtFile], strays: Sequence[Stray], not_told: NotTold, unfilled: Unfilled
) -> list[dict[str, Any]]:
    """The data of all targets that have a changed file. unfilled: takes those that have none.

    A stray is an unread file of every target that it may be of, so that no host is fixed by the others alone.
    """
    by_target: dict[tuple[Architecture, OsVersion], list[BroughtFile]] = {}
    order = list(Architecture)
    for file in one_each(list(files), not_told):
        by_target.setdefault((file.architecture, file.build), []).append(file)
    found = []
    for (architecture, build), brought in sorted(
        by_target.items(), key=lambda one: (order.index(one[0][0]), one[0][1])
    ):
        groups = _groups(brought, not_told)
        changed = _changed(groups)
        if not any(changed.values()):
            reason = "it gets no changed file, so that nothing could tell the fix"
            not_told.note(f"targets: {'.'.join(map(str, build))} {architecture.value}", reason)
            unfilled.note(build, architecture, reason)
            continue
        for stray in strays:
            if stray.architecture in (None, architecture):
                changed |= _with_stray(groups, stray, architecture, build)
        told = _files(groups, changed, not_told)
        found.append(
            {
                "os_version": ".".join(map(str, build)),
                "service_pack": _SERVICE_PACKS.get(build, 0),
                "architecture": architecture.value,
                "files": told,
            }
        )
    return found


def _groups(brought: Sequence[BroughtFile], not_told: NotTold) -> dict[str, list[BroughtFile]]:
    """The branches of each file, by its place."""
    groups: dict[str, list[BroughtFile]] = {}
    for file in brought:
        groups.setdefault((file.path or file.name).lower(), []).append(file)
    return {key: _own_branches(group, not_told) for key, group in groups.items()}


def _changed(groups: Mapping[str, Sequence[BroughtFile]]) -> dict[str, bool]:
    found = {key: not all(_proves_nothing(one) for one in group) for key, group in groups.items()}
    if not any(found.values()):  # a hotfix of data or of languages alone
        return {key: not all(one.baseline for one in group) for key, group in groups.items()}
    return found


def _with_stray(
    groups: dict[str, list[BroughtFile]], stray: Stray, architecture: Architecture, build: OsVersion
) -> dict[str, bool]:
    """The files that a stray leaves unread: those of its name, which it may be a row of, else one more."""
    same = [key for key, group in groups.items() if group[0].name.lower() == stray.name.lower()]
    if same and stray.other is not None:
        return {}  # the same file of another Windows, which has its own rows here
    for key in same:
        groups[key] = [replace(one, version=None, doubt=stray.doubt) for one in groups[key]]
    if not same:
        new = BroughtFile(stray.name, build, architecture, Branch.SINGLE, image=architecture)
        groups[stray.name.lower()] = [replace(stray.packed or new, build=build, doubt=stray.doubt)]
    return dict.fromkeys(same or [stray.name.lower()], True)


def _files(
    groups: Mapping[str, list[BroughtFile]], changed: Mapping[str, bool], not_told: NotTold
) -> list[dict[str, Any]]:
    kept = {key: _with_fix(group) if changed[key] else group for key, group in sorted(groups.items())}
    kernels = {group[0].name.lower() for group in kept.values() if _role(group) == "kernel"}
    return [_file(group, changed[key], kernels, not_told) for key, group in kept.items()]


def _with_fix(group: list[BroughtFile]) -> list[BroughtFile]:
    """The branches of a changed file: the version that a build came with is no threshold, since every host has it.

    Of a package such a branch stays, by its component, which tells that it brings no fix.
    """
    if all(one.baseline for one in group):
        return group
    kept = [one for one in group if not one.baseline or one.component_version]
    return [replace(one, version=None) if one.baseline else one for one in kept]


def _role(group: Sequence[BroughtFile]) -> str:
    role = role_of(group[0].name, group[0].path)
    return "none" if role == "kernel" and any(one.version is None and not one.baseline for one in group) else role


def _proves_nothing(file: BroughtFile) -> bool:
    """The build came with it, it has no version by its nature, or it lies only where a language is installed."""
    return file.baseline or file.localized or not file.executable


def _own_branches(group: list[BroughtFile], not_told: NotTold) -> list[BroughtFile]:
    """The file as each branch brings it. One of an unknown branch beside known ones leaves all of them unread."""
    known = [one for one in group if one.branch is not Branch.SINGLE]
    kept = known or group
    for one in group:
        if known and one.branch is Branch.SINGLE and not one.baseline:
            reason = one.doubt or "its branch is not known, and others of its name have one"
            not_told.note(f"targets: {one.as_clause}", reason)
            kept = [replace(two, version=None, doubt=reason) for two in kept]
    settled = [_settled(one, len(kept) == 1, not_told) for one in kept]
    return sorted(settled, key=lambda one: _BRANCHES.index(one.branch))


def _file(group: list[BroughtFile], changed: bool, kernels: set[str], not_told: NotTold) -> dict[str, Any]:
    first = group[0]
    role = _role(group)
    for one in group:
        if changed and one.version is None and not one.baseline:
            why = "only its component's is known, which need not be the file's own" if one.component else "it has none"
            not_told.note(f"targets: {one.as_clause}: version", one.doubt or why)
    if changed and first.path is None:
        not_told.note(
            f"targets: {first.as_clause}: path", "the article never says one, and the file is none that is known here"
        )
    return {
        "name": first.name,
        "path": first.path,
        "role": role,
        "pae": pae_of(first.name, kernels, first.architecture) if role == "kernel" else None,
        "changed": changed,
        "branches": [_branch(one) for one in group],
    }


def _settled(file: BroughtFile, alone: bool, not_told: NotTold) -> BroughtFile:
    """The file with a version that its branch can have. alone: no other branch brings it.

    Files that count otherwise than Windows (1.9.0.6) tell no branch: then the only one is a single one.
    """
    version = file.version
    if version is None:
        return file
    if version.came_with(file.build) and not file.baseline:
        reason = f"{version} is what the build came with, and its component's is not"
    elif not branches_of(version.build):
        if alone:
            return replace(file, branch=Branch.SINGLE)
        reason = f"{version} tells no branch, and the file comes on two"
    elif file.branch is Branch.SINGLE and alone and version.branch is not Branch.OTHER:
        return replace(file, branch=version.branch)
    elif version.branch is file.branch:
        return file
    else:
        reason = no_branch(version) if version.branch is Branch.OTHER else f"{version} is of another branch"
    not_told.note(f"targets: {file.as_clause}: version", reason)
    return replace(file, version=None)


def _branch(file: BroughtFile) -> dict[str, Any]:
    component = file.component if file.component_version else None
    return {
        "branch": file.branch.value,
        "version": str(file.version) if file.version else None,
        "component": component,
        "component_version": str(file.component_version) if component else None,
        "store_folder": file.store_folder.lower() if file.store_folder else None,
        "size": file.size,
        "sha1": file.sha1,
        "sha256": file.sha256,
    }
