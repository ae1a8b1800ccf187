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

from .._verdict.running import Running, judge_running
from .._windows import files, processes
from .._windows.staging_folder import Layout
from .._windows.wmi import ask
from .transfer.common import RemoteShell


@dataclass
class Target:
    """What stage, install and remove work on.

    client: the WS-Man client (questions start no process). shell: opened on first use, closed by whoever made this.
    boot: the host's boot time as the assessment read it. say: a line of progress for people.
    proven: the folder was proven to be ours in this run: before that, nothing of the host's may be removed.
    left: the lock was given back, and our folders went with it where they were empty.
    """

    client: Any
    shell: RemoteShell
    layout: Layout
    boot: datetime | None = None
    say: Callable[[str], None] = field(default=lambda _line: None)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    proven: bool = False
    left: bool = False

    def sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Sizes in bytes of those of the files that exist."""
        return files.sizes(self.client, paths)

    def installer(self) -> Running:
        """Whether an installer, or our script around it, runs on the host now: by its processes and by its mark."""
        seen = ask(
            lambda: processes.any_runs(self.client, images=processes.INSTALLERS, mentions=self.layout.script)
        ).value
        return judge_running(seen, None if seen else files.held_for_writing(self.shell, self.layout.run_lock))

    def lists_installer(self) -> bool:
        """Whether an installer is seen on the host now, ours or another's: an answer that is missing shows none."""
        return ask(lambda: processes.lists_installer(self.client)).value is True

    def works_for(self, token: str) -> bool | None:
        """Whether anything runs for the lock's holder: an installer, its script, a receiver, a command of its own.

        Command lines that only ask about the lock may be anybody's. None where the host does not tell.
        """
        return ask(
            lambda: processes.any_runs(
                self.client,
                images=processes.INSTALLERS,
                mentions=self.layout.folder,
                unless=self.layout.lock,
                even=token,
            )
        ).value
