# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing out of a folder by what the files are, and the judgement that every module shares."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.choose import choose, survey
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import (
    ChecksumMismatch,
    PackageError,
    SelectionError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.policy import (
    SignaturePolicy,
    doubts,
    refusals,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.request import PackageRequest, obtain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.signature import Signature, SignatureState
from packages.signing import Authority, sign

from .conftest import Maker
from .judging import signed

KB = load("KB952876")
X86, X64, IA64 = Architecture.X86, Architecture.X64, Architecture.IA64


def unsigned(**options: Any) -> PackageRequest:
    """A request for a package that nobody signed: most tests here are about what is in it."""
    return PackageRequest(**{"policy": SignaturePolicy.PREFER, **options})


@pytest.fixture
def folder(make: Maker, tmp_path: Path) -> Path:
    """Three packages whose names lie, another hotfix, and things that are no packages."""
    make("x86", name="Windows6.0-KB952876-x64.msu")
    make("x64", name="Windows6.0-KB952876-ia64.msu")
    make("ia64", name="readme.txt")
    make("x64", name="Windows6.0-KB952876-x86.msu", kb="KB952877", small_kernels=True)
    (tmp_path / "notes.md").write_text("nothing")
    (tmp_path / "broken.msu").write_bytes(b"MSCF and no more")
    (tmp_path / "below").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("architecture", "name"),
    [(X86, "Windows6.0-KB952876-x64.msu"), (X64, "Windows6.0-KB952876-ia64.msu"), (IA64, "readme.txt")],
)
def test_files_are_chosen_by_what_they_are(folder: Path, architecture: Architecture, name: str) -> None:
    judged = obtain(unsigned(folder=folder), KB, architecture)
    assert judged.report.path == folder / name
    assert judged.accepted


def test_one_survey_serves_all_architectures(folder: Path) -> None:
    found = survey(folder)
    assert {one.path.name for one in found} == {path.name for path in folder.iterdir()} - {"notes.md", "below"}
    names = [choose(folder, found, "KB952876", one).path.name for one in Architecture]
    assert len(set(names)) == len(names)


def test_none_is_an_error_that_lists_what_was_found(folder: Path) -> None:
    (folder / "readme.txt").unlink()
    with pytest.raises(SelectionError) as error:
        obtain(unsigned(folder=folder), KB, IA64)
    text = str(error.value)
    assert "holds no file that is a package of KB952876 for ia64" in text
    assert "Windows6.0-KB952876-x64.msu (KB952876, x86, msu)" in text
    assert "Windows6.0-KB952876-x86.msu (KB952877, x64, msu)" in text
    assert "broken.msu (broken.msu: the cabinet is cut off" in text
    assert "notes.md" not in text


def test_two_are_an_error_that_names_both(folder: Path, make: Maker) -> None:
    make("x64", name="copy.msu")
    with pytest.raises(SelectionError, match=r"2 files.*Windows6.0-KB952876-ia64.msu.*copy.msu|2 files.*copy.msu"):
        obtain(unsigned(folder=folder), KB, X64)


def test_an_empty_an_absent_and_an_overfull_folder(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="no cabinet at all"):
        obtain(unsigned(folder=tmp_path), KB, X64)
    with pytest.raises(SelectionError, match="cannot be listed"):
        obtain(unsigned(folder=tmp_path / "absent"), KB, X64)
    for number in range(5):
        (tmp_path / str(number)).touch()
    with pytest.raises(SelectionError, match="holds 5 files"):
        survey(tmp_path, ReadOptions(limits=Limits(folder_files=4)))


def test_pins_keep_other_files_from_being_parsed(folder: Path, make: Maker) -> None:
    make("x64", name="copy.msu", kernel_versions={6001: (6, 0, 6001, 22300)})
    pinned = folder / "Windows6.0-KB952876-ia64.msu"
    pin = f"sha256:{hashlib.sha256(pinned.read_bytes()).hexdigest()}"
    assert obtain(unsigned(folder=folder, pins=[pin]), KB, X64).report.path == pinned
    with pytest.raises(SelectionError, match=r"broken\.msu \(its checksum is not among the pinned ones\)"):
        obtain(unsigned(folder=folder, pins=[pin]), KB, X86)
    with pytest.raises(ChecksumMismatch, match="no known form"):
        obtain(unsigned(folder=folder, pins=["sha256:1"]), KB, X64)


def test_requests_that_make_no_sense(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="either path"):
        PackageRequest()
    with pytest.raises(PackageError, match="either path"):
        PackageRequest(path=tmp_path, folder=tmp_path)
    with pytest.raises(PackageError, match="needs ca_file"):
        PackageRequest(path=tmp_path, policy=SignaturePolicy.REQUIRE)
    with pytest.raises(PackageError, match="needs the architecture"):
        obtain(unsigned(folder=tmp_path), KB, None)


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize("state", list(SignatureState))
@pytest.mark.parametrize("policy", list(SignaturePolicy))
def test_the_policy_on_signatures(make: Maker, state: SignatureState, policy: SignaturePolicy, pinned: bool) -> None:
    judged = obtain(unsigned(path=make()), KB, None)
    report = dataclasses.replace(judged.report, signature=Signature(state, ("because",), "a detail"))
    found = refusals(report, judged.match, policy=policy, allow_later=False, pinned=pinned)
    accepted = {
        SignaturePolicy.AUTO: set(SignatureState) if pinned else {SignatureState.VALID},
        SignaturePolicy.REQUIRE: {SignatureState.VALID},
        SignaturePolicy.PREFER: set(SignatureState) - {SignatureState.INVALID},
        SignaturePolicy.IGNORE: set(SignatureState),
    }[policy]
    assert (not found) == (state in accepted)
    for one in found:
        assert one.code == f"signature_{state.value}"
        assert "a detail" in one.text
        assert policy is not SignaturePolicy.AUTO or "get the package" in one.text or "pin the checksum" in one.text
    said = doubts(report, policy=policy, pinned=pinned)
    proven = state is SignatureState.VALID or (pinned and state is not SignatureState.INVALID)
    assert bool(said) == (not found and (policy is SignaturePolicy.IGNORE or not proven))


def test_an_unsigned_package_is_refused_unless_it_is_pinned(make: Maker) -> None:
    path = make()
    judged = obtain(PackageRequest(path=path), KB, X64)
    assert [one.code for one in judged.refusals] == ["signature_unsigned"]
    assert "pin the checksum" in judged.refusals[0].text
    assert "ca_file" in judged.refusals[0].text
    pin = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    pinned = obtain(PackageRequest(path=path, pins=[pin]), KB, X64)
    assert (pinned.accepted, pinned.warnings) == (True, ())


def test_what_is_used_without_proof_is_said(make: Maker) -> None:
    path = make()
    for policy, words in ((SignaturePolicy.PREFER, "signature=prefer"), (SignaturePolicy.IGNORE, "signature=ignore")):
        judged = obtain(PackageRequest(path=path, policy=policy), KB, X64)
        assert judged.accepted
        assert [words in one for one in judged.warnings] == [True]


@signed
def test_a_package_of_ones_own_needs_its_root(make: Maker, authority: Authority, tmp_path: Path) -> None:
    path = make()
    sign(path, authority.signer())
    judged = obtain(PackageRequest(path=path), KB, X64)
    assert [one.code for one in judged.refusals] == ["signature_untrusted"]
    assert obtain(PackageRequest(path=path, ca_file=authority.root_file), KB, X64).accepted
    other = Authority(tmp_path / "other").root_file
    assert not obtain(PackageRequest(path=path, ca_file=other), KB, X64).accepted


def test_ignore_does_not_even_look(make: Maker) -> None:
    judged = obtain(unsigned(path=make(), policy=SignaturePolicy.IGNORE), KB, None)
    assert judged.report.signature.reasons == ("not_wanted",)


def test_later_files_need_a_word(make: Maker) -> None:
    path = make("x64", kernel_versions={6001: (6, 0, 6001, 22300)})
    refused = obtain(unsigned(path=path), KB, X64)
    assert [one.code for one in refused.refusals] == ["package_differs"]
    assert "allow_later" in refused.refusals[0].text
    assert obtain(unsigned(path=path, allow_later=True), KB, X64).accepted


@pytest.mark.parametrize("allow_later", [True, False])
def test_a_mismatch_is_refused_always(make: Maker, allow_later: bool) -> None:
    for options in ({"kb": "KB952877"}, {"drop": {"ntoskrnl.exe"}}, {"kernel_versions": {6001: (6, 0, 6001, 22190)}}):
        judged = obtain(unsigned(path=make("x64", **options), allow_later=allow_later), KB, X64)
        assert [one.code for one in judged.refusals] == ["package_mismatch"]


def test_a_package_for_another_host_is_refused(make: Maker) -> None:
    judged = obtain(unsigned(path=make("x64")), KB, X86)
    assert not judged.accepted
    assert {one.code for one in judged.match.differences} == {"wrong_architecture"}


def test_what_was_not_looked_into_is_refused(make: Maker, without_libarchive: None) -> None:
    judged = obtain(unsigned(path=make("x64"), allow_later=True), KB, X64)
    assert [one.code for one in judged.refusals] == ["package_not_compared"]
    assert "libarchive-c" in judged.refusals[0].text


# --- one sentence, and what to do -------------------------------------------------------------------------------------


def test_another_hotfix_is_told_once(make: Maker) -> None:
    """The answer file, the properties, the index and the root manifest all say it."""
    judged = obtain(unsigned(path=make("x64", kb="KB942288", small_kernels=True)), KB, X64)
    assert len([one for one in judged.match.differences if one.code == "wrong_kb"]) > 3
    (refusal,) = judged.refusals
    assert refusal.text.count("KB942288") == 3  # the file's name, what it is, and the option
    assert "is not the package of KB952876: it is that of KB942288; get the package of KB952876, or" in refusal.text


@pytest.mark.parametrize("packed", [{"outer": "mszip"}, {"inner": "mszip"}, {"outer": "mszip", "inner": "lzx"}])
def test_a_missing_decoder_is_the_first_thing_that_is_told(
    make: Maker, packed: dict[str, Any], without_libarchive: None
) -> None:
    path = make("x64", small_kernels=True, **packed)
    for architecture in (None, X64):
        judged = obtain(unsigned(path=path), KB, architecture)
        assert [one.code for one in judged.refusals] == ["package_not_compared"]
        assert f"{path.name} could not be compared with KB952876: {path.name}" in judged.refusals[0].text
        assert "which needs the Python package libarchive-c" in judged.refusals[0].text
        assert "unknown" not in judged.refusals[0].text
        assert "libarchive" in judged.match.differences[0].text


def test_a_missing_decoder_hides_no_other_hotfix(make: Maker, without_libarchive: None) -> None:
    path = make("x64", kb="KB942288", small_kernels=True)
    first, second = obtain(unsigned(path=path), KB, X64).refusals
    assert "libarchive-c" in first.text
    assert "it is that of KB942288" in second.text


def test_a_folder_whose_files_need_a_decoder(make: Maker, tmp_path: Path, without_libarchive: None) -> None:
    make("x64", small_kernels=True, outer="mszip")
    with pytest.raises(SelectionError, match=r"^[^;]*needs the Python package libarchive-c.*; .* is known to be"):
        obtain(unsigned(folder=tmp_path), KB, X64)
