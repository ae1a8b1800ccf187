# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NTLM and CredSSP with message encryption: what is sent in clear (nothing), and how a dead session recovers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from unit.plugins.plugin_utils._wsman.channels import channel_over, channel_to
from unit.plugins.plugin_utils._wsman.stub import (
    PASSWORD,
    SOAP,
    USER,
    CredSSPHandler,
    NTLMHandler,
    Reply,
    ntlm_users,
    serving,
)
from winrm.protocol import Protocol


@pytest.fixture(autouse=True)
def _ntlm_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTLM_USER_FILE", str(ntlm_users(tmp_path)))


@pytest.mark.usefixtures("either")
def test_ntlm_messages_are_encrypted_both_ways() -> None:
    with serving(handler=NTLMHandler) as server:
        channel = channel_to(server.port, "ntlm")
        assert channel.send(b"<secret/>") == SOAP
        assert channel.send(b"<again/>") == SOAP
        assert [seen.body for seen in server.seen] == [b"<secret/>", b"<again/>"]
        assert server.connections == 1


@pytest.mark.usefixtures("either")
def test_ntlm_faults_arrive_decrypted() -> None:
    with serving(lambda _seen: Reply(500), handler=NTLMHandler) as server:
        assert channel_to(server.port, "ntlm").send(b"<m/>") == SOAP


@pytest.mark.usefixtures("either")
def test_ntlm_wrong_password_is_refused() -> None:
    with serving(handler=NTLMHandler) as server, pytest.raises(errors.AuthenticationRefused):
        channel_to(server.port, "ntlm", password="wrong").send(b"<m/>")


@pytest.mark.usefixtures("either")
def test_an_encrypted_session_recovers_on_a_new_connection() -> None:
    replies = iter([Reply(), Reply(0), Reply(), Reply()])
    with serving(lambda _seen: next(replies), handler=NTLMHandler) as server:
        channel = channel_to(server.port, "ntlm")
        channel.send(b"<one/>")
        with pytest.raises(errors.ConnectionLost):
            channel.send(b"<two/>")
        assert channel.send(b"<three/>") == SOAP
        channel.reconnect()
        assert channel.send(b"<four/>") == SOAP
        assert [seen.connection for seen in server.seen] == [1, 1, 2, 3]


@pytest.mark.usefixtures("either")
def test_a_session_that_idled_out_is_made_anew_and_the_message_sent_once() -> None:
    """The server closes the idle connection: an encrypted message meets 401 on a new one, so it was not acted upon."""

    class Impatient(NTLMHandler):
        def answer(self, reply: Reply) -> None:
            super().answer(reply)
            self.close_connection = True  # without saying so

    with serving(handler=Impatient) as server:
        channel = channel_to(server.port, "ntlm")
        channel.send(b"<one/>")
        time.sleep(0.1)
        assert channel.send(b"<two/>") == SOAP
        assert [seen.body for seen in server.seen] == [b"<one/>", b"<two/>"]
        assert server.seen[1].connection > 1


@pytest.mark.usefixtures("either")
def test_an_odd_page_in_an_encrypted_session_is_a_clear_error() -> None:
    replies = iter([Reply(), Reply(200, b"plain", {"X-Plain": "1"}), Reply()])
    with serving(lambda _seen: next(replies), handler=NTLMHandler) as server:
        channel = channel_to(server.port, "ntlm")
        channel.send(b"<one/>")
        with pytest.raises(errors.ConnectionLost, match="an empty answer") as caught:
            channel.send(b"<two/>")
        assert "Error" not in caught.value.reported
        assert channel.send(b"<three/>") == SOAP


class Open(NTLMHandler):
    """A server that asks nobody who they are."""

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        return body

    def wrap(self, reply: Reply) -> tuple[dict[str, str], bytes]:
        return reply.headers, reply.body


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"Content-Type": "text/html; charset=utf-8"}, "a web page was answered"),
        ({"X-Plain": "1"}, "an empty answer"),
        ({"Content-Type": "text/plain"}, "HTTP 200 with 'text/plain'"),
    ],
)
@pytest.mark.usefixtures("either")
def test_a_server_that_asks_for_no_credentials_is_named_in_words(headers: dict[str, str], says: str) -> None:
    with serving(lambda _seen: Reply(200, b"It works", headers), handler=Open) as server:
        with pytest.raises(errors.NotWSMan, match=says) as caught:
            channel_to(server.port, "ntlm").send(b"<secret/>")
        assert "AttributeError" not in str(caught.value)
        assert not any(b"secret" in seen.body for seen in server.seen)


@pytest.mark.usefixtures("either")
def test_nothing_is_ever_sent_in_clear_after_a_failed_handshake() -> None:
    """A half-made session of pywinrm would send the body unencrypted: it must be dropped."""
    with serving(handler=NTLMHandler) as server:
        channel = channel_to(server.port, "ntlm", password="wrong")
        for _unused in range(2):
            with pytest.raises(errors.AuthenticationRefused):
                channel.send(b"<secret/>")
        assert not server.seen


@pytest.mark.usefixtures("either")
def test_ntlm_against_a_server_without_authentication() -> None:
    with serving(handler=Open) as server:
        with pytest.raises(errors.NotWSMan):
            channel_to(server.port, "ntlm").send(b"<secret/>")
        assert not any(b"secret" in seen.body for seen in server.seen)


def test_credssp_messages_are_encrypted_both_ways() -> None:
    with serving(handler=CredSSPHandler) as server:
        channel = channel_to(server.port, "credssp")
        assert channel.send(b"<secret/>") == SOAP
        channel.reconnect()
        assert channel.send(b"<again/>") == SOAP
        assert [seen.body for seen in server.seen] == [b"<secret/>", b"<again/>"]


def test_credssp_wrong_password_is_refused() -> None:
    with serving(handler=CredSSPHandler) as server, pytest.raises(errors.AuthenticationRefused):
        channel_to(server.port, "credssp", password="wrong").send(b"<m/>")


class PlainNTLMHandler(NTLMHandler):
    """NTLM without message encryption, as over HTTPS: the first answer comes out of the handshake itself."""

    def authenticate(self, headers: dict[str, str], body: bytes) -> bytes | None:
        context = self.state.get("context")
        if context is not None and context.complete:
            return body
        if super().authenticate(headers, b"x") is None and not self.complete():
            return None
        return body

    def complete(self) -> bool:
        context = self.state.get("context")
        return context is not None and bool(context.complete)

    def answer_raw(self, status: int, headers: dict[str, str]) -> None:
        if not self.complete():
            super().answer_raw(status, headers)

    def wrap(self, reply: Reply) -> tuple[dict[str, str], bytes]:
        return reply.headers, reply.body


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(), None),
        (Reply(500), None),
        (Reply(404, b""), errors.NotWSMan),
        (Reply(200, b"<s:Envelope>" + b"x" * (5 * 1024 * 1024)), errors.EnvelopeTooLarge),
    ],
    ids=["fine", "fault", "404", "endless"],
)
@pytest.mark.usefixtures("either")
def test_the_answer_out_of_an_ntlm_handshake_is_watched_too(reply: Reply, kind: type[Exception] | None) -> None:
    with serving(lambda _seen: reply, handler=PlainNTLMHandler) as server:
        endpoint = f"http://127.0.0.1:{server.port}/wsman"

        def make() -> Any:
            return Protocol(endpoint, "ntlm", USER, PASSWORD, message_encryption="never").transport

        channel = channel_over(endpoint, [("ntlm", make)])
        if kind is None:
            assert channel.send(b"<m/>") == SOAP
        else:
            with pytest.raises(errors.WSManError) as caught:
                channel.send(b"<m/>")
            assert caught.type is kind
