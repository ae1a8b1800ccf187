# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reason codes of verdicts, and the sentence that each makes for a person."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .._model.facts import Question


class ReasonCode(enum.Enum):
    """Why a verdict is what it is; the values are part of the results."""

    # not applicable
    SERVICE_PACK_2_INCLUDES_FIX = "service_pack_2_includes_fix"
    BUILD_NOT_LISTED = "build_not_listed"
    # the host cannot be placed
    BUILD_RENUMBERED = "build_renumbered"
    OS_UNKNOWN = "os_unknown"
    SERVICE_NOT_WINDOWS = "service_not_windows"
    BUILD_CONFLICT = "build_conflict"
    ANSWER_CONTRADICTORY = "answer_contradictory"
    ARCHITECTURE_CONFLICT = "architecture_conflict"
    ARCHITECTURE_UNKNOWN = "architecture_unknown"
    ARCHITECTURE_NOT_RELEASED = "architecture_not_released"
    DEFINITION_INCOMPLETE = "definition_incomplete"
    # kernels
    KERNEL_FIXED = "kernel_fixed"
    KERNEL_GDR = "kernel_gdr"
    KERNEL_BELOW_FIX = "kernel_below_fix"
    DISK_KERNEL_FIXED_NOT_RUNNING = "disk_kernel_fixed_not_running"
    RUNNING_FIXED_DISK_BELOW = "running_fixed_disk_below"
    RUNNING_KERNEL_UNKNOWN = "running_kernel_unknown"
    DISK_KERNEL_UNKNOWN = "disk_kernel_unknown"
    RUNNING_FIXED_DISK_UNKNOWN = "running_fixed_disk_unknown"
    DISK_KERNEL_BELOW_FIX = "disk_kernel_below_fix"
    DISK_KERNELS_DIFFER = "disk_kernels_differ"
    KERNEL_BRANCH_UNKNOWN = "kernel_branch_unknown"
    KERNEL_CONFLICT = "kernel_conflict"
    KERNEL_UPDATE_PENDING = "kernel_update_pending"
    LATER_KERNEL_KEEPS_FIX = "later_kernel_keeps_fix"
    CHECKED_KERNEL = "checked_kernel"
    # other files
    FILES_FIXED = "files_fixed"
    FILES_BELOW_FIX = "files_below_fix"
    FILES_UNKNOWN = "files_unknown"
    FILES_UNREAD = "files_unread"
    FILES_ABSENT = "files_absent"
    FILES_MAY_NOT_BE_LOADED = "files_may_not_be_loaded"
    # the package
    PACKAGE_FILES_CONFLICT = "package_files_conflict"
    COMPONENT_MISSING = "component_missing"
    PACKAGE_NOT_INSTALLED = "package_not_installed"
    PACKAGE_KERNEL_CONFLICT = "package_kernel_conflict"
    PACKAGE_INSTALL_PENDING = "package_install_pending"
    PACKAGE_UNINSTALL_PENDING = "package_uninstall_pending"
    PACKAGE_INSTALLED = "package_installed"
    PACKAGE_SUPERSEDED = "package_superseded"
    PACKAGE_PARTIALLY_INSTALLED = "package_partially_installed"
    PACKAGE_BROKEN = "package_broken"
    CBS_STAGED = "cbs_staged"
    PACKAGES_UNKNOWN = "packages_unknown"
    PACKAGES_CONFLICT = "packages_conflict"
    PENDING_WITHOUT_INDICATOR = "pending_without_indicator"
    PACKAGE_ARCHITECTURE_DIFFERS = "package_architecture_differs"
    PACKAGE_OTHER_RELEASE = "package_other_release"
    PACKAGE_PARTS_OPEN = "package_parts_open"
    ROOT_PACKAGE_NOT_FOUND = "root_package_not_found"
    # the rest
    STAGED_PAYLOAD = "staged_payload"
    STAGING_UNKNOWN = "staging_unknown"
    EDITION_NOT_LISTED = "edition_not_listed"
    FILTERED_TOKEN = "filtered_token"  # noqa: S105 - a name


_SENTENCES = {
    ReasonCode.SERVICE_PACK_2_INCLUDES_FIX: "{version} is Service Pack {service_pack}, which carries the fix of {kb}.",
    ReasonCode.BUILD_NOT_LISTED: "{kb} is for {listed}, and this host is {version}.",
    ReasonCode.BUILD_RENUMBERED: (
        "{kb} is for {listed}, and this host is {version}, which is the same service pack under another number: "
        "nothing tells whether it carries the fix."
    ),
    ReasonCode.OS_UNKNOWN: "Neither the WS-Man identity nor Win32_OperatingSystem said which Windows this is.",
    ReasonCode.SERVICE_NOT_WINDOWS: (
        "This is no Windows: its WS-Management service is that of {vendor}, and no Win32_OperatingSystem answered."
    ),
    ReasonCode.BUILD_CONFLICT: "{one} says {one_value}, but {other} says {other_value}.",
    ReasonCode.ANSWER_CONTRADICTORY: "{name} contradicts itself: {detail}.",
    ReasonCode.ARCHITECTURE_CONFLICT: "{one} says {one_value}, but {other} says {other_value}.",
    ReasonCode.ARCHITECTURE_UNKNOWN: "The architecture is not known, and the fixed files depend on it.",
    ReasonCode.ARCHITECTURE_NOT_RELEASED: (
        "{kb} has no package for {version} on {architecture}, which this host is said to be."
    ),
    ReasonCode.DEFINITION_INCOMPLETE: (
        "The definition of {kb} was made without the files of {version}{architecture}: {why}."
    ),
    ReasonCode.KERNEL_FIXED: "The running kernel {version} is on the {branch} branch and not below {fixed}.",
    ReasonCode.KERNEL_GDR: "The running kernel {version} is on the GDR branch, where no number carries the fix.",
    ReasonCode.KERNEL_BELOW_FIX: "The running kernel {version} is below {fixed}.",
    ReasonCode.DISK_KERNEL_FIXED_NOT_RUNNING: "The kernel on disk ({disk}) has the fix, the running {version} not.",
    ReasonCode.RUNNING_FIXED_DISK_BELOW: "The running kernel {version} has the fix, the one on disk ({disk}) lacks it.",
    ReasonCode.RUNNING_FIXED_DISK_UNKNOWN: (
        "The running kernel {version} has the fix, but which kernel the disk holds for the next boot is not known{why}."
    ),
    ReasonCode.RUNNING_KERNEL_UNKNOWN: "Which kernel runs is not known{why}.",
    ReasonCode.DISK_KERNEL_UNKNOWN: "Which kernel the disk holds is not known{why}.",
    ReasonCode.DISK_KERNEL_BELOW_FIX: "The kernel on disk ({disk}) lacks the fix, and no servicing is pending.",
    ReasonCode.DISK_KERNELS_DIFFER: "Whether PAE is on is not known, and the kernels on disk differ: {disk}.",
    ReasonCode.KERNEL_BRANCH_UNKNOWN: "The kernel {version} is on no branch that is known.",
    ReasonCode.KERNEL_CONFLICT: "The package waits for its install, but {version} runs while the disk holds {disk}.",
    ReasonCode.KERNEL_UPDATE_PENDING: "Another kernel ({disk}) is on disk than the one that runs ({version}).",
    ReasonCode.LATER_KERNEL_KEEPS_FIX: "The kernel {version} is later than the one of {kb}, so the fix may stay.",
    ReasonCode.CHECKED_KERNEL: "The running kernel is a checked (debug) build.",
    ReasonCode.FILES_FIXED: "The files on disk have the fix: {files}.",
    ReasonCode.FILES_BELOW_FIX: "Files on disk lack the fix: {files}.",
    ReasonCode.FILES_UNKNOWN: "Whether these files on disk have the fix is not known: {files}{why}.",
    ReasonCode.FILES_UNREAD: "No version tells whether these files on disk have the fix: {files}{absent}{package}.",
    ReasonCode.FILES_ABSENT: "Changed files are not on the disk: {files}{package}.",
    ReasonCode.FILES_MAY_NOT_BE_LOADED: (
        "The files on disk have the fix, but whether they are loaded is not known while servicing may wait for a "
        "restart."
    ),
    ReasonCode.PACKAGE_FILES_CONFLICT: "Servicing says that {kb} is {state}, but files on disk lack the fix: {files}.",
    ReasonCode.COMPONENT_MISSING: (
        "Servicing says that {kb} is installed, but the component store has no {folder}, which it brings."
    ),
    ReasonCode.PACKAGE_NOT_INSTALLED: "Servicing knows no installed package of {kb}.",
    ReasonCode.PACKAGE_KERNEL_CONFLICT: "Servicing says that {kb} is {state}, but {kernel} lacks the fix.",
    ReasonCode.PACKAGE_INSTALL_PENDING: "Servicing says that the install of {kb} is pending.",
    ReasonCode.PACKAGE_UNINSTALL_PENDING: "Servicing says that the removal of {kb} is pending.",
    ReasonCode.PACKAGE_INSTALLED: "Servicing says that {kb} is installed.",
    ReasonCode.PACKAGE_SUPERSEDED: "Servicing says that {kb} is superseded, so the files decide.",
    ReasonCode.PACKAGE_PARTIALLY_INSTALLED: "Servicing says that {kb} is partially installed, so the files decide.",
    ReasonCode.PACKAGE_BROKEN: "Servicing says that {kb} is broken, so the files decide.",
    ReasonCode.CBS_STAGED: "Servicing holds {kb} staged, which is not installed.",
    ReasonCode.PACKAGES_UNKNOWN: "What servicing knows of {kb} is not known{why}{known}.",
    ReasonCode.PACKAGES_CONFLICT: "Servicing holds packages of {kb} that do not agree: {states}.",
    ReasonCode.PENDING_WITHOUT_INDICATOR: (
        "Servicing says that the {what} of {kb} is pending, but no restart: neither RebootPending nor PackagesPending "
        "is set, so another restart would not complete it."
    ),
    ReasonCode.PACKAGE_ARCHITECTURE_DIFFERS: "Servicing holds {identity}, but this host is {architecture}.",
    ReasonCode.PACKAGE_OTHER_RELEASE: (
        "Servicing says that {identity} is {state}, but the definition of {kb} is of release {release}, and each "
        "release has files of its own."
    ),
    ReasonCode.PACKAGE_PARTS_OPEN: (
        "Servicing holds no root package of {kb}, and says that parts of it are {state}, but {why}."
    ),
    ReasonCode.ROOT_PACKAGE_NOT_FOUND: "Servicing holds parts of {kb}, but not its root package.",
    ReasonCode.STAGED_PAYLOAD: "The payload and its manifest are in {folder}.",
    ReasonCode.STAGING_UNKNOWN: "Whether the payload is staged is not known{why}.",
    ReasonCode.FILTERED_TOKEN: (
        "The host withholds properties that every Windows has, as it does from a local account whose token User "
        "Account Control filters: use a domain account that is an administrator there, or the built-in Administrator, "
        "or set LocalAccountTokenFilterPolicy to 1 on the host."
    ),
    ReasonCode.EDITION_NOT_LISTED: "The article does not list this edition (SKU {sku}).",
}


@dataclass(frozen=True)
class Reason:
    """A code for programs, a sentence for people, and the questions whose answers it rests on."""

    code: ReasonCode
    text: str
    questions: tuple[Question, ...] = ()

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code.value, "text": self.text}


def reason(code: ReasonCode, *questions: Question, **values: object) -> Reason:
    """The reason of that code, its sentence filled with the values."""
    return Reason(code, _SENTENCES[code].format(**values), questions)
