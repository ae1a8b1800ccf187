# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a plan is what it is, and the words for what it will do and has done."""

from __future__ import annotations

import enum


class PlanCode(enum.Enum):
    """Why the plan is what it is; the values are part of the results."""

    STAGE = "stage"
    INSTALL = "install"
    UNINSTALL = "uninstall"
    CLEAN_UP = "clean_up"
    NOT_APPLICABLE = "not_applicable"
    ALREADY_FIXED = "already_fixed"
    ALREADY_STAGED = "already_staged"
    INSTALL_ALREADY_PENDING = "install_already_pending"
    REMOVAL_ALREADY_PENDING = "removal_already_pending"
    NOT_INSTALLED = "not_installed"
    NO_SYMPTOM_OBSERVED = "no_symptom_observed"
    SYMPTOM_UNKNOWN = "symptom_unknown"
    STATUS_UNKNOWN = "status_unknown"
    ARCHITECTURE_UNKNOWN = "architecture_unknown"
    PACKAGES_UNKNOWN = "packages_unknown"
    RESTART_FIRST = "restart_first"
    PACKAGE_PERMANENT = "package_permanent"
    ROOT_PACKAGE_NOT_FOUND = "root_package_not_found"


CLEANS_UP = "The staged files will be removed."
CLEANED = "The staged files were removed"
WORDS = {
    PlanCode.STAGE: ("{kb} will be staged.", "{kb} was staged"),
    PlanCode.INSTALL: ("{kb} will be installed.", "{kb} was installed"),
    PlanCode.UNINSTALL: ("{kb} will be removed.", "{kb} was removed"),
    PlanCode.CLEAN_UP: (CLEANS_UP, CLEANED),
}
"""What will be done, and what was."""
