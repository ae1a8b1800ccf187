# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS to a host that speaks TLS 1.0 only with a SHA-1 certificate, as Vista does."""

from __future__ import annotations

import os
import ssl
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.connection import channel_from_connection
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.adapter import legacy_tls_adapter
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, SOAP, USER, StubServer, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed RSA certificate with a SHA-1 signature for 127.0.0.1; key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha1", "-days", "2", "-subj", "/CN=old"]
    subprocess.run(
        [*command, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    cert.write_text(cert.read_text() + key.read_text())
    return cert


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def vista(certificate: Path) -> Iterator[StubServer]:
    with serving(context=server_context(certificate)) as server:
        yield server


def connection(kind: str, port: int, **variables: Any) -> Any:
    made = connection_loader.get(kind, PlayContext(), os.devnull)
    made.set_options(
        var_options={
            "ansible_host": "127.0.0.1",
            "ansible_port": port,
            "ansible_user": USER,
            "ansible_password": PASSWORD,
            "ansible_winrm_scheme": "https",
            "ansible_winrm_transport": ["basic"],
            "ansible_psrp_protocol": "https",
            "ansible_psrp_auth": "basic",
            **variables,
            "_extras": {key: value for key, value in variables.items() if key.startswith("ansible_winrm_")},
        }
    )
    return made


UNCHECKED = {"ansible_winrm_server_cert_validation": "ignore", "ansible_psrp_cert_validation": "ignore"}


@pytest.mark.parametrize("kind", ["winrm", "psrp"])
def test_without_the_opt_in_the_error_names_it(kind: str, vista: StubServer) -> None:
    with pytest.raises(errors.TLSFailed, match="winlegacy_legacy_tls"):
        channel_from_connection(connection(kind, vista.port, **UNCHECKED), legacy_tls=False).send(b"<m/>")


@pytest.mark.parametrize("kind", ["winrm", "psrp"])
def test_with_the_opt_in_it_works(kind: str, vista: StubServer) -> None:
    channel = channel_from_connection(connection(kind, vista.port, **UNCHECKED), legacy_tls=True)
    assert channel.send(b"<m/>") == SOAP
    channel.reconnect()
    assert channel.send(b"<n/>") == SOAP, "the new session lost the opt-in"


@pytest.mark.parametrize("kind", ["winrm", "psrp"])
def test_the_opt_in_keeps_certificate_validation(
    kind: str, vista: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with pytest.raises(errors.TLSFailed, match="certificate"):
        channel_from_connection(connection(kind, vista.port), legacy_tls=True).send(b"<m/>")
    assert not vista.seen


@pytest.mark.parametrize("kind", ["winrm", "psrp"])
def test_a_named_authority_is_accepted(kind: str, vista: StubServer, certificate: Path) -> None:
    trust = {"ansible_winrm_ca_trust_path": str(certificate), "ansible_psrp_ca_cert": str(certificate)}
    assert channel_from_connection(connection(kind, vista.port, **trust), legacy_tls=True).send(b"<m/>") == SOAP


def test_the_opt_in_lowers_what_old_hosts_need_whatever_openssl_is_here() -> None:
    """Some builds of OpenSSL let TLS 1.0 pass at a higher security level than others: look at the context itself."""
    for verify in (True, False):
        context = legacy_tls_adapter(verify=verify).poolmanager.connection_pool_kw["ssl_context"]
        assert context.security_level == 0
        assert context.minimum_version == ssl.TLSVersion.TLSv1
        assert context.options & 0x4, "hosts without KB980436 need OP_LEGACY_SERVER_CONNECT"
        assert context.verify_mode == (ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)


def test_a_certificate_for_another_name_is_refused(certificate: Path) -> None:
    with serving(context=server_context(certificate)) as server:
        plugin = connection(
            "winrm", server.port, ansible_host="localhost", ansible_winrm_ca_trust_path=str(certificate)
        )
        with pytest.raises(errors.TLSFailed, match="certificate"):
            channel_from_connection(plugin, legacy_tls=True).send(b"<m/>")
