# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine as data: what a profile says, and the shared defaults built from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from winhost.machine import locations
from winhost.machine.files import Drive
from winhost.machine.power import PowerSettings

if TYPE_CHECKING:
    from winhost.doubt import Doubt
    from winhost.machine.accounts import Accounts
    from winhost.machine.events import EventTemplate
    from winhost.machine.machine import Machine
    from winhost.machine.nodes import Node
    from winhost.machine.registry import RegNode
    from winhost.machine.services import Service


@dataclass(frozen=True, slots=True)
class Base:
    """What all machines of one profile (and one set of doubts) share until they change it."""

    registry: RegNode
    files: Node
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """A package that the machine knows from the start. ``kernel`` is the version its kernel files have, or empty."""

    identity: str
    state: str  # a name of cbs_state.State, lower case
    kb: str = ""
    kernel: str = ""
    lab: str = ""
    days_ago: float = 100.0
    kernel_size: Mapping[str, int] = field(default_factory=dict)
    subpackages: tuple[str, ...] = ()
    listed: bool = True  # a row in Win32_QuickFixEngineering


@dataclass(frozen=True, slots=True)
class UserSpec:
    """An account that the profile creates."""

    name: str
    password: str
    administrator: bool = True
    domain: str = ""
    rid: int | None = None


@dataclass(frozen=True)
class Profile:
    """One kind of machine. Names follow Windows; see profiles/README for the YAML."""

    name: str
    build: int
    architecture: str  # x86 | amd64 | ia64
    caption: str
    sku: int
    product_type: int  # 1 workstation, 2 domain controller, 3 server
    updates: tuple[Update, ...]  # the first is the release itself
    make_base: Callable[[Profile, Doubt], Base]
    finish: Callable[[Machine], None]  # writes the profile's own registry and files entries
    crowd: tuple[tuple[str, str], ...] = ()  # (KB, identity) of the other updates that are installed
    major: int = 6
    minor: int = 0
    service_pack: int = 0
    service_pack_text: str | None = None
    description: str = ""
    computer_name: str = ""
    windows_directory: str = "C:\\Windows"  # told and used by this name; Windows' own folder whatever it is called
    domain: str = ""
    suite_mask: int = 272
    pae: bool = False
    language: str = "en-US"
    locale: str = "0409"
    os_language: int = 1033
    code_page: int = 437
    ansi_code_page: int = 1252
    architecture_text: str = ""
    time_zone_minutes: int = 0
    time_zone: Mapping[str, Any] = field(default_factory=dict)
    stack: str = "1.1"
    winrm: Mapping[str, Any] = field(default_factory=dict)
    uptime_seconds: float = 3 * 86400.0
    install_age_days: float = 400.0
    memory_bytes: int = 2 * 2**30
    has_battery: bool = False
    on_mains: bool = True
    users: tuple[UserSpec, ...] = ()
    uac_enabled: bool = True
    remote_filter_off: bool = False
    services: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # changes to, or additions beside, the default services
    events: tuple[EventTemplate, ...] = ()
    registry: tuple[Mapping[str, Any], ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()
    doubt: Mapping[str, str] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    missing_classes: frozenset[str] = frozenset()
    missing_properties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    missing_methods: Mapping[str, frozenset[str]] = field(default_factory=dict)
    null_properties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    denied_classes: frozenset[str] = frozenset()
    wmi_delays: Mapping[str, float] = field(default_factory=dict)  # class -> seconds that a query takes
    power: Mapping[str, Any] = field(default_factory=dict)
    servicing: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Mapping[str, Any], ...] = ()
    disk_size: int = 80 * 2**30
    disk_free: int = 40 * 2**30

    @property
    def version(self) -> str:
        return f"{self.major}.{self.minor}.{self.build}"

    @property
    def bits(self) -> int:
        return 32 if self.architecture == "x86" else 64

    @property
    def kernel_files(self) -> tuple[str, ...]:
        """The kernels in System32; the last of them runs where PAE is on."""
        return (
            ("ntoskrnl.exe", "ntkrnlpa.exe")
            if self.architecture == "x86" and self.major == 6 and self.minor < 2
            else ("ntoskrnl.exe",)
        )

    @property
    def running_kernel_file(self) -> str:
        return self.kernel_files[-1] if self.pae else self.kernel_files[0]

    def other_updates(self) -> tuple[tuple[str, str], ...]:
        """(KB, identity) of the root packages that have nothing to do with the kernel."""
        return self.crowd

    def make_drives(self) -> list[Drive]:
        return [
            Drive("C:", self.disk_size, self.disk_size - self.disk_free),
            Drive("D:", 0, 0, drive_type=5, file_system=""),
        ]

    def make_power(self) -> PowerSettings:
        return PowerSettings(**self.power)

    def make_users(self, accounts: Accounts) -> None:
        for user in self.users:
            accounts.add(user.name, user.password, administrator=user.administrator, domain=user.domain, rid=user.rid)

    def personalise(self, machine: Machine) -> None:
        """What no two machines share, and the profile's own entries."""
        self.finish(machine)
        for key in (locations.COMPUTER_NAME, locations.ACTIVE_COMPUTER_NAME):
            if machine.registry.value("HKLM", key, "ComputerName", "") == "":
                machine.registry.set("HKLM", key, "ComputerName", machine.computer_name)
