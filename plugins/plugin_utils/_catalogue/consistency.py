# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no schema can say of a definition: its parts must agree with each other. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from .._model.builds import MINOR_OF_BUILD, SERVICE_PACKS
from .._model.cbs import is_of_kb, is_root_of_kb
from .._model.facts import architecture_of
from .._model.file_version import Branch, branches_of
from .definition import BranchFile, Definition, IncludingBuild, OsVersion, Package, Role, Target, TargetFile

Found = Iterator[tuple[str, str]]
"""(field, reason), the field as a path."""


def disagreements(definition: Definition) -> Found:
    """Every contradiction inside a definition, the first one first."""
    if definition.article is not None and definition.kb != f"KB{definition.article.id}":
        yield "kb", f"it is {definition.kb}, but the article's id is {definition.article.id}"
    if _twice(one.architecture for one in definition.packages):
        yield "packages", "two packages are for the same architecture"
    for index, package in enumerate(definition.packages):
        for field, reason in _of_package(definition, package):
            yield f"packages[{index}].{field}", reason
    if _twice((one.os_version, one.architecture) for one in definition.targets):
        yield "targets", "two targets have the same os_version and architecture"
    for index, target in enumerate(definition.targets):
        for field, reason in _of_target(definition, target):
            yield f"targets[{index}].{field}", reason
    if _twice(one.os_version for one in definition.fixed_by_service_pack):
        yield "fixed_by_service_pack", "two entries are of the same build"
    for index, one in enumerate(definition.fixed_by_service_pack):
        for field, reason in _of_including(definition, one):
            yield f"fixed_by_service_pack[{index}].{field}", reason
    yield from _of_unfilled(definition)
    for name in ("replaces", "includes"):
        if definition.kb in getattr(definition, name):
            yield name, f"it names {definition.kb} itself"


def _of_unfilled(definition: Definition) -> Found:
    if _twice((one.os_version, one.architecture) for one in definition.unfilled):
        yield "unfilled", "two entries have the same os_version and architecture"
    for index, one in enumerate(definition.unfilled):
        if any((one.os_version, one.architecture) == (two.os_version, two.architecture) for two in definition.targets):
            yield f"unfilled[{index}]", "it is a target too"
        elif one.os_version is not None and definition.included_in(one.os_version):
            yield f"unfilled[{index}].os_version", "it is in fixed_by_service_pack too"


def _twice(keys: Iterable[Hashable]) -> bool:
    seen = list(keys)
    return len(set(seen)) != len(seen)


def _release(identity: str) -> str:
    """The version of an identity: root and sub-packages of one release share it, in all architectures."""
    return identity.rpartition("~")[2]


def _of_package(definition: Definition, package: Package) -> Found:
    if not is_root_of_kb(package.identity, definition.kb):
        yield "identity", f"{package.identity} is not the root package of {definition.kb}"
    first = definition.packages[0].identity
    if _release(package.identity) != _release(first):
        yield "identity", f"{package.identity} is of another release than {first}"
    wanted = package.architecture
    for index, identity in enumerate((package.identity, *package.sub_packages)):
        field = f"sub_packages[{index - 1}]" if index else "identity"
        if architecture_of(identity.split("~")[2]) is not wanted:
            yield field, f"{identity} is not for {wanted.value}"
        if index and not is_of_kb(identity, definition.kb):
            yield field, f"{identity} is no package of {definition.kb}"
        if index and _release(identity) != _release(package.identity):
            yield field, f"{identity} is of another release than {package.identity}"
    if not definition.targets_for(wanted):
        yield "architecture", f"no target is for {wanted.value}"
    if package.members is not None and _twice(one.name.casefold() for one in package.members):
        yield "members", "two members have the same name"


def _of_including(definition: Definition, one: IncludingBuild) -> Found:
    """A build that carries the fix is a later service pack than every target of the same Windows."""
    if one.os_version in definition.os_versions:
        yield "os_version", "it is a target too"
    yield from _of_build(one.os_version, one.service_pack)
    for target in definition.targets:
        if target.os_version[:2] == one.os_version[:2] and target.service_pack >= one.service_pack:
            is_pack = f"{_dotted(one.os_version)} is Service Pack {one.service_pack}"
            other = f"{_dotted(target.os_version)}, which is a target, is Service Pack {target.service_pack}"
            yield "os_version", f"{is_pack}, which is said to carry the fix, but {other}"
            return


def _of_build(os_version: OsVersion, service_pack: int) -> Found:
    """A build is of one Windows and has one service pack; of builds that are not known here nothing is said."""
    major, minor, number = os_version
    if (major, minor) != (6, MINOR_OF_BUILD.get(number, minor)) and number in MINOR_OF_BUILD:
        yield "os_version", f"{_dotted(os_version)} is no build: {number} is of Windows 6.{MINOR_OF_BUILD[number]}"
        return
    told = SERVICE_PACKS.get(os_version)
    if told is not None and told != service_pack:
        known = f"is Service Pack {told}" if told else "has no service pack"
        yield "service_pack", f"it is {service_pack}, but {_dotted(os_version)} {known}"


def _dotted(os_version: OsVersion) -> str:
    return ".".join(str(part) for part in os_version)


def _of_target(definition: Definition, target: Target) -> Found:
    yield from _of_build(target.os_version, target.service_pack)
    if definition.package(target.architecture) is None:
        yield "architecture", f"no package is for {target.architecture.value}"
    if not target.changed_files:
        yield "files", "none of them is changed, so nothing could tell whether the fix is there"
    if _twice((one.path or one.name).casefold() for one in target.files):
        yield "files", "two files have the same path"
    for index, file in enumerate(target.files):
        for field, reason in _of_file(target, file):
            yield f"files[{index}].{field}", reason
    yield from _of_kernels(target)


def _of_file(target: Target, file: TargetFile) -> Found:
    if file.path is not None:
        parts = file.path.split("\\")
        if any(not part.strip(". ") or part != part.strip() for part in parts):
            yield "path", f"{file.path} leaves its folder or has an empty part"
        elif parts[-1].casefold() != file.key:
            yield "path", f"{file.path} does not end in {file.name}"
    if file.pae is not None and file.role is not Role.KERNEL:
        yield "pae", "only a kernel runs with or without PAE"
    if _twice(one.branch for one in file.branches):
        yield "branches", "two entries are of the same branch"
    if len(file.branches) > 1 and file.on(Branch.SINGLE) is not None:
        yield "branches", "a build with one branch cannot have another one beside it"
    for index, one in enumerate(file.branches):
        for field, reason in _of_branch(target, file, one):
            yield f"branches[{index}].{field}", reason


def _of_branch(target: Target, file: TargetFile, one: BranchFile) -> Found:
    if (one.component is None) != (one.component_version is None):
        yield "component_version", "component and component_version are told together or not at all"
    version = one.version
    if version is None:
        return
    if file.role is Role.KERNEL and version.os_version != target.os_version:
        yield "version", f"{version} is of another build than the target"
        return
    if file.changed and version.contradicts(target.os_version):
        build = _dotted(target.os_version)
        yield "version", f"{version} of {file.name} is of another build than the target, which is {build}"
        return
    known = branches_of(version.build)
    if known and one.branch not in known:
        listed = " or ".join(sorted(branch.value for branch in known))
        yield "branch", f"it is {one.branch.value}, but files of build {version.build} are of branch {listed}"
    elif known and version.branch is not one.branch:
        yield "version", f"{version} is not on the {one.branch.value.upper()} branch"
    elif not known and one.branch is not Branch.SINGLE:
        yield "branch", f"the branches of build {version.build} are not known: single or a version of null is needed"
    elif file.changed and version.came_with(target.os_version):
        yield "version", (
            f"{version} is what build {target.os_version[2]} came with, so that it proves no fix: leave this branch "
            "out where another one has the fix, or set changed to false"
        )


def _of_kernels(target: Target) -> Found:
    kernels = target.kernels
    for index, file in enumerate(target.files):
        if file not in kernels:
            continue
        if file.unread or any(version is None for version in file.fixed.values()):
            yield f"files[{index}]", f"{file.name} is a kernel: its path and its versions must be known"
        elif file.thresholds != target.fixed_kernels:
            yield f"files[{index}].branches", f"{file.name} and {kernels[0].name} have other versions"
    if len(kernels) == 1 and kernels[0].pae is not None:
        yield "files", f"{kernels[0].name} is the only kernel, so its pae is null"
    if len(kernels) > 1 and sorted(str(one.pae) for one in kernels) != ["False", "True"]:
        yield "files", "of two kernels one must have pae true and the other pae false; more there cannot be"
