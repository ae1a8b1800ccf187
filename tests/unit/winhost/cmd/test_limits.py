# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quotas of a shell, endless commands, detached programs, credentials that do not hop."""

from __future__ import annotations

import asyncio

import pytest
from unit.winhost.cmd.harness import Host, Streams
from winhost.cmd import run_command


@pytest.mark.parametrize(
    "line",
    [
        "for /l %i in (1,0,2) do @rem",
        "for /l %i in (1,0,2) do @echo x>nul",
        "ping -n 100000 127.0.0.1 >nul",
        "cmd",
        "set /p x=",
    ],
)
def test_endless_commands_can_be_cancelled(line: str) -> None:
    host = Host(time_scale=1.0)

    class Waiting(Streams):
        async def read_line(self) -> bytes:
            await asyncio.Event().wait()
            return b""

    async def scenario() -> None:
        task = asyncio.ensure_future(run_command(host.machine, host.session, line, Waiting()))
        await asyncio.sleep(0.1)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 2)

    asyncio.run(scenario())
    assert not [process for process in host.machine.processes.all() if process.job == host.session.job]


def test_a_goto_loop_lets_others_work(host: Host) -> None:
    host.file("C:\\loop.cmd", "@echo off\n:top\ngoto top\n")

    async def scenario() -> int:
        task = asyncio.ensure_future(run_command(host.machine, host.session, "C:\\loop.cmd", Streams()))
        turns = 0
        for _unused in range(50):
            await asyncio.sleep(0.001)
            turns += 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return turns

    assert asyncio.run(scenario()) == 50


def test_a_batch_file_that_calls_itself_ends(host: Host) -> None:
    host.batch("call %0", name="C:\\again.cmd")
    assert host.code == 255


def test_the_process_limit_gives_text_and_no_process(host: Host) -> None:
    host.session.process_limit = 2
    host.run("cmd /c hostname")
    assert (host.out, host.code) == ("", 1816)
    assert "Not enough quota" in host.err
    assert not any("hostname" in line and "cmd" not in line for line in host.started)
    host.session.process_limit = 3
    assert host.run("cmd /c hostname") == "HOST\n"


def test_the_installer_does_not_fit_into_the_shell(host: Host) -> None:
    host.session.memory_limit_mb = 80
    host.run("start /w pkgmgr /ip /m:C:\\x.cab /quiet /norestart")
    assert host.code == -1073741801
    assert "storage" in host.err
    assert not host.machine.processes.find("pkgmgr.exe")


def test_gui_programs_run_on_and_die_with_the_shell() -> None:
    host = Host(time_scale=1.0)

    async def scenario() -> None:
        await host.run_async("pkgmgr /ip /m:C:\\x.cab /norestart")  # without /quiet: a dialog nobody sees
        assert host.code == 0
        assert len(host.machine.processes.find("pkgmgr.exe")) == 1
        host.session.kill_children()
        await asyncio.sleep(0.05)
        assert not host.machine.processes.find("pkgmgr.exe")

    asyncio.run(scenario())


def test_start_wait_waits_for_a_gui_program_and_its_code(host: Host) -> None:
    host.run("start /w pkgmgr /bogus /quiet")
    assert host.code == 87
    host.run("pkgmgr /bogus /quiet")
    assert host.code == 0


@pytest.mark.parametrize(
    ("doubt", "at_the_prompt", "in_a_script"),
    [("returns_at_once", 0, 0), ("waits_in_scripts", 0, 87), ("waits", 87, 87)],
)
def test_waiting_for_a_gui_program_without_start_wait_is_a_doubt(
    doubt: str, at_the_prompt: int, in_a_script: int
) -> None:
    host = Host(gui_without_start_wait=doubt)
    host.run("pkgmgr /bogus /quiet")
    assert host.code == at_the_prompt
    host.batch("@pkgmgr /bogus /quiet\n@exit /b %errorlevel%\n")
    assert host.code == in_a_script


def test_a_shutdown_ends_detached_programs() -> None:
    host = Host(time_scale=1.0)

    async def scenario() -> None:
        await host.run_async("start /b ping -n 1000 127.0.0.1")
        assert host.machine.processes.find("ping.exe")
        host.machine.power.boot_now()
        await asyncio.sleep(0.05)
        assert not host.machine.processes.find("ping.exe")
        assert not host.session.children

    asyncio.run(scenario())


def test_wusa_refuses_the_network(host: Host) -> None:
    host.file("C:\\x.msu", "MSCF")
    host.run("start /w wusa C:\\x.msu /quiet /norestart")
    assert host.code == 5
    host.run("start /w wusa /uninstall /kb:952876 /quiet")
    assert host.code == 87


def test_a_network_logon_cannot_go_on(host: Host) -> None:
    host.machine.files.add_share("\\\\files\\pub")
    host.machine.files.write("\\\\files\\pub\\a", b"x")
    host.run("type \\\\files\\pub\\a")
    assert host.err == "Access is denied.\n"
    assert Host(logon="system").run("type C:\\Windows\\win.ini >nul 2>nul & cd") == "C:\\\n"


def test_a_reader_that_stops_ends_the_writer(host: Host) -> None:
    host.run('(for /l %i in (1,1,100000) do @echo %i)|find "x" & ver>nul')
    host.run("(for /l %i in (1,0,2) do @echo %i)|hostname", timeout=10)
    assert host.out == "HOST\n"
