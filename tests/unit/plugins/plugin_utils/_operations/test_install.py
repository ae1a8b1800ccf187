# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installers' command lines."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.install import (
    pkgmgr_answer_file,
    pkgmgr_package,
    pkgmgr_remove,
    wusa,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.layout import Layout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.install_task import run_script

LAYOUT = Layout("C:\\Windows", "KB1")
PKGMGR = "start /w C:\\Windows\\System32\\pkgmgr.exe"
ANSWER = f"{LAYOUT.expanded}\\p.xml"


def test_the_answer_files_folder_is_set_before_pkgmgr_starts() -> None:
    command = pkgmgr_answer_file(LAYOUT, ANSWER)
    lines = run_script(LAYOUT.folder, LAYOUT.windows, command, {}).split("\n")
    place = lines.index(f'set "configsetroot={LAYOUT.expanded}"')
    assert lines[place + 1].startswith(f'{PKGMGR} /n:"{ANSWER}" ')
    assert lines.index("setlocal") < place
    assert lines[place + 2] == "set RC=%ERRORLEVEL%"


def test_a_sandbox_belongs_to_the_package_alone() -> None:
    cabinet, sandbox = LAYOUT.path("p.cab"), LAYOUT.path("s")
    assert f' /ip /m:"{cabinet}" /s:"{sandbox}" ' in pkgmgr_package(LAYOUT, cabinet, sandbox)
    for command in (pkgmgr_answer_file(LAYOUT, ANSWER), pkgmgr_remove(LAYOUT, "a~b~c~~1"), wusa(LAYOUT)):
        assert " /s" not in command


def test_a_folder_that_cmd_would_interpret_is_refused() -> None:
    with pytest.raises(ValueError, match="would interpret"):
        pkgmgr_answer_file(LAYOUT, "C:\\100%\\p.xml")


def test_the_script_asks_whether_it_is_alone_before_anything_else() -> None:
    lines = run_script(LAYOUT.folder, LAYOUT.windows, wusa(LAYOUT), {LAYOUT.payload: "0" * 40}).split("\n")
    order = [
        f'if exist "{LAYOUT.run_lock}" exit /b 0',
        f'9>"{LAYOUT.run_lock}" call :alone',
        "if not defined LISTED goto done",
        "if defined RUNS goto done",
        f'call :verify "{LAYOUT.payload}" {"0" * 40} || goto done',
        wusa(LAYOUT),
    ]
    places = [lines.index(line) for line in order]
    assert places == sorted(places)
    with pytest.raises(ValueError, match="cannot name"):
        run_script(LAYOUT.folder, "C:\\My Windows", wusa(LAYOUT), {})
