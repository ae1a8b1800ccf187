# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lean channel does otherwise than pywinrm: fewer requests, nothing accepted that was not sealed.

What both do alike is tested with both (conftest.either): test_winrm_channel.py and its neighbours.
"""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, sealed
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from unit.plugins.plugin_utils._wsman.stub import (
    PASSWORD,
    SOAP,
    USER,
    NTLMHandler,
    Reply,
    StubHandler,
    ntlm_users,
    serving,
)
from unit.plugins.plugin_utils._wsman.test_client_certificate import self_signed
from winrm.protocol import Protocol


@pytest.fixture(autouse=True)
def _ntlm_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTLM_USER_FILE", str(ntlm_users(tmp_path)))


class Counting:
    """Every request of a server: its scheme of authorization, whether it has a body."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bool]] = []

    def of(self, handler: type[StubHandler]) -> type[StubHandler]:
        seen = self.requests

        class Counted(handler):  # type: ignore[misc, valid-type]
            def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
                seen.append((headers.get("authorization", "").partition(" ")[0], bool(body)))
                clear: bytes | None = super().authenticate(headers, body)
                return clear

        return Counted


def lean(port: int, method: str, *, scheme: str = "http", host: str = "127.0.0.1", **options: Any) -> LeanChannel:
    endpoint = f"{scheme}://{host}:{port}/wsman"
    user = options.pop("username", USER)

    def make() -> Any:
        return Protocol(endpoint, transport=method, username=user, password=PASSWORD, **options).transport

    return LeanChannel(endpoint, [(method, make)], secrets=(PASSWORD,))


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return self_signed(tmp_path, "server")


def tls_server(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


# --- how many requests ------------------------------------------------------------------------------------------------


def test_the_first_answer_takes_three_requests_with_encryption() -> None:
    count = Counting()
    with serving(handler=count.of(NTLMHandler)) as server:
        channel = lean(server.port, "ntlm")
        assert channel.send(b"<one/>") == SOAP
        assert count.requests == [("Negotiate", False), ("Negotiate", False), ("", True)]
        assert channel.send(b"<two/>") == SOAP
        assert count.requests[3:] == [("", True)]
        assert server.connections == 1


def test_an_early_message_takes_two_and_is_off_by_default() -> None:
    count = Counting()
    with serving(handler=count.of(NTLMHandler)) as server:
        channel = lean(server.port, "ntlm")
        assert channel.early is False
        channel.early = True
        assert channel.send(b"<secret/>") == SOAP
        assert channel.send(b"<again/>") == SOAP
        assert count.requests == [("Negotiate", False), ("Negotiate", True), ("", True)]
        assert [seen.body for seen in server.seen] == [b"<secret/>", b"<again/>"]


class OverTLS(NTLMHandler):
    """NTLM without message encryption, bound to the TLS session."""

    bindings: Any = None

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        import spnego

        context = self.state.get("context")
        if context is not None and context.complete:
            return body
        scheme, _unused, token = headers.get("authorization", "").partition(" ")
        if not token:
            self.answer_raw(401, {"WWW-Authenticate": "Negotiate"})
            return None
        if context is None:
            context = self.state["context"] = spnego.server(protocol="ntlm", channel_bindings=self.bindings)
        try:
            out = context.step(base64.b64decode(token))
        except spnego.exceptions.SpnegoError:
            self.answer_raw(401, {"WWW-Authenticate": "Negotiate"})
            return None
        if context.complete:
            return body
        self.answer_raw(401, {"WWW-Authenticate": f"{scheme} {base64.b64encode(out or b'').decode()}"})
        return None

    def wrap(self, reply: Reply) -> tuple[dict[str, str], bytes]:
        return reply.headers, reply.body


@pytest.mark.parametrize("bound", ["right", "wrong", "not sent"])
def test_over_tls_two_requests_bound_to_the_session(bound: str, certificate: tuple[Path, Path]) -> None:
    from requests_ntlm.requests_ntlm import _get_certificate_hash
    from spnego.channel_bindings import GssChannelBindings

    der = ssl.PEM_cert_to_DER_cert(certificate[0].read_text())
    digest = _get_certificate_hash(der) if bound != "wrong" else b"x" * 32
    count = Counting()
    handler = count.of(OverTLS)
    handler.bindings = GssChannelBindings(application_data=b"tls-server-end-point:" + digest)  # type: ignore[attr-defined]
    with serving(handler=handler, context=tls_server(certificate)) as server:
        options: dict[str, Any] = {"send_cbt": bound != "not sent", "ca_trust_path": str(certificate[0])}
        channel = lean(server.port, "ntlm", scheme="https", **options)
        if bound != "right":
            with pytest.raises(errors.AuthenticationRefused):
                channel.send(b"<m/>")
            return
        assert channel.send(b"<m/>") == SOAP
        assert count.requests == [("Negotiate", False), ("Negotiate", True)]


class Gateway(NTLMHandler):
    """Takes NTLM alone."""

    OFFERS = "NTLM"

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        if headers.get("authorization", "").startswith("Negotiate"):
            self.answer_raw(401, {"WWW-Authenticate": self.OFFERS})
            return None
        return super().authenticate(headers, body)


def test_a_gateway_that_takes_ntlm_alone_gets_it() -> None:
    with serving(handler=Gateway) as server:
        assert lean(server.port, "ntlm").send(b"<m/>") == SOAP


def test_a_server_without_negotiate_refuses_and_gets_no_message() -> None:
    with serving() as server:
        with pytest.raises(errors.AuthenticationRefused, match="HTTP 401"):
            lean(server.port, "ntlm").send(b"<m/>")
        assert not server.seen


# --- what is accepted ------------------------------------------------------------------------------------------------


class Meddling(NTLMHandler):
    """Somebody between who answers in clear, or changes what is sealed."""

    def wrap(self, reply: Reply) -> tuple[dict[str, str], bytes]:
        how = reply.headers.get("X-How", "")
        if how == "clear":
            return {"Content-Type": "application/soap+xml;charset=UTF-8"}, reply.body
        headers, body = super().wrap(reply)
        if how == "flipped":
            at = len(body) - 40
            body = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        if how == "longer":
            body = body.replace(b"Length=", b"Length=1")
        if how == "no end":
            body = body[:-30]
        if how == "no parts":
            body = b"nothing"
        if how == "huge signature":
            mark = b"octet-stream\r\n"
            at = body.index(mark) + len(mark)
            body = body[:at] + b"\xff\xff\xff\x7f" + body[at + 4 :]
        return headers, body


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("how", ["clear", "flipped", "longer", "no end", "no parts", "huge signature"])
def test_what_the_host_did_not_seal_is_lost_and_the_message_not_sent_again(how: str, status: int) -> None:
    replies = iter([Reply(), Reply(status, SOAP, {"X-How": how}), Reply()])
    with serving(lambda _seen: next(replies), handler=Meddling) as server:
        channel = lean(server.port, "ntlm")
        channel.send(b"<one/>")
        with pytest.raises(errors.ConnectionLost, match=r"could not be read|encrypted") as caught:
            channel.send(b"<two/>")
        assert not isinstance(caught.value, errors.Silent)
        assert [seen.body for seen in server.seen] == [b"<one/>", b"<two/>"]
        assert channel.send(b"<three/>") == SOAP
        assert server.connections == 2


def test_within_tls_an_answer_in_clear_is_taken(certificate: tuple[Path, Path]) -> None:
    """OMI answers so now and then, as the Ruby client found; TLS protects it."""
    replies = iter([Reply(200, SOAP, {"X-How": "clear"}), Reply()])
    with serving(lambda _seen: next(replies), handler=Meddling, context=tls_server(certificate)) as server:
        options = {"message_encryption": "always", "ca_trust_path": str(certificate[0])}
        channel = lean(server.port, "ntlm", scheme="https", **options)
        assert [channel.send(b"<one/>"), channel.send(b"<two/>")] == [SOAP, SOAP]


def test_a_space_in_the_boundary_is_read() -> None:
    """Exchange's, as pypsrp found."""
    body = sealed.frame(4, b"s" * 16, b"data").replace(b"--Encrypted", b"-- Encrypted")
    assert sealed.unframe(sealed.CONTENT_TYPE, body) == (4, b"s" * 16, b"data")


@pytest.mark.parametrize("size", [0, 1, 70_000])
def test_frames_are_those_of_pywinrm_and_pypsrp(size: int) -> None:
    from pypsrp.encryption import WinRMEncryption
    from winrm.encryption import Encryption

    clear = b"x" * size

    class Context:
        session_security: Any = None

        def wrap_winrm(self, message: bytes) -> tuple[bytes, bytes, int]:
            return b"s" * 16, message, 0

        def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
            assert header == b"s" * 16
            return data

    class Session:
        class auth:  # noqa: N801 - as requests calls it
            class session_security:  # noqa: N801
                @staticmethod
                def wrap(message: bytes) -> tuple[bytes, bytes]:
                    return message, b"s" * 16

    mine = sealed.frame(size, b"s" * 16, clear)
    theirs = Encryption(Session(), "ntlm")._encrypt_message(clear, "h") + b"--Encrypted Boundary--\r\n"
    assert mine == theirs
    kind, psrp = WinRMEncryption(Context(), WinRMEncryption.SPNEGO).wrap_message(clear)
    assert mine == psrp
    assert WinRMEncryption(Context(), WinRMEncryption.SPNEGO).unwrap_message(mine, "Encrypted Boundary") == clear
    assert f'{kind};protocol="{WinRMEncryption.SPNEGO}";boundary="Encrypted Boundary"' == sealed.CONTENT_TYPE


def test_a_compressed_answer_is_refused() -> None:
    import gzip

    headers = {"Content-Type": "application/soap+xml", "Content-Encoding": "gzip"}
    with serving(lambda _seen: Reply(200, gzip.compress(SOAP), headers)) as server:
        with pytest.raises(errors.NotWSMan, match="compressed"):
            lean(server.port, "plaintext").send(b"<m/>")
        assert server.seen[0].headers["accept-encoding"] == "identity"


# --- the connection --------------------------------------------------------------------------------------------------


def raw(answer: bytes, family: int = socket.AF_INET) -> tuple[socket.socket, list[bytes]]:
    """A listener that gives one answer to each request of a connection; what it received."""
    listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
    seen: list[bytes] = []

    def serve() -> None:
        connection, _unused = listener.accept()
        with connection:
            while data := connection.recv(65536):
                seen.append(data)
                connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return listener, seen


def test_a_chunked_answer_is_read_and_the_connection_kept() -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(SOAP[at : at + 20]), SOAP[at : at + 20]) for at in range(0, len(SOAP), 20))
    listener, seen = raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
    with listener:
        channel = lean(listener.getsockname()[1], "plaintext")
        assert [channel.send(b"<m/>"), channel.send(b"<m/>")] == [SOAP, SOAP]
        channel.close()
    assert len(seen) == 2, "head and body leave together, on one connection"


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_ipv6() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(SOAP), SOAP)
    listener, seen = raw(answer, socket.AF_INET6)
    with listener:
        port = listener.getsockname()[1]
        assert lean(port, "plaintext", host="[::1]").send(b"<m/>") == SOAP
    assert f"\r\nHost: [::1]:{port}\r\n".encode() in seen[0]


def test_a_second_answer_that_nobody_asked_for_is_never_taken_for_one() -> None:
    class Twice(StubHandler):
        def answer(self, reply: Reply) -> None:
            super().answer(reply)
            super().answer(Reply(200, SOAP.replace(b"ok", b"no")))
            self.wfile.flush()

    with serving(handler=Twice) as server:
        channel = lean(server.port, "plaintext")
        assert channel.send(b"<one/>") == SOAP
        time.sleep(0.1)
        assert channel.send(b"<two/>") == SOAP


def test_an_encrypted_key_of_a_client_certificate_asks_nobody(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    import subprocess

    locked = tmp_path / "locked.key"
    command = ["openssl", "rsa", "-aes128", "-passout", "pass:word", "-in", str(certificate[1]), "-out", str(locked)]
    subprocess.run(command, check=True, capture_output=True)
    with serving(context=tls_server(certificate)) as server:
        files = {"cert_pem": str(certificate[0]), "cert_key_pem": str(locked), "ca_trust_path": str(certificate[0])}
        with pytest.raises(errors.ChannelUnavailable, match="on the controller"):
            lean(server.port, "certificate", scheme="https", **files).send(b"<m/>")
