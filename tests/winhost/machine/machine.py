# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One machine's whole state, put together from a profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from winhost.doubt import Doubt
from winhost.machine import locations
from winhost.machine.accounts import SYSTEM_TOKEN, Accounts, Token
from winhost.machine.boot import Boot
from winhost.machine.cbs import ServicingStack
from winhost.machine.clock import Clock
from winhost.machine.events import EventLog
from winhost.machine.files import FileSystem
from winhost.machine.power import Power, PowerSource
from winhost.machine.processes import Processes
from winhost.machine.registry import Registry
from winhost.machine.services import Services
from winhost.machine.tasks import TaskScheduler

if TYPE_CHECKING:
    from winhost.machine.profile import Profile


WINDOWS = "C:\\Windows"


class Machine:
    """A simulated Windows computer. Rooms that serve it (wmi, cmd, wsman) change it only through its parts."""

    def __init__(
        self,
        name: str,
        profile: Profile,
        *,
        clock: Clock | None = None,
        doubt: Mapping[str, str] | None = None,
        time_scale: float = 1.0,
    ) -> None:
        self.name = name
        self.profile = profile
        self.computer_name = profile.computer_name or name.upper().replace(".", "-").replace("_", "-")[:15]
        self.clock = clock or Clock(scale=time_scale)
        self.clock.mark_boot(seconds_ago=profile.uptime_seconds)
        self.doubt = Doubt({**profile.doubt, **(doubt or {})})
        base = profile.make_base(profile, self.doubt)
        self.registry = Registry(base.registry)
        self.files = FileSystem(base.files, now=self.clock.now)
        self.files.drives.update({drive.letter: drive for drive in profile.make_drives()})
        if profile.windows_directory != WINDOWS:
            self.files.called[profile.windows_directory[3:].casefold()] = "windows"
            self.registry.set("HKLM", locations.CURRENT_VERSION, "SystemRoot", profile.windows_directory)
        self.services = Services(base.services)
        self.processes = Processes(self.clock)
        self.processes.doubt = self.doubt
        self.power_source = PowerSource(profile.has_battery, profile.on_mains)
        self.accounts = Accounts(
            self.computer_name,
            profile.domain,
            language=profile.language,
            uac_enabled=lambda: self.registry.value("HKLM", locations.UAC, "EnableLUA", 1) != 0,
            remote_filter_off=lambda: (
                self.registry.value("HKLM", locations.UAC, "LocalAccountTokenFilterPolicy", 0) == 1
            ),
        )
        profile.make_users(self.accounts)
        self.power = Power(self.clock, profile.make_power())
        self.events = EventLog(self.clock, profile.events, install_age=timedelta(days=profile.install_age_days))
        self.language = profile.language
        self.code_page = profile.code_page
        self.cbs = ServicingStack(self)
        self.tasks = TaskScheduler(self)
        # Accounts of file servers that this machine can reach: server -> user name -> password.
        self.share_credentials: dict[str, dict[str, str]] = {}
        self.boot = Boot(self)
        self.first_boot = self.clock.boot_time()
        profile.personalise(self)

    @property
    def system_token(self) -> Token:
        return SYSTEM_TOKEN

    def environment(self, token: Token | None = None) -> dict[str, str]:
        """The environment block of a new process of this user, with variables expanded."""
        return locations.environment(
            self.registry, self.computer_name, token or SYSTEM_TOKEN, self.profile.windows_directory
        )

    def in_windows(self, path: str) -> str:
        """The path with Windows' own folder under its usual name."""
        folder = self.profile.windows_directory
        return WINDOWS + path[len(folder) :] if path.casefold().startswith(folder.casefold() + "\\") else path

    def tool(self, program: str) -> str:
        """How a program of this machine behaves, by the profile.

        ``normal``, ``missing`` or ``empty`` (exit 0, no output, no effect).
        """
        return self.profile.programs.get(program.lower().removesuffix(".exe"), "normal")
