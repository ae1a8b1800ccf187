# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one look tells of a host's boots; boot.py has the rule over two of them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


class Mark(enum.Enum):
    """The value of ours: NEVER_WRITTEN is known from the beginning; UNREADABLE may be the host's moment of weakness."""

    THERE = "there"
    GONE = "gone"
    NEVER_WRITTEN = "never_written"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Birth:
    """When a process was made, and its id."""

    process_id: int
    created: datetime


@dataclass(frozen=True)
class RebootEvidence:
    """One look. births: by image name in lower case, of those rows that came. uptime: None where it was not told.

    unread: why there are no births, a clause for people; empty where there are some.
    """

    mark: Mark
    births: Mapping[str, Birth] = field(default_factory=dict)
    uptime: timedelta | None = None
    unread: str = ""
