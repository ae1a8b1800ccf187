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

_LAYOUT = Layout("C:\\Windows", "KB952876")
_FOLDER = _LAYOUT.folder


def test_the_answer_files_folder_is_set_before_pkgmgr_starts() -> None:
    command = pkgmgr_answer_file(_LAYOUT, f"{_FOLDER}\\expanded\\p.xml")
    lines = run_script(_FOLDER, _LAYOUT.windows, command, {}).split("\n")
    place = lines.index('set "configsetroot=%HERE%\\expanded"')
    assert lines[place + 1].startswith('start /w .\\pkgmgr.exe /n:"%HERE%\\expanded\\p.xml" ')
    assert lines.index("setlocal") < place
    assert lines[place + 2] == "set RC=%ERRORLEVEL%"


def test_a_sandbox_belongs_to_the_package_alone() -> None:
    packed = pkgmgr_package(_LAYOUT, f"{_FOLDER}\\p.cab", f"{_FOLDER}\\s")
    assert f' /ip /m:"{_FOLDER}\\p.cab" /s:"{_FOLDER}\\s" ' in packed
    for command in (
        pkgmgr_answer_file(_LAYOUT, f"{_FOLDER}\\p.xml"),
        pkgmgr_remove(_LAYOUT, "a~b~c~~1"),
        wusa(_LAYOUT),
    ):
        assert " /s" not in command


def test_a_folder_that_cmd_would_interpret_is_refused() -> None:
    with pytest.raises(ValueError, match="would interpret"):
        pkgmgr_answer_file(_LAYOUT, "C:\\100%\\p.xml")


def test_the_script_asks_whether_it_is_alone_before_anything_else() -> None:
    lines = run_script(_FOLDER, _LAYOUT.windows, wusa(_LAYOUT), {_LAYOUT.payload: "0" * 40}).split("\n")
    order = [
        'if exist "%HERE%\\run.lock" exit /b 0',
        '9>"%HERE%\\run.lock" call :alone',
        "if not defined LISTED goto done",
        "if defined RUNS goto done",
        f'call :verify "%HERE%\\payload.msu" {"0" * 40} || goto done',
        'start /w .\\wusa.exe "%HERE%\\payload.msu" /quiet /norestart',
    ]
    places = [lines.index(line) for line in order]
    assert places == sorted(places)
