# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report is about, the same in every format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .._model.kb import normal_kb


@dataclass(frozen=True)
class About:
    """kb: as KB952876. generated: when, in UTC. title: what people call the report. query: what chose its rows."""

    kb: str
    generated: datetime
    title: str
    query: str | None = None

    @property
    def moment(self) -> str:
        """generated as text: 2026-01-31T12:00:00Z."""
        return self.generated.strftime("%Y-%m-%dT%H:%M:%SZ")


def kb_name(text: object) -> str:
    """KB952876 for that, for kb952876 and for 952876. Raises ValueError for anything else."""
    name = normal_kb(str(text))
    if name is None:
        raise ValueError(f"kb is {str(text)[:40]!r}: a hotfix such as KB952876 was expected")
    return name
