# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures, made by a certification authority of the tests' own and judged by osslsigncode."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.signature import (
    ProvenBy,
    SignatureState,
    check_signature,
)
from packages import build_cab
from packages.pkcs7 import MD5, SHA256, attach, element, signature
from packages.signing import Authority, sign

from .conftest import Maker
from .judging import flip, judge, place_of_signature, signed


@signed
@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_valid_signature(make: Maker, authority: Authority, algorithm: str) -> None:
    path = make()
    sign(path, authority.signer(), algorithm=algorithm)
    found = judge(path, authority.root_file)
    assert (found.state, found.reasons, found.signer) == (SignatureState.VALID, (), "/CN=Test Signer")
    assert (found.proven_by, found.expired, found.time_stamp) == (ProvenBy.CA_FILE, False, None)
    assert read_package(path, ReadOptions(ca_file=authority.root_file)).signature.state is SignatureState.VALID


@signed
def test_a_signed_payload_cabinet(tmp_path: Path, authority: Authority) -> None:
    path = tmp_path / "payload.cab"
    path.write_bytes(build_cab("x86", small_kernels=True))
    sign(path, authority.signer())
    assert judge(path, authority.root_file).state is SignatureState.VALID


def test_unsigned_needs_no_tool(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = judge(make(), None)
    assert (found.state, found.reasons) == (SignatureState.UNSIGNED, ("unsigned",))


@signed
def test_an_expired_signer_without_a_time_stamp_is_untrusted(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer(start=2007, end=2010), signing_year=2008)
    found = judge(path, authority.root_file)
    assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("expired", "no_timestamp"))
    assert "expired" in found.detail


@signed
def test_an_expired_signer_with_a_time_stamp_is_valid(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer(start=2007, end=2010), stamper=authority.time_stamper(), signing_year=2008)
    found = judge(path, authority.root_file)
    assert (found.state, found.expired) == (SignatureState.VALID, True)
    assert found.time_stamp == "2008-07-01T00:00:00Z"
    assert "time-stamped on 2008-07-01" in found.detail
    assert "expired since (2010-01-01)" in found.detail


@signed
def test_a_time_stamp_of_an_unknown_authority_proves_nothing(make: Maker, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "Other Root")
    path = make()
    sign(path, authority.signer(start=2007, end=2010), stamper=other.time_stamper(), signing_year=2008)
    found = judge(path, authority.root_file)
    assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("expired", "timestamp_unproven"))


@signed
def test_a_time_stamp_after_the_end_does_not_help(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer(start=2007, end=2010), stamper=authority.time_stamper(), signing_year=2012)
    found = judge(path, authority.root_file)
    assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("expired",))


@signed
def test_a_signer_of_the_future_is_untrusted(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer(start=2070, end=2080))
    assert judge(path, authority.root_file).reasons == ("not_yet_valid", "no_timestamp")


@signed
def test_another_root_is_untrusted(make: Maker, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    path = make()
    sign(path, authority.signer())
    found = judge(path, Authority(tmp_path / "other", "Other Root").root_file)
    assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("issuer_unknown", "no_timestamp"))


@signed
def test_a_signer_for_other_uses_is_untrusted(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer(for_code=False))
    found = judge(path, authority.root_file)
    assert found.state is SignatureState.UNTRUSTED
    assert found.signer is None


@signed
@pytest.mark.parametrize("with_roots", [True, False])
def test_a_changed_byte_is_invalid(make: Maker, authority: Authority, with_roots: bool) -> None:
    path = make()
    sign(path, authority.signer())
    flip(path, 5000)
    found = judge(path, authority.root_file if with_roots else None)
    assert (found.state, found.reasons) == (SignatureState.INVALID, ("digest_mismatch",))


@signed
def test_a_damaged_signature_value_is_invalid(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer())
    flip(path, -100)
    found = judge(path, authority.root_file)
    assert (found.state, found.reasons) == (SignatureState.INVALID, ("signature_broken",))


REWRITTEN = element(0x30, element(0x30), element(0x30), b"\x03\x81\x03\0\1\2")
"""A certificate whose last length takes a byte more than it needs: the same certificate, and another hash."""


def test_what_is_no_signature_is_invalid_also_without_the_tool(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged signature is never `not_checked`."""
    monkeypatch.setenv("PATH", "")
    true = signature()
    faults = {
        "rubbish": b"\x55" * 800,
        "cut": true[:-1],
        "empty": b"\0" * 8,
        "something behind it": true + b"\0\0\1",
        "an endless length": b"\x30\x80" + true[4:],
        "a length in more bytes than it needs": b"\x30\x83\0" + true[2:],
        "two signers": signature(signers=2),
        "no signer": signature(signers=0),
        "a digest that would write over the tool's memory": signature(digest=bytes(4000)),
        "a digest of another length": signature(algorithm=SHA256),
        "a digest that collides": signature(algorithm=MD5, digest=bytes(16)),
        "another content": signature(content="1.2.840.113549.1.7.1"),
        "a thousand elements": element(0x30, *[element(0x05)] * 2000),
        "a certificate that is written anew": signature(certificate=REWRITTEN),
        "an endless nesting": b"\x30\x82\x03\xe8" * 250,
    }
    for name, blob in faults.items():
        found = judge(attach(make(small_kernels=True), blob), None)
        assert (found.state, found.reasons) == (SignatureState.INVALID, ("unreadable",)), name
    found = judge(attach(make(small_kernels=True), true), None)
    assert (found.state, found.reasons) == (SignatureState.NOT_CHECKED, ("tool_missing",))


def test_what_was_appended_or_cut_off_is_invalid(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for appended, kept in ((b"\0", None), (b"", -1)):
        path = attach(make(small_kernels=True), signature())
        path.write_bytes((path.read_bytes() + appended)[:kept])
        found = judge(path, None)
        assert (found.state, found.reasons) == (SignatureState.INVALID, ("size_mismatch",))


@pytest.mark.parametrize("place", [36, 38, 39])
def test_sizes_that_no_digest_covers_must_be_the_usual_ones(make: Maker, place: int) -> None:
    """The digest leaves out the sizes of the reserved areas, which decide how the cabinet is read."""
    path = attach(make(small_kernels=True), signature())
    data = bytearray(path.read_bytes())
    data[place] += 4
    changed = path.with_name("changed.cab")
    changed.write_bytes(data)
    found = check_signature(changed, signature_size=1, ca_file=None)
    assert (found.state, found.reasons) == (SignatureState.INVALID, ("unreadable",))


@signed
def test_no_damage_of_the_signature_is_not_checked_or_valid(make: Maker, authority: Authority) -> None:
    """Bytes all over the signature, one at a time. What stays valid is what nothing covers: it changes no answer."""
    path = make(small_kernels=True)
    sign(path, authority.signer(), chain=[authority.root])
    place, size = place_of_signature(path)
    true = path.read_bytes()
    sound = judge(path, authority.root_file)
    states = set()
    for offset in range(0, size, 23):
        data = bytearray(true)
        data[place + offset] ^= 0x11
        path.write_bytes(data)
        found = judge(path, authority.root_file)
        assert found.state is not SignatureState.NOT_CHECKED, offset
        if found.state is SignatureState.VALID:
            assert found == sound, offset
        states.add(found.state)
    assert SignatureState.INVALID in states


@signed
def test_a_signature_of_another_file_is_invalid(make: Maker, authority: Authority) -> None:
    one, two = make(name="one.msu"), make(name="two.msu", kernel_versions={6001: (6, 0, 6001, 22300)})
    for path in (one, two):
        sign(path, authority.signer(), algorithm="sha256")
    place, size = struct.unpack_from("<II", one.read_bytes(), 44)
    signature = one.read_bytes()[place : place + size]
    data = bytearray(two.read_bytes())
    place, _size = struct.unpack_from("<II", data, 44)
    data[place:] = signature
    struct.pack_into("<I", data, 48, len(signature))
    two.write_bytes(data)
    assert judge(two, authority.root_file).reasons == ("digest_mismatch",)


def test_a_ca_file_that_is_none_is_an_error(make: Maker, authority: Authority, tmp_path: Path) -> None:
    """Also where the package would be refused for another reason: the user named a file that is not what he meant."""
    good = authority.root_file.read_text()
    faults = {
        "no certificate": "holds no certificate",
        "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n": "certificate 1 in it cannot be read",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n": "certificate 1 in it cannot be read",
        good + good.replace("M", "N", 1): "certificate 2 in it cannot be read",
        good + good[:-20]: "a beginning and no end",
    }
    path = tmp_path / "roots.pem"
    for text, words in faults.items():
        path.write_text(text)
        with pytest.raises(PackageError, match=words):
            judge(make(), path)
    with pytest.raises(PackageError, match="cannot be read"):
        judge(make(), tmp_path / "absent.pem")


@signed
def test_a_ca_file_with_words_between_the_certificates(make: Maker, authority: Authority, tmp_path: Path) -> None:
    path, roots = make(), tmp_path / "roots.pem"
    sign(path, authority.signer())
    other = Authority(tmp_path / "other").root_file.read_text()
    roots.write_text(f"# ours\n{other}\nand: more\r\n{authority.root_file.read_text()}")
    assert judge(path, roots).state is SignatureState.VALID


@signed
def test_the_first_signature_counts_and_names_the_signer(make: Maker, authority: Authority, tmp_path: Path) -> None:
    """A nested signature that is valid does not make a foreign outer one valid. Windows Vista never sees it."""
    other = Authority(tmp_path / "other", "Other Root")
    path = make()
    sign(path, other.signer())
    sign(path, authority.signer(), nest=True)
    found = judge(path, authority.root_file)
    assert (found.state, found.signer) == (SignatureState.UNTRUSTED, None)
    assert judge(path, other.root_file).state is SignatureState.VALID
