# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what an inventory says of a host can be used at all: address, port, and a login that its method can carry.

Looked at before anything is sent, so that a mistyped address is not told as a network's or a host's fault.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from .._text.private import address_shown, path_shown
from . import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .place import Variables

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)", re.ASCII)
_LONGEST = 253
_LONGEST_USER = 1024
"""Characters of a user principal name (Active Directory's attribute userPrincipalName)."""

_LATIN = frozenset({"basic", "plaintext", "ssl"})
USUAL_PORTS = (
    "WinRM is at 5985 (HTTP) and 5986 (HTTPS), WinRM 1.1 of Windows Vista and Server 2008 at 80 and 443; on the host,"
    " winrm enumerate winrm/config/listener tells which"
)
"""Where a listener may be, for whoever named another port."""

CHECK_PORT = f"Check ansible_host and ansible_port: {USUAL_PORTS}."

METHODS = ("basic", "certificate", "ntlm", "kerberos", "credssp", "plaintext", "ssl")
"""What the winrm plugin's transport can be. Any other word may be a secret in the wrong line."""

_DO = "Set ansible_host to a name or an IP address alone; port, scheme and path have variables of their own."


def check_address(host: object, port: object) -> None:
    """Raises errors.BadAddress unless host is a name or an IP address, and port one of TCP."""
    text = "" if host is None else str(host)
    problem = name_problem(text)
    if problem:
        raise errors.BadAddress(f"the address {address_shown(text)[:80]!r} cannot be used: {problem}", do=_DO)
    if not re.fullmatch(r"[0-9]{1,5}", str(port), re.ASCII) or not 1 <= int(str(port)) <= 65535:
        raise errors.BadAddress(
            f"the port {str(port)[:40]!r} cannot be used: 1 to 65535 was expected", do="Set ansible_port."
        )


def name_problem(text: str) -> str:
    """Why a text cannot be the name or the IP address of a host, as a clause; "" where it can."""
    if not text:
        return "it is empty"
    if "://" in text:
        return "it is a URL"
    if text.startswith("\\") or "\\" in text or "/" in text:
        return "it is a path"
    if any(character.isspace() for character in text):
        return "it holds a space"
    if "@" in text:
        return "it holds a user, which belongs into ansible_user"
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if bare.count(":") >= 2:
        return _ipv6_problem(bare, bracketed=bare != text)
    if ":" in text:
        return "it holds a port, which belongs into ansible_port"
    return _label_problem(text)


def _ipv6_problem(text: str, *, bracketed: bool) -> str:
    address, _unused, zone = text.partition("%")
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return "it is no IPv6 address"
    if zone:
        return "it has a zone, which a URL cannot carry: give a global address or a name"
    return "write an IPv6 address without brackets" if bracketed else ""


def _label_problem(text: str) -> str:
    if re.fullmatch(r"[0-9]+(\.[0-9]+)+", text, re.ASCII):
        try:
            ipaddress.IPv4Address(text)
        except ValueError:
            return "it is no IPv4 address"
        return ""
    labels = text.removesuffix(".").split(".")
    if "" in labels:
        return "it has an empty part between two dots"
    if any(len(label) > 63 for label in labels) or len(text) > _LONGEST:
        return "a part of a name has at most 63 characters, and a name at most 253"
    wrong = next((label for label in labels if label.isascii() and not _LABEL.fullmatch(label)), None)
    if wrong is not None:
        return f"{wrong[:63]!r} is no part of a name"
    if not text.isascii():
        try:
            text.encode("idna")
        except UnicodeError:
            return "its letters have no form that a name server knows"
    return ""


def check_path(path: object, names: Variables) -> None:
    """Raises errors.BadAddress for a path that no request line can carry. Nothing was sent."""
    text = "" if path is None else str(path)
    wrong = next((character for character in text if ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0), None)
    if wrong is not None:
        raise errors.BadAddress(
            f"the path {path_shown(text)[:80]!r} cannot be used: it holds the control character {wrong!r}; "
            "nothing was sent",
            do=f"Set {names.path} to the path alone, such as /wsman.",
        )


def check_methods(methods: Iterable[str], names: Variables) -> None:
    """Raises errors.ChannelUnavailable, without the word, for one that is no transport's. Nothing was sent."""
    if not set(METHODS).issuperset(methods):
        raise errors.ChannelUnavailable(
            f"{names.transport} holds a word that is no transport; nothing was sent",
            do=f"Set {names.transport} to one or more of {', '.join(METHODS)}.",
        )


def check_proxy_option(proxy: object, names: Variables) -> None:
    """Raises errors.ChannelUnavailable for what is no text (a URL) nor null. Nothing was sent."""
    if proxy is not None and not isinstance(proxy, str):
        raise errors.ChannelUnavailable(
            f"{names.proxy} holds a {type(proxy).__name__}, and one URL was expected; nothing was sent",
            do=f"Write it as {names.proxy}: http://proxy.example:3128.",
        )


def check_login(method: str, user: object, password: object, names: Variables) -> None:
    """Raises errors.AuthenticationRefused for a login that the method's HTTP header cannot carry (RFC 7617),
    and for a user name that is too long."""
    if len(str(user or "")) > _LONGEST_USER:
        raise errors.AuthenticationRefused(
            f"the user name has {len(str(user))} characters, and no Windows has one of more than {_LONGEST_USER}; "
            "nothing was sent",
            do="Correct ansible_user.",
        )
    if method not in _LATIN:
        return
    for what, text in (("user name", user), ("password", password)):
        try:
            str(text or "").encode("latin-1")
        except UnicodeEncodeError:
            raise errors.AuthenticationRefused(
                f"the {what} holds letters that {method} (Basic) authentication cannot carry; nothing was sent",
                do=f"Use {names.transport}: ntlm or kerberos.",
            ) from None
