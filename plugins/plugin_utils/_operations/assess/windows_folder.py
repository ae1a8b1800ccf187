# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Windows is on a host, for the names of its files."""

from __future__ import annotations

from ..._model.answer import Answer, Cause
from ..._model.facts import OperatingSystem
from ..._windows import kernel, operating_system, registry
from ..._windows.wmi import Wmi


def windows_directory(wmi: Wmi, told: Answer[OperatingSystem]) -> Answer[str]:
    """The Windows folder by the OS' own row, else by the registry; a guessed one could be of another Windows."""
    os = told.value
    if os is not None and os.windows_directory is not None:
        return Answer.known(os.windows_directory)
    if os is not None and os.windows_directory_refused:
        return Answer.unknown(Cause.UNPARSABLE, os.windows_directory_refused)
    answer = registry.get_string(wmi, kernel.CURRENT_VERSION, "SystemRoot")
    checked, refused = operating_system.absolute_directory(answer.value or "")
    if answer.is_known and checked is None:
        return Answer.unknown(Cause.UNPARSABLE, refused or "SystemRoot is empty")
    return answer if checked is None else Answer.known(checked)
