# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Component-based servicing: what a CurrentState means, and whose package an identity is."""

from __future__ import annotations

import enum

from .kb import names_kb


class PackageState(enum.Enum):
    """What CBS says of a package. ABSENT also stands for a package that CBS does not know at all."""

    ABSENT = "absent"
    UNINSTALL_PENDING = "uninstall_pending"
    RESOLVING = "resolving"
    RESOLVED = "resolved"
    STAGING = "staging"
    STAGED = "staged"
    SUPERSEDED = "superseded"
    INSTALL_PENDING = "install_pending"
    PARTIALLY_INSTALLED = "partially_installed"
    INSTALLED = "installed"
    PERMANENT = "permanent"
    BROKEN = "broken"
    UNKNOWN = "unknown"


_SPARSE = {
    0x0: PackageState.ABSENT,
    0x5: PackageState.UNINSTALL_PENDING,
    0x10: PackageState.RESOLVING,
    0x20: PackageState.RESOLVED,
    0x30: PackageState.STAGING,
    0x40: PackageState.STAGED,
    0x50: PackageState.SUPERSEDED,
    0x60: PackageState.INSTALL_PENDING,
    0x65: PackageState.PARTIALLY_INSTALLED,
    0x70: PackageState.INSTALLED,
    0x80: PackageState.PERMANENT,
}
_RAW = {
    0: PackageState.ABSENT,
    1: PackageState.RESOLVING,
    2: PackageState.RESOLVED,
    3: PackageState.STAGING,
    4: PackageState.STAGED,
    5: PackageState.UNINSTALL_PENDING,
    6: PackageState.INSTALL_PENDING,
    7: PackageState.INSTALLED,
    8: PackageState.PERMANENT,
}
_STATES = {**_RAW, **_SPARSE}


def decode_state(code: int | None) -> PackageState:
    """The meaning of a CurrentState DWORD; None (not readable) and numbers that nobody documented are UNKNOWN.

    Two encodings are accepted, because which one the servicing stack of Vista stores is not certain: the sparse one
    (0x40 staged, 0x70 installed) and the raw one (4, 7). They agree where they meet: 0 is absent and 5 is an uninstall
    in both. A number with the sign bit set, given signed or unsigned, is BROKEN.
    """
    if code is None:
        return PackageState.UNKNOWN
    if code < 0 or 0x80000000 <= code <= 0xFFFFFFFF:
        return PackageState.BROKEN
    return _STATES.get(code, PackageState.UNKNOWN)


def is_of_kb(identity: str, kb: str) -> bool:
    """Whether a package's name carries the KB's number as a whole (KB952876 is not in KB9528761), without case."""
    return names_kb(identity.split("~", 1)[0], kb)


def is_root_of_kb(identity: str, kb: str) -> bool:
    """Whether this is the KB's root package (`Package_for_KB952876`), the only one that can be removed as a whole."""
    return identity.split("~", 1)[0].strip().casefold() == f"package_for_{kb}".casefold()
