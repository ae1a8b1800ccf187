# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, groups, credentials and the tokens that a logon makes, with UAC's filtering of network logons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from winhost.machine import security

_ADMIN_PRIVILEGES = frozenset(
    {
        "SeShutdownPrivilege",
        "SeRemoteShutdownPrivilege",
        "SeBackupPrivilege",
        "SeRestorePrivilege",
        "SeDebugPrivilege",
        "SeSecurityPrivilege",
        "SeTakeOwnershipPrivilege",
        "SeLoadDriverPrivilege",
        "SeSystemtimePrivilege",
    }
)
_USER_PRIVILEGES = frozenset({"SeChangeNotifyPrivilege", "SeIncreaseWorkingSetPrivilege"})


@dataclass(slots=True)
class User:
    """One account. ``domain`` is empty for a local one; rid 500 is the built-in Administrator."""

    name: str
    password: str
    sid: str
    domain: str = ""
    administrator: bool = False
    disabled: bool = False

    @property
    def built_in_administrator(self) -> bool:
        return not self.domain and self.sid.endswith("-500")


@dataclass(frozen=True, slots=True)
class Token:
    """Who a call runs as.

    ``filtered``: UAC took the administrator's rights away (the group stays, for denying only).
    """

    user: str
    domain: str
    sid: str
    groups: frozenset[str]
    deny_only: frozenset[str] = frozenset()
    privileges: frozenset[str] = _USER_PRIVILEGES
    network: bool = False
    logon_type: str = "network"
    filtered: bool = False

    def has(self, sid: str, *, deny_only: bool = False) -> bool:
        return sid == self.sid or sid in self.groups or (deny_only and sid in self.deny_only)

    @property
    def administrator(self) -> bool:
        return self.has(security.ADMINISTRATORS)

    @property
    def elevated(self) -> bool:
        return self.administrator

    @property
    def system(self) -> bool:
        return self.sid == security.SYSTEM

    @property
    def account(self) -> str:
        return f"{self.domain}\\{self.user}" if self.domain else self.user


SYSTEM_TOKEN = Token(
    "SYSTEM",
    "NT AUTHORITY",
    security.SYSTEM,
    frozenset({security.ADMINISTRATORS, security.EVERYONE, security.AUTHENTICATED_USERS}),
    privileges=_ADMIN_PRIVILEGES | _USER_PRIVILEGES | {"SeTcbPrivilege"},
    logon_type="service",
)


@dataclass
class Accounts:
    """The machine's accounts and those of its domain."""

    computer_name: str
    domain: str = ""
    users: list[User] = field(default_factory=list)
    machine_sid: str = "S-1-5-21-1004336348-1177238915-682003330"
    language: str = "en-US"
    # UAC's two switches are registry values, read at each logon.
    uac_enabled: Callable[[], bool] = lambda: True
    remote_filter_off: Callable[[], bool] = lambda: False

    def add(
        self, name: str, password: str, *, administrator: bool = False, domain: str = "", rid: int | None = None
    ) -> User:
        base = self.machine_sid if not domain else "S-1-5-21-2127521184-1604012920-1887927527"
        user = User(name, password, f"{base}-{rid or 1000 + len(self.users)}", domain, administrator)
        self.users.append(user)
        return user

    def find(self, name: str) -> User | None:
        """By ``name``, ``DOMAIN\\name``, ``.\\name`` or ``name@domain``; case does not matter."""
        domain, _unused, user = name.rpartition("\\")
        if not domain and "@" in user:
            user, _unused, domain = user.partition("@")
            domain = domain.split(".")[0]
        local = domain.casefold() in ("", ".", self.computer_name.casefold())
        for candidate in self.users:
            if candidate.name.casefold() != user.casefold():
                continue
            if (local and not candidate.domain) or (
                domain and candidate.domain.split(".")[0].casefold() == domain.casefold()
            ):
                return candidate
        return None

    def authenticate(self, name: str, password: str) -> User | None:
        """The account when the password is right and the account may log on."""
        user = self.find(name)
        return user if user and not user.disabled and user.password == password else None

    def token(self, user: User, logon_type: str = "network") -> Token:
        """What a logon gives: ``network`` (Negotiate), ``network_cleartext`` (Basic), ``interactive`` or ``batch``.

        A local administrator other than the built-in one comes through the network with a filtered token unless
        LocalAccountTokenFilterPolicy is 1; domain accounts are not filtered.
        """
        network = logon_type.startswith("network")
        groups = {security.EVERYONE, security.AUTHENTICATED_USERS, security.USERS}
        groups.add(security.NETWORK if network else security.INTERACTIVE)
        filtered = (
            user.administrator
            and not user.built_in_administrator
            and self.uac_enabled()
            and (network and not user.domain and not self.remote_filter_off())
        )
        privileges = _USER_PRIVILEGES
        deny: frozenset[str] = frozenset()
        if user.administrator and not filtered:
            groups.add(security.ADMINISTRATORS)
            privileges = _USER_PRIVILEGES | _ADMIN_PRIVILEGES
        elif filtered:
            deny = frozenset({security.ADMINISTRATORS})
        domain = user.domain.split(".")[0].upper() if user.domain else self.computer_name
        return Token(user.name, domain, user.sid, frozenset(groups), deny, privileges, network, logon_type, filtered)

    def name_of(self, sid: str) -> tuple[str, str] | None:
        """(domain, name) of a SID, or None for an orphan."""
        known = security.names_in(self.language)
        if sid in known:
            return known[sid]
        for user in self.users:
            if user.sid == sid:
                return (user.domain or self.computer_name, user.name)
        return None

    def sid_of(self, name: str) -> str | None:
        """The SID of ``BUILTIN\\Administrators``, ``Users``, ``HOST\\user`` or of a SID written out (``*S-1-…``)."""
        if name.lstrip("*").upper().startswith("S-1-"):
            return name.lstrip("*")
        if name.casefold() in ("system", "nt authority\\system"):  # known in every language
            return security.SYSTEM
        domain, _unused, plain = name.rpartition("\\")
        for sid, (known_domain, known) in security.names_in(self.language).items():
            if known.casefold() == plain.casefold() and (not domain or domain.casefold() == known_domain.casefold()):
                return sid
        user = self.find(name)
        return user.sid if user else None
