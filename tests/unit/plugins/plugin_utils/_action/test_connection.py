# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channel from Ansible's own connection plugins; mechanism B against A is the early warning for a new core."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import (
    connection as ansible_channel,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import (
    kerberos_ticket,
    winrm_options,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.connection import channel_from_connection
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, SOAP, USER, NTLMHandler, ntlm_users, serving

WINRM_OPTION_SETS: list[dict[str, Any]] = [
    {},
    {"ansible_port": 5985},
    {"ansible_port": 80, "ansible_winrm_scheme": "http"},
    {"ansible_port": 80, "ansible_winrm_scheme": "http", "ansible_winrm_transport": "ntlm"},
    {"ansible_port": 443, "ansible_winrm_path": "/other"},
    {"ansible_host": "fe80::1", "ansible_port": 5985},
    {"ansible_winrm_transport": "basic"},
    {"ansible_winrm_transport": ["ntlm"], "ansible_port": 5985},
    {"ansible_winrm_transport": "credssp", "ansible_winrm_credssp_disable_tlsv1_2": True},
    {"ansible_winrm_server_cert_validation": "ignore"},
    {"ansible_winrm_ca_trust_path": "/some/ca.pem"},
    {"ansible_winrm_connection_timeout": 45},
    {"ansible_winrm_read_timeout_sec": 100, "ansible_winrm_operation_timeout_sec": 70},
    {"ansible_winrm_message_encryption": "always", "ansible_winrm_transport": "ntlm"},
    {"ansible_winrm_message_encryption": "never", "ansible_port": 5985},
    {"ansible_winrm_proxy": "http://proxy.example:3128"},
    {"ansible_winrm_send_cbt": False, "ansible_winrm_transport": "ntlm"},
    {"ansible_winrm_service": "WSMAN", "ansible_winrm_realm": "EXAMPLE"},
    {"ansible_winrm_kerberos_delegation": True, "ansible_winrm_kerberos_hostname_override": "other.example"},
    {"ansible_winrm_no_such_option": "x"},
]


def connection(kind: str = "winrm", **variables: Any) -> Any:
    made = connection_loader.get(kind, PlayContext(), os.devnull)
    values = {"ansible_host": "127.0.0.1", "ansible_user": USER, "ansible_password": PASSWORD, **variables}
    options = set(made.option_definitions) if hasattr(made, "option_definitions") else set()
    named = {variable["name"] for key in options for variable in made.option_definitions[key].get("vars", [])}
    extras = {key: value for key, value in values.items() if key.startswith("ansible_winrm_") and key not in named}
    made.set_options(var_options={**values, "_extras": extras})
    return made


def attributes(thing: Any) -> dict[str, Any]:
    return {key: value for key, value in vars(thing).items() if key not in {"transport", "session", "encryption"}}


@pytest.mark.parametrize("options", WINRM_OPTION_SETS, ids=str)
def test_fallback_builds_what_the_plugin_builds(options: dict[str, Any]) -> None:
    plugin = connection(**options)
    names = ansible_channel.winrm_methods(plugin)
    assert winrm_options.methods(plugin) == names
    for name in names:
        by_plugin = ansible_channel.protocol_by_plugin(plugin, name)
        by_options = winrm_options.protocol_by_options(plugin, name)
        assert attributes(by_options) == attributes(by_plugin)
        assert attributes(by_options.transport) == attributes(by_plugin.transport)
        assert by_options.transport.endpoint == winrm_options.endpoint(plugin)


def test_the_option_sets_reach_pywinrm() -> None:
    """Without this the comparison above could compare defaults with defaults."""
    plugin = connection(ansible_winrm_read_timeout_sec=100, ansible_winrm_proxy="http://proxy.example:3128")
    ansible_channel.winrm_methods(plugin)
    transport = ansible_channel.protocol_by_plugin(plugin, "ssl").transport
    assert (transport.read_timeout_sec, transport.proxy) == (100, "http://proxy.example:3128")


def test_several_methods_keep_their_order() -> None:
    plugin = connection(ansible_winrm_transport=["ntlm", "basic"])
    assert ansible_channel.winrm_methods(plugin) == winrm_options.methods(plugin) == ["ntlm", "basic"]


def test_a_user_at_a_realm_gets_kerberos_in_the_fallback() -> None:
    assert winrm_options.methods(connection(ansible_user="joe@EXAMPLE.COM")) == ["kerberos"]


def test_mechanism_a_leaves_the_plugin_as_it_was() -> None:
    with serving() as server:
        plugin = connection(ansible_port=server.port, ansible_winrm_scheme="http", ansible_winrm_transport=["basic"])
        channel = channel_from_connection(plugin, legacy_tls=False)
        assert not server.seen, "building the channel sent something"
        channel.send(b"<m/>")
        assert (plugin.shell_id, plugin.protocol, plugin._connected) == (None, None, False)
        assert plugin._winrm_transport == ["basic"]
        plugin.close()
        assert channel.send(b"<m/>") == SOAP
        channel.close()
        assert [seen.body for seen in server.seen] == [b"<m/>", b"<m/>"], "a shell was opened"


def test_fallback_is_used_when_the_private_names_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        plugin = connection(ansible_port=server.port, ansible_winrm_scheme="http", ansible_winrm_transport=["basic"])
        monkeypatch.delattr(type(plugin), "_winrm_connect")
        assert not ansible_channel.has_private_names(plugin)
        assert channel_from_connection(plugin, legacy_tls=False).send(b"<m/>") == SOAP


def test_methods_fail_over_as_the_inventory_lists_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTLM_USER_FILE", str(ntlm_users(tmp_path)))
    with serving(handler=NTLMHandler) as server:
        plugin = connection(
            ansible_port=server.port, ansible_winrm_scheme="http", ansible_winrm_transport=["basic", "ntlm"]
        )
        assert channel_from_connection(plugin, legacy_tls=False).send(b"<m/>") == SOAP
        assert plugin._winrm_transport == ["basic", "ntlm"]


@pytest.mark.parametrize("kind", ["local", "ssh"])
def test_other_connections_are_refused_in_one_sentence(kind: str) -> None:
    with pytest.raises(errors.WrongConnection, match=f"is {kind}.*ansible_connection: winrm"):
        channel_from_connection(connection_loader.get(kind, PlayContext(), os.devnull), legacy_tls=False)


@pytest.mark.parametrize(("kind", "module", "package"), [("winrm", "winrm", "pywinrm"), ("psrp", "pypsrp", "pypsrp")])
def test_a_missing_library_is_named(kind: str, module: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = connection(kind)
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(errors.MissingLibrary, match=f"pip install {package}"):
        channel_from_connection(plugin, legacy_tls=False)


def test_an_unsupported_transport_is_a_clear_error() -> None:
    with pytest.raises(errors.ChannelUnavailable, match=r"no transport.*credssp") as caught:
        channel_from_connection(connection(ansible_winrm_transport=["telepathy"]), legacy_tls=False)
    assert "telepathy" not in str(caught.value), "it may be a password in the wrong line"


def test_a_missing_user_is_a_clear_error_and_sends_nothing() -> None:
    with serving() as server:
        plugin = connection(
            ansible_port=server.port, ansible_user=None, ansible_winrm_scheme="http", ansible_winrm_transport=["basic"]
        )
        channel = channel_from_connection(plugin, legacy_tls=False)
        with pytest.raises(errors.ChannelUnavailable, match="username"):
            channel.send(b"<m/>")
        assert not server.seen


def test_psrp_sends_through_pypsrp_without_a_runspace() -> None:
    with serving() as server:
        plugin = connection(
            "psrp",
            ansible_port=server.port,
            ansible_psrp_protocol="http",
            ansible_psrp_auth="basic",
            ansible_psrp_message_encryption="never",
        )
        channel = channel_from_connection(plugin, legacy_tls=False)
        assert channel.endpoint.startswith("http://127.0.0.1")
        assert channel.send(b"<m/>") == SOAP
        channel.reconnect()
        assert channel.send(b"<n/>") == SOAP
        assert [(seen.body, seen.connection) for seen in server.seen] == [(b"<m/>", 1), (b"<n/>", 2)]
        assert plugin.runspace is None
        channel.close()


def test_psrp_wrong_password_is_refused_without_showing_it() -> None:
    with serving() as server:
        plugin = connection(
            "psrp",
            ansible_port=server.port,
            ansible_psrp_protocol="http",
            ansible_psrp_auth="basic",
            ansible_psrp_message_encryption="never",
            ansible_password="not-the-word",
        )
        with pytest.raises(errors.AuthenticationRefused) as caught:
            channel_from_connection(plugin, legacy_tls=False).send(b"<m/>")
        assert "not-the-word" not in str(caught.value)


def test_psrp_negotiates_and_encrypts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTLM_USER_FILE", str(ntlm_users(tmp_path)))
    with serving(handler=NTLMHandler) as server:
        plugin = connection(
            "psrp", ansible_port=server.port, ansible_psrp_protocol="http", ansible_psrp_auth="ntlm"
        )
        channel = channel_from_connection(plugin, legacy_tls=False)
        assert channel.send(b"<m/>") == SOAP
        channel.reconnect()
        assert channel.send(b"<n/>") == SOAP
        assert [seen.body for seen in server.seen] == [b"<m/>", b"<n/>"]


# --- kinit of the fallback --------------------------------------------------------------------------------------------


def kinit(folder: Path, script: str) -> str:
    path = folder / "kinit"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_kinit_gets_the_password_on_stdin_and_its_ticket_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRB5CCNAME", "before")
    log = tmp_path / "log"
    command = kinit(tmp_path, f'echo "$*" > {log}; cat >> {log}; echo "$KRB5CCNAME" >> {log}')
    plugin = connection(
        ansible_user="joe@EXAMPLE.COM", ansible_winrm_kinit_cmd=command, ansible_winrm_kerberos_delegation=True
    )
    kerberos_ticket.obtain(plugin, winrm_options.extras(plugin))
    arguments, password, cache = log.read_text().splitlines()
    assert arguments == "-f joe@EXAMPLE.COM"
    assert password == PASSWORD
    assert cache == os.environ["KRB5CCNAME"] != "before"


def test_a_failing_kinit_does_not_show_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "before")
    plugin = connection(
        ansible_user="joe@EXAMPLE.COM", ansible_winrm_kinit_cmd=kinit(tmp_path, "cat >&2; echo refused >&2; exit 1")
    )
    with pytest.raises(errors.AuthenticationRefused, match="refused") as caught:
        kerberos_ticket.obtain(plugin, winrm_options.extras(plugin))
    assert PASSWORD not in str(caught.value)
    assert os.environ["KRB5CCNAME"] == "before"


def test_a_missing_kinit_is_said() -> None:
    plugin = connection(ansible_user="joe@EXAMPLE.COM", ansible_winrm_kinit_cmd="/no/such/kinit")
    with pytest.raises(errors.AuthenticationRefused, match="/no/such/kinit"):
        kerberos_ticket.obtain(plugin, winrm_options.extras(plugin))
