# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who owns a folder and who may write to it, read as SIDs: what SYSTEM will run, only administrators can write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import HostError

ADMINISTRATORS = "S-1-5-32-544"
SYSTEM = "S-1-5-18"
TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
CREATOR_OWNER = "S-1-3-0"
TRUSTED = frozenset({ADMINISTRATORS, SYSTEM, TRUSTED_INSTALLER})

INHERIT_ONLY = 0x8
ACCESS_ALLOWED = 0
_ALLOWED_TYPES = frozenset({0, 5, 9, 11})
"""ACCESS_ALLOWED and its object and callback forms (MS-DTYP 2.4.4.1)."""
_DENIED_TYPES = frozenset({1, 6, 10, 12})
WRITE_MASK = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000
"""Write data, append, write EA, delete child, write attributes, delete, write DAC and owner, generic all and write."""

_ALIASES = {
    "SY": SYSTEM,
    "BA": ADMINISTRATORS,
    "CO": CREATOR_OWNER,
    "WD": "S-1-1-0",
    "AU": "S-1-5-11",
    "BU": "S-1-5-32-545",
    "IU": "S-1-5-4",
    "PU": "S-1-5-32-547",
    "BG": "S-1-5-32-546",
}
"""SDDL's two-letter names of trustees (MS-DTYP 2.5.1.1)."""
_RIGHTS = {"FA": 0x1F01FF, "FR": 0x120089, "FW": 0x120116, "FX": 0x1200A0}
_RIGHTS |= {"GA": 0x10000000, "GX": 0x20000000, "GW": 0x40000000, "GR": 0x80000000}
_RIGHTS |= {"SD": 0x10000, "RC": 0x20000, "WD": 0x40000, "WO": 0x80000}
_RIGHTS |= {"CC": 0x1, "DC": 0x2, "LC": 0x4, "SW": 0x8, "RP": 0x10, "WP": 0x20, "DT": 0x40, "LO": 0x80, "CR": 0x100}
_FLAGS = {"OI": 0x1, "CI": 0x2, "NP": 0x4, "IO": 0x8, "ID": 0x10}
_ACE_TYPES = {"A": 0, "D": 1, "OA": 5, "OD": 6, "XA": 9, "XD": 10, "ZA": 11}
_SDDL = re.compile(
    r"(?:O:(?P<owner>[A-Z]{2}|S-[0-9-]+))?(?:G:(?:[A-Z]{2}|S-[0-9-]+))?"
    r"D:(?P<flags>[A-Z_]*)(?P<aces>(?:\([^()]*\))*)(?P<rest>[^\s]*)"
)
_ACE = re.compile(r"\(([^()]*)\)")


class DescriptorError(HostError, ValueError):
    """A security descriptor that cannot be read: it proves nothing."""


@dataclass(frozen=True)
class Ace:
    """One access control entry: the trustee's SID, its access mask, flags and type (Win32_ACE)."""

    sid: str
    mask: int
    flags: int = 0
    kind: int = ACCESS_ALLOWED

    @property
    def allows_writing(self) -> bool:
        return self.kind not in _DENIED_TYPES and bool(self.mask & WRITE_MASK)


@dataclass(frozen=True)
class Descriptor:
    """Owner (None: not read) and DACL. dacl None means no DACL at all: everybody may do everything."""

    owner: str | None
    dacl: tuple[Ace, ...] | None

    def problems(self) -> tuple[str, ...]:
        """What keeps the folder from being one that only administrators can write, a clause each; empty when it is."""
        found = []
        if self.owner is not None and self.owner.upper() not in TRUSTED:
            found.append(f"its owner is {self.owner}")
        if self.dacl is None:
            found.append("it has no access list, so that anyone can write")
        for ace in self.dacl or ():
            if ace.kind not in _ALLOWED_TYPES | _DENIED_TYPES:
                found.append(f"an access entry of {ace.sid} is of the unknown type {ace.kind}")
            elif ace.allows_writing and ace.sid.upper() not in TRUSTED:
                if ace.sid.upper() == CREATOR_OWNER and ace.flags & INHERIT_ONLY:
                    continue
                found.append(f"{ace.sid} may write to it")
        return tuple(dict.fromkeys(found))


def from_sddl(text: str) -> Descriptor:
    """Read the DACL (and owner, when there) of an SDDL string, as `icacls /save` writes it (it saves no owner).

    Raises DescriptorError for what it does not understand: an unread entry is never taken as harmless.
    """
    match = _SDDL.search(text)
    if match is None:
        raise DescriptorError(f"no access list in the descriptor {text[:80]!r}")
    if match["rest"] and not match["rest"].startswith("S:"):
        raise DescriptorError(f"the access list cannot be read from {match['rest'][:40]!r} on")
    owner = _sid(match["owner"]) if match["owner"] else None
    if "NO_ACCESS_CONTROL" in match["flags"]:
        return Descriptor(owner, None)
    return Descriptor(owner, tuple(_ace(found) for found in _ACE.findall(match["aces"])))


def _ace(text: str) -> Ace:
    fields = text.split(";")
    if len(fields) < 6 or fields[0] not in _ACE_TYPES:
        raise DescriptorError(f"the access entry ({text}) cannot be read")
    return Ace(_sid(fields[5]), _mask(fields[2]), sum(_pairs(fields[1], _FLAGS)), _ACE_TYPES[fields[0]])


def _mask(text: str) -> int:
    if text.lower().startswith("0x"):
        return int(text, 16)
    mask = 0
    for value in _pairs(text, _RIGHTS):
        mask |= value
    return mask


def _pairs(text: str, table: dict[str, int]) -> list[int]:
    pairs = [text[i : i + 2] for i in range(0, len(text), 2)]
    unknown = [pair for pair in pairs if pair not in table]
    if unknown:
        raise DescriptorError(f"the access entry holds {unknown[0]!r}, which is not known")
    return [table[pair] for pair in pairs]


def _sid(text: str) -> str:
    if text.upper().startswith("S-1-"):
        return text
    if text not in _ALIASES:
        # an alias that is not in the table is some other account: keep it by name, it is not trusted
        return text
    return _ALIASES[text]


def from_wmi(row: object) -> Descriptor:
    """Read the Win32_SecurityDescriptor that Win32_LogicalFileSecuritySetting.GetSecurityDescriptor returns.

    row: its properties by name, Owner and the Trustee of each ACE as mappings with SIDString.
    Raises DescriptorError when a part is missing.
    """
    descriptor = _mapping(row, "the descriptor")
    owner = _text(_mapping(descriptor.get("Owner"), "the owner").get("SIDString"), "the owner's SID")
    dacl = descriptor.get("DACL")
    if dacl is None:
        return Descriptor(owner, None)
    entries = dacl if isinstance(dacl, list) else [dacl]
    aces = []
    for entry in entries:
        ace = _mapping(entry, "an access entry")
        trustee = _mapping(ace.get("Trustee"), "a trustee")
        sid = _text(trustee.get("SIDString"), "a trustee's SID")
        aces.append(Ace(sid, _number(ace, "AccessMask"), _number(ace, "AceFlags"), _number(ace, "AceType")))
    return Descriptor(owner, tuple(aces))


def _mapping(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise DescriptorError(f"{what} is missing from the security descriptor")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise DescriptorError(f"{what} is missing from the security descriptor")
    return value


def _number(row: dict[str, object], name: str) -> int:
    value = row.get(name)
    try:
        return int(str(value))
    except ValueError:
        raise DescriptorError(f"{name} is missing from an access entry") from None
