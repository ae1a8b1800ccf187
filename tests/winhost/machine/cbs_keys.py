# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry keys of component-based servicing."""

from __future__ import annotations

from datetime import UTC, datetime

from winhost.machine import locations
from winhost.machine.cbs_state import State, encode
from winhost.machine.registry import Registry, RegType

_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
TRUSTED = "S-1-5-18"


def filetime(when: datetime) -> int:
    """100 ns intervals since 1601."""
    delta = when - _FILETIME_EPOCH
    return (delta.days * 86400 + delta.seconds) * 10**7 + delta.microseconds * 10


def shown_identity(identity: str, doubt: str) -> str | None:
    """What the root package is called below Packages under the doubt ``root_package_identity``; None: it has no key.

    Only hotfix packages are in doubt, not those whose name is documented.
    """
    if not identity.casefold().startswith("package_for_kb") or doubt == "package_for":
        return identity
    if doubt == "lower_case":
        name, tilde, rest = identity.partition("~")
        return name.replace("KB", "kb") + tilde + rest
    if doubt == "other_version":
        return identity.rpartition("~")[0] + "~6.0.1.3"
    return None


def usual_subpackages(identity: str, product_type: int) -> list[str]:
    """The packages that come with a hotfix of NT 6.0 beside its root, by their usual names."""
    name, tilde, rest = identity.partition("~")
    kb = name.lower().removeprefix("package_for_")
    if not name.lower().startswith("package_for_kb"):
        return []
    kind = "client" if product_type == 1 else "server"
    roots = [f"Package_1_for_{kb}", f"Package_2_for_{kb}", f"Package_for_{kb}_{kind}_0", f"Package_for_{kb}_{kind}"]
    return [root + tilde + rest for root in roots]


def write_package(
    registry: Registry,
    identity: str,
    state: int,
    encoding: str,
    *,
    when: datetime,
    sub: bool = False,
    client: str = "WindowsUpdateAgent",
) -> None:
    """A package's key with all its values; an existing one only changes its state and time."""
    path = f"{locations.PACKAGES}\\{identity}"
    key = registry.create("HKLM", path)
    value = encode(state, encoding)
    if value is None:
        key.remove("CurrentState")
    else:
        key.set("CurrentState", *value)
    stamp = filetime(when)
    key.set("InstallTimeHigh", RegType.DWORD, stamp >> 32)
    key.set("InstallTimeLow", RegType.DWORD, stamp & 0xFFFFFFFF)
    if key.get("InstallClient") is None:
        key.set("InstallClient", RegType.SZ, client)
        key.set("InstallName", RegType.SZ, "update.mum" if not sub else f"{identity}.mum")
        key.set("InstallLocation", RegType.SZ, "\\\\?\\C:\\Windows\\SoftwareDistribution\\Download\\")
        key.set("InstallUser", RegType.SZ, TRUSTED)
        key.set("SelfUpdate", RegType.DWORD, 0)
        key.set("Trusted", RegType.DWORD, 1)
        key.set("Visibility", RegType.DWORD, 2 if sub else 1)
        key.create("Owners").set(identity, RegType.DWORD, 0x20007 if state == State.INSTALLED else 0x60004)


def write_pending(registry: Registry, doubt: str) -> None:
    """The marks that a restart is due. RebootPending is volatile: the boot takes it away by itself."""
    if doubt in ("both", "reboot_pending_only"):
        registry.create("HKLM", locations.CBS + r"\RebootPending", volatile=True)
    if doubt in ("both", "packages_pending_only"):
        registry.create("HKLM", locations.CBS + r"\PackagesPending")
    registry.set("HKLM", locations.CBS + r"\SessionsPending", "Exclusive", 3)


def clear_pending(registry: Registry) -> None:
    """All such marks go."""
    for name in ("RebootPending", "PackagesPending", "RebootInProgress"):
        registry.delete("HKLM", f"{locations.CBS}\\{name}", recursive=True)
    if registry.key("HKLM", locations.CBS + r"\SessionsPending"):
        registry.set("HKLM", locations.CBS + r"\SessionsPending", "Exclusive", 0)
