# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a definition does not know of itself: Windows that its sources name, and of whose files they tell nothing."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from .._model.facts import Architecture


@dataclass(frozen=True)
class Unfilled:
    """A build and architecture without a target. None: any. text: why, a clause.

    Whether the hotfix is for such a host is not known, so that it cannot be called not applicable.
    """

    os_version: tuple[int, int, int] | None
    architecture: Architecture | None
    text: str

    def covers(self, os_version: tuple[int, int, int], architectures: Set[Architecture] | None = None) -> bool:
        """Whether a host of this build may be meant. architectures: those that it may have; None: all."""
        if self.os_version not in (None, os_version):
            return False
        return self.architecture is None or architectures is None or self.architecture in architectures
