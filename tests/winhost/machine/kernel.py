# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel: version texts, file sizes, and the registry values that a booting kernel writes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from winhost.machine import locations
from winhost.machine.content import Body, Synthetic, VersionInfo
from winhost.machine.registry import RegType

if TYPE_CHECKING:
    from winhost.machine.machine import Machine
    from winhost.machine.profile import Profile, Update

SYSTEM32 = r"C:\Windows\System32"

# Sizes in bytes of released files, from their published file tables: (version, architecture, name).
_SIZES = {
    ("6.0.6000.20846", "x86", "ntkrnlpa.exe"): 3506744,
    ("6.0.6000.20846", "x86", "ntoskrnl.exe"): 3472952,
    ("6.0.6001.22191", "x86", "ntkrnlpa.exe"): 3601464,
    ("6.0.6001.22191", "x86", "ntoskrnl.exe"): 3549240,
    ("6.0.6000.20846", "amd64", "ntoskrnl.exe"): 4416568,
    ("6.0.6001.22191", "amd64", "ntoskrnl.exe"): 4694072,
    ("6.0.6001.22191", "ia64", "ntoskrnl.exe"): 9501752,
}
_TYPICAL = {
    ("x86", "ntkrnlpa.exe"): 3600000,
    ("x86", "ntoskrnl.exe"): 3548000,
    ("amd64", "ntoskrnl.exe"): 4690000,
    ("ia64", "ntoskrnl.exe"): 9500000,
}


def version_info(version: str, lab: str) -> VersionInfo:
    """``6.0.6001.22191`` and its lab as a version resource of the kernel."""
    a, b, c, d = (int(part) for part in version.split("."))
    return VersionInfo((a, b, c, d), f"{version} ({lab})" if lab else version, description="NT Kernel & System")


def size_of(version: str, architecture: str, name: str) -> int:
    """The published size, or a plausible one that follows from the version."""
    known = _SIZES.get((version, architecture, name))
    if known is not None:
        return known
    return _TYPICAL[architecture, name] + 8 * (zlib.crc32(f"{version}{name}".encode()) % 8000)


def synthetic(profile: Profile, update: Update, name: str) -> tuple[Body, VersionInfo]:
    """The body and version of a kernel file that an update of a profile brings."""
    size = update.kernel_size.get(name) or size_of(update.kernel, profile.architecture, name)
    return Synthetic(f"{name} {update.kernel} {profile.architecture}", size), version_info(update.kernel, update.lab)


def build_lab_ex(info: VersionInfo, architecture: str) -> str:
    """``6001.18000.x86fre.longhorn_rtm.080118-1840``"""
    return f"{info.quad[2]}.{info.quad[3]}.{architecture}fre.{info.lab}"


def build_values(info: VersionInfo, architecture: str, doubt_6000: str) -> dict[str, str]:
    """The build strings in CurrentVersion; an absent one is not in the mapping."""
    values = {"BuildLab": f"{info.quad[2]}.{info.lab}"}
    if info.quad[2] == 6000 and doubt_6000 == "absent":
        return {}
    if info.quad[2] != 6000 or doubt_6000 == "present":
        values["BuildLabEx"] = build_lab_ex(info, architecture)
    return values


def write_build(machine: Machine) -> None:
    """The kernel that boots (the file that is now in System32) writes its build strings."""
    node = machine.files.get(f"{SYSTEM32}\\{machine.profile.running_kernel_file}")
    key = machine.registry.create("HKLM", locations.CURRENT_VERSION)
    if node is None or node.version is None:
        return
    values = build_values(node.version, machine.profile.architecture, machine.doubt["buildlabex_on_6000"])
    for name in ("BuildLab", "BuildLabEx"):
        if name in values:
            key.set(name, RegType.SZ, values[name])
        else:
            key.remove(name)
