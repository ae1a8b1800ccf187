# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host waits for a restart: by Windows' own indicators, and apart from that for this hotfix."""

from __future__ import annotations

from dataclasses import dataclass

from .._model.facts import Facts, RebootIndicator
from .because import Evidence
from .files import FilesLevel
from .level import FileLevel
from .servicing import PENDING, UNTOLD, Standing


@dataclass(frozen=True)
class RestartFinding:
    """pending: whether any indicator is set; None where that is not known. reasons: those that are set, in their order.

    required_by_kb: whether this hotfix needs the restart, to be there or to be gone; None where that is not known.
    """

    pending: bool | None
    reasons: tuple[RebootIndicator, ...]
    required_by_kb: bool | None


def restart_finding(facts: Facts, evidence: Evidence) -> RestartFinding:
    """Settle both questions for a host that the hotfix is for."""
    pending, reasons = pending_indicators(facts)
    needs: list[bool | None] = []
    if evidence.contradiction is not None:
        return RestartFinding(pending, reasons, None)
    if evidence.fixed:
        kernels = evidence.running.level, evidence.disk.level
        needs.append(_required_by_kernels(*kernels, evidence.package.standing, evidence.quiet))
    if evidence.files.views:
        needs.append(_required_by_files(evidence))
    required = True if True in needs else (None if None in needs else False)
    return RestartFinding(pending, reasons, required)


def pending_indicators(facts: Facts) -> tuple[bool | None, tuple[RebootIndicator, ...]]:
    """Whether a restart is pending, and by which indicators.

    One set indicator is enough for True. None where none is set and one was asked in vain, or none was asked at all;
    those that were not asked do not stand against False.
    """
    answers = [(one, facts.reboot[one]) for one in RebootIndicator if one in facts.reboot]
    reasons = tuple(one for one, answer in answers if answer.value is True)
    if reasons:
        return True, reasons
    if any(answer.is_unknown for _unused, answer in answers) or not any(answer.is_known for _unused, answer in answers):
        return None, ()
    return False, ()


def _for_pending(fixed: bool, standing: Standing, quiet: bool | None) -> bool | None:
    """A pending package takes a restart only where servicing's own indicators say that it waits for one.

    A package that stays pending would else be restarted for again after every restart. What its indicators do not tell
    is not known. An install that quiet servicing never completes takes none where the fix is there.
    """
    if quiet is False:
        return True
    return False if quiet is True and fixed and standing is Standing.INSTALL_PENDING else None


def _required_by_kernels(
    running: FileLevel, disk: FileLevel, standing: Standing, quiet: bool | None
) -> bool | None:
    kernels = {running, disk}
    if standing in UNTOLD:
        return None
    if kernels == {FileLevel.FIXED, FileLevel.BELOW}:
        return True
    if standing in PENDING:
        return _for_pending(kernels == {FileLevel.FIXED}, standing, quiet)
    return None if FileLevel.UNKNOWN in kernels else False


def _required_by_files(evidence: Evidence) -> bool | None:
    found, standing, quiet = evidence.files, evidence.package.standing, evidence.quiet
    if standing in UNTOLD:
        return None
    if standing in PENDING:
        required = _for_pending(found.level is FilesLevel.FIXED, standing, quiet)
        return None if required and evidence.unproven is not None else required
    if standing is Standing.INSTALLED and evidence.unproven is None:
        return False
    if found.level is FilesLevel.UNKNOWN:
        return None
    # what another update brought to the disk may wait to be loaded
    waits = found.level is FilesLevel.FIXED and found.loaded_at_boot and quiet is not True
    return None if waits else False
