# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is named when something goes wrong: a proxy, a login page, a wrong service, the host, the controller's own files.

Over real sockets, with pywinrm's and requests' own ways of finding a proxy and of telling of TLS.
"""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, http_status
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import PSRP, LastAnswer, Place
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.psrp_channel import PSRPChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel
from unit.plugins.plugin_utils._wsman.channels import channel_over, channel_to
from unit.plugins.plugin_utils._wsman.stub import SOAP, Reply, serving

SQUID = {"Content-Type": "text/html", "Server": "squid/3.5.27", "Via": "1.1 px (squid)"}
PAGE = b"<html><head><title>Squid: Access Denied</title></head><body>blocked</body></html>"
HTTPAPI = {"Server": "Microsoft-HTTPAPI/2.0"}
PROXY_PASSWORD = "pr0xy-word"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def fails(channel: Any, kind: type[Exception]) -> str:
    with pytest.raises(errors.WSManError) as caught:
        channel.send(b"<m/>", read_timeout=5)
    assert caught.type is kind, caught.value
    assert PROXY_PASSWORD not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("status", [403, 407, 500, 502, 503, 504])
@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_that_refuses_or_fails_is_named_with_its_source(
    status: int, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda _seen: Reply(status, PAGE, SQUID)) as proxy:
        monkeypatch.setenv(variable, f"http://bob:{PROXY_PASSWORD}@127.0.0.1:{proxy.port}")
        endpoint = "http://host.example:5985/wsman"
        channel = WinRMChannel(endpoint, [("plaintext", lambda: _transport(endpoint))], secrets=(PROXY_PASSWORD,))
        said = fails(channel, errors.ProxyFailed)
    assert f"the proxy http://127.0.0.1:{proxy.port} (from the environment variable {variable})" in said
    assert f"HTTP {status}" in said
    assert "Add host.example to no_proxy" in said
    for blamed in ("administrator", "ansible_port", "WinRM service"):
        assert blamed not in said


def _transport(endpoint: str, **extra: Any) -> Any:
    from unit.plugins.plugin_utils._wsman.stub import PASSWORD, USER
    from winrm.protocol import Protocol

    method = "ssl" if endpoint.startswith("https") else "plaintext"
    return Protocol(endpoint, transport=method, username=USER, password=PASSWORD, **extra).transport


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_named(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{port}")
    endpoint = f"{scheme}://host.example:5985/wsman"
    said = fails(WinRMChannel(endpoint, [("ssl", lambda: _transport(endpoint))]), errors.ProxyFailed)
    assert f"127.0.0.1 port {port}" in said or f"127.0.0.1:{port}" in said
    assert "no_proxy" in said


@pytest.mark.parametrize("status", [403, 407, 503])
def test_a_proxy_that_refuses_a_tunnel_is_named(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from unit.plugins.plugin_utils._wsman.stub import StubHandler

    class Refusing(StubHandler):
        def do_CONNECT(self) -> None:  # noqa: N802 - the base class's way
            self.answer(Reply(status, PAGE, SQUID))

    with serving(handler=Refusing) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        endpoint = "https://host.example:5986/wsman"
        said = fails(WinRMChannel(endpoint, [("ssl", lambda: _transport(endpoint))]), errors.ProxyFailed)
    assert f"HTTP {status}" in said
    assert "https_proxy" in said


def test_a_proxy_of_the_inventory_is_named_by_its_variable() -> None:
    with serving(lambda _seen: Reply(503, PAGE, SQUID)) as proxy:
        endpoint = "http://host.example:5985/wsman"
        url = f"http://127.0.0.1:{proxy.port}"
        channel = WinRMChannel(endpoint, [("plaintext", lambda: _transport(endpoint, proxy=url))])
        said = fails(channel, errors.ProxyFailed)
    assert "(from ansible_winrm_proxy)" in said


def test_what_the_host_itself_answers_through_a_proxy_is_the_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _seen: Reply(503, b"", HTTPAPI)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        endpoint = "http://host.example:5985/wsman"
        said = fails(WinRMChannel(endpoint, [("plaintext", lambda: _transport(endpoint))]), errors.ServiceBusy)
    assert "proxy" not in said


def test_an_unnamed_proxy_shows_by_its_via() -> None:
    with serving(lambda _seen: Reply(403, PAGE, SQUID)) as server:
        said = fails(channel_to(server.port), errors.ProxyFailed)
    assert "Via: 1.1 px (squid)" in said


@pytest.mark.usefixtures("either")
def test_a_login_page_of_the_network() -> None:
    with serving(lambda _seen: Reply(200, PAGE, {"Content-Type": "text/html", "Server": "portal"})) as server:
        said = fails(channel_to(server.port), errors.NotWSMan)
    assert "portal" in said
    assert "login" in said


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_empty_500_is_a_demand_for_encryption_only_at_first_and_in_clear(scheme: str) -> None:
    last = LastAnswer(server="Microsoft-HTTPAPI/2.0")
    place = Place(f"{scheme}://host.example/wsman", encrypted=scheme == "https", last=last)
    with pytest.raises(errors.NotWSMan) as caught:
        http_status.accept(500, "", b"", place)
    assert ("demands encrypted messages" in str(caught.value)) is (scheme == "http")


@pytest.mark.usefixtures("either")
def test_an_empty_500_after_earlier_answers_is_the_services_failure() -> None:
    replies = iter([Reply(), Reply(500, b"")])
    with serving(lambda _seen: next(replies)) as server:
        channel = channel_to(server.port)
        assert channel.send(b"<m/>") == SOAP
        said = fails(channel, errors.ServiceFailed)
    assert "had answered before" in said


def test_a_403_at_an_unusual_path_asks_for_the_path_first() -> None:
    with pytest.raises(errors.NotWSMan, match="ansible_psrp_path"):
        http_status.accept(403, "", b"", Place("http://h/other", names=PSRP))
    with pytest.raises(errors.AuthenticationRefused, match="may not use WinRM"):
        http_status.accept(403, "", b"", Place("http://h/wsman", last=LastAnswer(server="Microsoft-HTTPAPI/2.0")))


# --- TLS: whose certificate ---------------------------------------------------------------------------------------


def _certificate(folder: Path, name: str, *, names: tuple[str, ...], days: tuple[int, int]) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    alternatives = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(7).not_valid_before(now + dt.timedelta(days[0])).not_valid_after(now + dt.timedelta(days[1]))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[Any]:
    """Makes a channel to a TLS server with a certificate, and the CA file that the client trusts."""
    import contextlib
    import ssl

    with contextlib.ExitStack() as stack:

        def make(pair: tuple[Path, Path], channel_class: Any = channel_over, **options: Any) -> Any:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*pair)
            server = stack.enter_context(serving(context=context))
            endpoint = f"https://localhost:{server.port}/wsman"
            return channel_class(endpoint, [("ssl", lambda: _transport(endpoint, **options))])

        yield make


@pytest.mark.usefixtures("either")
def test_an_expired_certificate(tls: Any, tmp_path: Path) -> None:
    pair = _certificate(tmp_path, "old", names=("localhost",), days=(-30, -1))
    said = fails(tls(pair, ca_trust_path=str(pair[0])), errors.TLSFailed)
    assert "has expired" in said
    assert "ca_trust_path" not in said


@pytest.mark.usefixtures("either")
def test_a_certificate_of_the_future(tls: Any, tmp_path: Path) -> None:
    pair = _certificate(tmp_path, "new", names=("localhost",), days=(5, 30))
    assert "clock" in fails(tls(pair, ca_trust_path=str(pair[0])), errors.TLSFailed)


@pytest.mark.usefixtures("either")
def test_a_certificate_of_another_name(tls: Any, tmp_path: Path) -> None:
    pair = _certificate(tmp_path, "other", names=("other.example",), days=(-1, 30))
    said = fails(tls(pair, ca_trust_path=str(pair[0])), errors.TLSFailed)
    assert "another name" in said
    assert "ansible_host" in said
    assert "ca_trust_path" not in said


@pytest.mark.parametrize(
    ("kind", "variable"), [(channel_over, "ansible_winrm_ca_trust_path"), (PSRPChannel, "ansible_psrp_ca_cert")]
)
@pytest.mark.usefixtures("either")
def test_an_unknown_authority_is_told_in_the_plugins_own_variables(
    tls: Any, tmp_path: Path, kind: Any, variable: str
) -> None:
    from unit.plugins.plugin_utils._wsman.stub import PASSWORD, USER

    pair = _certificate(tmp_path, "ours", names=("localhost",), days=(-1, 30))
    stranger = _certificate(tmp_path, "stranger", names=("localhost",), days=(-1, 30))
    channel = tls(pair, kind, ca_trust_path=str(stranger[0]))
    if kind is PSRPChannel:
        from pypsrp.wsman import WSMan

        port = int(channel.endpoint.rpartition(":")[2].partition("/")[0])
        wsman = WSMan(
            "localhost", port=port, username=USER, password=PASSWORD, auth="basic", cert_validation=str(stranger[0])
        )
        channel = PSRPChannel(channel.endpoint, [("basic", lambda: wsman.transport)])
    said = fails(channel, errors.TLSFailed)
    assert variable in said
    assert "winlegacy_legacy_tls" not in said


@pytest.mark.parametrize("content", [None, "", "no certificate"])
@pytest.mark.usefixtures("either")
def test_a_bad_authority_file_is_the_controllers(tls: Any, tmp_path: Path, content: str | None) -> None:
    pair = _certificate(tmp_path, "ours", names=("localhost",), days=(-1, 30))
    bad = tmp_path / "ca.pem"
    if content is not None:
        bad.write_text(content, "utf-8")
    said = fails(tls(pair, ca_trust_path=str(bad)), errors.ChannelUnavailable)
    assert "on the controller" in said
    assert "ansible_winrm_ca_trust_path" in said
    assert "winlegacy_legacy_tls" not in said


@pytest.mark.usefixtures("either")
def test_a_swapped_client_key_is_the_controllers(tls: Any, tmp_path: Path) -> None:
    pair = _certificate(tmp_path, "ours", names=("localhost",), days=(-1, 30))
    mine = _certificate(tmp_path, "mine", names=("me",), days=(-1, 30))
    channel = tls(pair, ca_trust_path=str(pair[0]), cert_pem=str(mine[0]), cert_key_pem=str(pair[1]))
    said = fails(channel, errors.ChannelUnavailable)
    assert "ansible_winrm_cert_pem and ansible_winrm_cert_key_pem" in said
    assert "winlegacy_legacy_tls" not in said
