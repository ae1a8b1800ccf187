# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of Windows by build, product type and SKU: ours, and not the host's localised caption.

Source: PRODUCT_* values of GetProductInfo (SKUs); version numbers of the Windows releases.
"""

from __future__ import annotations

from .._model.builds import SERVICE_PACK_OF_BUILD

_WORKSTATION = 1

_CLIENT_NAMES = {
    (5, 1): "Windows XP",
    (5, 2): "Windows XP x64",
    (6, 0): "Windows Vista",
    (6, 1): "Windows 7",
    (6, 2): "Windows 8",
    (6, 3): "Windows 8.1",
}
_SERVER_NAMES = {
    (5, 2): "Windows Server 2003",
    (6, 0): "Windows Server 2008",
    (6, 1): "Windows Server 2008 R2",
    (6, 2): "Windows Server 2012",
    (6, 3): "Windows Server 2012 R2",
}
_FIRST_WINDOWS_11 = 22000
_SERVER_RELEASES = ((26100, "2025"), (20348, "2022"), (17763, "2019"), (14393, "2016"))

SKU_NAMES = {
    1: "Ultimate",
    2: "Home Basic",
    3: "Home Premium",
    4: "Enterprise",
    5: "Home Basic N",
    6: "Business",
    7: "Standard Server",
    8: "Datacenter Server",
    9: "Small Business Server",
    10: "Enterprise Server",
    11: "Starter",
    12: "Datacenter Server Core",
    13: "Standard Server Core",
    14: "Enterprise Server Core",
    15: "Enterprise Server for Itanium",
    16: "Business N",
    17: "Web Server",
    18: "HPC Edition",
    19: "Storage Server Home",
    20: "Storage Server Express",
    21: "Storage Server Standard",
    22: "Storage Server Workgroup",
    23: "Storage Server Enterprise",
    24: "Server for Small Business",
    25: "Small Business Server Premium",
    26: "Home Premium N",
    27: "Enterprise N",
    28: "Ultimate N",
    29: "Web Server Core",
    35: "Server for Small Business without Hyper-V",
    36: "Standard Server without Hyper-V",
    37: "Datacenter Server without Hyper-V",
    38: "Enterprise Server without Hyper-V",
    39: "Datacenter Server Core without Hyper-V",
    40: "Standard Server Core without Hyper-V",
    41: "Enterprise Server Core without Hyper-V",
    42: "Hyper-V Server",
    48: "Professional",
    49: "Professional N",
    101: "Home",
}

PRODUCT_TYPES = {1: "workstation", 2: "domain_controller", 3: "server"}


def os_name(version: tuple[int, int, int], product_type: int | None, service_pack: int | None) -> str:
    """A short name: `Windows Vista SP1`; both names of a build where the type is unknown; else `Windows NT x.y`."""
    names = [_name(version, service_pack, client=client) for client in (True, False)]
    if product_type in PRODUCT_TYPES:
        names = [names[0] if product_type == _WORKSTATION else names[1]]
    known = [name for name in names if name is not None]
    if not known:
        return f"Windows NT {version[0]}.{version[1]} (build {version[2]})"
    return " or ".join([known[0], *(name.removeprefix("Windows ") for name in known[1:])])


def _name(version: tuple[int, int, int], service_pack: int | None, *, client: bool) -> str | None:
    major, minor, build = version
    names = _CLIENT_NAMES if client else _SERVER_NAMES
    name = _newer(build, client=client) if major >= 10 else names.get((major, minor))
    if name is None:
        return None
    pack = SERVICE_PACK_OF_BUILD.get(build, service_pack) if (major, minor) == (6, 0) else service_pack
    first_of_2008 = not client and (major, minor) == (6, 0) and pack == 1
    return f"{name} SP{pack}" if pack and not first_of_2008 else name


def _newer(build: int, *, client: bool) -> str:
    if client:
        return "Windows 11" if build >= _FIRST_WINDOWS_11 else "Windows 10"
    release = next((name for first, name in _SERVER_RELEASES if build >= first), None)
    return f"Windows Server {release}" if release else "Windows Server"
