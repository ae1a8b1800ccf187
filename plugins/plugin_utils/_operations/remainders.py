# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs that died or were overtaken left on a host. Every run removes it, whatever it finds to do itself.

A run that came to its end leaves nothing, or a whole staging and the installer's log: anything else is a remainder.
An installer that has not ended is none; the run waits for it (installer_task.under_way, Installing.adopt).
"""

from __future__ import annotations

from collections.abc import Mapping

from .._verdict.running import Running
from .._windows import files
from .._windows.staging_folder import Layout
from . import installer_task, stage
from .target import Target


def there(client: files.Asker, layout: Layout, *, staged: bool) -> bool:
    """Whether something is to be removed, or an installer to be waited for (starts no process).

    staged: a whole staging is there. One question where nothing of ours is on the host.
    """
    found = files.folders(client, [layout.parent, layout.lock])
    if layout.parent not in found:
        return False
    if not staged or layout.lock in found:
        return True
    return bool(files.sizes(client, [layout.task_file, layout.run_lock, *layout.run_files]))


def clear(target: Target, *, keep_staging: bool, left: Mapping[str, int] | None = None) -> None:
    """Remove it. The caller holds the lock, and no install is under way.

    keep_staging: what is staged, whole or on its way, is still wanted. While an installer runs nothing is touched.
    left: the traces of an installer as they were found under this lock; None: to be asked for.
    CommandError, StagingError when something stays.
    """
    layout = target.layout
    left = installer_task.traces(target) if left is None else left
    if not left and keep_staging:
        return
    if target.installer() is Running.YES:
        target.say(f"what an earlier run left in {layout.folder} is left there: an installer runs")
        return
    if left:
        installer_task.clear(target)
    if not keep_staging:
        stage.remove(target)
