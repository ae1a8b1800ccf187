# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access control as icacls writes and reads it: `(OI)(CI)(F)`, `*S-1-5-32-544:(OI)(CI)F`."""

from __future__ import annotations

import re

from winhost.machine import security
from winhost.machine.security import Ace

SIMPLE = {
    "N": 0,
    "F": security.FILE_ALL,
    "M": security.FILE_MODIFY,
    "RX": security.FILE_READ_EXECUTE,
    "R": security.FILE_READ,
    "W": security.FILE_WRITE,
    "D": security.DELETE | 0x100000,
}
SPECIFIC = {
    "DE": 0x10000,
    "RC": 0x20000,
    "WDAC": 0x40000,
    "WO": 0x80000,
    "S": 0x100000,
    "AS": 0x1000000,
    "MA": 0x2000000,
    "GR": 0x80000000,
    "GW": 0x40000000,
    "GE": 0x20000000,
    "GA": 0x10000000,
    "RD": 0x1,
    "WD": 0x2,
    "AD": 0x4,
    "REA": 0x8,
    "WEA": 0x10,
    "X": 0x20,
    "DC": 0x40,
    "RA": 0x80,
    "WA": 0x100,
}
FLAGS = {
    "OI": security.OBJECT_INHERIT,
    "CI": security.CONTAINER_INHERIT,
    "IO": security.INHERIT_ONLY,
    "NP": security.NO_PROPAGATE,
    "I": security.INHERITED,
}


def parse_permission(text: str) -> tuple[int, int] | None:
    """(mask, flags) of `(OI)(CI)F` or `(OI)(CI)(RX,W)`; None when it is neither."""
    flags = 0
    groups = re.match(r"((?:\((?:OI|CI|IO|NP|I)\))*)(.*)$", text, re.IGNORECASE)
    if groups is None:
        return None
    for name in re.findall(r"\((\w+)\)", groups[1]):
        flags |= FLAGS[name.upper()]
    rest = groups[2].upper()
    if rest in SIMPLE:
        return SIMPLE[rest], flags
    if not (rest.startswith("(") and rest.endswith(")")):
        return None
    mask = 0
    for name in rest[1:-1].split(","):
        known = SPECIFIC.get(name, SIMPLE.get(name))
        if known is None:
            return None
        mask |= known
    return mask, flags


def show(ace: Ace, *, directory: bool) -> str:
    """One entry's rights as icacls prints them."""
    out = "(I)" if ace.flags & security.INHERITED else ""
    if directory:
        out += "".join(f"({name})" for name in ("OI", "CI", "NP", "IO") if ace.flags & FLAGS[name])
    if not ace.allow:
        out += "(DENY)" if ace.mask else "(N)"
    for name, mask in SIMPLE.items():
        if ace.mask == mask and mask:
            return out + f"({name})"
    generic = {0x10000000: "F", 0x80000000: "GR", 0x40000000: "GW", 0x20000000: "GE", 0xE0010000: "GR,GW,GE,DE"}
    if ace.mask in generic:
        return out + f"({generic[ace.mask]})"
    return out + "(" + ",".join(name for name, bit in SPECIFIC.items() if ace.mask & bit) + ")"
