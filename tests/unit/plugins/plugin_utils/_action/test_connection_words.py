# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with an inventory's options is told before anything is sent, with the variable to set."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.connection import channel_from_connection
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.channel import Wanted
from unit.plugins.plugin_utils._action.test_connection import connection

NTLM = {"ansible_port": 5985, "ansible_winrm_transport": "ntlm"}
BASIC = {"ansible_port": 5985, "ansible_winrm_transport": "basic"}
WRONG: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({**NTLM, "ansible_user": ""}, ("requires a username", "Set ansible_user and ansible_password")),
    ({**BASIC, "ansible_user": None}, ("requires a username", "Set ansible_user and ansible_password")),
    ({**BASIC, "ansible_password": None}, ("requires a password", "Set ansible_user and ansible_password")),
    (
        {**BASIC, "ansible_port": 5986, "ansible_winrm_server_cert_validation": "bogus"},
        ("bogus", "ansible_winrm_server_cert_validation to validate or ignore"),
    ),
    ({**BASIC, "ansible_winrm_read_timeout_sec": -1}, ("must exceed", "Set ansible_winrm_operation_timeout_sec")),
    ({**BASIC, "ansible_winrm_operation_timeout_sec": "x"}, ("'x'", "Set ansible_winrm_operation_timeout_sec")),
    ({**BASIC, "ansible_winrm_read_timeout_sec": "nan"}, ("'nan'", "Set ansible_winrm_read_timeout_sec")),
    ({**BASIC, "ansible_user": "u" * 70_000}, ("70000 characters", "Correct ansible_user")),
    ({**BASIC, "ansible_winrm_proxy": ["http://p:1"]}, ("holds a list", "ansible_winrm_proxy: http://")),
    ({**BASIC, "ansible_winrm_proxy": {"http": "p"}}, ("holds a dict", "ansible_winrm_proxy: http://")),
    ({**BASIC, "ansible_winrm_path": "/wsman\r\nX: y"}, ("control character '\\r'", "Set ansible_winrm_path")),
    ({**BASIC, "ansible_winrm_path": "/ws\x00man"}, ("control character '\\x00'", "Set ansible_winrm_path")),
]


@pytest.mark.parametrize("wanted", [Wanted.AUTO, Wanted.PYWINRM])
@pytest.mark.parametrize(("variables", "says"), WRONG, ids=range(len(WRONG)))
def test_the_variable_to_set_is_named(variables: dict[str, Any], says: tuple[str, ...], wanted: Wanted) -> None:
    with pytest.raises(errors.WSManError) as caught:
        channel_from_connection(connection(**variables), legacy_tls=False, channel=wanted).send(b"<m/>")
    said = str(caught.value)
    assert "pip packages" not in said
    assert "\n" not in said
    assert not isinstance(caught.value, errors.Unreachable | errors.ConnectionLost), said
    for words in says:
        assert words in said


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"ansible_psrp_path": "ws\nman"}, "Set ansible_psrp_path"),
        ({"ansible_user": "u" * 70_000}, "Correct ansible_user"),
    ],
)
def test_psrp_too(variables: dict[str, Any], says: str) -> None:
    made = connection("psrp", ansible_port=5985, ansible_psrp_auth="ntlm", ansible_psrp_protocol="http", **variables)
    with pytest.raises(errors.WSManError, match=says):
        channel_from_connection(made, legacy_tls=False)
