# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way an installation goes: a task that runs a script as SYSTEM, which starts pkgmgr and writes down its code."""

from __future__ import annotations

import asyncio

from harness import Host

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
        for _ in range(200):
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
