# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a host's variables and its connection plugin to what the doctor looks at: never a secret's value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .._doctor.finding import Trouble
from .._doctor.seen import InventorySeen
from .._doctor.variables import misspelt
from .._operations.doctor.examine import Reach
from .._operations.doctor.service import trouble
from .._rollout.names import unknown as unknown_of_ours
from .._rollout.settings import KB952876
from .._wsman import errors, proxies
from .._wsman.address import METHODS, check_address, check_login, check_methods
from .._wsman.channel import Channel
from .._wsman.lean_channel import tls_options
from .._wsman.place import PSRP, WINRM, proxy_source
from .._wsman.tls_context import TLSOptions
from .connection import channel_from_connection, winrm_methods
from .misspelt import misspelt_extra
from .option_words import known_names
from .private_values import hider_of
from .variables import BadInput, WireOptions
from .winrm_options import endpoint, extras, managed_kerberos, methods, protocol_by_options, scheme

_UNSET = "legacy_requests"
"""pywinrm's word for "no option said"."""

_NO_TRANSPORT = "an unknown transport"
_CORRECT = "Correct it, or remove it."


def reach_of(connection: Any, variables: Mapping[str, Any], template: Callable[[Any], Any]) -> Reach:
    """How to reach a host. What cannot be used is noted for the findings, and never raised."""
    kind = kind_of(connection)
    unusable: list[Trouble] = []
    try:
        wire = WireOptions.from_vars(variables, template)
    except BadInput as error:
        unusable.append(Trouble(str(error), _CORRECT))
        wire = WireOptions()
    noted: dict[str, Any] = {
        "named": "ansible_connection" in variables,
        "misspelt": {**unknown_of_ours(KB952876, _of_others(variables)), **misspelt(variables, known_names())},
        "legacy_tls": wire.legacy_tls,
    }
    if kind not in {"winrm", "psrp"}:
        seen = InventorySeen(kind, unusable=tuple(unusable), **noted)
    else:
        of_kind = _winrm(connection) if kind == "winrm" else _psrp(connection)
        login = _login_trouble(of_kind, connection)
        unusable += [one for one in (_no_transport(connection), login, _slip(connection)) if one]
        seen = InventorySeen(kind, unusable=tuple(unusable), **{**noted, **of_kind})

    def log_in(method: str) -> Channel:
        """A channel that knows one method alone: with several, each would be an attempt with the same password."""
        if kind == "winrm" and method:
            connection.set_option("transport", [method])
        return channel_from_connection(
            connection, legacy_tls=wire.legacy_tls, connect_timeout=wire.connect_timeout, channel=wire.channel,
            early=wire.early_message,
        )  # fmt: skip

    return Reach(
        seen,
        log_in,
        tls=lambda: _tls(connection, seen),
        names=PSRP if kind == "psrp" else WINRM,
        connect_timeout=wire.connect_timeout,
        operation_timeout=wire.operation_timeout,
        hide=hider_of(connection if seen.supported else None, variables, template),
    )


def kind_of(connection: Any) -> str:
    """The connection plugin's short name."""
    return str(getattr(connection, "transport", "") or type(connection).__name__).rpartition(".")[2]


def _of_others(names: Iterable[str]) -> list[str]:
    """Without those of the wire, whose slips are refused."""
    return [name for name in map(str, names) if not name.lower().startswith("winlegacy")]


def _slip(connection: Any) -> Trouble | None:
    """A misspelt variable of the connection plugin, in the words with which every module refuses it."""
    try:
        slip = misspelt_extra(connection, f"ansible_{kind_of(connection)}_", extras(connection))
    except ImportError:  # which names its library takes is not known; the packages are another finding's
        return None
    return Trouble(slip, _CORRECT) if slip else None


def _refused(host: object, port: object) -> Trouble | None:
    try:
        check_address(host, port)
    except errors.WSManError as error:
        return trouble(error)
    return None


def _no_transport(connection: Any) -> Trouble | None:
    """psrp's are judged by Ansible."""
    try:
        check_methods(methods(connection) if kind_of(connection) == "winrm" else (), WINRM)
    except errors.WSManError as error:
        return trouble(error)
    return None


def _login_trouble(told: Mapping[str, Any], connection: Any) -> Trouble | None:
    names = WINRM if kind_of(connection) == "winrm" else PSRP
    try:
        login = connection.get_option("remote_user"), connection.get_option("remote_password")
        check_login(told["methods"][0] if told["methods"] else "", *login, names)
    except errors.WSManError as error:
        return trouble(error)
    return None


# --- winrm ----------------------------------------------------------------------------------------------------------


def _winrm(connection: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "refused": _refused(connection.get_option("remote_addr"), connection.get_option("port")),
        "user": str(connection.get_option("remote_user") or ""),
        "password": bool(connection.get_option("remote_password")),
        "scheme_said": bool(connection.get_option("scheme")),
        "path": str(connection.get_option("path") or ""),
    }
    more = extras(connection)
    told["certificate"] = bool(more.get("ansible_winrm_cert_pem"))
    told["validates"] = more.get("ansible_winrm_server_cert_validation", "validate") == "validate"
    told["methods"] = _methods(connection)
    told["managed_ticket"] = "kerberos" in told["methods"] and managed_kerberos(connection)
    if told["refused"] is not None:
        return told
    told["host"] = str(connection.get_option("remote_addr"))
    told["port"], told["scheme"] = int(connection.get_option("port")), scheme(connection)
    named = more.get("ansible_winrm_proxy", _UNSET)
    chosen = str(named) if named is not None and str(named) != _UNSET else ""
    url = endpoint(connection)
    chosen = chosen or (_of_environment(url) if named is not None else "")
    told["proxy"], told["proxy_from"] = _proxy(chosen, url, WINRM)
    return told


def _methods(connection: Any) -> tuple[str, ...]:
    try:
        found = winrm_methods(connection)
    except Exception:  # noqa: BLE001 - without pywinrm the plugin raises NameError, for an unknown method AnsibleError
        found = methods(connection)
    return tuple(one if one in METHODS else _NO_TRANSPORT for one in found)


def _proxy(url: str, target: str, names: Any) -> tuple[str, str]:
    if not url:
        return "", ""
    return proxies.without_login(url), proxy_source(url, names, urlsplit(target).scheme)


def _of_environment(url: str) -> str:
    try:
        from requests.utils import get_environ_proxies, select_proxy
    except ImportError:
        return ""
    return str(select_proxy(url, get_environ_proxies(url)) or "") if proxies.in_use(url) else ""


def _tls(connection: Any, seen: InventorySeen) -> TLSOptions | None:
    """Whom the inventory trusts. Raises the wire's errors."""
    if not seen.tls:
        return None
    if seen.kind == "psrp":
        ignores = str(connection.get_option("cert_validation") or "validate") == "ignore"
        authority = None if ignores else str(connection.get_option("ca_cert") or "")
        return TLSOptions(authority, legacy=seen.legacy_tls)
    method = "certificate" if seen.certificate and seen.methods[:1] == ("certificate",) else "ssl"
    try:
        return tls_options(protocol_by_options(connection, method).transport, legacy=seen.legacy_tls)
    except errors.WSManError:
        raise
    except ImportError as error:
        raise errors.MissingLibrary(
            f"the Python package pywinrm is missing on the controller ({error})", do="Run: pip install pywinrm"
        ) from None
    except Exception as error:  # noqa: BLE001 - pywinrm refuses options in its own ways; none of these holds a secret
        raise errors.ChannelUnavailable(str(error), do="Check the ansible_winrm_* options.") from None


# --- psrp -----------------------------------------------------------------------------------------------------------


def _psrp(connection: Any) -> dict[str, Any]:
    said, port = connection.get_option("protocol"), connection.get_option("port")
    protocol = str(said) if said else ("http" if port is not None and int(port) == 5985 else "https")
    number = port if port is not None else (5985 if protocol == "http" else 5986)
    auth = str(connection.get_option("auth") or "negotiate")
    told: dict[str, Any] = {
        "refused": _refused(connection.get_option("remote_addr"), number),
        "user": str(connection.get_option("remote_user") or ""),
        "password": bool(connection.get_option("remote_password")),
        "certificate": bool(connection.get_option("certificate_pem")),
        "scheme_said": bool(said),
        "path": str(connection.get_option("path") or ""),
        "validates": str(connection.get_option("cert_validation") or "validate") != "ignore",
        "methods": (auth,),
        "scheme_variable": PSRP.scheme,
        "transport_variable": PSRP.transport,
    }
    if told["refused"] is not None:
        return told
    told["host"], told["port"], told["scheme"] = str(connection.get_option("remote_addr")), int(number), protocol
    url = f"{protocol}://{told['host']}:{number}/"
    chosen = str(connection.get_option("proxy") or "")
    if not chosen and not connection.get_option("ignore_proxy"):
        chosen = _of_environment(url)
    told["proxy"], told["proxy_from"] = _proxy(chosen, url, PSRP)
    return told
