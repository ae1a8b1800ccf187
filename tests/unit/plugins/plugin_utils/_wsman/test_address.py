# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, ports and logins that cannot be used are told before anything is sent; those that can are let through."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.address import check_address, check_login
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import PSRP, WINRM


@pytest.mark.parametrize(
    "host",
    ["srv1", "srv1.example.com", "srv1.", "pc_01", "10.0.0.1", "::1", "fe80::1", "M\u00dcLLER-PC", "1and1"],
)
def test_what_can_be_used(host: str) -> None:
    check_address(host, 5985)
    check_address(host, "80")


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("", "empty"),
        (None, "empty"),
        ("host name", "space"),
        ("10.0.0.1 ", "space"),
        ("a\tb", "space"),
        ("http://10.0.0.1", "URL"),
        ("10.0.0.1:5985", "port"),
        ("srv1:80", "port"),
        ("bob@srv1", "user"),
        ("[::1]", "brackets"),
        ("::1%lo", "zone"),
        ("fe80::1%eth0", "zone"),
        ("1:2:3", "no IPv6"),
        ("a..b", "empty part"),
        (".", "empty part"),
        ("x" * 64 + ".example", "63"),
        ("a." * 130 + "b", "253"),
        ("*", "no part of a name"),
        ("-srv", "no part of a name"),
        ("a\x1b[31mb", "no part of a name"),
        ("\\\\srv1", "path"),
        ("srv1/wsman", "path"),
        ("300.1.1.1", "no IPv4"),
    ],
)
def test_what_cannot_be_used(host: str | None, says: str) -> None:
    with pytest.raises(errors.BadAddress, match="cannot be used") as caught:
        check_address(host, 5985)
    assert says in str(caught.value)
    assert "ansible_host" in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("port", [0, -1, 65536, 99999, "http", "", None, "80 ", "\u0663"])
def test_ports(port: object) -> None:
    with pytest.raises(errors.BadAddress, match="ansible_port"):
        check_address("srv1", port)


def test_a_login_that_basic_cannot_carry_is_told_before_it_is_sent() -> None:
    with pytest.raises(errors.AuthenticationRefused, match=r"user name.*ansible_winrm_transport: ntlm"):
        check_login("basic", "\u0410\u0434\u043c\u0438\u043d", "x", WINRM)
    with pytest.raises(errors.AuthenticationRefused, match=r"password.*ansible_psrp_auth") as caught:
        check_login("plaintext", "x", "\u043f\u0430\u0440\u043e\u043b\u044c", PSRP)
    assert "\u043f\u0430" not in str(caught.value)
    check_login("basic", "M\u00fcller", "p\u00e4ss", WINRM)
    check_login("ntlm", "\u0410\u0434\u043c\u0438\u043d", "x", WINRM)
