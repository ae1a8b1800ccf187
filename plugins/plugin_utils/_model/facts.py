# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one host said of itself, frozen: the only input of a verdict beside the definition."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .answer import Answer, Cause
from .file_version import FileVersion


class Architecture(enum.Enum):
    """Processor architecture by the name that hotfix files carry (x64 is amd64 in CBS identities)."""

    X86 = "x86"
    X64 = "x64"
    IA64 = "ia64"


_ARCHITECTURES = {
    "x86": Architecture.X86,
    "amd64": Architecture.X64,
    "ia64": Architecture.IA64,
}


def architecture_of(text: str) -> Architecture | None:
    """The architecture as Windows and its packages name it (x86, amd64, ia64), without case; None for another name."""
    return _ARCHITECTURES.get(text.strip().casefold())


class Question(enum.Enum):
    """Everything an assessment may ask; the values are the names in results (`unknown`, `not_asked`)."""

    IDENTITY = "identity"
    OS = "os"
    ARCHITECTURE = "architecture"
    PROCESSOR = "processor"
    RUNNING_KERNEL = "running_kernel"
    DISK_KERNEL = "disk_kernel"
    FILES = "files"
    PACKAGES = "packages"
    STAGING = "staging"
    DRIVER = "driver"
    EVENTS = "events"


class RebootIndicator(enum.Enum):
    """A reason why a host may want a restart; question names are `reboot.<value>`."""

    CBS_REBOOT_PENDING = "cbs_reboot_pending"
    CBS_REBOOT_IN_PROGRESS = "cbs_reboot_in_progress"
    CBS_PACKAGES_PENDING = "cbs_packages_pending"
    WINDOWS_UPDATE = "windows_update"
    FILE_RENAME = "file_rename"
    COMPUTER_RENAME = "computer_rename"
    NETLOGON = "netlogon"
    SCCM = "sccm"


@dataclass(frozen=True)
class HostIdentity:
    """The authenticated answer to Identify. os_version is None when the service said 0.0.0 or something unreadable."""

    vendor: str
    product_version: str
    os_version: tuple[int, int, int] | None
    service_pack: tuple[int, int] | None
    stack: tuple[int, int] | None


@dataclass(frozen=True)
class OperatingSystem:
    """Win32_OperatingSystem, one row. None where the host left a property null or out; the Answer is the whole row."""

    version: tuple[int, int, int]
    caption: str | None
    service_pack: int | None
    product_type: int | None
    sku: int | None
    windows_directory: str | None
    system_drive: str | None
    pae: bool | None
    last_boot: datetime | None
    local_time: datetime | None
    windows_directory_refused: str = ""
    """Why a Windows folder that the host told cannot be used; windows_directory is None then."""

    @property
    def build(self) -> int:
        return self.version[2]


@dataclass(frozen=True)
class RunningKernel:
    """BuildLabEx, parsed: `6001.18000.x86fre.longhorn_rtm.080118-1840`. version: OS major.minor, build, revision."""

    version: FileVersion
    architecture: Architecture
    lab: str
    raw: str


@dataclass(frozen=True)
class KernelFile:
    """A kernel image on disk (CIM_DataFile). size in bytes."""

    path: str
    version: FileVersion
    raw_version: str
    size: int | None


@dataclass(frozen=True)
class DiskFile:
    """A file that was asked for (CIM_DataFile), by its path as the definition writes it. size in bytes.

    found: whether the host lists it. version: None where it has none that can be read, and problem says why.
    """

    path: str
    found: bool
    version: FileVersion | None = None
    size: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class PackageRecord:
    """A key below Component Based Servicing\\Packages: identity as read, CurrentState as stored (None: no answer).

    cause: why CurrentState could not be read; with neither code nor cause it was not asked.
    """

    identity: str
    state_code: int | None
    detail: str = ""
    cause: Cause | None = None


@dataclass(frozen=True)
class Staging:
    """What the staging folder shows through WMI: the files that were found, by size in bytes (None: absent)."""

    folder: str
    manifest_size: int | None
    payload_size: int | None

    @property
    def present(self) -> bool:
        return bool(self.manifest_size) and bool(self.payload_size)


@dataclass(frozen=True)
class Driver:
    """Win32_SystemDriver. state, start_mode: WMI words, never localised (Running, Stop Pending; Manual, Disabled)."""

    name: str
    state: str
    start_mode: str | None
    started: bool | None
    repeated_after: float | None = None
    """Seconds between two looks that both showed this state; None when it was looked at once."""


@dataclass(frozen=True)
class Event:
    """One row of Win32_NTLogEvent; time in UTC."""

    source: str
    code: int
    time: datetime


@dataclass(frozen=True)
class Facts:
    """All answers of one host. Everything defaults to not asked."""

    identity: Answer[HostIdentity] = field(default_factory=Answer)
    os: Answer[OperatingSystem] = field(default_factory=Answer)
    architecture: Answer[Architecture] = field(default_factory=Answer)
    processor: Answer[Architecture] = field(default_factory=Answer)
    running_kernel: Answer[RunningKernel] = field(default_factory=Answer)
    disk_kernel: Answer[tuple[KernelFile, ...]] = field(default_factory=Answer)
    files: Answer[tuple[DiskFile, ...]] = field(default_factory=Answer)
    packages: Answer[tuple[PackageRecord, ...]] = field(default_factory=Answer)
    staging: Answer[Staging] = field(default_factory=Answer)
    driver: Answer[Driver] = field(default_factory=Answer)
    events: Answer[tuple[Event, ...]] = field(default_factory=Answer)
    reboot: Mapping[RebootIndicator, Answer[bool]] = field(default_factory=dict)
    messages: int = 0
