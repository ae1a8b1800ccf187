# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channel over pywinrm against loopback servers: errors, recovery, encryption, what is never done."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from unit.plugins.plugin_utils._wsman.channels import channel_over, channel_to
from unit.plugins.plugin_utils._wsman.stub import PASSWORD, SOAP, USER, NTLMHandler, Reply, Seen, ntlm_users, serving
from winrm.protocol import Protocol


@pytest.fixture(autouse=True)
def _ntlm_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTLM_USER_FILE", str(ntlm_users(tmp_path)))


@pytest.mark.usefixtures("either")
def test_sends_the_bytes_and_returns_the_answer_on_one_connection() -> None:
    with serving() as server:
        channel = channel_to(server.port)
        assert [channel.send(b"<one/>"), channel.send(b"<two/>")] == [SOAP, SOAP]
        assert [seen.body for seen in server.seen] == [b"<one/>", b"<two/>"]
        assert server.connections == 1
        channel.close()


@pytest.mark.usefixtures("either")
def test_every_request_says_its_length_and_is_never_chunked() -> None:
    with serving() as server:
        channel_to(server.port).send(b"<one/>")
        assert server.seen[0].headers["content-length"] == "6"
        assert "transfer-encoding" not in server.seen[0].headers


@pytest.mark.parametrize("status", [400, 500, 503])
@pytest.mark.usefixtures("either")
def test_a_soap_answer_counts_whatever_the_status(status: int) -> None:
    with serving(lambda _seen: Reply(status)) as server:
        assert channel_to(server.port).send(b"<m/>") == SOAP


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (Reply(404, b"<html>nothing here</html>"), errors.NotWSMan, "404"),
        (Reply(403, b""), errors.AuthenticationRefused, "403"),
        (Reply(413, b""), errors.EnvelopeTooLarge, "413"),
        (Reply(503, b""), errors.ServiceBusy, "503"),
        (Reply(503, b"<html>busy</html>", {"Content-Type": "text/html"}), errors.ServiceBusy, "503"),
        (Reply(500, b"\xff\xfe\xfa not text"), errors.NotWSMan, "500"),
        (Reply(502, b""), errors.Unreachable, "502"),
        (Reply(400, b"Bad"), errors.NotWSMan, "400"),
        (Reply(200, b"<!DOCTYPE html><html/>", {"Content-Type": "text/html"}), errors.NotWSMan, "web page"),
        (Reply(302, b"", {"Location": "https://elsewhere.example/"}), errors.NotWSMan, "https://elsewhere.example/"),
        (Reply(0), errors.ConnectionLost, "broke"),
        (Reply(200, SOAP, cut=20), errors.ConnectionLost, ""),
    ],
)
@pytest.mark.usefixtures("either")
def test_http_answers_become_the_contracts_errors(reply: Reply, kind: type[Exception], says: str) -> None:
    with serving(lambda _seen: reply) as server:
        channel = channel_to(server.port)
        with pytest.raises(errors.WSManError) as caught:
            channel.send(b"<m/>")
        assert caught.type is kind
        assert says in str(caught.value)
        assert str(server.port) in str(caught.value)
        assert len(server.seen) == 1, "sent again, or a redirect was followed"


@pytest.mark.usefixtures("either")
def test_the_channel_works_again_after_each_failure() -> None:
    replies = iter([Reply(), Reply(0), Reply(), Reply(200, SOAP, cut=9), Reply(), Reply(404, b""), Reply()])
    with serving(lambda _seen: next(replies)) as server:
        channel = channel_to(server.port)
        outcomes = []
        for _unused in range(7):
            try:
                outcomes.append(channel.send(b"<m/>") == SOAP)
            except errors.WSManError:
                outcomes.append(False)
        assert outcomes == [True, False, True, False, True, False, True]


@pytest.mark.usefixtures("either")
def test_refused_port_is_unreachable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(errors.Unreachable, match="refused"):
            channel_to(closed.getsockname()[1]).send(b"<m/>")


@pytest.mark.usefixtures("either")
def test_unknown_name_is_unreachable() -> None:
    endpoint = "http://host.invalid:5985/wsman"
    channel = channel_over(
        endpoint, [("plaintext", lambda: Protocol(endpoint, "plaintext", USER, PASSWORD).transport)]
    )
    with pytest.raises(errors.Unreachable):
        channel.send(b"<m/>")


@pytest.mark.usefixtures("either")
def test_a_port_that_never_accepts_costs_the_connect_timeout_only() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        blockers = [socket.socket() for _unused in range(4)]
        for blocker in blockers:
            blocker.setblocking(False)
            blocker.connect_ex(full.getsockname())
        began = time.monotonic()
        with pytest.raises(errors.WSManError) as caught:
            channel_to(full.getsockname()[1], connect_timeout=0.5).send(b"<m/>", read_timeout=30)
        assert caught.type is errors.Unreachable
        assert time.monotonic() - began < 5
        for blocker in blockers:
            blocker.close()


@pytest.mark.usefixtures("either")
def test_silence_is_a_lost_connection_after_the_read_timeout() -> None:
    def slow(_seen: Seen) -> Reply:
        time.sleep(1.5)
        return Reply()

    with serving(slow) as server:
        began = time.monotonic()
        with pytest.raises(errors.ConnectionLost, match="silent"):
            channel_to(server.port).send(b"<m/>", read_timeout=0.3)
        assert time.monotonic() - began < 1.4


@pytest.mark.usefixtures("either")
def test_an_endless_answer_is_cut_off() -> None:
    endless = Reply(200, b"<s:Envelope>" + b"x" * (5 * 1024 * 1024))
    with serving(lambda _seen: endless) as server, pytest.raises(errors.EnvelopeTooLarge, match="bytes"):
        channel_to(server.port).send(b"<m/>")


@pytest.mark.usefixtures("either")
def test_a_dripping_answer_ends_with_the_read_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    import unit.plugins.plugin_utils._wsman.stub as stub_module

    class Dripping(stub_module.StubHandler):
        def answer(self, reply: Reply) -> None:
            if reply.status != 200:
                super().answer(reply)
                return
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            for _unused in range(40):
                self.wfile.write(b"x" * 12000)
                time.sleep(0.1)

    with serving(handler=Dripping) as server:
        began = time.monotonic()
        with pytest.raises(errors.ConnectionLost, match="read time-out"):
            channel_to(server.port).send(b"<m/>", read_timeout=0.5)
        assert time.monotonic() - began < 2.5


@pytest.mark.usefixtures("either")
def test_wrong_password_is_refused_and_never_shown() -> None:
    with serving() as server:
        with pytest.raises(errors.AuthenticationRefused) as caught:
            channel_to(server.port, password="not-the-word").send(b"<m/>")
        assert "not-the-word" not in str(caught.value)
        assert not server.seen


@pytest.mark.usefixtures("either")
def test_html_on_a_tls_port_and_tls_on_a_plain_port() -> None:
    with serving() as server, pytest.raises(errors.TLSFailed, match="TLS was spoken"):
        channel_to(server.port, "ssl", scheme="https").send(b"<m/>")


# --- several methods ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("either")
def test_a_refused_method_gives_way_to_the_next() -> None:
    with serving(handler=NTLMHandler) as server:
        channel = channel_to(server.port, "plaintext", "ntlm")
        assert channel.send(b"<m/>") == SOAP
        assert channel.method == "ntlm"
        assert [seen.body for seen in server.seen] == [b"<m/>"]


@pytest.mark.usefixtures("either")
def test_all_methods_refused_names_each() -> None:
    with serving() as server:
        with pytest.raises(errors.AuthenticationRefused) as caught:
            channel_to(server.port, "plaintext", "ssl", password="wrong").send(b"<m/>")
        assert "plaintext" in str(caught.value)
        assert "ssl" in str(caught.value)


@pytest.mark.usefixtures("either")
def test_a_method_that_cannot_be_built_gives_way_too() -> None:
    def broken() -> Any:
        raise errors.ChannelUnavailable("no such library")

    with serving() as server:
        channel = channel_to(server.port)
        channel._candidates.insert(0, ("kerberos", broken))
        assert channel.send(b"<m/>") == SOAP


def test_a_mistake_of_ours_is_not_blamed_on_the_host() -> None:
    """A Protocol where its transport belongs: the programmer is told, and nothing is sent."""
    with serving() as server:
        endpoint = f"http://127.0.0.1:{server.port}/wsman"
        wrong = Protocol(endpoint, transport="plaintext", username=USER, password=PASSWORD)
        with pytest.raises(AttributeError, match="setup_encryption"):
            WinRMChannel(endpoint, [("plaintext", lambda: wrong)]).send(b"<m/>")
        assert server.connections == 0


def test_a_library_that_fails_before_any_answer_is_not_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> bytes:
        raise KeyError(PASSWORD)

    with serving() as server:
        channel = WinRMChannel(
            f"http://127.0.0.1:{server.port}/wsman", channel_to(server.port)._candidates, secrets=(PASSWORD,)
        )
        monkeypatch.setattr(channel, "_deliver", broken)
        with pytest.raises(errors.ChannelUnavailable, match="failed before the host answered") as caught:
            channel.send(b"<m/>")
        assert PASSWORD not in str(caught.value)


@pytest.mark.usefixtures("either")
def test_close_is_quiet_and_may_be_repeated() -> None:
    with serving() as server:
        channel = channel_to(server.port)
        channel.close()
        channel.send(b"<m/>")
        channel.close()
        channel.close()
        channel.send(b"<m/>")
        assert server.connections == 2


@pytest.mark.usefixtures("either")
def test_an_interrupt_in_the_middle_leaves_no_half_read_answer_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        channel = channel_to(server.port)
        channel.send(b"<one/>")

        def interrupted(*_args: Any) -> bytes:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(channel, "_deliver", interrupted)
            channel.send(b"<two/>")
        assert channel.send(b"<three/>") == SOAP
        assert server.connections == 2
