# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel from an Ansible connection plugin's own options, without opening a remote shell.

Mechanism A asks the winrm plugin for its pywinrm Protocol, one authentication method at a time, with a placeholder
where it would open a shell, so nothing is sent. Mechanism B builds the same from the plugin's public options, should
those private names change. The plugin stays "not connected": the session is ours alone and ours to close.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .._wsman import errors
from .._wsman.address import check_address, check_login, check_methods, check_path, check_proxy_option
from .._wsman.channel import Channel, Wanted
from .._wsman.http_channel import Candidate
from .._wsman.http_errors import scrub, translate
from .._wsman.lean_channel import LeanChannel
from .._wsman.place import PSRP, WINRM, Place
from .._wsman.psrp_channel import PSRPChannel
from .channel_choice import channel_class
from .misspelt import misspelt_extra
from .private_values import hider_of, secrets_of
from .winrm_options import endpoint, extras, methods, protocol_by_options

_LOGIN = "Set ansible_user and ansible_password for this host (from an unlocked vault), or run with -u and -k."

_CURES = (
    ("requires a username", _LOGIN),
    ("requires a password", _LOGIN),
    ("server_cert_validation mode", "Set ansible_winrm_server_cert_validation to validate or ignore."),
    (
        "operation_timeout_sec",
        "Set ansible_winrm_operation_timeout_sec to whole seconds above 0 and ansible_winrm_read_timeout_sec to more "
        "(or ansible_winrm_connection_timeout alone).",
    ),
    ("message_encryption", "Set ansible_winrm_message_encryption to auto, always or never."),
    ("read_timeout_sec", "Set ansible_winrm_read_timeout_sec to whole seconds above 0."),
    ("support transport(s)", "Set ansible_winrm_transport to basic, ntlm, kerberos, credssp, ssl or certificate."),
    ("cert_key_pem", "Set ansible_winrm_cert_pem and ansible_winrm_cert_key_pem to files that are there."),
    ("cert_pem", "Set ansible_winrm_cert_pem and ansible_winrm_cert_key_pem to files that are there."),
)
"""What to do about what pywinrm and Ansible's winrm plugin refuse before anything is sent."""

_PLACEHOLDER = "winlegacy: no shell"


def channel_from_connection(
    connection: Any,
    *,
    legacy_tls: bool,
    connect_timeout: float = 5.0,
    channel: Wanted = Wanted.AUTO,
    early: bool = False,
) -> Channel:
    """The channel for a task's connection. Nothing is sent until its first message.

    legacy_tls: accept TLS 1.0 with its weak ciphers over HTTPS (inventory variable winlegacy_legacy_tls).
    connect_timeout: seconds. channel, early: inventory variables winlegacy_channel and winlegacy_early_message; psrp
    has pypsrp's transport alone. Raises errors.WrongConnection for a plugin other than winrm and psrp,
    errors.MissingLibrary, errors.ChannelUnavailable.
    """
    kind = str(getattr(connection, "transport", "") or type(connection).__name__).rpartition(".")[2]
    if kind not in {"winrm", "psrp"}:
        raise errors.WrongConnection(
            f"the connection plugin is {kind}, but WS-Management needs winrm or psrp",
            do="Set ansible_connection: winrm for this host.",
        )
    try:
        if kind == "winrm":
            return _from_winrm(connection, legacy_tls, connect_timeout, channel, early)
        if channel is Wanted.LEAN:
            raise errors.ChannelUnavailable(
                "winlegacy_channel is lean, and a psrp connection needs pypsrp", do="Set winlegacy_channel: auto."
            )
        return _from_psrp(connection, legacy_tls, connect_timeout)
    except errors.WSManError as error:
        hide = hider_of(connection)
        raise error.amended(hide(error.reported), do=hide(error.do)) from None


def _import(module: str, package: str) -> None:
    try:
        __import__(module)
    except ImportError as exc:
        raise errors.MissingLibrary(
            f"the Python package {package} is missing on the controller ({exc})",
            do=f"Run: {sys.executable} -m pip install {package}",
        ) from None


def _guarded(make: Callable[[], Any], connection: Any) -> Any:
    """Call into Ansible or a library before anything was sent; its exceptions become ours, without secrets."""
    try:
        return make()
    except errors.WSManError:
        raise
    except Exception as exc:  # noqa: BLE001 - anything a plugin or library can raise
        secrets = secrets_of(connection)
        said = scrub(hider_of(connection)(str(exc)), secrets)
        if "kinit" in said or "Kerberos auth failure" in said:
            raise errors.AuthenticationRefused(said, do="Check user, password and the Kerberos realm.") from None
        if type(exc).__module__.startswith("requests"):
            raise translate(exc, Place(secrets=secrets)) from None
        raise errors.ChannelUnavailable(said, do=_cure(said)) from None


def _cure(said: str) -> str:
    """What to do about an option that a library refuses, by its own (English, untranslated) words."""
    return next((do for word, do in _CURES if word in said), "Check the connection options and pip packages.")


def _no_slips(connection: Any, prefix: str) -> None:
    """Raises errors.ChannelUnavailable for a misspelt variable: Ansible would warn at most, and do without it."""
    if slip := misspelt_extra(connection, prefix, extras(connection)):
        raise errors.ChannelUnavailable(slip)


# --- winrm ----------------------------------------------------------------------------------------------------------


def _from_winrm(
    connection: Any, legacy_tls: bool, connect_timeout: float, wanted: Wanted, early: bool
) -> Channel:
    _import("winrm", "pywinrm")
    check_proxy_option(extras(connection).get("ansible_winrm_proxy"), WINRM)
    check_path(connection.get_option("path"), WINRM)
    secrets = secrets_of(connection)
    check_address(connection.get_option("remote_addr"), connection.get_option("port"))
    _no_slips(connection, "ansible_winrm_")
    check_methods(methods(connection), WINRM)
    names = _guarded(lambda: winrm_methods(connection), connection)
    candidates: list[Candidate] = [(name, _maker(connection, name)) for name in names]
    kind = channel_class(wanted, names, endpoint(connection), extras(connection))
    made = kind(
        endpoint(connection), candidates, legacy_tls=legacy_tls, connect_timeout=connect_timeout, secrets=secrets
    )
    if isinstance(made, LeanChannel):
        made.early = early
    return made


def _maker(connection: Any, name: str) -> Callable[[], Any]:
    def make() -> Any:
        check_login(name, connection.get_option("remote_user"), connection.get_option("remote_password"), WINRM)
        return _guarded(lambda: winrm_protocol(connection, name), connection).transport

    return make


def has_private_names(connection: Any) -> bool:
    """Whether the plugin still has what mechanism A calls."""
    return callable(getattr(connection, "_build_winrm_kwargs", None)) and callable(
        getattr(connection, "_winrm_connect", None)
    )


def winrm_methods(connection: Any) -> list[str]:
    """The authentication methods of the inventory, in order."""
    if has_private_names(connection):
        connection._build_winrm_kwargs()
        if getattr(connection, "_winrm_transport", None):
            return [str(name) for name in connection._winrm_transport]
    return methods(connection)


def winrm_protocol(connection: Any, name: str) -> Any:
    """A pywinrm Protocol for one authentication method; sends nothing (a managed kinit apart)."""
    if has_private_names(connection) and hasattr(connection, "_winrm_transport") and hasattr(connection, "shell_id"):
        return protocol_by_plugin(connection, name)
    return protocol_by_options(connection, name)


def protocol_by_plugin(connection: Any, name: str) -> Any:
    """Mechanism A."""
    kept = connection.shell_id, connection._winrm_transport
    connection.shell_id, connection._winrm_transport = _PLACEHOLDER, [name]
    try:
        return connection._winrm_connect()
    finally:
        connection.shell_id, connection._winrm_transport = kept


# --- psrp -----------------------------------------------------------------------------------------------------------


def _psrp_port(connection: Any) -> object:
    """psrp has no default: the protocol decides then."""
    port = connection.get_option("port")
    return 5986 if port is None else port


def _from_psrp(connection: Any, legacy_tls: bool, connect_timeout: float) -> Channel:
    _import("pypsrp", "pypsrp")
    check_proxy_option(connection.get_option("proxy"), PSRP)
    check_path(connection.get_option("path"), PSRP)
    secrets = secrets_of(connection)
    check_address(connection.get_option("remote_addr"), _psrp_port(connection))
    _no_slips(connection, "ansible_psrp_")
    login = connection.get_option("remote_user"), connection.get_option("remote_password")

    def make() -> Any:
        from pypsrp.wsman import WSMan

        connection._build_kwargs()
        return WSMan(**connection._psrp_conn_kwargs).transport

    transport = _guarded(make, connection)
    check_login(str(transport.auth), *login, PSRP)
    first = [transport]  # sends nothing: it tells the address; a later one is made when this one was given up
    return PSRPChannel(
        str(transport.endpoint),
        [(str(transport.auth), lambda: first.pop() if first else _guarded(make, connection))],
        legacy_tls=legacy_tls,
        connect_timeout=connect_timeout,
        secrets=secrets,
    )
