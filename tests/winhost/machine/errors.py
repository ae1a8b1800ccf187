# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows error codes that the simulated machine gives, and the exception which carries one."""

from __future__ import annotations

SUCCESS = 0
FILE_NOT_FOUND = 2
PATH_NOT_FOUND = 3
ACCESS_DENIED = 5
INVALID_DATA = 13
SHARING_VIOLATION = 32
INVALID_PARAMETER = 87
DISK_FULL = 112
INVALID_NAME = 123
DIR_NOT_EMPTY = 145
ALREADY_EXISTS = 183
NOT_A_DIRECTORY = 267
SERVICE_REQUEST_TIMEOUT = 1053
SERVICE_ALREADY_RUNNING = 1056
SERVICE_DISABLED = 1058
SERVICE_DOES_NOT_EXIST = 1060
SERVICE_CANNOT_ACCEPT_CTRL = 1061
SERVICE_NOT_ACTIVE = 1062
SHUTDOWN_IN_PROGRESS = 1115
NO_SHUTDOWN_IN_PROGRESS = 1116
SHUTDOWN_IS_SCHEDULED = 1190
PRIVILEGE_NOT_HELD = 1314
LOGON_FAILURE = 1326
REBOOT_REQUIRED = 3010


class Win32Error(Exception):
    """A call of the simulated machine failed with a Win32 error code."""

    def __init__(self, code: int, what: str = "") -> None:
        super().__init__(f"Win32 error {code}" + (f": {what}" if what else ""))
        self.code = code
        self.what = what
