# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which programs run on the host (Win32_Process): the evidence that an installation is under way."""

from __future__ import annotations

from .files import Asker

INSTALLERS = ("pkgmgr.exe", "wusa.exe")
_HOSTS = ("cmd.exe", "cscript.exe", "findstr.exe", "certutil.exe")


def any_runs(client: Asker, *, images: tuple[str, ...], mentions: str) -> bool:
    """Whether one of the images runs, or one of the script hosts with `mentions` in its command line (without case).

    Raises the client's errors: an unanswered question is not "nothing runs".
    """
    where = " OR ".join(f"Name='{name}'" for name in (*images, *_HOSTS))
    rows = client.query(f"SELECT Name, CommandLine, ProcessId FROM Win32_Process WHERE {where}")  # noqa: S608
    for row in rows:
        if str(row.get("Name", "")).lower() in images:
            return True
        if mentions.lower() in str(row.get("CommandLine") or "").lower():
            return True
    return False
