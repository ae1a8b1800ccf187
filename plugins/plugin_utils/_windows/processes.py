# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which programs run on the host (Win32_Process): the evidence that an installation is under way."""

from __future__ import annotations

from .files import Asker

INSTALLERS = ("pkgmgr.exe", "wusa.exe", "dism.exe")
_HOSTS = ("cmd.exe", "cscript.exe", "findstr.exe", "certutil.exe")


def lists_installer(client: Asker) -> bool:
    """Whether one of the installers runs, whoever started it. Raises the client's errors."""
    where = " OR ".join(f"Name='{name}'" for name in INSTALLERS)
    return any(
        str(row.get("Name", "")).lower() in INSTALLERS
        for row in client.query(f"SELECT Name, ProcessId FROM Win32_Process WHERE {where}")  # noqa: S608
    )


def any_runs(
    client: Asker, *, images: tuple[str, ...], mentions: str, unless: str | None = None, even: str | None = None
) -> bool:
    """Whether one of the images runs, or one of the script hosts with `mentions` in its command line (without case).

    unless: a command line with this in it does not count, except where it also holds `even`.
    Raises the client's errors: an unanswered question is not "nothing runs".
    """
    where = " OR ".join(f"Name='{name}'" for name in (*images, *_HOSTS))
    rows = client.query(f"SELECT Name, CommandLine, ProcessId FROM Win32_Process WHERE {where}")  # noqa: S608
    for row in rows:
        if str(row.get("Name", "")).lower() in images:
            return True
        line = str(row.get("CommandLine") or "").lower()
        excluded = unless is not None and unless.lower() in line and not (even is not None and even.lower() in line)
        if mentions.lower() in line and not excluded:
            return True
    return False
