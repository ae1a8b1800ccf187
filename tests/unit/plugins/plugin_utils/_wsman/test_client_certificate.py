# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication by a client certificate, over HTTPS."""

from __future__ import annotations

import os
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.connection import channel_from_connection
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.plugin_utils._wsman.stub import SOAP, Reply, StubHandler, serving

MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    return cert, key


class CertificateHandler(StubHandler):
    """Accepts who shows a certificate that the server's context has verified, and says so in the header."""

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        assert isinstance(self.connection, ssl.SSLSocket)
        if headers.get("authorization") == MUTUAL and self.connection.getpeercert():
            return body
        self.answer(Reply(401, b"", {}))
        return None


@pytest.mark.parametrize("shown", [True, False])
def test_a_client_certificate(shown: bool, tmp_path: Path) -> None:
    server_cert, server_key = self_signed(tmp_path, "server")
    client_cert, client_key = self_signed(tmp_path, "client")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_cert, server_key)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(client_cert)
    extras: dict[str, Any] = {"ansible_winrm_ca_trust_path": str(server_cert)}
    if shown:
        extras |= {"ansible_winrm_cert_pem": str(client_cert), "ansible_winrm_cert_key_pem": str(client_key)}
    with serving(handler=CertificateHandler, context=context) as server:
        plugin = connection_loader.get("winrm", PlayContext(), os.devnull)
        plugin.set_options(
            var_options={
                "ansible_host": "127.0.0.1",
                "ansible_port": server.port,
                "ansible_user": "operator",
                "ansible_password": "unused",
                "ansible_winrm_transport": ["certificate" if shown else "ssl"],
                "_extras": extras,
            }
        )
        channel = channel_from_connection(plugin, legacy_tls=False)
        if shown:
            assert channel.send(b"<m/>") == SOAP
            return
        with pytest.raises(errors.AuthenticationRefused):
            channel.send(b"<m/>")
