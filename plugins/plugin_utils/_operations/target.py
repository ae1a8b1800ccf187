# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host as the writing operations see it: questions through WMI, one cmd shell, a layout, a voice and a clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .._windows import files, processes
from .layout import Layout
from .transfer.common import RemoteShell


@dataclass
class Target:
    """What stage, install and remove work on.

    client: the WS-Man client (questions start no process). shell: opened on first use, closed by whoever made this.
    boot: the host's boot time as the assessment read it. say: a line of progress for people.
    """

    client: Any
    shell: RemoteShell
    layout: Layout
    boot: datetime | None = None
    say: Callable[[str], None] = field(default=lambda _line: None)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Sizes in bytes of those of the files that exist."""
        return files.sizes(self.client, paths)

    def installer_runs(self) -> bool:
        """Whether an installer, or our script around it, runs on the host now."""
        return processes.any_runs(self.client, images=processes.INSTALLERS, mentions=self.layout.script)

    def works_for_us(self) -> bool:
        """Whether anything of ours runs: an installer, our script, or a receiver of a transfer."""
        return processes.any_runs(self.client, images=processes.INSTALLERS, mentions=self.layout.folder)
