# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor reads of Ansible's own connection plugins: options, and never a secret's value."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.doctor_reach import reach_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.doctor_sketch import sketch, sketches
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.option_words import known_names
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import InventorySeen
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.plugin_utils._action.test_connection import connection

SECRET = "s3cr3t-w0rd"
HTTP: dict[str, Any] = {"ansible_port": 80, "ansible_winrm_scheme": "http", "ansible_winrm_transport": "ntlm"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def seen(kind: str = "winrm", **variables: Any) -> InventorySeen:
    named = {"ansible_connection": kind, **variables}
    return reach_of(connection(kind, **variables), named, lambda value: value).inventory


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        (
            HTTP,
            {"scheme": "http", "port": 80, "methods": ("ntlm",), "password": True, "scheme_said": True, "tls": False},
        ),
        ({"ansible_port": 80}, {"scheme": "https", "scheme_said": False, "methods": ("ssl",), "validates": True}),
        ({"ansible_port": 5985}, {"scheme": "http", "scheme_said": False, "methods": ("plaintext",)}),
        ({"ansible_password": ""}, {"password": False}),
        ({"ansible_user": "anna@CORP"}, {"methods": ("kerberos",), "managed_ticket": True}),
        ({"ansible_user": "anna@CORP", "ansible_password": ""}, {"methods": ("kerberos",), "managed_ticket": False}),
        ({"ansible_winrm_cert_pem": "a.pem"}, {"certificate": True}),
        ({"ansible_winrm_server_cert_validation": "ignore"}, {"validates": False}),
        ({"winlegacy_legacy_tls": "yes"}, {"legacy_tls": True}),
        ({"ansible_host": "http://x"}, {"host": ""}),
        ({"ansible_pasword": SECRET}, {"misspelt": {"ansible_pasword": "ansible_password"}}),
        ({"ansible_winrm_zzz": "x", "winlegacy_owner_of_ours": "x"}, {"misspelt": {}, "unusable": ()}),
        ({"kb952876_stat": "x"}, {"misspelt": {"kb952876_stat": "kb952876_state"}}),
        (
            {"ansible_winrm_proxy": f"http://anna:{SECRET}@gate:3128"},
            {"proxy": "http://gate:3128", "proxy_from": "from ansible_winrm_proxy"},
        ),
    ],
)
def test_winrm(variables: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = seen(**variables)
    assert {name: getattr(found, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, {"scheme": "https", "port": 5986, "methods": ("negotiate",), "scheme_variable": "ansible_psrp_protocol"}),
        ({"ansible_port": 5985}, {"scheme": "http"}),
        ({"ansible_psrp_protocol": "http"}, {"port": 5985, "scheme_said": True}),
        ({"ansible_psrp_auth": "kerberos"}, {"methods": ("kerberos",), "transport_variable": "ansible_psrp_auth"}),
        ({"ansible_psrp_cert_validation": "ignore"}, {"validates": False}),
        ({"ansible_psrp_proxy": f"http://a:{SECRET}@gate:1"}, {"proxy": "http://gate:1"}),
    ],
)
def test_psrp(variables: dict[str, Any], wanted: dict[str, Any]) -> None:
    found = seen("psrp", **variables)
    assert {name: getattr(found, name) for name in wanted} == wanted


def test_a_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://anna:{SECRET}@gate:3128")
    found = seen(**HTTP)
    assert (found.proxy, found.proxy_from) == ("http://gate:3128", "from the environment variable http_proxy")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert seen(**HTTP).proxy == ""


def test_nothing_that_is_seen_holds_a_secret() -> None:
    found = seen(
        **HTTP,
        ansible_winrm_proxy=f"http://anna:{SECRET}@gate:3128",
        ansible_pasword=SECRET,
        ansible_winrm_cert_key_pem=SECRET,
        ansible_become_password=SECRET,
    )
    assert SECRET not in repr(found)
    assert SECRET not in repr(seen(**{**HTTP, "ansible_password": SECRET}))
    assert SECRET not in str(dataclasses.asdict(seen("psrp", ansible_password=SECRET)))


def test_a_value_of_ours_that_cannot_be_used_is_a_finding_and_no_error() -> None:
    found = seen(**HTTP, winlegacy_connect_timeout="soon")
    assert [one.text for one in found.unusable] == [
        "the variable winlegacy_connect_timeout is 'soon': a number of seconds was expected"
    ]


@pytest.mark.parametrize(
    ("kind", "variables", "says"),
    [
        ("winrm", {"ansible_winrm_transprt": "ntlm"}, "ansible_winrm_transprt: did you mean ansible_winrm_transport?"),
        ("winrm", {"winlegacy_chanel": "lean"}, "winlegacy_chanel: did you mean winlegacy_channel?"),
    ],
)
def test_a_slip_that_every_module_refuses_is_a_problem_in_their_words(
    kind: str, variables: dict[str, Any], says: str
) -> None:
    found = seen(kind, **variables)
    assert [one.text.partition(" The")[0].partition(" No")[0] for one in found.unusable] == [says]
    assert found.misspelt == {}


def test_a_password_that_basic_cannot_carry() -> None:
    found = seen(**{**HTTP, "ansible_winrm_transport": "basic", "ansible_password": "p\u0105ss"})
    assert "letters that basic" in found.unusable[0].text


def test_one_method_is_logged_in_by_and_no_other() -> None:
    plugin = connection(**{**HTTP, "ansible_winrm_transport": ["ntlm", "basic"]})
    reach = reach_of(plugin, {}, lambda value: value)
    assert reach.inventory.methods == ("ntlm", "basic")
    channel = reach.log_in("basic")
    assert channel.method == "basic"  # type: ignore[attr-defined]
    assert len(channel._candidates) == 1  # type: ignore[attr-defined]
    channel.close()


def test_whom_the_inventory_trusts() -> None:
    assert reach_of(connection(**HTTP), {}, str).tls() is None
    given: dict[str, Any] = {"ansible_port": 5986, "ansible_winrm_ca_trust_path": "/some/ca.pem"}
    told = reach_of(connection(**given), {"winlegacy_legacy_tls": True}, lambda value: value).tls()
    assert told is not None
    assert (told.authority, told.legacy) == ("/some/ca.pem", True)
    ignoring = reach_of(connection(ansible_winrm_server_cert_validation="ignore"), {}, str).tls()
    assert ignoring is not None
    assert ignoring.authority is None
    psrp = reach_of(connection("psrp", ansible_psrp_ca_cert="/some/ca.pem"), {}, str).tls()
    assert psrp is not None
    assert psrp.authority == "/some/ca.pem"


def test_an_option_that_pywinrm_refuses_is_an_error_of_ours() -> None:
    with pytest.raises(errors.ChannelUnavailable):
        reach_of(connection(ansible_winrm_server_cert_validation="perhaps"), {}, str).tls()


def test_the_known_names_are_those_of_both_plugins() -> None:
    wanted = {"ansible_host", "ansible_winrm_scheme", "ansible_psrp_auth", "ansible_winrm_user"}
    assert wanted <= known_names()


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, ("ssh", (), "", False, "https", False)),
        (
            {"ansible_connection": "winrm", "ansible_user": "a@B"},
            ("winrm", ("kerberos",), "a@B", False, "https", False),
        ),
        (
            {
                "ansible_connection": "ansible.builtin.winrm",
                "ansible_winrm_transport": ["kerberos"],
                "ansible_password": "x",
            },
            ("winrm", ("kerberos",), "", True, "https", False),
        ),
        (
            {
                "ansible_connection": "winrm",
                "ansible_winrm_transport": "{{ 'ntlm' if old else 'x' }}",
                "ansible_user": "a",
            },
            ("winrm", ("ntlm",), "", False, "https", False),
        ),
        ({"ansible_connection": "winrm", "winlegacy_legacy_tls": True}, ("winrm", (), "", False, "https", True)),
        (
            {"ansible_connection": "psrp", "ansible_psrp_auth": "credssp"},
            ("psrp", ("credssp",), "", False, "https", False),
        ),
    ],
)
def test_a_sketch(values: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    assert sketch(values) == wanted


def test_sketches_are_one_for_hosts_that_are_alike() -> None:
    class HostVars:
        def raw_get(self, name: str) -> dict[str, Any]:
            return {"ansible_connection": "psrp" if name == "c" else "winrm"}

    given = {"hostvars": HostVars(), "ansible_play_hosts_all": ["a", "b", "c"]}
    assert [one.kind for one in sketches(given)] == ["psrp", "winrm"]
    assert sketches({}) == []
