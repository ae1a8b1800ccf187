# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is swapped between the looks at it: hash, signature, contents and what is sent are those of one file.

The swaps are made by another process, at the moments when a true one could make them: while the signature is verified.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.checksums import hash_file
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Budget, Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from packages.programs import needs
from packages.signing import Authority, sign

from .conftest import Maker

KB = load("KB952876")
_TOOL = """#!{python}
import os, subprocess, sys
true, path, other, aside, when = {true!r}, {path!r}, {other!r}, {aside!r}, {when!r}
first = not os.path.exists(aside + ".seen")
open(aside + ".seen", "a").close()
if when == "while it is verified" and first:
    os.rename(path, aside)
    os.rename(other, path)
done = subprocess.run([true, *sys.argv[1:]])
if sys.argv[1] == "verify" and not os.path.exists(aside + ".done"):
    open(aside + ".done", "a").close()
    if when == "while it is verified":
        os.rename(path, other)
        os.rename(aside, path)
    if when == "before it is unpacked":
        times = os.stat(path)
        with open(path, "r+b") as file, open(other, "rb") as source:
            file.write(source.read())
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
sys.exit(done.returncode)
"""


@dataclass(frozen=True)
class Attack:
    """The file that the operator names, the other one, and the roots that the other one is signed under."""

    path: Path
    other: Path
    roots: Path


@pytest.fixture
def attack(make: Maker, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Attack:
    """Swaps at the moment that the test's parameter names, and takes back what could be noticed afterwards."""
    trusted, foreign = (Authority(_folder(tmp_path / name)) for name in ("trusted", "foreign"))
    path = make("x64", name="kb.msu", inner="none", small_kernels=True)
    later = {6001: (6, 0, 6001, 22300)}
    other = make("x64", name="other.msu", inner="none", small_kernels=True, kernel_versions=later)
    sign(path, (foreign if request.param == "while it is verified" else trusted).signer())
    sign(other, trusted.signer())
    if request.param == "before it is unpacked":
        shorter, longer = sorted((path, other), key=lambda one: one.stat().st_size)
        with shorter.open("ab") as file:  # bytes of the signature's padding: the two files have one size
            file.write(bytes(longer.stat().st_size - shorter.stat().st_size))
    programs = _folder(tmp_path / "bin")
    tool = programs / "osslsigncode"
    told = {"true": shutil.which("osslsigncode"), "path": str(path), "other": str(other), "when": request.param}
    tool.write_text(_TOOL.format(python=sys.executable, aside=str(tmp_path / "aside"), **told))
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), os.environ["PATH"]]))
    return Attack(path, other, trusted.root_file)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


@needs("osslsigncode")
@pytest.mark.parametrize("attack", ["while it is verified"], indirect=True)
def test_the_signature_of_another_file_does_not_count(attack: Attack) -> None:
    """The named file is signed by nobody who is trusted; while the tool looks, a trusted one lies in its place."""
    report = read_package(attack.path, ReadOptions(ca_file=attack.roots))
    assert report.signature.state.value != "valid"


@needs("osslsigncode")
@pytest.mark.parametrize("attack", ["before it is unpacked"], indirect=True)
def test_the_contents_are_those_of_the_hashed_file(attack: Attack) -> None:
    """Other bytes of the same length are written into the file after its signature was found good."""
    before = hash_of(attack.path)
    report = read_package(attack.path, ReadOptions(ca_file=attack.roots))
    assert report.checksums.sha256 == before
    assert hash_of(attack.path) != before, "nothing was swapped"
    versions = {str(one.file.version) for one in report.files or () if one.file.executable}
    assert "6.0.6001.22300" not in versions, "another file's contents were read"


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hash_file(file, path.name, Budget.start(Limits())).sha256
