# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mechanism B: a pywinrm Protocol from the winrm plugin's public options alone, equal to the plugin's own."""

from __future__ import annotations

import inspect
import ipaddress
from typing import Any
from urllib.parse import urlunsplit

from .._wsman import errors
from .kerberos_ticket import obtain

_OWN = frozenset({"self", "endpoint", "transport", "username", "password", "scheme", "path", "kinit_mode", "kinit_cmd"})


def extras(connection: Any) -> dict[str, Any]:
    """Inventory variables ansible_winrm_* that are no options of the plugin: arguments for pywinrm itself."""
    try:
        return dict(connection.get_option("_extras") or {})
    except KeyError:  # a connection whose options were set without them
        return {}


def scheme(connection: Any) -> str:
    """http or https: as said, else http on port 5985 only (so port 80 needs ansible_winrm_scheme: http)."""
    said = connection.get_option("scheme")
    return str(said) if said else ("http" if int(connection.get_option("port")) == 5985 else "https")


def endpoint(connection: Any) -> str:
    """The URL of the service."""
    host = str(connection.get_option("remote_addr"))
    try:
        ipaddress.IPv6Address(host)
        host = f"[{host}]"
    except ipaddress.AddressValueError:
        pass
    port = int(connection.get_option("port"))
    return urlunsplit((scheme(connection), f"{host}:{port}", str(connection.get_option("path")), "", ""))


def methods(connection: Any) -> list[str]:
    """The authentication methods in order: as said, else Kerberos for user@REALM, else basic."""
    said = connection.get_option("transport")
    if said and said[0] is not None:
        return [str(name) for name in said]
    if "@" in str(connection.get_option("remote_user") or ""):
        return ["kerberos"]
    return ["ssl"] if scheme(connection) == "https" else ["plaintext"]


def managed_kerberos(connection: Any) -> bool:
    """Whether a ticket is got for each connection, with its user and password."""
    mode = connection.get_option("kerberos_mode")
    if mode is None:
        return bool(connection.get_option("remote_password"))
    return str(mode) == "managed"


def _arguments(connection: Any, signature: inspect.Signature) -> dict[str, Any]:
    known = set(signature.parameters) - _OWN
    arguments: dict[str, Any] = {
        "username": connection.get_option("remote_user"),
        "password": connection.get_option("remote_password"),
    }
    for key, value in extras(connection).items():
        name = key.replace("ansible_winrm_", "")
        if name in known:
            arguments[name] = value
    timeout = connection.get_option("connection_timeout")
    if timeout:
        arguments["operation_timeout_sec"], arguments["read_timeout_sec"] = timeout, timeout + 10
    return arguments


def protocol_by_options(connection: Any, name: str) -> Any:
    """A Protocol for one authentication method; sends nothing (a managed kinit apart)."""
    import winrm
    from winrm.protocol import Protocol

    supported = getattr(winrm, "FEATURE_SUPPORTED_AUTHTYPES", ["plaintext", "ssl", "kerberos"])
    if name not in supported:
        raise errors.ChannelUnavailable(
            f"the installed pywinrm does not support the transport {name}", do="Check ansible_winrm_transport."
        )
    if name == "kerberos" and managed_kerberos(connection):
        obtain(connection, extras(connection))
    return Protocol(
        endpoint(connection), transport=name, **_arguments(connection, inspect.signature(Protocol.__init__))
    )
