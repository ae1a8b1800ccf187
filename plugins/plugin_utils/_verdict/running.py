# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an installer runs: a pure rule over two signs that know nothing of each other, and of no language.

First sign: the installers' processes and the script around them. Second: the mark that the script itself holds open.
Either of them says yes for both. Rows of processes may be missing without a word, so only the mark says no: where it
cannot be read, or the host lets a second writer in, the answer is UNKNOWN, which never clears anything.
"""

from __future__ import annotations

import enum

GRACE = 60.0
"""So many seconds in a row both signs must say no before an installer counts as gone: rows may be missing for a while,
and a task that was started may not have begun."""


class Running(enum.Enum):
    """The judgement."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def judge_running(processes: bool | None, mark_held: bool | None) -> Running:
    """None: that sign could not be read."""
    if processes or mark_held:
        return Running.YES
    return Running.UNKNOWN if mark_held is None else Running.NO
