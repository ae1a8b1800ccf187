# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""osslsigncode as a program: absent, old, broken, hanging, on a system that refuses SHA-1; and what it is given."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.signature import SignatureState
from packages.genuine import GENUINE, genuine
from packages.pkcs7 import attach, signature
from packages.signing import TOOL, Authority, sign

from .conftest import Maker
from .judging import judge, signed

Fake = Callable[[str], str]


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
    """A package with a signature that can be read and proves nothing."""
    return attach(make(small_kernels=True), signature())


def test_without_the_tool_nothing_is_known(make: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = judge(with_signature(make), None)
    assert (found.state, found.reasons) == (SignatureState.NOT_CHECKED, ("tool_missing",))
    assert "osslsigncode is not installed" in found.detail
    assert "on Debian 12 from bookworm-backports; Enterprise Linux: osslsigncode from EPEL" in found.detail


def test_an_old_tool_is_not_used(make: Maker, tmp_path: Path, authority: Authority) -> None:
    tool = tmp_path / "old.sh"
    tool.write_text('#!/bin/sh\necho "osslsigncode 2.5, using:"\n')
    tool.chmod(0o755)
    found = judge(with_signature(make), authority.root_file, tool=str(tool))
    assert (found.state, found.reasons) == (SignatureState.NOT_CHECKED, ("tool_too_old",))
    assert "osslsigncode 2.5 is too old: install" in found.detail
    assert "bookworm-backports" in found.detail
    assert "2.9 or later" in found.detail


@pytest.mark.parametrize(
    ("script", "state", "reason"),
    [
        ("sleep 30", "not_checked", "timeout"),
        ("kill -TERM $$", "not_checked", "tool_failed"),
        ("exit 0", "not_checked", "tool_failed"),
        ("echo Unable to set the message digest of BIO >&2; exit 1", "not_checked", "tool_failed"),
        ("kill -SEGV $$", "invalid", "unreadable"),
        ("echo nonsense; exit 1", "invalid", "unreadable"),
    ],
)
@pytest.mark.parametrize("with_roots", [True, False])
def test_a_tool_that_fails_or_does_nothing_proves_nothing(
    make: Maker, authority: Authority, fake: Fake, *, script: str, state: str, reason: str, with_roots: bool
) -> None:
    """A program that ran well and then fails or crashes on this very file says that the file is not as it should be."""
    found = judge(with_signature(make), authority.root_file if with_roots else None, tool=fake(script), timeout=1)
    assert (found.state.value, found.reasons) == (state, (reason,))


TOLD = "echo 'Current message digest    : {0}'; echo 'Calculated message digest : {0}'".format("A" * 40)


@signed
@pytest.mark.parametrize(
    ("stamp", "state"),
    [
        ("Timestamp Server Signature verification: ok", "valid"),
        ("Timestamp Server Signature verification: failed", "untrusted"),
        ("Timestamp is not available", "untrusted"),
        ("Timestamp Server Signature verification: ok\nTimestamp is not available", "untrusted"),
        ("Timestamp Server Signature verification: ok\nTimestamp Server Signature verification: failed", "untrusted"),
    ],
)
def test_only_a_proven_time_stamp_carries_an_expired_certificate(
    make: Maker, authority: Authority, fake: Fake, stamp: str, state: str
) -> None:
    """osslsigncode 2.9 takes the claimed time of a counter-signature that it cannot build; a signer can add lines."""
    path = make()
    sign(path, authority.signer(start=2007, end=2010), stamper=authority.time_stamper(), signing_year=2008)
    found = judge(path, authority.root_file, tool=fake(f"{TOLD}; printf '%b\\n' '{stamp}'"))
    assert found.state.value == state
    if state == "untrusted":
        assert found.reasons == ("expired", "timestamp_unproven")


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


def alive(number: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
def test_a_hung_tool_is_ended_with_its_children(make: Maker, fake: Fake, tmp_path: Path) -> None:
    log = tmp_path / "children"
    script = f'sleep 300 & echo $! >> "{log}"; (sleep 301 & echo $! >> "{log}"; wait); wait'
    started = time.monotonic()
    found = judge(with_signature(make), None, tool=fake(script), timeout=1)
    assert (found.state, found.reasons) == (SignatureState.NOT_CHECKED, ("timeout",))
    assert time.monotonic() - started < 60
    children = [int(line) for line in log.read_text().split()]
    assert len(children) == 2
    deadline = time.monotonic() + 10
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, children))


STRICT = """
openssl_conf = strict
[strict]
alg_section = algorithms
[algorithms]
default_properties = fips=yes
"""
"""A stand-in for a system policy that refuses SHA-1: OpenSSL finds no algorithm at all that satisfies it."""


@pytest.fixture
def strict_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """osslsigncode on a system whose own configuration refuses: it is read unless the process brings another one."""
    configuration, program = tmp_path / "strict.cnf", tmp_path / "strict.sh"
    configuration.write_text(STRICT)
    program.write_text(f'#!/bin/sh\n: "${{OPENSSL_CONF:={configuration}}}"; export OPENSSL_CONF; exec {TOOL} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("OPENSSL_CONF", str(configuration))
    return str(program)


def refused(program: str, path: Path, roots: Path) -> bool:
    """Whether the program by itself, in this environment, cannot verify the file."""
    command = [program, "verify", "-ignore-crl", "-CAfile", str(roots), "-TSA-CAfile", str(roots), "-in", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


@signed
def test_sha1_is_read_where_the_system_refuses_it(make: Maker, authority: Authority, strict_system: str) -> None:
    path = make()
    sign_env = os.environ.pop("OPENSSL_CONF")
    sign(path, authority.signer(start=2007, end=2010), stamper=authority.time_stamper(), signing_year=2008)
    assert not refused(TOOL, path, authority.root_file)
    os.environ["OPENSSL_CONF"] = sign_env
    assert refused(TOOL, path, authority.root_file)
    assert refused(strict_system, path, authority.root_file)
    assert judge(path, authority.root_file).state is SignatureState.VALID
    assert judge(path, authority.root_file, tool=strict_system).state is SignatureState.VALID


@signed
@genuine
@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.name)
def test_a_genuine_package_is_valid_where_the_system_refuses_sha1(path: Path, strict_system: str) -> None:
    found = judge(path, None, tool=strict_system)
    assert found.state is SignatureState.VALID
    assert found.expired


def test_the_configuration_allows_sha1_and_reads_nothing_else(make: Maker, fake: Fake, tmp_path: Path) -> None:
    """Enterprise Linux 9 and Fedora 41 read this option; the test systems' OpenSSL has no such refusal."""
    log = tmp_path / "configuration"
    judge(with_signature(make), None, tool=fake(f'cat "$OPENSSL_CONF" > "{log}"; exit 1'))
    lines = [line for line in log.read_text().splitlines() if line and not line.startswith("#")]
    assert lines == [
        "openssl_conf = packages_of_2008",
        "[packages_of_2008]",
        "alg_section = algorithms",
        "[algorithms]",
        "rh-allow-sha1-signatures = yes",
    ]


@signed
def test_an_old_version_of_the_tool_is_told_in_the_report(make: Maker, authority: Authority) -> None:
    path = make()
    sign(path, authority.signer())
    found = judge(path, authority.root_file)
    assert found.tool is not None
    version = tuple(map(int, found.tool.split()[1].split(".")))
    advice = found.as_dict()["tool_advice"]
    assert (advice is not None) == (version < (2, 13))
    assert advice is None or "https://github.com/mtrojnar/osslsigncode" in advice
