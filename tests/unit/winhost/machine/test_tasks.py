# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task scheduler: XML read strictly, the defaults of version 2.0, batteries, instances, clocks put back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from winhost.machine import launching
from winhost.machine.accounts import Token
from winhost.machine.machine import Machine
from winhost.machine.task_xml import NAMESPACE
from winhost.machine.tasks import HAS_NOT_RUN, TERMINATED, TaskError
from winhost.profiles import profile

_SCRIPT = r"C:\Windows\run.cmd"
_OFF = "<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>"
_KEEP = "<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>"


def _xml(
    settings: str = "", triggers: str = "", user: str = "S-1-5-18", command: str = _SCRIPT, version: str = "1.2"
) -> str:
    principal = f"<Principals><Principal id='A'><UserId>{user}</UserId></Principal></Principals>" if user else ""
    return (
        f'<Task version="{version}" xmlns="{NAMESPACE}"><Triggers>{triggers}</Triggers>{principal}'
        f"<Settings>{settings}</Settings>"
        f"<Actions><Exec><Command>{command}</Command><Arguments>a b</Arguments></Exec></Actions></Task>"
    )


class _Runner:
    """Stands for the cmd room: keeps the lines, ends when told."""

    def __init__(self, code: int = 0, *, forever: bool = False) -> None:
        self.lines: list[tuple[str, str]] = []
        self.code = code
        self.forever = forever
        self.cancelled = 0

    async def __call__(self, machine: Machine, token: Token, line: str, directory: str = "") -> int:
        self.lines.append((token.sid, line))
        try:
            if self.forever:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.code


def _machine(name: str = "vista_sp1_x64", scale: float = 1000.0) -> Machine:
    machine = Machine("h", profile(name), time_scale=scale)
    machine.files.write(_SCRIPT, b"@exit /b 0\r\n")
    return machine


def _scenario(monkeypatch: pytest.MonkeyPatch, runner: _Runner, work: Callable[[], Awaitable[None]]) -> None:
    monkeypatch.setattr(launching, "run_command_line", runner)
    asyncio.run(asyncio.wait_for(work(), 20))


async def _settle() -> None:
    for _turn in range(20):
        await asyncio.sleep(0)


def test_a_task_runs_as_system_and_keeps_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, runner = _machine(), _Runner(code=3010)

    async def work() -> None:
        task = machine.tasks.register("folder\\mine", _xml(), machine.system_token)
        assert task.last_result == HAS_NOT_RUN
        assert machine.tasks.run(r"\FOLDER\Mine", machine.system_token)
        await _settle()
        assert (task.state, task.last_result, task.runs) == ("Ready", 3010, 1)

    _scenario(monkeypatch, runner, work)
    assert runner.lines == [("S-1-5-18", f'"{_SCRIPT}" a b')]
    assert machine.files.exists(r"C:\Windows\System32\Tasks\folder\mine")


def test_utf16_with_its_declaration_and_what_does_not_match(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = _machine()
    text = '<?xml version="1.0" encoding="UTF-16"?>' + _xml()
    machine.tasks.register("t", text.encode("utf-16"), machine.system_token)
    with pytest.raises(TaskError) as caught:
        machine.tasks.register("u", text.encode("utf-8"), machine.system_token)
    assert caught.value.code == 0x8004131A


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<Task/>", 0x80041317),
        ("no xml", 0x8004131A),
        (_xml(settings="<Nonsense>1</Nonsense>"), 0x80041316),
        (_xml(settings="<UseUnifiedSchedulingEngine>true</UseUnifiedSchedulingEngine>"), 0x80041316),
        (_xml(settings="<ExecutionTimeLimit>2 hours</ExecutionTimeLimit>"), 0x80041318),
        (_xml(settings="<Enabled>yes</Enabled>"), 0x80041318),
        (_xml(version="1.3"), 0x80041318),
        (f'<Task xmlns="{NAMESPACE}"><Actions/></Task>', 0x80041319),
        (_xml(triggers="<TimeTrigger/>"), 0x80041319),
        (_xml(user="nobody-here"), 0x80070534),
    ],
)
def test_refused_xml(xml: str, code: int) -> None:
    with pytest.raises(TaskError) as caught:
        _machine().tasks.register("t", xml, _machine().system_token)
    assert caught.value.code == code


def test_version_1_3_is_known_from_windows_7_on() -> None:
    machine = _machine("srv2008r2")
    assert machine.tasks.register("t", _xml(version="1.3"), machine.system_token).enabled


def test_the_defaults_of_absent_elements() -> None:
    definition = _machine().tasks.register("t", _xml(), _machine().system_token).definition
    assert definition.disallow_start_on_batteries is True
    assert definition.stop_on_batteries is True
    assert definition.instances == "IgnoreNew"
    assert definition.time_limit == 72 * 3600


@pytest.mark.parametrize(("settings", "starts"), [("", False), (_OFF, True)])
def test_a_laptop_on_its_battery(monkeypatch: pytest.MonkeyPatch, settings: str, starts: bool) -> None:
    machine, runner = _machine("vista_laptop_on_battery"), _Runner()

    async def work() -> None:
        task = machine.tasks.register("t", _xml(settings), machine.system_token)
        assert machine.tasks.run("t", machine.system_token) is starts
        await _settle()
        assert task.last_result == (0 if starts else HAS_NOT_RUN)

    _scenario(monkeypatch, runner, work)
    assert len(runner.lines) == int(starts)


@pytest.mark.parametrize(("settings", "survives"), [("", False), (_KEEP, True)])
def test_a_laptop_unplugged_in_the_middle(monkeypatch: pytest.MonkeyPatch, settings: str, survives: bool) -> None:
    machine, runner = _machine("vista_laptop"), _Runner(forever=True)

    async def work() -> None:
        task = machine.tasks.register("t", _xml(settings), machine.system_token)
        assert machine.tasks.run("t", machine.system_token)
        await _settle()
        machine.power_source.unplug()
        await _settle()
        assert (task.state == "Running") is survives
        if not survives:
            assert task.last_result == TERMINATED

    _scenario(monkeypatch, runner, work)


def test_unplugging_a_machine_without_a_battery_changes_nothing() -> None:
    machine = _machine()
    machine.power_source.unplug()
    assert not machine.power_source.on_battery


def test_a_second_run_is_ignored_ended_and_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, runner = _machine(), _Runner(forever=True)

    async def work() -> None:
        token = machine.system_token
        task = machine.tasks.register("t", _xml(), token)
        assert machine.tasks.run("t", token)
        await _settle()
        assert not machine.tasks.run("t", token)
        with pytest.raises(TaskError) as caught:
            machine.tasks.register("t", _xml(), token)
        assert caught.value.code == 0x800700B7
        machine.tasks.end("t", token)
        await _settle()
        assert (task.state, task.last_result) == ("Ready", TERMINATED)
        machine.tasks.delete("t", token)
        with pytest.raises(TaskError) as caught:
            machine.tasks.run("t", token)
        assert caught.value.code == 0x80070002

    _scenario(monkeypatch, runner, work)
    assert len(runner.lines) == 1
    assert not machine.files.exists(r"C:\Windows\System32\Tasks\t")


def test_the_time_limit_terminates(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, runner = _machine(), _Runner(forever=True)

    async def work() -> None:
        task = machine.tasks.register("t", _xml("<ExecutionTimeLimit>PT30S</ExecutionTimeLimit>"), machine.system_token)
        machine.tasks.run("t", machine.system_token)
        await asyncio.sleep(0.2)
        assert (task.state, task.last_result) == ("Ready", TERMINATED)

    _scenario(monkeypatch, runner, work)
    assert runner.cancelled == 1


def test_a_once_trigger_fires_again_when_the_clock_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, runner = _machine(), _Runner()

    async def work() -> None:
        due = (machine.clock.now() + timedelta(seconds=60)).isoformat(timespec="seconds")
        trigger = f"<TimeTrigger><StartBoundary>{due}</StartBoundary></TimeTrigger>"
        task = machine.tasks.register("t", _xml(triggers=trigger), machine.system_token)
        await asyncio.sleep(0.15)
        assert task.runs == 1
        machine.clock.step(timedelta(seconds=-machine.clock.monotonic()))
        await asyncio.sleep(0.3)
        assert task.runs == 2
        machine.tasks.delete("t", machine.system_token)

    _scenario(monkeypatch, runner, work)


def test_the_service_must_run_and_the_caller_must_be_allowed() -> None:
    off = _machine("vista_task_service_off")
    with pytest.raises(TaskError) as caught:
        off.tasks.register("t", _xml(), off.system_token)
    assert caught.value.code == 0x80041315
    machine = _machine("vista_uac_filtered")
    operator = machine.accounts.find("operator")
    assert operator is not None
    with pytest.raises(TaskError) as caught:
        machine.tasks.register("t", _xml(), machine.accounts.token(operator))
    assert caught.value.code == 0x80070005


def test_a_boot_kills_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, runner = _machine(), _Runner(forever=True)

    async def work() -> None:
        task = machine.tasks.register("t", _xml(), machine.system_token)
        machine.tasks.run("t", machine.system_token)
        await _settle()
        machine.power.boot_now()
        await _settle()
        assert task.state == "Ready"
        assert machine.tasks.get("t") is task

    _scenario(monkeypatch, runner, work)
    assert runner.cancelled == 1


def test_a_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, runner = _machine(), _Runner()

    async def work() -> None:
        task = machine.tasks.register("t", _xml(command=r"C:\nothing.exe"), machine.system_token)
        machine.tasks.run("t", machine.system_token)
        await _settle()
        assert task.last_result == 0x80070002

    _scenario(monkeypatch, runner, work)
    assert runner.lines == []


def test_the_script_is_executed_by_the_command_interpreter() -> None:
    machine = _machine()
    machine.files.write(_SCRIPT, b"@echo %1-%2>C:\\Windows\\Temp\\out.txt\r\n@exit /b 7\r\n")

    async def work() -> int:
        task = machine.tasks.register("t", _xml(), machine.system_token)
        machine.tasks.run("t", machine.system_token)
        for _turn in range(500):
            if task.state == "Ready":
                break
            await asyncio.sleep(0.01)
        return task.last_result

    assert asyncio.run(work()) == 7
    assert machine.files.read(r"C:\Windows\Temp\out.txt") == b"a-b\r\n"
    assert machine.processes.started_log[0].image.lower() == "cmd.exe"
