# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a run keeps what it knows of package files: in Ansible's own local temporary folder of the run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible import constants
from ansible.utils.display import Display

from .._package.keep import Keep

display = Display()
_NAME = "winlegacy-packages"


@contextmanager
def run_keep() -> Iterator[Keep]:
    """The keep that all workers of this run share; Ansible removes it with the run.

    Where Ansible's folder cannot be trusted (it is not this user's alone), the task gets a keep of its own.
    """
    folder = Path(str(constants.DEFAULT_LOCAL_TMP)) / _NAME
    try:
        keep = Keep.private(folder)
    except OSError as error:
        display.vv(f"packages are read for each task anew, since {folder} cannot be used: {error}")
        with tempfile.TemporaryDirectory(prefix="winlegacy-") as own:
            yield Keep(Path(own))
        return
    yield keep
