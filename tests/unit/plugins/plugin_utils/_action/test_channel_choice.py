# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which channel serves a host; and that the lean one reads pywinrm's options as pywinrm's own session does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.channel_choice import lean_problem
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.connection import channel_from_connection
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, ntlm
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.channel import Wanted
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import (
    LeanChannel,
    Login,
    tls_options,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from unit.plugins.plugin_utils._action.test_connection import connection
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, USER
from winrm.transport import Transport

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *(one.upper() for one in PROXIES), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def chosen(wanted: str = "auto", **variables: Any) -> type[Any]:
    channel = channel_from_connection(connection(**variables), legacy_tls=False, channel=Wanted(wanted))
    return type(channel)


@pytest.mark.parametrize(
    ("kind", "variables"),
    [
        (LeanChannel, {}),
        (LeanChannel, {"ansible_port": 5985}),
        (LeanChannel, {"ansible_winrm_transport": ["ntlm", "basic"]}),
        (LeanChannel, {"ansible_winrm_transport": "certificate"}),
        (LeanChannel, {"ansible_winrm_transport": "ntlm", "ansible_winrm_message_encryption": "always"}),
        (LeanChannel, {"ansible_winrm_transport": "ntlm", "ansible_winrm_proxy": None}),
        (WinRMChannel, {"ansible_winrm_transport": "basic", "ansible_winrm_message_encryption": "always"}),
        (WinRMChannel, {"ansible_winrm_transport": ["kerberos", "ntlm"]}),
        (WinRMChannel, {"ansible_winrm_transport": "credssp"}),
        (WinRMChannel, {"ansible_winrm_proxy": "http://proxy.example:3128"}),
    ],
    ids=str,
)
def test_what_the_lean_channel_does_not_do_stays_with_pywinrm(kind: type[Any], variables: dict[str, Any]) -> None:
    assert chosen(**variables) is kind
    assert chosen("pywinrm", **variables) is WinRMChannel
    if kind is LeanChannel:
        assert chosen("lean", **variables) is LeanChannel
        return
    with pytest.raises(errors.ChannelUnavailable, match=r"winlegacy_channel is lean, and .*winlegacy_channel: auto"):
        chosen("lean", **variables)


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"http_proxy": "http://proxy:1"}, WinRMChannel),
        ({"HTTP_PROXY": "http://proxy:1"}, WinRMChannel),
        ({"Http_Proxy": "http://proxy:1"}, WinRMChannel),
        ({"ALL_PROXY": "http://proxy:1"}, WinRMChannel),
        ({"https_proxy": "http://proxy:1"}, LeanChannel),
        ({"http_proxy": "http://proxy:1", "no_proxy": "127.0.0.1"}, LeanChannel),
        ({"http_proxy": "http://proxy:1", "no_proxy": "127.0.0.0/8"}, LeanChannel),
        ({"http_proxy": "http://proxy:1", "no_proxy": "other.example"}, WinRMChannel),
        ({"http_proxy": ""}, LeanChannel),
    ],
    ids=str,
)
def test_a_proxy_of_the_environment(
    environment: dict[str, str], kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert chosen(ansible_port=5985) is kind
    assert chosen(ansible_port=5985, ansible_winrm_proxy=None) is LeanChannel


def test_without_pyspnego_ntlm_stays_with_pywinrm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ntlm, "available", lambda: False)
    assert "pyspnego" in lean_problem(["ntlm"], "http://h:5985/wsman", {})
    assert lean_problem(["basic"], "http://h:5985/wsman", {}) == ""


def test_psrp_has_its_own_transport() -> None:
    plugin = connection("psrp", ansible_psrp_auth="ntlm", ansible_psrp_protocol="http")
    for wanted in ("auto", "pywinrm"):
        assert type(channel_from_connection(plugin, legacy_tls=False, channel=Wanted(wanted))).__name__ == "PSRPChannel"
    with pytest.raises(errors.ChannelUnavailable, match="psrp"):
        channel_from_connection(plugin, legacy_tls=False, channel=Wanted.LEAN)


def test_the_early_message_is_asked_for() -> None:
    plugin = connection(ansible_winrm_transport="ntlm", ansible_port=5985)
    assert channel_from_connection(plugin, legacy_tls=False, early=True).early is True  # type: ignore[attr-defined]
    assert channel_from_connection(plugin, legacy_tls=False).early is False  # type: ignore[attr-defined]


# --- options, against pywinrm's own session -----------------------------------------------------------------------


@pytest.fixture(params=["", "/environment/ca.pem"])
def bundle(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment's bundle of authorities; the files of a client certificate in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("cert", "key"):
        (tmp_path / name).write_text("")
    if request.param:
        monkeypatch.setenv("CURL_CA_BUNDLE", request.param)
    return str(request.param)


@pytest.mark.parametrize("method", ["basic", "plaintext", "ssl", "certificate", "ntlm"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"server_cert_validation": "ignore"},
        {"server_cert_validation": None},
        {"ca_trust_path": None},
        {"ca_trust_path": "/some/ca.pem"},
        {"ca_trust_path": "/some/ca.pem", "server_cert_validation": "ignore"},
        {"cert_pem": "cert", "cert_key_pem": "key"},
        {"message_encryption": "never"},
        {"message_encryption": "always"},
        {"send_cbt": False},
    ],
    ids=str,
)
def test_options_mean_what_they_mean_to_pywinrm(
    method: str, scheme: str, options: dict[str, Any], bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if method == "certificate":
        options = {"cert_pem": "cert", "cert_key_pem": "key", **options}
    encrypts: list[bool] = []
    transport = Transport(f"{scheme}://h:1/wsman", username=USER, password=PASSWORD, auth_method=method, **options)
    monkeypatch.setattr(transport, "setup_encryption", lambda _session: encrypts.append(True))
    login, tls = Login.of(transport), tls_options(transport, legacy=False)
    if options.get("message_encryption") == "always" and method != "ntlm":
        return  # the choice leaves that to pywinrm, which refuses it
    session = transport.build_session()
    assert login.encrypt is bool(encrypts)
    assert (login.scheme == "certificate") is (session.cert is not None)
    assert (login.scheme == "ntlm") is (method == "ntlm")
    assert PASSWORD not in repr(login)
    if login.scheme == "ntlm":
        assert login.bind is session.auth.send_cbt
    if tls is None:
        assert scheme == "http"
        return
    assert tls.authority == {True: "", False: None}.get(session.verify, session.verify)
    assert (tls.certificate, tls.key) == (session.cert or ("", "")) or not tls.certificate
    assert bool(tls.certificate) is (session.cert is not None)
    assert os.environ.get("CURL_CA_BUNDLE", "") == bundle
