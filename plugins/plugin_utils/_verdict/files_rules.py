# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How evidence becomes a status where a hotfix changes files that are no kernels: one table, as in rules.py.

A row reads: while the files on disk together, the package and the quiet of servicing are among these, the status is
that. Each combination has exactly one row, so the order means nothing. Why the rows are as they are:

- Packages that do not agree, or cannot be read, decide nothing, and no file decides over them, as with kernels.
- What the disk holds is not what runs. While servicing waits for a restart, a driver or service on disk may not be the
  one that was loaded; only the package's own word that it is installed says that its work is done.
- A pending removal leaves the new files on disk, and a pending install the old ones, as with kernels.
- A file that lacks the fix contradicts a package that is installed.
- Servicing's word about another release of the hotfix, or about some of its parts, is none about these files: nothing
  that rests on it alone is decided then (a driver on disk may not be the one that was loaded, either).
- Files of which no version is known decide nothing: then the package does. Installed is fixed, unless the component
  store lacks its components; one that servicing does not know is not installed (its components may stay in the store
  after a removal, so their being there proves nothing). One that is superseded, partial or broken leaves it open.
- Files that have the fix beside others that cannot be compared: another update may have brought only the former. So it
  is with a kernel that has the fix, and one that lacks it decides by itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from .._model.facts import Question
from .because import Evidence, no_indicator, package_conflict, package_reason, package_told, package_unknown, package_unproven
from .files import FilesLevel, FileState, files_reason
from .reasons import Reason, ReasonCode, reason
from .servicing import Standing
from .status import Status
from .table import STANDINGS, YES_NO, cells

RULES = """
files          package             whole  quiet  boot  store    kernel  status           because
any            conflict            any    any    any   any      any     unknown          package_conflict
any            unknown             any    any    any   any      any     unknown          package_unknown
any            uninstall_pending   yes    no     any   any      any     removal_pending  package
any            uninstall_pending   yes    yes    any   any      any     removal_pending  no_indicator
any            uninstall_pending   no     any    any   any      any     unknown          package_unproven
any            install_pending     yes    no     any   any      any     install_pending  package
any            install_pending     no     no     any   any      any     unknown          package_unproven
fixed          install_pending     any    yes    any   any      any     fixed            files
below|partly   install_pending     yes    yes    any   any      any     install_pending  no_indicator
unread|unknown install_pending     yes    yes    any   any      any     install_pending  no_indicator
below|partly   install_pending     no     yes    any   any      any     unknown          package_unproven
unread|unknown install_pending     no     yes    any   any      any     unknown          package_unproven
fixed          installed           yes    any    any   any      any     fixed            files
fixed          installed           no     yes    any   any      any     fixed            files
fixed          installed           no     no     no    any      any     fixed            files
fixed          installed           no     no     yes   any      any     unknown          not_loaded
fixed          silent              any    yes    any   any      any     fixed            files
fixed          silent              any    no     no    any      any     fixed            files
fixed          silent              any    no     yes   any      any     unknown          not_loaded
below          installed           any    any    any   any      any     unknown          files_conflict
below          silent              any    any    any   any      any     needs_fix        files
partly|unread  installed           yes    any    any   kept     any     fixed            package_installed
partly|unread  installed           no     any    any   kept     any     unknown          package_unproven
partly|unread  installed           any    any    any   missing  any     unknown          component_missing
partly         silent              any    any    any   any      any     unknown          files_and_package
unread         not_installed       any    any    any   any      no      needs_fix        package_absent
unread         not_installed       any    any    any   any      yes     unknown          files_and_package
unread         files_decide        any    any    any   any      any     unknown          files_and_package
unknown        silent              any    any    any   any      any     unknown          files
unknown        installed           any    any    any   any      any     unknown          files
"""
"""The specification. files as in FilesLevel, packages as in Standing (silent: one that tells nothing of the files);
whole: servicing's word is of the definition's release and of all its parts. quiet: yes, known to be quiet; no,
anything else. boot: a file is loaded at boot. store: missing, the component store
lacks a component that was looked for. kernel: the hotfix changes one too, which rules.py judges. because: a name of
_BECAUSE."""


def _files(evidence: Evidence) -> Reason:
    return files_reason(evidence.files)


def _files_and_package(evidence: Evidence) -> Reason:
    return files_reason(evidence.files, package_told(evidence))


def _files_conflict(evidence: Evidence) -> Reason:
    state = evidence.package.state.value.replace("_", " ")
    files = evidence.files.named(FileState.BELOW)
    questions = (Question.PACKAGES, Question.FILES)
    return reason(ReasonCode.PACKAGE_FILES_CONFLICT, *questions, kb=evidence.kb, state=state, files=files)


def _not_loaded(_evidence: Evidence) -> Reason:
    return reason(ReasonCode.FILES_MAY_NOT_BE_LOADED, Question.FILES)


def _package_installed(evidence: Evidence) -> Reason:
    return reason(ReasonCode.PACKAGE_INSTALLED, Question.PACKAGES, kb=evidence.kb)


def _component_missing(evidence: Evidence) -> Reason:
    values = {"kb": evidence.kb, "folder": next(iter(evidence.files.missing_stores), "")}
    return reason(ReasonCode.COMPONENT_MISSING, Question.PACKAGES, Question.FILES, **values)


def _package_absent(evidence: Evidence) -> Reason:
    return reason(ReasonCode.PACKAGE_NOT_INSTALLED, Question.PACKAGES, kb=evidence.kb)


_BECAUSE: dict[str, Callable[[Evidence], Reason]] = {
    "component_missing": _component_missing,
    "files": _files,
    "files_and_package": _files_and_package,
    "files_conflict": _files_conflict,
    "not_loaded": _not_loaded,
    "package": package_reason,
    "package_absent": _package_absent,
    "package_installed": _package_installed,
    "package_unknown": package_unknown,
    "package_conflict": package_conflict,
    "package_unproven": package_unproven,
    "no_indicator": no_indicator,
}


_STORES = {"kept": (True,), "missing": (False,), "any": (True, False)}


@dataclass(frozen=True)
class FilesRule:
    """One row of RULES."""

    files: frozenset[FilesLevel]
    package: frozenset[Standing]
    whole: frozenset[bool]
    quiet: frozenset[bool]
    boot: frozenset[bool]
    store: frozenset[bool]
    kernel: frozenset[bool]
    status: Status
    because: Callable[[Evidence], Reason]

    @classmethod
    def parse(cls, line: str) -> FilesRule:
        """A line of the table. Raises ValueError or KeyError for a word that is none of its column."""
        files, package, whole, quiet, boot, store, kernel, status, because = line.split()
        levels = {one.value: (one,) for one in FilesLevel} | {"any": tuple(FilesLevel)}
        return cls(
            cells(files, levels),
            cells(package, STANDINGS),
            cells(whole, YES_NO),
            cells(quiet, YES_NO),
            cells(boot, YES_NO),
            cells(store, _STORES),
            cells(kernel, YES_NO),
            Status(status),
            _BECAUSE[because],
        )

    def holds(self, files: FilesLevel, package: Standing, *told: bool) -> bool:
        """Whether the row is about this evidence. told: the columns from whole to kernel, in order (store: kept)."""
        columns = zip(told, (self.whole, self.quiet, self.boot, self.store, self.kernel), strict=True)
        return files in self.files and package in self.package and all(one in column for one, column in columns)


@functools.cache
def files_rules() -> tuple[FilesRule, ...]:
    """The table's rows."""
    return tuple(FilesRule.parse(line) for line in RULES.strip().splitlines()[1:])


def weigh_files(evidence: Evidence) -> tuple[Status, Reason]:
    """The status and the decisive reason, by the files that are no kernels."""
    found, package = evidence.files, evidence.package
    whole = evidence.unproven is None
    told = whole, evidence.quiet is True, found.loaded_at_boot, not found.missing_stores, bool(evidence.fixed)
    rule = next(one for one in files_rules() if one.holds(found.level, package.standing, *told))
    return rule.status, rule.because(evidence)
