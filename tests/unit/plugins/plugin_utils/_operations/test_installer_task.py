# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installers' command lines."""

from __future__ import annotations

import hashlib
import re
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.installer_commands import (
    pkgmgr_answer_file,
    pkgmgr_package,
    pkgmgr_remove,
    wusa,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.installer_task import (
    AbandonedError,
    BusyError,
    InstallerError,
    TamperedError,
    begin,
    wait,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.running import Running, judge_running
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.files import ANOTHER_SHA1, echoed
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.install_task import run_script
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import ShellResult

_LAYOUT = Layout("C:\\Windows", "KB952876")
_FOLDER = _LAYOUT.folder
_SAFE = {
    "Owner": {"SIDString": "S-1-5-18"},
    "DACL": [{"Trustee": {"SIDString": "S-1-5-18"}, "AccessMask": 2032127, "AceFlags": 3, "AceType": 0}],
}


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


class Target:
    """A host whose installer's signs are told look by look; its clock is moved by sleeping alone."""

    def __init__(self, *signs: Running) -> None:
        self.signs = list(signs)
        self.layout = _LAYOUT
        self.client: Any = None
        self.now = 0.0
        self.said: list[str] = []

    def sizes(self, _paths: list[str]) -> dict[str, int]:
        return {}

    def installer(self) -> Running:
        return self.signs.pop(0) if len(self.signs) > 1 else self.signs[0]

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.01)

    def say(self, line: str) -> None:
        self.said.append(line)

    def wait(self) -> None:
        target: Any = self
        wait(target, deadline=600.0, record=None)


def test_an_installer_counts_as_gone_after_a_minute_without_any_sign() -> None:
    target = Target(Running.NO)
    with pytest.raises(AbandonedError):
        target.wait()
    assert 60 <= target.now <= 120


def test_one_sign_of_life_starts_the_minute_anew() -> None:
    target = Target(*[Running.NO] * 24, Running.YES, Running.NO)
    with pytest.raises(AbandonedError):
        target.wait()
    alone = Target(Running.NO)
    with pytest.raises(AbandonedError):
        alone.wait()
    assert target.now > alone.now + 30


@pytest.mark.parametrize("before", [0.0, 300.0])
@pytest.mark.parametrize("seconds", [0.5, 3.0, 17.0, 45.0, 130.0, 290.0, 1200.0])
def test_the_end_is_noticed_within_two_seconds_or_a_tenth_of_the_time(seconds: float, before: float) -> None:
    class Ending(Target):
        shell: Any = None

        def sizes(self, _paths: list[str]) -> dict[str, int]:
            return {_LAYOUT.exit_code: 3} if self.now >= seconds else {}

        def lists_installer(self) -> bool:
            return self.now < seconds

    class Told:
        def run(self, _command: str, **_more: Any) -> Any:
            return ShellResult(0, b"3010\r\n", b"")

    target: Any = Ending(Running.YES)
    target.shell = Told()
    assert wait(target, deadline=3600.0, record=None, elapsed=before).exit_code == 3010
    assert target.now - seconds <= max(2.0, 0.1 * (seconds + before))


def test_an_installer_that_was_seen_is_not_looked_for_at_every_look() -> None:
    """Its end is its exit code, which is asked for each time; gone without one is noticed ten seconds later."""

    class Counting(Target):
        looked = 0

        def installer(self) -> Running:
            self.looked += 1
            return Running.YES if self.now < 100 else Running.NO

    target = Counting(Running.YES)
    with pytest.raises(AbandonedError):
        target.wait()
    assert target.looked < 25
    assert 100 + 60 - 10 <= target.now <= 100 + 60 + 10 + 2 * 17, "it was noticed too late"


def test_what_cannot_be_told_is_never_gone() -> None:
    target = Target(Running.UNKNOWN)
    with pytest.raises(InstallerError, match="was left running; the next run waits for it"):
        target.wait()
    assert target.now >= 600


def test_a_script_that_has_begun_and_may_run_keeps_another_from_starting() -> None:
    """No task tells of it any more, and no sign of it can be had."""

    class Unfinished(Target):
        shell: Any = None

        def sizes(self, paths: list[str]) -> dict[str, int]:
            return {path: 0 for path in paths if path == self.layout.run_lock}

        def begin(self) -> None:
            target: Any = self
            begin(target, "x", {}, record=None, description="", time_limit=60.0)

    class Free:
        """A shell in which a second writer gets in, and all else is asked too early."""

        def run(self, command: str, **_more: Any) -> Any:
            guard = re.match(rf'\(if exist "{re.escape(_LAYOUT.run_lock)}" exit (\d+)\) & ', command)
            assert guard or "9>>" in command, "it went on to write"
            return ShellResult(int(guard[1]) if guard else 9, b"", b"")

    target = Unfinished(Running.UNKNOWN)
    target.shell = Free()
    with pytest.raises(BusyError, match=r"run\.lock\), and that it has ended cannot be told; nothing was started"):
        target.begin()
    assert target.now >= 120


@pytest.mark.parametrize(
    ("processes", "held", "running"),
    [
        (True, True, Running.YES),
        (True, None, Running.YES),
        (None, True, Running.YES),
        (False, True, Running.YES),
        (True, False, Running.YES),
        (False, False, Running.NO),
        (None, False, Running.NO),
        (None, None, Running.UNKNOWN),
        (False, None, Running.UNKNOWN),
    ],
)
def test_two_signs_of_life(processes: bool | None, held: bool | None, running: Running) -> None:
    assert judge_running(processes, held) is running


class Proven(Target):
    """All that SYSTEM reads is safe; the script's hash is told as given, to the gated start and alone."""

    def __init__(self, gate: int, found: str | None) -> None:
        super().__init__(Running.YES)
        self.client = SimpleNamespace(invoke=lambda *_asked, **_more: {"ReturnValue": 0, "Descriptor": _SAFE})
        self.shell: Any = self
        self.gate, self.found = gate, found
        self.did: list[str] = []

    def run(self, command: str, **_more: Any) -> Any:
        code, printed = 0, b""
        if "schtasks.exe /create" in command:
            self.did.append("write and register")
        elif "schtasks.exe /run" in command:
            gated = "-hashfile" in command
            self.did.append("start behind the hash" if gated else "start")
            code = self.gate if gated else 0
        elif "-hashfile" in command:
            self.did.append("hash")
            printed = (self.found or self.wanted).encode()
        else:
            self.did.append("clear")
        return ShellResult(code, printed, b"")

    @property
    def wanted(self) -> str:
        script = run_script(_FOLDER, _LAYOUT.windows, "x", {})
        return hashlib.sha1(echoed(script)).hexdigest()

    def begin(self) -> None:
        target: Any = self
        begin(target, "x", {}, record=None, description="", time_limit=60.0)


def test_the_task_starts_behind_the_scripts_own_hash() -> None:
    target = Proven(0, None)
    target.begin()
    assert target.did == ["write and register", "start behind the hash"]


def test_a_hash_that_is_written_in_another_way_is_read_before_the_start() -> None:
    target = Proven(ANOTHER_SHA1, None)
    target.begin()
    assert target.did == ["write and register", "start behind the hash", "hash", "start"]


def test_a_script_of_another_hash_is_never_started() -> None:
    target = Proven(ANOTHER_SHA1, "0" * 40)
    with pytest.raises(TamperedError, match="nothing was installed"):
        target.begin()
    assert "start" not in target.did
    assert target.did[-1] == "clear"


def test_a_task_that_does_not_start_is_told_and_cleared_away() -> None:
    target = Proven(1, None)
    with pytest.raises(CommandError, match=r"starting the task 'winlegacy\.servicing KB952876': schtasks ended with"):
        target.begin()
    assert target.did[-1] == "clear"
