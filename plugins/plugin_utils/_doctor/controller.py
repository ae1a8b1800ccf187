# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller lacks, for hosts of these connections and methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._text.private import user_shown
from .finding import Check, Finding, notice, ok, problem
from .seen import ControllerSeen, InventorySeen, KerberosSeen, Library

ALWAYS = ("jmespath", "libarchive-c", "osslsigncode")
"""Not for the connection: for conditions, for reading packages, for proving who made them."""

_OF_KIND = {"winrm": ("pywinrm",), "psrp": ("pypsrp",)}
_OF_METHOD = {
    ("winrm", "ntlm"): ("pyspnego",),
    ("winrm", "kerberos"): ("pykerberos",),
    ("winrm", "credssp"): ("requests-credssp",),
    ("psrp", "credssp"): ("requests-credssp",),
}


def wanted(inventories: Iterable[InventorySeen]) -> frozenset[str]:
    """The libraries without which none of these hosts can be logged in to."""
    found: set[str] = set()
    for one in inventories:
        found |= {*_OF_KIND.get(one.kind, ())}
        for method in one.methods[:1]:
            found |= {*_OF_METHOD.get((one.kind, method), ())}
    return frozenset(found)


def uses_kerberos(inventory: InventorySeen) -> bool:
    """Whether Kerberos is chosen, as the first method that is tried."""
    return inventory.methods[:1] == ("kerberos",)


def judge_controller(seen: ControllerSeen, inventories: Iterable[InventorySeen]) -> Iterator[Finding]:
    """Packages, OpenSSL and Kerberos."""
    hosts = tuple(inventories)
    yield from judge_packages(seen, wanted(hosts))
    yield from judge_openssl(seen, hosts)
    yield from judge_kerberos(seen.kerberos, tuple(one for one in hosts if uses_kerberos(one)))


def judge_packages(seen: ControllerSeen, needed: frozenset[str]) -> Iterator[Finding]:
    """A needed one that is missing is a problem, another one a notice; ok when all of either kind are there."""
    looked = [one for one in seen.libraries if one.name in needed or one.name in ALWAYS]
    missing = [one for one in looked if one.version is None]
    for one in missing:
        make = problem if one.name in needed else notice
        why = f" ({one.problem})" if one.problem else ""
        yield make(Check.PACKAGES, f"{one.name} cannot be used on the controller{why}: it is for {one.needed_for}.",
                   f"Run: {one.install}" if " " in one.install else f"Install {one.install}.")  # fmt: skip
    if not missing:
        yield ok(Check.PACKAGES, f"Python {seen.python}, {', '.join(map(_told, looked))}.")


def _told(one: Library) -> str:
    return f"{one.name} {one.version}".strip()


def judge_openssl(seen: ControllerSeen, hosts: tuple[InventorySeen, ...]) -> Iterator[Finding]:
    """Whether TLS 1.0 can be spoken, which is a problem only where a host wants it."""
    openssl = seen.openssl
    if openssl is None:
        return
    if openssl.tls10:
        yield ok(Check.OPENSSL, f"{openssl.version}: {openssl.lowest} or later, and TLS 1.0 where a host may.")
        return
    wants = any(one.tls and one.legacy_tls for one in hosts)
    why = f" ({openssl.why_not})" if openssl.why_not else ""
    text = f"{openssl.version} cannot speak TLS 1.0{why}, the only one of Windows Vista and Server 2008 before SP2."
    cure = "Use HTTP with ntlm or kerberos message encryption, or a controller whose OpenSSL has TLS 1.0."
    yield (problem if wants else notice)(Check.OPENSSL, text, cure)


def judge_kerberos(seen: KerberosSeen | None, hosts: tuple[InventorySeen, ...]) -> Iterator[Finding]:
    """Configuration and ticket; nothing where no host chooses Kerberos."""
    if seen is None or not hosts:
        return
    if not seen.config:
        yield notice(
            Check.KERBEROS,
            "There is no Kerberos configuration that can be read (KRB5_CONFIG, /etc/krb5.conf).",
            "Write one with default_realm, or let the domain's name servers name its KDCs.",
        )
    bare = sorted({one.user for one in hosts if one.user and "@" not in one.user})
    if bare and not seen.realm:
        yield problem(
            Check.KERBEROS,
            f"The user {user_shown(bare[0])} has no realm, and the Kerberos configuration no default_realm.",
            "Write ansible_user as user@REALM, the realm in capital letters.",
        )
    managed, others = [one for one in hosts if one.managed_ticket], [one for one in hosts if not one.managed_ticket]
    if managed and not seen.tools:
        yield problem(Check.KERBEROS, "kinit is not there, which gets the tickets.", "Install krb5-user or its like.")
    if others and seen.ticket is False:
        yield problem(
            Check.KERBEROS,
            "There is no password for kinit, and the ticket cache holds no valid ticket.",
            "Run kinit user@REALM before Ansible, or set ansible_password.",
        )
    if seen.config and not (bare and not seen.realm) and not (managed and not seen.tools) \
            and not (others and seen.ticket is False):  # fmt: skip
        ticket = "a ticket is there" if seen.ticket else "tickets are got with the password"
        yield ok(Check.KERBEROS, f"{seen.config}, realm {seen.realm or 'by the user names'}; {ticket}.")
