# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines of the installers, as the script on the host runs them."""

from __future__ import annotations

from .._windows.command import quote
from .._windows.staging_folder import Layout


def pkgmgr_answer_file(layout: Layout, answer_file: str) -> str:
    """pkgmgr with an answer file (KB934307): always waited for, silent and without its own restart.

    The answer file of a genuine package names its cabinet as %configsetroot%\\NAME.CAB. Whether pkgmgr puts its own
    folder there is not known, so the variable is set for the process (the script's own block, gone with it).
    """
    folder_ = answer_file.rpartition("\\")[0]
    installer = f"{_started(layout, 'pkgmgr')} /n:{quote(answer_file)} /quiet /norestart /l:{quote(layout.log)}"
    return f'set "configsetroot={folder_}"\n{installer}'


def pkgmgr_package(layout: Layout, cabinet: str, sandbox: str) -> str:
    """pkgmgr with a cabinet; sandbox is a fresh, empty folder."""
    what = f"/ip /m:{quote(cabinet)} /s:{quote(sandbox)}"
    return f"{_started(layout, 'pkgmgr')} {what} /quiet /norestart /l:{quote(layout.log)}"


def pkgmgr_remove(layout: Layout, identity: str) -> str:
    """pkgmgr's removal by the identity that the host itself lists, letter case included; never together with /m."""
    return f"{_started(layout, 'pkgmgr')} /up:{identity} /quiet /norestart /l:{quote(layout.log)}"


def wusa(layout: Layout) -> str:
    """The update installer with the whole package."""
    return f"{_started(layout, 'wusa')} {quote(layout.payload)} /quiet /norestart"


def _started(layout: Layout, name: str) -> str:
    return f"start /w {layout.windows}\\System32\\{name}.exe"
