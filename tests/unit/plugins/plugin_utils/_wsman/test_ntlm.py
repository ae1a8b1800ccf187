# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NTLM's secrets: the hash that is kept in place of a password, and the bindings to a TLS session."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import ntlm, tls_context
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from unit.plugins.plugin_utils._wsman.stub import (
    PASSWORD,
    SOAP,
    USER,
    NTLMHandler,
    ntlm_users,
    serving,
)
from winrm.protocol import Protocol


@pytest.fixture(autouse=True)
def _ntlm_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTLM_USER_FILE", str(ntlm_users(tmp_path)))


def lean(port: int, method: str, *, scheme: str = "http", host: str = "127.0.0.1", **options: Any) -> LeanChannel:
    endpoint = f"{scheme}://{host}:{port}/wsman"
    user = options.pop("username", USER)

    def make() -> Any:
        return Protocol(endpoint, transport=method, username=user, password=PASSWORD, **options).transport

    return LeanChannel(endpoint, [(method, make)], secrets=(PASSWORD,))


@pytest.mark.parametrize("user", [USER, f"DOMAIN\\{USER}"])
@pytest.mark.parametrize("level", [None, "3"])
def test_the_kept_hash_authenticates_as_the_password_does(
    user: str, level: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if level is not None:
        monkeypatch.setenv("LM_COMPAT_LEVEL", level)
    assert (ntlm._credential(user, PASSWORD) is None) is (level is not None)
    with serving(handler=NTLMHandler) as server:
        assert lean(server.port, "ntlm", username=user).send(b"<m/>") == SOAP


def test_the_hash_is_that_of_the_specification() -> None:
    """MS-NLMP 4.2.2.1.2: NTOWFv1 of "Password"."""
    assert ntlm._hash("Password") == "a4f49c406510bdcab6824ee7c30fd852"


def test_a_pyspnego_that_keeps_its_function_elsewhere_gets_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    ntlm._hash.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "spnego._ntlm_raw.crypto", None)
    try:
        with serving(handler=NTLMHandler) as server:
            assert ntlm._credential(USER, PASSWORD) is None
            assert lean(server.port, "ntlm").send(b"<m/>") == SOAP
    finally:
        ntlm._hash.cache_clear()


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_channel_bindings_are_those_of_requests_ntlm(digest: str, tmp_path: Path) -> None:
    import subprocess

    from requests_ntlm.requests_ntlm import _get_certificate_hash

    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", f"-{digest}", "-subj", "/CN=x"]
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run([*command, *files], check=True, capture_output=True)
    der = ssl.PEM_cert_to_DER_cert((tmp_path / "cert").read_text())
    theirs = _get_certificate_hash(der)
    assert theirs is not None
    assert tls_context.channel_bindings(der) == b"tls-server-end-point:" + theirs
