# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that does not know the password takes any login and answers in clear: no channel believes it."""

from __future__ import annotations

import base64
import struct
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.psrp_channel import PSRPChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, SOAP, USER, Reply, Seen, StubHandler, serving
from winrm.protocol import Protocol

PLAIN = {"Content-Type": "application/soap+xml;charset=UTF-8"}
LOOKS_SEALED = {"Content-Type": 'multipart/encrypted;protocol="application/HTTP-Other";boundary="Encrypted Boundary"'}
KINDS = ("lean", "pywinrm", "psrp")


def challenge() -> bytes:
    """An NTLM challenge (MS-NLMP 2.2.1.2) as anybody can make one."""
    target, names = "S".encode("utf-16-le"), struct.pack("<HH2sHH", 2, 2, "A".encode("utf-16-le"), 0, 0)
    return (
        b"NTLMSSP\0" + struct.pack("<IHHII8s8x", 2, len(target), len(target), 56, 0xE28A8235, b"12345678")
        + struct.pack("<HHI8s", len(names), len(names), 56 + len(target), b"\x06\0\x71\x17\0\0\0\x0f") + target + names
    )  # fmt: skip


class Stranger(StubHandler):
    """Takes any NTLM login. EARLY: the script answers the handshake itself, and not only what follows."""

    EARLY = False

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        scheme, _unused, said = headers.get("authorization", "").partition(" ")
        token = base64.b64decode(said)
        if token and b"NTLMSSP\0\3" not in token:
            made = base64.b64encode(challenge()).decode()
            self.answer(Reply(401, b"", {"WWW-Authenticate": f"{scheme} {made}"}))
            return None
        if not token and not self.state:
            self.answer(Reply(401, b"", {"WWW-Authenticate": "Negotiate"}))
            return None
        self.state["known"] = True
        if not body and not self.EARLY:
            self.answer(Reply(200, b"", {}))
            return None
        return body


class EarlyStranger(Stranger):
    EARLY = True


def channel_of(kind: str, port: int) -> HTTPChannel:
    endpoint = f"http://127.0.0.1:{port}/wsman"
    if kind.startswith("psrp"):
        from pypsrp.wsman import WSMan

        wsman = WSMan(
            "127.0.0.1", port=port, username=USER, password=PASSWORD, auth="ntlm", ssl=False,
            encryption=kind.removeprefix("psrp-"),
        )  # fmt: skip
        return PSRPChannel(endpoint, [("ntlm", lambda: wsman.transport)])
    name, _unused, encryption = kind.partition("-")
    transport = Protocol(endpoint, "ntlm", USER, PASSWORD, message_encryption=encryption).transport
    made: type[HTTPChannel] = {"pywinrm": WinRMChannel, "lean": LeanChannel}[name]
    return made(endpoint, [("ntlm", lambda: transport)])


@pytest.mark.parametrize("kind", [f"{name}-{word}" for name in KINDS for word in ("auto", "always")])
@pytest.mark.parametrize("handler", [Stranger, EarlyStranger])
@pytest.mark.parametrize(
    "reply",
    [Reply(200, SOAP, PLAIN), Reply(500, SOAP, PLAIN), Reply(400, SOAP, PLAIN), Reply(200, SOAP, LOOKS_SEALED)],
    ids=["answer", "fault", "bad request", "looks sealed"],
)
def test_a_message_in_clear_is_believed_on_no_channel(kind: str, handler: type[Stranger], reply: Reply) -> None:
    sent: list[bytes] = []

    def script(seen: Seen) -> Reply:
        sent.append(seen.body)
        return reply

    with serving(script, handler=handler) as server:
        channel = channel_of(kind, server.port)
        with pytest.raises(errors.WSManError) as caught:
            channel.send(b"<secret/>", read_timeout=5)
        channel.close()
    assert not any(b"secret" in body for body in sent)
    if reply.headers is LOOKS_SEALED:
        return  # whatever it is called, it is no answer
    if handler is Stranger or reply.status >= 400 or not kind.startswith("p"):
        assert caught.type is errors.Unproven, caught.value
        assert "never proved that it knows the password" in str(caught.value)
        assert "ansible_port" in str(caught.value)


@pytest.mark.parametrize("method", ["ntlm", "kerberos", "credssp"])
def test_pywinrm_sessions_that_seal(method: str) -> None:
    """By what pywinrm's transport says of itself: kerberos and credssp need a domain to be shown otherwise."""
    channel: Any = WinRMChannel("http://h:1/wsman", [])
    encryption = SimpleNamespace(protocol_string=b"application/HTTP-SPNEGO-session-encrypted")
    sealing = SimpleNamespace(auth_method=method, message_encryption="auto", session=object(), encryption=encryption)
    channel._transport = sealing
    channel._last.content_type = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted"'
    assert not channel._place().in_clear
    channel._last.content_type = 'multipart/encrypted;protocol="application/HTTP-CredSSP-session-encrypted"'
    assert channel._place().in_clear  # pywinrm takes it as it is
    channel._transport = SimpleNamespace(auth_method=method, message_encryption="never", session=None, encryption=None)
    assert not channel._place().in_clear
    channel._transport = SimpleNamespace(auth_method=method, message_encryption="auto", session=None, encryption=None)
    assert channel._place().in_clear  # in the middle of the handshake


def test_tls_protects_what_has_no_seal() -> None:
    channel: Any = WinRMChannel("https://h:1/wsman", [])
    channel._transport = SimpleNamespace(auth_method="ntlm", message_encryption="always", session=None, encryption=None)
    assert not channel._place().in_clear
