# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the host answers as it does to an account whose token User Account Control filters. Pure.

Such a caller gets rows of WMI without some of their properties, and not a word of why (MS-WSMV, Appendix B). Every
property that is asked for here is there in every Windows, for an administrator. So a missing one is the sign; a refused
access alone is none, as any account without rights is refused.
"""

from __future__ import annotations

from .._model.answer import Cause
from .._model.facts import Facts, Question
from .reasons import Reason, ReasonCode, reason

_ROWS = (Question.OS, Question.DISK_KERNEL, Question.STAGING)
"""The questions of the verdict that are answered by properties of a row."""


def filtered_token(facts: Facts) -> Reason | None:
    """The reason that names a filtered token and the way out; None without the sign."""
    lacking = tuple(one for one in _ROWS if getattr(facts, one.value).cause is Cause.PROPERTY_MISSING)
    return reason(ReasonCode.FILTERED_TOKEN, *lacking) if lacking else None
