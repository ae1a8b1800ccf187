# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hostname, systeminfo, ipconfig."""

from __future__ import annotations

from winhost.cmd.program import Run, program


@program("hostname")
async def hostname(run: Run) -> int:
    await run.out(run.machine.computer_name)
    return 0


@program("systeminfo", megabytes=7)
async def systeminfo(run: Run) -> int:
    profile = run.machine.profile
    rows = (
        (run.pick("Host Name", "Hostname", "ホスト名"), run.machine.computer_name.upper()),
        (run.pick("OS Name", "Betriebssystemname", "OS 名"), profile.caption),
        (
            run.pick("OS Version", "Betriebssystemversion", "OS バージョン"),
            f"{profile.version} {profile.service_pack_text or ''} Build {profile.build}",
        ),
        (
            run.pick("System Boot Time", "Systemstartzeit", "システム起動時間"),
            run.machine.clock.boot_time().strftime("%Y-%m-%d, %H:%M:%S"),
        ),
    )
    await run.machine.clock.sleep(3)
    for name, value in rows:
        await run.out(f"{name + ':':<27}{value}")
    return 0


@program("ipconfig")
async def ipconfig(run: Run) -> int:
    await run.out(
        run.pick("\r\nWindows IP Configuration\r\n", "\r\nWindows-IP-Konfiguration\r\n", "\r\nWindows IP 構成\r\n")
    )
    return 0
