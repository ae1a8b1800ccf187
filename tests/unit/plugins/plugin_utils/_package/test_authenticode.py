# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a signature says of itself, compared with another reader, and on bytes that are none."""

from __future__ import annotations

import contextlib
import datetime
import warnings
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.authenticode import (
    Embedded,
    SignatureUnreadableError,
    read_embedded,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.der import DerError, first_element
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given
from hypothesis import strategies as st
from packages.genuine import GENUINE, genuine
from packages.pkcs7 import attach, element, oid, signature
from packages.signing import Authority, sign

from .conftest import Maker
from .judging import place_of_signature, signed


def others(path: Path) -> list[bytes]:
    """The certificates of a signature as the cryptography library reads them, in DER, sorted."""
    place, size = place_of_signature(path)
    blob = path.read_bytes()[place : place + size]
    whole = first_element(blob)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sorted(one.public_bytes(Encoding.DER) for one in pkcs7.load_der_pkcs7_certificates(whole.raw))


@genuine
@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.name)
def test_a_genuine_signature(path: Path) -> None:
    found = read_embedded(path)
    assert sorted(found.certificates) == others(path)
    assert found.nested == 0
    assert found.stamp is not None
    assert found.stamp.year in range(2007, 2021)


@signed
def test_a_signature_of_our_own(make: Maker, authority: Authority) -> None:
    path = make(small_kernels=True)
    signer = authority.signer(start=2007, end=2010)
    sign(path, signer, stamper=authority.time_stamper(), signing_year=2008, chain=[authority.root])
    found = read_embedded(path)
    assert sorted(found.certificates) == others(path)
    assert found.serial == signer.certificate.serial_number
    assert found.stamp == datetime.datetime(2008, 7, 1, tzinfo=datetime.UTC)
    assert found.stamp_certificates  # a token of RFC 3161 brings its own


TRUE = signature()


@given(data=st.data())
def test_no_bytes_break_the_reader(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Changed, cut, doubled, or anything at all: a signature is read or refused in one way."""
    blob = bytearray(data.draw(st.one_of(st.just(TRUE), st.binary(max_size=200))))
    for _unused in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(blob)))
        blob[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path_factory.mktemp("fuzz") / "x.cab"
    path.write_bytes(b"MSCF" + bytes(32))
    attach(path, bytes(blob))
    with contextlib.suppress(SignatureUnreadableError):
        assert isinstance(read_embedded(path), Embedded)


@pytest.mark.parametrize("text", ["1.3.6.1.4.1.311.2.1.4", "2.16.840.1.101.3.4.2.1", "0.9.2342", "2.999.3"])
def test_object_identifiers(text: str) -> None:
    assert first_element(oid(text)).oid() == text


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_lengths(size: int) -> None:
    found = first_element(element(0x04, bytes(size)))
    assert (len(found.content), found.end) == (size, len(found.raw))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x30\x01", b"\x30\x80\0\0", b"\x30\x81\x01\0", b"\x30\x82\0\xff" + bytes(255), b"\x3f\x81\0\0"],
    ids=["nothing", "no length", "cut off", "endless", "a long form for 1", "a leading zero", "a long tag"],
)
def test_what_is_no_der(data: bytes) -> None:
    with pytest.raises(DerError):
        first_element(data)
