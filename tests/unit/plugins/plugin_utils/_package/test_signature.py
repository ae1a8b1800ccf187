# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures, made by a certification authority of the tests' own and judged by osslsigncode."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.cabinet import read_directory
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Budget, Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.signature import (
    Signature,
    SignatureState,
    check_signature,
)
from packages import build_cab
from packages.programs import needs
from packages.signing import Authority, sign

from .conftest import Maker

signed = needs("osslsigncode")
Fake = Callable[[str], str]


def judge(path: Path, ca_file: Path | None, *, tool: str | None = None, timeout: float = 60.0) -> Signature:
    with path.open("rb") as file:
        size = read_directory(file, path.name, Budget.start(Limits())).signature_size
    return check_signature(path, signature_size=size, ca_file=ca_file, tool=tool, timeout=timeout)


@signed
@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_valid_signature(make: Maker, authority: Authority, algorithm: str) -> None:
    path = make()
    sign(path, authority.signer(), algorithm=algorithm)
    found = judge(path, authority.root_file)
    assert (found.state, found.reasons, found.signer) == (SignatureState.VALID, (), "/CN=Test Signer")
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
    assert judge(path, authority.root_file).state is SignatureState.VALID


@signed
def test_a_time_stamp_of_an_unknown_authority_proves_nothing(
    make: Maker, authority: Authority, tmp_path: Path
) -> None:
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
def test_without_roots_only_the_digest_is_known(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer())
    found = judge(path, None)
    assert (found.state, found.reasons) == (SignatureState.UNTRUSTED, ("no_ca_file",))


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


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


@signed
def test_a_signature_that_is_rubbish_is_invalid(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer())
    data = bytearray(path.read_bytes())
    place, size = struct.unpack_from("<II", data, 44)
    data[place : place + size] = b"\x55" * size
    path.write_bytes(data)
    found = judge(path, authority.root_file)
    assert (found.state, found.reasons) == (SignatureState.INVALID, ("unreadable",))


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


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """A stand-in for the tool: a shell script that tells a version and then does as told."""

    def write(script: str) -> str:
        path = tmp_path / "tool.sh"
        version = 'if [ "$1" = --version ]; then echo "osslsigncode 2.13, using:"; exit 0; fi'
        path.write_text(f"#!/bin/sh\n{version}\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return write


def with_signature(make: Maker) -> Path:
    """A package whose header claims a signature; nothing else of it is looked at by the tests that use this."""
    path = make(small_kernels=True)
    data = path.read_bytes()
    grown = bytearray(data[:36] + struct.pack("<HBBIIIQ", 20, 0, 0, 0, len(data) + 24, 8, 0) + data[36:] + b"12345678")
    struct.pack_into("<I", grown, 8, len(data) + 24)
    struct.pack_into("<I", grown, 16, struct.unpack_from("<I", data, 16)[0] + 24)
    struct.pack_into("<H", grown, 30, 4)
    struct.pack_into("<I", grown, 60, struct.unpack_from("<I", data, 36)[0] + 24)
    path.write_bytes(grown)
    return path


def test_without_the_tool_nothing_is_known(make: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = judge(with_signature(make), None)
    assert (found.state, found.reasons) == (SignatureState.NOT_CHECKED, ("tool_missing",))
    assert "osslsigncode is not installed" in found.detail


def test_an_old_tool_is_not_used(make: Maker, tmp_path: Path, authority: Authority) -> None:
    tool = tmp_path / "old.sh"
    tool.write_text('#!/bin/sh\necho "osslsigncode 2.5, using:"\n')
    tool.chmod(0o755)
    found = judge(with_signature(make), authority.root_file, tool=str(tool))
    assert (found.state, found.reasons) == (SignatureState.NOT_CHECKED, ("tool_too_old",))
    assert "2.9 or later" in found.detail


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("sleep 30", "timeout"),
        ("kill -SEGV $$", "tool_failed"),
        ("exit 0", "tool_failed"),
        ("echo nonsense; [ $1 = extract-signature ]", "tool_failed"),
    ],
)
@pytest.mark.parametrize("with_roots", [True, False])
def test_a_tool_that_fails_or_does_nothing_proves_nothing(
    make: Maker, authority: Authority, fake: Fake, *, script: str, reason: str, with_roots: bool
) -> None:
    found = judge(with_signature(make), authority.root_file if with_roots else None, tool=fake(script), timeout=1)
    assert (found.state, found.reasons) == (SignatureState.NOT_CHECKED, (reason,))


def test_a_tool_that_is_something_else(make: Maker, tmp_path: Path) -> None:
    tool = tmp_path / "else.sh"
    tool.write_text("#!/bin/sh\nexit 0\n")
    tool.chmod(0o755)
    assert judge(with_signature(make), None, tool=str(tool)).reasons == ("tool_failed",)
    assert judge(with_signature(make), None, tool=str(tmp_path)).reasons == ("tool_failed",)


def test_the_tool_gets_no_secret_and_no_shell(make: Maker, fake: Fake, authority: Authority, tmp_path: Path) -> None:
    os.environ["WINLEGACY_TEST_SECRET"] = "hunter2"
    log = tmp_path / "log"
    path = with_signature(make)
    odd = path.with_name("odd $(touch x); name.msu")
    path.rename(odd)
    script = f'env > "{log}"; for a in "$@"; do echo "arg=$a" >> "{log}"; done; exit 1'
    try:
        judge(odd, authority.root_file, tool=fake(script))
    finally:
        del os.environ["WINLEGACY_TEST_SECRET"]
    told = log.read_text()
    assert "hunter2" not in told
    assert f"arg={odd}" in told
    assert "LC_ALL=C" in told
    assert not (tmp_path / "x").exists()


def test_a_ca_file_that_is_none_is_an_error(make: Maker, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    with pytest.raises(PackageError, match="holds no certificate"):
        judge(make(), empty)
    with pytest.raises(PackageError, match="cannot be read"):
        judge(make(), tmp_path / "absent.pem")


@signed
def test_an_old_version_of_the_tool_is_warned_about(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer())
    found = judge(path, authority.root_file)
    assert found.tool is not None
    version = tuple(map(int, found.tool.split()[1].split(".")))
    assert bool(found.warning) == (version < (2, 13))
