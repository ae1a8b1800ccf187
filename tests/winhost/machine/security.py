# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security descriptors: SIDs, access masks, ACEs, SDDL in and out, and the access check."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winhost.machine.accounts import Token

SYSTEM = "S-1-5-18"
LOCAL_SERVICE = "S-1-5-19"
NETWORK_SERVICE = "S-1-5-20"
ADMINISTRATORS = "S-1-5-32-544"
USERS = "S-1-5-32-545"
GUESTS = "S-1-5-32-546"
EVERYONE = "S-1-1-0"
AUTHENTICATED_USERS = "S-1-5-11"
NETWORK = "S-1-5-2"
INTERACTIVE = "S-1-5-4"
CREATOR_OWNER = "S-1-3-0"
TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

ALIASES = {
    "SY": SYSTEM,
    "LS": LOCAL_SERVICE,
    "NS": NETWORK_SERVICE,
    "BA": ADMINISTRATORS,
    "BU": USERS,
    "BG": GUESTS,
    "WD": EVERYONE,
    "AU": AUTHENTICATED_USERS,
    "NU": NETWORK,
    "IU": INTERACTIVE,
    "CO": CREATOR_OWNER,
    "PU": "S-1-5-32-547",
    "SO": "S-1-5-32-549",
    "BO": "S-1-5-32-551",
    "AN": "S-1-5-7",
    "OW": "S-1-3-4",
    "CG": "S-1-3-1",
}
_ALIAS_OF = {sid: alias for alias, sid in ALIASES.items()}

NAMES = {
    SYSTEM: ("NT AUTHORITY", "SYSTEM"),
    LOCAL_SERVICE: ("NT AUTHORITY", "LOCAL SERVICE"),
    NETWORK_SERVICE: ("NT AUTHORITY", "NETWORK SERVICE"),
    ADMINISTRATORS: ("BUILTIN", "Administrators"),
    USERS: ("BUILTIN", "Users"),
    GUESTS: ("BUILTIN", "Guests"),
    EVERYONE: ("", "Everyone"),
    AUTHENTICATED_USERS: ("NT AUTHORITY", "Authenticated Users"),
    NETWORK: ("NT AUTHORITY", "NETWORK"),
    INTERACTIVE: ("NT AUTHORITY", "INTERACTIVE"),
    CREATOR_OWNER: ("", "CREATOR OWNER"),
    TRUSTED_INSTALLER: ("NT SERVICE", "TrustedInstaller"),
}

# What a Windows in German calls them; other languages here keep the English names.
_GERMAN = {
    SYSTEM: ("NT-AUTORITÄT", "SYSTEM"),
    LOCAL_SERVICE: ("NT-AUTORITÄT", "LOKALER DIENST"),
    NETWORK_SERVICE: ("NT-AUTORITÄT", "NETZWERKDIENST"),
    ADMINISTRATORS: ("VORDEFINIERT", "Administratoren"),
    USERS: ("VORDEFINIERT", "Benutzer"),
    GUESTS: ("VORDEFINIERT", "Gäste"),
    EVERYONE: ("", "Jeder"),
    AUTHENTICATED_USERS: ("NT-AUTORITÄT", "Authentifizierte Benutzer"),
    NETWORK: ("NT-AUTORITÄT", "NETZWERK"),
    INTERACTIVE: ("NT-AUTORITÄT", "INTERAKTIV"),
    CREATOR_OWNER: ("", "ERSTELLER-BESITZER"),
    TRUSTED_INSTALLER: ("NT SERVICE", "TrustedInstaller"),
}


def names_in(language: str) -> dict[str, tuple[str, str]]:
    """(domain, name) of the well-known SIDs on a Windows of this language (``de-DE``)."""
    return _GERMAN if language.startswith("de") else NAMES


OBJECT_INHERIT, CONTAINER_INHERIT, NO_PROPAGATE, INHERIT_ONLY, INHERITED = 0x1, 0x2, 0x4, 0x8, 0x10
_FLAGS = {"OI": OBJECT_INHERIT, "CI": CONTAINER_INHERIT, "NP": NO_PROPAGATE, "IO": INHERIT_ONLY, "ID": INHERITED}

FILE_ALL, FILE_MODIFY, FILE_READ_EXECUTE, FILE_READ, FILE_WRITE = 0x1F01FF, 0x1301BF, 0x1200A9, 0x120089, 0x120116
DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER = 0x10000, 0x20000, 0x40000, 0x80000
_RIGHTS = {
    "FA": FILE_ALL,
    "FR": FILE_READ,
    "FW": FILE_WRITE,
    "FX": 0x1200A0,
    "GA": 0x10000000,
    "GX": 0x20000000,
    "GW": 0x40000000,
    "GR": 0x80000000,
    "SD": DELETE,
    "RC": READ_CONTROL,
    "WD": WRITE_DAC,
    "WO": WRITE_OWNER,
    "KA": 0xF003F,
    "KR": 0x20019,
    "KW": 0x20006,
    "CC": 1,
    "DC": 2,
    "LC": 4,
    "SW": 8,
    "RP": 0x10,
    "WP": 0x20,
    "DT": 0x40,
    "LO": 0x80,
    "CR": 0x100,
}
_GENERIC = {0x10000000: FILE_ALL, 0x20000000: 0x1200A0, 0x40000000: FILE_WRITE, 0x80000000: FILE_READ}
_ACE = re.compile(r"\(([^;]*);([^;]*);([^;]*);([^;]*);([^;]*);([^;)]*)\)")


@dataclass(frozen=True, slots=True)
class Ace:
    """One access control entry."""

    allow: bool
    sid: str
    mask: int
    flags: int = 0

    def to_sddl(self) -> str:
        flags = "".join(name for name, bit in _FLAGS.items() if self.flags & bit)
        rights = {FILE_ALL: "FA", FILE_READ: "FR", FILE_WRITE: "FW"}.get(self.mask) or f"0x{self.mask:x}"
        return f"({'A' if self.allow else 'D'};{flags};{rights};;;{_ALIAS_OF.get(self.sid, self.sid)})"

    def inherited_by(self, *, container: bool) -> Ace | None:
        """What a new child gets of this entry, or None."""
        wanted = CONTAINER_INHERIT if container else OBJECT_INHERIT
        if self.flags & wanted:
            kept = (
                self.flags & (OBJECT_INHERIT | CONTAINER_INHERIT) if container and not self.flags & NO_PROPAGATE else 0
            )
            return replace(self, flags=kept | INHERITED, mask=_mapped(self.mask))
        if container and self.flags & OBJECT_INHERIT and not self.flags & NO_PROPAGATE:
            return replace(self, flags=self.flags & (OBJECT_INHERIT | CONTAINER_INHERIT) | INHERIT_ONLY | INHERITED)
        return None


@dataclass(frozen=True, slots=True)
class SecurityDescriptor:
    """Owner, group and DACL. ``dacl`` None is a null DACL (everyone may do everything)."""

    owner: str
    group: str
    dacl: tuple[Ace, ...] | None
    protected: bool = False

    def to_sddl(self, *, owner: bool = True) -> str:
        head = f"O:{_ALIAS_OF.get(self.owner, self.owner)}G:{_ALIAS_OF.get(self.group, self.group)}" if owner else ""
        if self.dacl is None:
            return head + "D:NO_ACCESS_CONTROL"
        flags = "PAI" if self.protected else "AI"
        return f"{head}D:{flags}" + "".join(ace.to_sddl() for ace in self.dacl)

    def grants(self, token: Token, mask: int) -> bool:
        """The access check of Windows.

        Entries in order, the first that decides a right wins; the owner may always read and write the DACL.
        """
        wanted = mask
        if token.has(self.owner):
            wanted &= ~(READ_CONTROL | WRITE_DAC)
        if self.dacl is None:
            return True
        for ace in self.dacl:
            if ace.flags & INHERIT_ONLY or not token.has(ace.sid, deny_only=not ace.allow):
                continue
            if not ace.allow and wanted & _file_mask(ace.mask):
                return False
            if ace.allow:
                wanted &= ~_file_mask(ace.mask)
            if not wanted:
                return True
        return not wanted


def inherit(own: SecurityDescriptor | None, above: SecurityDescriptor, *, container: bool) -> SecurityDescriptor:
    """The effective descriptor of something that has these entries of its own, in a folder with that descriptor."""
    if above.dacl is None:
        return SecurityDescriptor(own.owner if own else above.owner, SYSTEM, None)
    owner = own.owner if own else ADMINISTRATORS
    inherited = tuple(ace for ace in (entry.inherited_by(container=container) for entry in above.dacl) if ace)
    # What "the creator and owner" gets becomes an entry for the owner where it takes effect.
    named = tuple(
        replace(ace, sid=owner) if ace.sid == CREATOR_OWNER and not ace.flags & INHERIT_ONLY else ace
        for ace in inherited
    )
    explicit = tuple(ace for ace in (own.dacl or ()) if not ace.flags & INHERITED) if own else ()
    return SecurityDescriptor(owner, own.group if own else SYSTEM, explicit + named)


def _mapped(mask: int) -> int:
    return _file_mask(mask) & 0x1FFFFF


def _file_mask(mask: int) -> int:
    for bit, rights in _GENERIC.items():
        if mask & bit:
            mask |= rights
    return mask


def _sid(text: str) -> str:
    sid = ALIASES.get(text.upper(), text)
    if not sid.upper().startswith("S-1-"):
        raise ValueError(f"no SID or SDDL alias: {text!r}")
    return sid


def _rights(text: str) -> int:
    if text.lower().startswith("0x"):
        return int(text, 16)
    mask = 0
    for position in range(0, len(text), 2):
        name = text[position : position + 2].upper()
        if name not in _RIGHTS:
            raise ValueError(f"no SDDL right: {name!r}")
        mask |= _RIGHTS[name]
    return mask


def aces_from_sddl(text: str) -> Iterable[Ace]:
    """The entries of one ACL string, e.g. ``(A;OICI;FA;;;SY)``."""
    for kind, flags, rights, _object, _inherited, sid in _ACE.findall(text):
        if kind.upper() not in ("A", "D"):
            continue
        bits = 0
        for position in range(0, len(flags), 2):
            bits |= _FLAGS.get(flags[position : position + 2].upper(), 0)
        yield Ace(kind.upper() == "A", _sid(sid), _rights(rights), bits)


def from_sddl(text: str) -> SecurityDescriptor:
    """Read an SDDL string with owner, group and DACL; ValueError when a part is no SDDL."""
    match = re.fullmatch(
        r"(?:O:(?P<o>[^:()]+?))?(?:G:(?P<g>[^:()]+?))?(?:D:(?P<f>[A-Z_]*)(?P<d>(?:\([^)]*\))*))?(?:S:.*)?", text, re.S
    )
    if match is None:
        raise ValueError(f"no security descriptor: {text!r}")
    owner = _sid(match["o"]) if match["o"] else ADMINISTRATORS
    group = _sid(match["g"]) if match["g"] else SYSTEM
    if match["f"] == "NO_ACCESS_CONTROL" or (match["d"] is None):
        return SecurityDescriptor(owner, group, None)
    flags = (match["f"] or "").replace("AI", "").replace("AR", "")
    return SecurityDescriptor(owner, group, tuple(aces_from_sddl(match["d"])), protected="P" in flags)
