# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos tickets of a sweep: one a process and identity, asked for once, told to all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.connection import winrm_methods
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.tickets import Ticket, identity
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.winrm_options import managed_kerberos
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors

SALT = b"of this run"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process of a sweep sets for itself alone."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def _connection(folder: Path | None = None, **variables: Any) -> Any:
    made = connection_loader.get("winrm", PlayContext(), os.devnull)
    values = {"ansible_host": "h", "ansible_user": "joe@EXAMPLE.COM", "ansible_password": "secret", **variables}
    if folder is not None:
        values["ansible_winrm_kinit_cmd"] = str(folder / "kinit")
    made.set_options(var_options={**values, "_extras": {}})
    return made


def _kinit(folder: Path, ending: str) -> Path:
    program, log = folder / "kinit", folder / "log"
    program.write_text(f'#!/bin/sh\necho "$*" >> {log}\n{ending}\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return log


def test_an_identity_is_a_user_with_a_password_and_tells_neither() -> None:
    own = identity(_connection(), SALT)
    assert own
    assert "joe" not in own
    assert identity(_connection(ansible_host="other"), SALT) == own
    assert identity(_connection(ansible_password="another"), SALT) != own
    assert identity(_connection(ansible_user="ann@EXAMPLE.COM"), SALT) != own
    assert identity(_connection(), b"another run") != own


@pytest.mark.parametrize(
    "variables",
    [
        {"ansible_winrm_transport": ["ntlm"]},
        {"ansible_winrm_kinit_mode": "manual"},
        {"ansible_password": None},
    ],
    ids=str,
)
def test_others_need_no_ticket_of_ours(variables: dict[str, Any]) -> None:
    assert identity(_connection(**variables), SALT) == ""


def test_a_process_gets_one_ticket_for_all_its_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "before")
    log, ticket = _kinit(tmp_path, "exit 0"), Ticket()
    connections = [_connection(tmp_path, ansible_host=name) for name in ("a", "b", "c")]
    for one in connections:
        ticket.serve(one)
        assert not managed_kerberos(one)
    assert len(log.read_text(encoding="utf-8").splitlines()) == 1
    assert os.environ["KRB5CCNAME"].startswith("FILE:")
    cache = Path(os.environ["KRB5CCNAME"].removeprefix("FILE:"))
    assert cache.parent == Path(constants.DEFAULT_LOCAL_TMP), "Ansible removes it with the run, whoever is killed"
    assert cache.exists(), "kept as long as the process asks"
    ticket.close()
    assert not cache.exists()


def test_a_refusal_is_told_to_all_and_the_kdc_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRB5CCNAME", "before")
    log, ticket = _kinit(tmp_path, "echo no such principal >&2; exit 1"), Ticket()
    for name in ("a", "b"):
        with pytest.raises(errors.AuthenticationRefused, match="no such principal"):
            ticket.serve(_connection(tmp_path, ansible_host=name))
    assert len(log.read_text(encoding="utf-8").splitlines()) == 1
    other = _connection(tmp_path, ansible_winrm_transport=["kerberos", "ntlm"])
    ticket.serve(other)
    assert winrm_methods(other) == ["ntlm"]
