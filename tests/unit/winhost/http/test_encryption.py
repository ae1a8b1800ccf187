# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The multipart framing of encrypted messages, with a context that only turns octets around."""

from __future__ import annotations

from collections import namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from winhost.http import encryption

Wrapped = namedtuple("Wrapped", "header data padding_length")


class Turning:
    """Seals by reversing."""

    def wrap_winrm(self, data: bytes) -> Wrapped:
        return Wrapped(b"0123456789abcdef", data[::-1], 0)

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        if header != b"0123456789abcdef":
            raise ValueError("forged")
        return data[::-1]


@given(
    st.binary(min_size=1, max_size=40000), st.sampled_from([encryption.SPNEGO, encryption.KERBEROS, encryption.CREDSSP])
)
def test_what_is_encrypted_decrypts(body: bytes, protocol: str) -> None:
    content_type, framed = encryption.encrypt(body, Turning(), protocol)
    assert encryption.is_encrypted(content_type)
    assert encryption.protocol_of(content_type) == protocol
    assert content_type.startswith("multipart/x-multi") == (protocol == encryption.CREDSSP and len(body) > 16384)
    assert encryption.decrypt(framed, Turning()) == body


def test_the_layout_is_that_of_the_specification() -> None:
    _unused, framed = encryption.encrypt(b"abc", Turning(), encryption.SPNEGO)
    assert framed == (
        b"--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
        b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=3\r\n--Encrypted Boundary\r\n"
        b"\tContent-Type: application/octet-stream\r\n\x10\x00\x00\x000123456789abcdefcba--Encrypted Boundary--\r\n"
    )


@pytest.mark.parametrize("cut", [0, 5, 22, 80, 120, 170, -60])
def test_a_cut_frame_is_refused(cut: int) -> None:
    _unused, framed = encryption.encrypt(b"abcdef", Turning(), encryption.SPNEGO)
    with pytest.raises(encryption.FramingError):
        encryption.decrypt(framed[:cut], Turning())


def test_a_wrong_length_and_a_forged_header_are_refused() -> None:
    _unused, framed = encryption.encrypt(b"abcdef", Turning(), encryption.SPNEGO)
    with pytest.raises(encryption.FramingError):
        encryption.decrypt(framed.replace(b"Length=6", b"Length=7"), Turning())
    with pytest.raises(ValueError, match="forged"):
        encryption.decrypt(framed.replace(b"0123456789abcdef", b"0123456789abcdeX"), Turning())


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(encryption.FramingError):
        encryption.decrypt(noise, Turning())
