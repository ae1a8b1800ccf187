# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that the doctor or a refused connection says holds a secret, in whichever variable it was written."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import connection as channel_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.connection import channel_from_connection
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.doctor_reach import reach_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.controller import judge_kerberos
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Check, problem
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import InventorySeen, KerberosSeen
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.examine import Examination
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.plugin_utils._action.test_connection import connection

PW = "S3cret"
HTTP: dict[str, Any] = {
    "ansible_port": 1, "ansible_winrm_scheme": "http", "ansible_winrm_transport": "ntlm", "ansible_password": "other-pw"
}  # fmt: skip
KERBEROS = {"ansible_winrm_transport": "kerberos"}
CASES: list[tuple[dict[str, Any], str]] = [
    ({"ansible_host": f"Administrator:P@{PW}@1.2.3.4"}, "'***@1.2.3.4' cannot be used: it holds a user"),
    ({"ansible_host": f"http://me:{PW}@1.2.3.4/"}, "'http://***@1.2.3.4/' cannot be used: it is a URL"),
    ({"ansible_host": f"1.2.3.4/?{PW}"}, "'1.2.3.4/?***' cannot be used: it is a path"),
    ({"ansible_user": f"Administrator:{PW}"}, "Administrator:***"),
    ({"ansible_winrm_path": f"/wsman?pw={PW}"}, "http://127.0.0.1:1/wsman?***"),
    ({"ansible_winrm_transport": PW}, "no transport; nothing was sent."),
    ({"ansible_winrm_transport": ["ntlm", PW]}, "ntlm, kerberos, credssp"),
    ({"ansible_password": PW, "ansible_host": f"srv/{PW}"}, "'srv/***' cannot be used"),
    ({"ansible_winrm_pass": PW, "ansible_host": f"srv/{PW}"}, "'srv/***' cannot be used"),
    ({"ansible_become_password": PW, "ansible_host": f"srv/{PW}"}, "'srv/***' cannot be used"),
    ({"ansible_ssh_pass": PW, "winlegacy_channel": PW}, "winlegacy_channel is '***'"),
    ({"ansible_winrm_proxy": f"http://me:{PW}@gate:1", "ansible_host": f"srv/{PW}"}, "'srv/***' cannot be used"),
]


@pytest.mark.parametrize(("variables", "says"), CASES, ids=range(len(CASES)))
def test_the_doctor(variables: dict[str, Any], says: str) -> None:
    given = {"ansible_connection": "winrm", **HTTP, **variables}
    reach = reach_of(connection(**given), given, lambda value: value)
    told = Examination(reach, 5.0).run()
    shown = json.dumps(told.as_dict(details=True))
    assert PW not in shown
    assert says in shown


def test_a_vault_that_is_not_unlocked_is_no_secret_that_anybody_knows() -> None:
    def template(value: Any) -> Any:
        raise RuntimeError(value)

    given = {"ansible_connection": "ssh", "ansible_become_password": "locked"}
    assert reach_of(connection(), given, template).hide("It is locked.") == "It is locked."


def test_what_others_quote_is_hidden_too() -> None:
    given = {**HTTP, "ansible_user": f"me:{PW}"}
    hide = reach_of(connection(**given), given, lambda value: value).hide
    finding = problem(Check.LOGIN, f"kinit me:{PW} failed.", f"Look at {PW}.")
    assert hide(finding.text) == "kinit me:*** failed."
    assert hide(finding.cure) == "Look at ***."


def test_the_look_at_the_controller() -> None:
    host = InventorySeen("winrm", methods=("kerberos",), user=f"Administrator:{PW}")
    (found, *_more) = judge_kerberos(KerberosSeen("/etc/krb5.conf", "", True, True), (host,))
    assert found.text.startswith("The user Administrator:*** has no realm")


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        (CASES[0][0], "'***@1.2.3.4'"),
        (CASES[5][0], "holds a word that is no transport"),
        (CASES[6][0], "Set ansible_winrm_transport to one or more of basic"),
        (CASES[7][0], "'srv/***'"),
        ({"ansible_winrm_path": f"/ws\nman?{PW}"}, "?***"),
        (CASES[4][0], "http://127.0.0.1:1/wsman?***"),
    ],
)
def test_every_module(variables: dict[str, Any], says: str) -> None:
    with pytest.raises(errors.WSManError) as caught:
        channel = channel_from_connection(connection(**{**HTTP, **variables}), legacy_tls=False)
        try:
            channel.send(b"<m/>")
        except errors.WSManError as error:
            raise error.located(endpoint=channel.endpoint) from None
    assert PW not in str(caught.value)
    assert says in str(caught.value)


def test_the_password_of_become_in_every_module() -> None:
    plugin = connection(ansible_host=f"srv/{PW}")
    plugin._play_context.become_pass = PW
    with pytest.raises(errors.BadAddress, match=re.escape("'srv/***'")) as caught:
        channel_from_connection(plugin, legacy_tls=False)
    assert PW not in str(caught.value)


@pytest.mark.parametrize("private", [PW, "ab"])
@pytest.mark.parametrize("own", [True, False], ids=["plugin", "options"])
def test_kinit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, private: str, own: bool) -> None:
    """Whoever runs it: the winrm plugin, or we where its private names have changed."""
    kinit = tmp_path / "kinit"
    kinit.write_text('#!/bin/sh\nread -r _password\necho "no such principal: $1" >&2\nexit 1\n', encoding="utf-8")
    kinit.chmod(0o700)
    monkeypatch.setattr(channel_of, "has_private_names", lambda _connection: own)
    given = {"ansible_user": f"me:{private}", "ansible_winrm_kinit_cmd": str(kinit)}
    plugin = connection(**HTTP | given | KERBEROS)
    monkeypatch.setattr(sys.modules[type(plugin).__module__], "HAVE_KERBEROS", True)
    with pytest.raises(errors.AuthenticationRefused) as caught:
        channel_from_connection(plugin, legacy_tls=False).send(b"<m/>")
    assert f":{private}" not in str(caught.value)
    assert "me:***" in str(caught.value)
