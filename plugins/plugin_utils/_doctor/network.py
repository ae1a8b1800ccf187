# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network shows: proxy, ports, TLS, the service without credentials, what it offers, and the login."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from .finding import Check, Finding, Severity, Trouble, notice, ok, problem, unknown
from .inventory import HTTP_PORTS, PORTS
from .seen import CertificateSeen, InventorySeen, PortSeen, ServiceSeen, TLSSeen

SOON = timedelta(days=30)
_WINDOWS = "microsoft"
_MODERN = ("TLSv1.2", "TLSv1.3")
_OFFERED_AS = {
    "ntlm": ("negotiate", "ntlm"),
    "kerberos": ("negotiate", "kerberos"),
    "negotiate": ("negotiate", "kerberos", "ntlm"),
    "basic": ("basic",),
    "plaintext": ("basic",),
    "ssl": ("basic",),
    "credssp": ("credssp",),
}
"""A chosen method by the schemes of WWW-Authenticate that carry it. Certificates are offered by TLS, not there."""


def judge_proxy(seen: InventorySeen) -> Iterator[Finding]:
    """A proxy that requests to this host go through."""
    if not seen.proxy:
        yield ok(Check.PROXY, "No proxy stands between.")
        return
    yield notice(
        Check.PROXY,
        f"The proxy {seen.proxy} ({seen.proxy_from}) stands between: only the login goes through it.",
        f"Add {seen.host} to no_proxy where it is not meant to; a proxy has to pass NTLM on.",
    )


def judge_ports(seen: InventorySeen, ports: Sequence[PortSeen]) -> Iterator[Finding]:
    """The port that the inventory names, and where it is closed which of WinRM's are open."""
    mine = next((one for one in ports if one.port == seen.port), None)
    open_ = [one.port for one in ports if one.state == "open"]
    if mine is not None and mine.state == "open":
        yield ok(Check.PORTS, f"Open: {', '.join(map(str, open_))}.")
        return
    how = {
        "refused": "refuses connections",
        "silent": "does not answer: a firewall drops what is sent to it, or the host is off",
    }.get(mine.state if mine else "", f"cannot be reached ({mine.said if mine else 'not asked'})")
    others = [port for port in open_ if port in PORTS]
    closed = ", ".join(f"{one.port} {one.state}" for one in ports if one.port != seen.port)
    yield problem(Check.PORTS, f"Port {seen.port} {how}; {closed}.", _where_else(seen, others, mine))


def _where_else(seen: InventorySeen, others: list[int], mine: PortSeen | None) -> str:
    if others:
        scheme = "http" if others[0] in HTTP_PORTS else "https"
        more = f" ({', '.join(map(str, others[1:]))} too)" if len(others) > 1 else ""
        return f"Port {others[0]} answers{more}: set ansible_port: {others[0]} and {seen.scheme_variable}: {scheme}."
    if mine is not None and mine.state == "refused":
        return (
            "The host is there and nothing listens: run winrm quickconfig on it, and look at winrm enumerate "
            "winrm/config/listener (80 or 443 of WinRM 1.1, else 5985 or 5986)."
        )
    return (
        "Check the address, whether the host is on, and its firewall's rule for Windows Remote Management in the "
        "network profile that it is in."
    )


# --- TLS ----------------------------------------------------------------------------------------------------------


def judge_tls(seen: InventorySeen, tls: TLSSeen, failure: Trouble | None, now: datetime) -> Iterator[Finding]:
    """failure: the handshake with the inventory's own demands, where it failed. now: of this controller."""
    shown = described(tls)
    if failure is not None:
        text = failure.text.rstrip(". ")
        yield Trouble(f"{text}; seen without demands: {shown}" if shown else text, failure.cure).of(Check.TLS)
        return
    remarks = list(_remarks(seen, tls.certificate, now)) if tls.certificate is not None else []
    if tls.version and tls.version not in _MODERN and not seen.legacy_tls:
        remarks.append(notice(Check.TLS, f"The host speaks {tls.version} at most.", "It is weak; HTTP with ntlm or "
                              "kerberos message encryption needs no TLS."))  # fmt: skip
    yield from remarks
    if not remarks:
        yield ok(Check.TLS, f"{shown or 'A session came about'}.")


def described(tls: TLSSeen) -> str:
    """Version and certificate in a clause; empty where nothing was seen."""
    told = [tls.version] if tls.version else []
    found = tls.certificate
    if found is not None:
        whose = "its own" if found.self_signed else found.issuer or "an issuer without a name"
        names = ", ".join(found.names[:3]) or found.subject or "no name"
        key = f", {found.bits} bits" if found.bits else ""
        told.append(f"a certificate for {names}, of {whose}, {found.hash}{key}, valid {found.starts:%Y-%m-%d} to "
                    f"{found.ends:%Y-%m-%d}")  # fmt: skip
    return ", ".join(told)


def _remarks(seen: InventorySeen, found: CertificateSeen, now: datetime) -> Iterator[Finding]:
    left = found.ends - now
    if left < timedelta(0):
        yield notice(Check.TLS, f"The certificate expired on {found.ends:%Y-%m-%d}, and certificates are not checked.",
                     "Renew it on the host.")  # fmt: skip
    elif left < SOON:
        yield notice(Check.TLS, f"The certificate expires on {found.ends:%Y-%m-%d}.", "Renew it on the host in time.")
    if found.starts > now:
        yield notice(Check.TLS, f"The certificate is not valid before {found.starts:%Y-%m-%d}.",
                     "Compare this controller's clock with the host's.")  # fmt: skip
    if not seen.validates and not _names_host(found, seen.host):
        names = ", ".join(found.names[:3]) or "no name"
        yield notice(Check.TLS, f"The certificate is for {names}, not for {seen.host}, and it is not checked.",
                     "Set ansible_host to a name that it holds, and check certificates.")  # fmt: skip


def _names_host(found: CertificateSeen, host: str) -> bool:
    wanted = host.rstrip(".").casefold()
    for name in found.names:
        one = name.casefold()
        if one == wanted or (one.startswith("*.") and wanted.partition(".")[2] == one[2:]):
            return True
    return False


# --- the service --------------------------------------------------------------------------------------------------


def judge_identify(seen: InventorySeen, service: ServiceSeen | None, failure: Trouble | None) -> Iterator[Finding]:
    """What answers without credentials. A service that wants them even for that is no problem."""
    if failure is not None:
        yield failure.of(Check.IDENTIFY)
        return
    if service is None:
        yield unknown(Check.IDENTIFY, "The service tells nothing of itself without credentials.")
        return
    told = f"{service.vendor or 'A vendor without a name'}, {service.product_version or 'no version'}"
    if _WINDOWS not in service.vendor.casefold():
        yield problem(
            Check.IDENTIFY,
            f"This is no Windows: its WS-Management service is that of {told}.",
            "Check ansible_host and ansible_port, or leave this host out.",
        )
    elif service.stack is None:
        yield unknown(Check.IDENTIFY, f"The service does not tell its version: {told}.")
    else:
        major, minor = service.stack
        kind = "WinRM 1.1 or older" if service.stack < (2, 0) else f"WinRM {major}.{minor}"
        custom = "" if _usual(seen.port, service.stack) else f", at port {seen.port}, which is not one of its own"
        yield ok(Check.IDENTIFY, f"{kind} ({told}){custom}.")


def _usual(port: int, stack: tuple[int, int]) -> bool:
    return port in ((80, 443) if stack < (2, 0) else (5985, 5986))


def offers(method: str, schemes: Sequence[str]) -> bool:
    """Whether a chosen method can be carried by what the service offers. Names that are not known are not offered."""
    return bool({one.casefold() for one in schemes} & {*_OFFERED_AS.get(method, (method,))})


def login_method(methods: Sequence[str], schemes: Sequence[str] | None) -> str:
    """The one method to log in by: the first chosen one that is offered, else the first one."""
    usable = [one for one in methods if schemes and offers(one, schemes)]
    return (usable or [*methods] or [""])[0]


def judge_authentication(seen: InventorySeen, schemes: Sequence[str] | None) -> Iterator[Finding]:
    """schemes: of WWW-Authenticate in the refusal of a request without credentials; None where none came."""
    if schemes is None:
        yield unknown(Check.AUTHENTICATION, "The service did not refuse a request without credentials, so that it "
                      "is not known what it offers.")  # fmt: skip
        return
    by_certificate = {"certificate"} if seen.certificate else set()
    usable = [one for one in seen.methods if one in by_certificate or offers(one, schemes)]
    chosen, offered = ", ".join(seen.methods), ", ".join(schemes) or "nothing"
    if usable:
        yield ok(Check.AUTHENTICATION, f"Offered: {offered}; chosen: {chosen}.")
        return
    first = seen.methods[0] if seen.methods else ""
    if first == "certificate" or (first == "ssl" and seen.certificate):
        yield unknown(Check.AUTHENTICATION, f"Offered: {offered}; a certificate is not among what a refusal names.")
        return
    better = next((one for one in ("ntlm", "kerberos", "basic", "credssp") if offers(one, schemes)), "")
    allow = "Allow a method on the host (winrm/config/service/auth)"
    cure = f"Set {seen.transport_variable}: {better}" if better else allow
    windows = "; Windows refuses basic by default" if first in {"basic", "plaintext", "ssl"} else ""
    yield problem(Check.AUTHENTICATION, f"{chosen} is chosen, and the service offers {offered}{windows}.", f"{cure}.")


def judge_refusal(failure: Trouble, *, offered: bool, user: str) -> Finding:
    """A login that was refused. offered: the method is one that the service names."""
    text = failure.text.rstrip(". ")
    if not offered:
        return Trouble(text, failure.cure).of(Check.LOGIN)
    told = f"The service refused {user or 'the login'}, by a method that it offers: {text}"
    cure = (
        "Check user and password, and whether the account is locked, disabled or expired, and an administrator there. "
        "This was one attempt, and there is no second one: attempts lock accounts."
    )
    return Finding(Check.LOGIN, Severity.PROBLEM, f"{told}.", cure)


def judge_login(seen: InventorySeen, method: str, before: ServiceSeen | None, after: ServiceSeen) -> Iterator[Finding]:
    """A login that was accepted; what the service said before and says now must not disagree."""
    if before is not None and before.stack is not None and after.stack is not None and before.stack != after.stack:
        yield unknown(
            Check.LOGIN,
            f"The service said {before.product_version} before the login and {after.product_version} after it.",
            "Look at what stands between, and whether one address serves several hosts.",
        )
        return
    yield ok(Check.LOGIN, f"{seen.user or 'The certificate'} was accepted ({method}): {after.product_version}.")
