# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with what an inventory says of a host, as far as that shows before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from .finding import Check, Finding, Severity, notice, ok, problem
from .seen import InventorySeen

HTTP_PORTS, HTTPS_PORTS = (80, 5985), (443, 5986)
PORTS = (80, 443, 5985, 5986)
"""WinRM 1.1's and, from WinRM 2.0 on, 5985 and 5986 (MS-WSMV, Appendix B)."""

_ANOTHER_WAY = frozenset({"certificate", "kerberos"})


def judge_inventory(seen: InventorySeen) -> Iterator[Finding]:
    """Names, connection, address with port and scheme, and whether there is what a login takes."""
    yield from _names(seen)
    yield from _connection(seen)
    if seen.supported:
        yield from _address(seen)
        yield from _credentials(seen)


def _names(seen: InventorySeen) -> Iterator[Finding]:
    for name, near in seen.misspelt.items():
        cure = f"Did you mean {near}?" if near else "Remove it, or look its name up in the documentation."
        yield notice(Check.VARIABLES, f"There is no variable {name}: it has no effect.", cure)
    for one in seen.unusable:
        yield one.of(Check.VARIABLES)
    if not seen.misspelt and not seen.unusable:
        yield ok(Check.VARIABLES, "No name of a connection variable looks misspelt.")


def _connection(seen: InventorySeen) -> Iterator[Finding]:
    if seen.supported:
        yield ok(Check.CONNECTION, f"The connection plugin is {seen.kind}.")
        return
    text = f"The connection plugin is {seen.kind}, but WS-Management needs winrm or psrp"
    unsaid = "" if seen.named else ": ansible_connection is not set"
    yield problem(Check.CONNECTION, f"{text}{unsaid}.", "Set ansible_connection: winrm for this host.")


def _address(seen: InventorySeen) -> Iterator[Finding]:
    if seen.refused is not None:
        yield seen.refused.of(Check.ADDRESS)
        return
    if seen.tls and seen.port in HTTP_PORTS:
        said = "is https" if seen.scheme_said else "is not set, so that HTTPS is spoken"
        yield notice(
            Check.ADDRESS,
            f"Port {seen.port} is one of plain HTTP, and {seen.scheme_variable} {said}.",
            f"Set {seen.scheme_variable}: http, or the port of HTTPS (443 of WinRM 1.1, else 5986).",
        )
    elif not seen.tls and seen.port in HTTPS_PORTS:
        yield notice(
            Check.ADDRESS,
            f"Port {seen.port} is one of HTTPS, and {seen.scheme_variable} is http.",
            f"Set {seen.scheme_variable}: https, or the port of plain HTTP (80 of WinRM 1.1, else 5985).",
        )
    else:
        yield ok(Check.ADDRESS, f"{seen.endpoint}.")


def _credentials(seen: InventorySeen) -> Iterator[Finding]:
    method = seen.methods[0] if seen.methods else ""
    by_certificate = method == "certificate" or (method == "ssl" and seen.certificate)
    if method == "certificate" and not seen.certificate:
        yield problem(
            Check.CREDENTIALS,
            f"{seen.transport_variable} is certificate, and no certificate is named.",
            "Set ansible_winrm_cert_pem and ansible_winrm_cert_key_pem.",
        )
        return
    if not by_certificate and method not in _ANOTHER_WAY:
        if not seen.user:
            yield problem(Check.CREDENTIALS, "No user is set.", "Set ansible_user for this host.")
        if not seen.password:
            yield problem(
                Check.CREDENTIALS,
                "No password is set, or it is empty.",
                "Set ansible_password, from a vault that this run unlocks (--ask-vault-pass, --vault-id), or type it "
                "with --ask-pass.",
            )
        if not seen.user or not seen.password:
            return
    if method in {"basic", "plaintext", "ssl"} and not by_certificate and not seen.tls:
        yield notice(
            Check.CREDENTIALS,
            f"{method} sends the password in the clear over HTTP, and Windows refuses it without AllowUnencrypted.",
            f"Set {seen.transport_variable}: ntlm, which encrypts every message.",
        )
        return
    whose = f" as {seen.user}" if seen.user else ""
    yield Finding(Check.CREDENTIALS, Severity.OK, f"{method or 'A login'}{whose}; nothing that it takes is missing.")
