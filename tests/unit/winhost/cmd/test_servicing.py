# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way an installation goes: a task that runs a script as SYSTEM, which starts pkgmgr and writes down its code."""

from __future__ import annotations

import asyncio

import pytest
from packages import build_cab, build_msu
from packages.msu import Recipe, files_of, inner_members
from unit.winhost.cmd.harness import Host

TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Principals><Principal id="P"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings><DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>false</StopIfGoingOnBatteries></Settings>
  <Actions Context="P"><Exec><Command>C:\\run.cmd</Command></Exec></Actions>
</Task>"""


def test_a_system_task_runs_a_script() -> None:
    host = Host(time_scale=100.0)
    host.file("C:\\t.xml", TASK.encode("utf-16"))
    host.file(
        "C:\\run.cmd",
        "@echo off\nwhoami >C:\\who.txt\nstart /w pkgmgr /ip /m:C:\\none.cab /quiet /norestart /l:C:\\p.log\necho %errorlevel% >C:\\rc.tmp\nmove /y C:\\rc.tmp C:\\rc.txt >nul\n",  # noqa: E501
    )

    async def scenario() -> None:
        await host.run_async("schtasks /create /xml C:\\t.xml /tn winlegacy /ru SYSTEM /f")
        assert host.code == 0, host.err
        await host.run_async("schtasks /query /tn winlegacy /fo csv /nh")
        assert host.out == '"\\winlegacy","N/A","Ready"\n'
        await host.run_async("schtasks /run /tn winlegacy")
        assert host.code == 0, host.err
        for _unused in range(200):
            await asyncio.sleep(0.02)
            if host.machine.files.exists("C:\\rc.txt"):
                break
        assert host.read("C:\\who.txt") == b"nt authority\\system\r\n"
        assert int(host.read("C:\\rc.txt")) != 0
        assert host.machine.files.exists("C:\\p.log")
        await host.run_async("schtasks /delete /tn winlegacy /f")
        assert host.code == 0
        await host.run_async("schtasks /query /tn winlegacy")
        assert host.code == 1

    asyncio.run(scenario())


def test_schtasks_errors() -> None:
    host = Host()
    host.file("C:\\bad.xml", b"<Task>")
    for line in (
        "schtasks /create /xml C:\\bad.xml /tn x /f",
        "schtasks /create /xml C:\\none.xml /tn x",
        "schtasks /run /tn none",
        "schtasks /bogus",
        "schtasks /create /xml C:\\bad.xml",
    ):
        host.run(line)
        assert host.code == 1, line
        assert "ERROR" in host.err
    off = Host("vista_task_service_off")
    off.run("schtasks /query")
    assert off.code == 1


def test_schtasks_is_localised() -> None:
    host = Host("vista_ja")
    host.file("C:\\t.xml", TASK.encode("utf-16"))
    assert host.run("schtasks /create /xml C:\\t.xml /tn w /ru SYSTEM /f").startswith("成功")
    assert "準備完了" in host.run("schtasks /query /tn w /fo list")


def test_a_whole_installation_with_a_real_package() -> None:
    host = Host("vista_sp1_x64", time_scale=5000.0)
    host.file("C:\\k.msu", build_msu("x64", small_kernels=True))
    host.file("C:\\t.xml", TASK.encode("utf-16"))
    host.file(
        "C:\\run.cmd",
        "@echo off\nstart /w pkgmgr /n:C:\\x\\Windows6.0-KB952876-x64.xml /quiet /norestart /l:C:\\p.log\n"
        "set rc=%errorlevel%\n>C:\\rc.tmp echo(%rc%\nmove /y C:\\rc.tmp C:\\rc.txt >nul\n",
    )

    async def scenario() -> None:
        for line in (
            "md C:\\x & expand -f:* C:\\k.msu C:\\x >nul",
            "schtasks /create /xml C:\\t.xml /tn w /ru SYSTEM /f",
            "schtasks /run /tn w",
        ):
            await host.run_async(line)
            assert host.code == 0, host.err
        for _unused in range(300):
            await asyncio.sleep(0.02)
            if host.machine.files.exists("C:\\rc.txt"):
                break
        assert host.read("C:\\rc.txt") == b"3010\r\n"
        assert host.machine.cbs.restart_due
        assert host.machine.power.pending is None  # /norestart

    asyncio.run(scenario())


@pytest.mark.parametrize("doubt", ["undone", "members"])
def test_expand_gives_the_files_of_a_delta_container_or_its_members(doubt: str) -> None:
    host = Host("vista_sp1_x64", expand_delta_container=doubt)
    recipe = Recipe("x64", small_kernels=True)
    host.file("C:\\k.cab", build_cab("x64", small_kernels=True))
    host.run("md C:\\d & expand -f:* C:\\k.cab C:\\d")
    assert host.code == 0, host.err
    if doubt == "members":
        for member in inner_members(recipe):
            assert host.read(f"C:\\d\\{member.name}") == member.data
    else:
        for file in files_of(recipe):
            assert host.read(f"C:\\d\\{file.path}") == file.content
        assert not host.machine.files.exists("C:\\d\\_manifest_.cix.xml")


def test_expand_refuses_a_container_whose_list_is_wrong() -> None:
    host = Host("vista_sp1_x64")
    host.file("C:\\k.cab", build_cab("x64", small_kernels=True, break_members={"update.cat": None}))
    host.run("md C:\\d & expand -f:* C:\\k.cab C:\\d")
    assert host.code == 1


def test_without_norestart_the_machine_goes_down() -> None:
    host = Host("vista_sp1_x64", time_scale=5000.0)
    host.file("C:\\k.cab", build_cab("x64", small_kernels=True))
    system = Host("vista_sp1_x64", logon="system")
    system.machine = host.machine

    async def scenario() -> None:
        await system.run_async("start /w pkgmgr /ip /m:C:\\k.cab /quiet")
        assert host.machine.power.pending is not None
        await host.machine.power.wait_until_done()
        assert host.machine.power.generation > 1

    asyncio.run(scenario())


def test_up_is_case_sensitive() -> None:
    host = Host("srv2008_fixed", logon="system", time_scale=5000.0)
    identity = next(name for name in host.machine.cbs.packages() if "952876" in name)
    host.run(f"start /w pkgmgr /up:{identity.upper()} /quiet /norestart")
    assert host.code == 0x800F0805 - (1 << 32)
    host.run(f"start /w pkgmgr /up:{identity} /quiet /norestart")
    assert host.code == 3010
