# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which updates of a package are for a machine, and where their files go on it.

As the servicing stack decides: a package applies when one of its parents is there; of what applies, a component counts
that is for the machine's languages and not older than what the release brought.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from winhost.machine.package_model import Brought, Identity, Package, PackageUpdate, PayloadFile

if TYPE_CHECKING:
    from winhost.machine.profile import Profile

KERNEL = "microsoft-windows-os-kernel"
_LDR_FROM = 20000
_CORE = frozenset({12, 13, 14, 29, 36, 37, 38, 39, 40, 41})  # OperatingSystemSKU of Server Core editions
_WINDOWS = "C:\\Windows"
_ROOTS = {
    "windows": _WINDOWS,
    "system32": f"{_WINDOWS}\\System32",
    "drivers": f"{_WINDOWS}\\System32\\drivers",
    "wbem": f"{_WINDOWS}\\System32\\wbem",
    "inf": f"{_WINDOWS}\\inf",
    "fonts": f"{_WINDOWS}\\Fonts",
    "help": f"{_WINDOWS}\\Help",
    "programfiles": "C:\\Program Files",
    "commonfiles": "C:\\Program Files\\Common Files",
    "bootdrive": "C:",
}
_OF_32_BITS = {
    "system32": f"{_WINDOWS}\\SysWOW64",
    "wbem": f"{_WINDOWS}\\SysWOW64\\wbem",
    "programfiles": "C:\\Program Files (x86)",
    "commonfiles": "C:\\Program Files (x86)\\Common Files",
}
_VARIABLE = re.compile(r"\$\(runtime\.(\w+)\)", re.IGNORECASE)


def chosen(package: Package, profile: Profile, on_ldr: frozenset[str]) -> list[tuple[PackageUpdate, Brought]]:
    """The components that the package brings to this machine, each with the update that brings it.

    on_ldr: names of components, in lower case, whose files come from the LDR branch by now.
    """
    if package.architecture not in (profile.architecture, "neutral"):
        return []
    found: dict[tuple[str, str, str], list[tuple[PackageUpdate, Brought]]] = {}
    for update in package.updates:
        if not _there(update, profile):
            continue
        for brought in update.brought:
            if _counts(brought.component, profile):
                name, _version, architecture, language = brought.component.key
                found.setdefault((name, architecture, language), []).append((update, brought))
    return [_preferred(one, on_ldr) for one in found.values()]


def _there(update: PackageUpdate, profile: Profile) -> bool:
    if any(above.name.lower().endswith("_bf") for above in update.above):
        return False  # the same once more, for the other way of installing
    return all(any(_present(one, profile) for one in parents) for parents in update.parents if parents)


def _present(parent: Identity, profile: Profile) -> bool:
    """Is that package on the machine?"""
    if parent.architecture.lower() not in (profile.architecture, "neutral"):
        return False
    if parent.language.lower() not in ("neutral", profile.language.lower()):
        return False
    return any(
        re.fullmatch(name, parent.name, re.IGNORECASE) and parent.version == version
        for name, version in _packages(profile)
    )


def _packages(profile: Profile) -> Iterator[tuple[str, str]]:
    """(pattern of the name, version) of what a release and its service packs consist of. WinPE is not among them."""
    foundation = "Microsoft-Windows-(Foundation-Package|WindowsFoundation-LanguagePack-Package)"
    server = "Microsoft-Windows-(ServerCore-Package|ServerFoundation-Base-LanguagePack-Package)"
    if (profile.major, profile.minor) != (6, 0):
        yield foundation, f"{profile.version}.16385"
        return
    client = profile.product_type == 1
    if client:
        yield foundation, "6.0.6000.16386"
        if profile.build >= 6001:
            yield r"Package_\d+_for_KB936330", "6.0.1.18000"
    elif profile.sku in _CORE:
        yield server, "6.0.6001.18000"
    else:
        yield foundation, "6.0.6001.18000"
        yield server.replace("ServerCore-Package|", ""), "6.0.6001.18000"
    if profile.build >= 6002:
        yield r"Package_\d+_for_KB948465", "6.0.1.18005"


def _counts(component: Identity, profile: Profile) -> bool:
    """Is the component of this machine's languages and architectures, and not older than the release's own?"""
    if component.language.lower() not in ("neutral", profile.language.lower()):
        return False
    architectures = {profile.architecture, "msil", "neutral", *(("x86",) if profile.bits == 64 else ())}
    if component.architecture.lower() not in architectures:
        return False
    release = (profile.major, profile.minor, profile.build)
    return component.quad[:2] != release[:2] or component.quad[:3] >= release


def _preferred(offered: list[tuple[PackageUpdate, Brought]], on_ldr: frozenset[str]) -> tuple[PackageUpdate, Brought]:
    """Of several the branch that the component is on (GDR unless it left it), and of that the highest version."""
    name = offered[0][1].component.name.lower()
    wanted = "LDR" if name in on_ldr else "GDR"
    of_branch = [one for one in offered if one[0].branch == wanted] or offered
    return max(of_branch, key=lambda one: one[1].component.quad)


def is_ldr(revision: int) -> bool:
    """Does a version whose last number is this come from the LDR branch?"""
    return revision >= _LDR_FROM


def target_of(component: Identity, file: PayloadFile, profile: Profile) -> str | None:
    """Where a file goes; None: nowhere but into winsxs, because the manifest names a place that nobody here knows."""
    if file.destination is None:
        return f"{_ROOTS['system32']}\\DriverStore\\FileRepository\\{file.folder}\\{file.name}"
    narrow = component.architecture.lower() == "x86" and profile.bits == 64
    roots = {**_ROOTS, **(_OF_32_BITS if narrow else {})}
    found = _VARIABLE.match(file.destination)
    if found is None or found[1].lower() not in roots:
        return None
    rest = file.destination[found.end() :].strip("\\")
    return "\\".join(part for part in (roots[found[1].lower()], rest, file.name) if part)
