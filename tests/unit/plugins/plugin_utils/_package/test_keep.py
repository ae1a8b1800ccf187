# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run keeps: a package is read once, what is not as it was is read again, and nothing foreign is believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package import codec, read
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.checksums import Checksums
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import HostilePackage, PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.judgements import Unreadable
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep, KeepError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.report import PackageReport
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.request import PackageRequest, obtain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.signature import Signature
from packages import write_msu
from packages.programs import needs
from packages.signing import Authority, sign

from .conftest import Maker

KB = load("KB952876")
ROOT = Path(__file__).resolve().parents[5]


@dataclass
class Work:
    """How often something was done that costs: a file copied, its contents read, its signature judged."""

    copied: int = 0
    unpacked: int = 0
    verified: int = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    counted = Work()

    def counting(name: str, true: Callable[..., Any]) -> Callable[..., Any]:
        def count(*arguments: Any, **named: Any) -> Any:
            setattr(counted, name, getattr(counted, name) + 1)
            return true(*arguments, **named)

        return count

    for what, name in (("copied", "take"), ("unpacked", "_Reading"), ("verified", "check_signature")):
        monkeypatch.setattr(read, name, counting(what, getattr(read, name)))
    return counted


def test_a_package_is_read_once_in_a_run(make: Maker, keep: Keep, work: Work) -> None:
    path = make()
    first = read_package(path, ReadOptions(keep=keep))
    assert [read_package(path, ReadOptions(keep=Keep(keep.folder))) for _host in range(3)] == [first] * 3
    assert first == read_package(path)
    assert work == Work(copied=2, unpacked=2, verified=2), "once with the keep, once without one"


@pytest.mark.parametrize("options", [{}, {"kernel_versions": {6001: None}}, {"drop": {"answer", "update.mum"}}])
def test_what_is_kept_comes_back_as_it_was(make: Maker, keep: Keep, options: dict[str, Any]) -> None:
    report = read_package(make(**options))
    keep.remember(report, "key")
    assert keep.recall(PackageReport, "key") == report
    assert keep.recall(PackageReport, "another") is None
    assert keep.recall(Signature, "key") is None


@pytest.mark.parametrize("kind", [PackageReport, Signature, Checksums, Unreadable])
def test_every_field_can_be_kept(kind: type) -> None:
    """A new field of a kind that the codec does not know is found here, not by a user."""
    codec.reader(kind)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '["a"]', '[1,"a"]', '["a","b","c"]', '[["a"],"b"]', "[" * 10_000, '["a",null]', "[NaN,1]"],
)
def test_what_is_no_entry_is_no_value(text: str) -> None:
    with pytest.raises(codec.DecodeError):
        codec.loads(Checksums, text)


def test_a_changed_file_is_read_again(make: Maker, keep: Keep, work: Work) -> None:
    path, other = make(small_kernels=True), make("x86", name="other.msu", small_kernels=True)
    first = read_package(path, ReadOptions(keep=keep))
    times = path.stat()
    path.write_bytes(other.read_bytes())
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    second = read_package(path, ReadOptions(keep=keep))
    assert (first.contents.architecture, second.contents.architecture) == (Architecture.X64, Architecture.X86)
    assert work.unpacked == 2


def test_the_same_bytes_are_unpacked_once_in_all_places(make: Maker, keep: Keep, work: Work, tmp_path: Path) -> None:
    path = make(small_kernels=True)
    (tmp_path / "below").mkdir()
    again = tmp_path / "below" / path.name
    again.write_bytes(path.read_bytes())
    reports = [read_package(one, ReadOptions(keep=keep)) for one in (path, again)]
    assert [one.path for one in reports] == [path, again]
    assert replace(reports[0], path=again) == reports[1]
    assert (work.copied, work.unpacked) == (2, 1)


def test_a_broken_file_is_refused_again_without_reading_it(tmp_path: Path, keep: Keep, work: Work) -> None:
    path = tmp_path / "broken.msu"
    path.write_bytes(b"MSCF and no more")
    texts = set()
    for _host in range(3):
        with pytest.raises(PackageError) as error:
            read_package(path, ReadOptions(keep=keep))
        texts.add((type(error.value), str(error.value)))
    assert len(texts) == 1
    assert work.copied == 1


def test_a_refusal_keeps_its_kind() -> None:
    assert isinstance(Unreadable("HostilePackage", "x").error, HostilePackage)
    assert Unreadable("SystemExit", "x").error.__class__ is PackageError


def test_pins_are_checked_for_each_task(make: Maker, keep: Keep) -> None:
    path = make(small_kernels=True)
    read_package(path, ReadOptions(keep=keep))
    with pytest.raises(PackageError, match="is not the pinned file"):
        read_package(path, ReadOptions(keep=keep, pins=["sha1:" + "0" * 40]))


def test_other_bounds_are_another_judgement(make: Maker, keep: Keep, work: Work) -> None:
    path = make(small_kernels=True)
    read_package(path, ReadOptions(keep=keep))
    with pytest.raises(PackageError):
        read_package(path, ReadOptions(keep=keep, limits=Limits(members=2)))
    assert read_package(path, ReadOptions(keep=keep)).files


@needs("osslsigncode")
def test_a_signature_is_judged_again_for_other_roots(make: Maker, keep: Keep, work: Work, tmp_path: Path) -> None:
    """The file of the roots keeps its name; what is in it counts."""
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    for folder in folders:
        folder.mkdir()
    ours, theirs = map(Authority, folders)
    path, roots = make(small_kernels=True), tmp_path / "roots.pem"
    sign(path, ours.signer())
    states = []
    for authority in (ours, theirs, ours):
        roots.write_bytes(authority.root_file.read_bytes())
        states.append(read_package(path, ReadOptions(keep=keep, ca_file=roots)).signature.state.value)
    assert (states[0], states[2]) == ("valid", "valid")
    assert states[1] != "valid"
    assert (work.verified, work.unpacked) == (2, 1)


def test_a_folder_is_surveyed_once(make: Maker, keep: Keep, work: Work, tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    folder.mkdir()
    for architecture in ("x86", "x64", "ia64"):
        write_msu(folder, architecture, small_kernels=True)
    (folder / "broken.msu").write_bytes(b"MSCF and no more")
    for _host in range(3):
        for wanted in Architecture:
            obtain(PackageRequest(folder=folder, keep=keep), KB, wanted, copy=True)
    assert work.unpacked == 3
    assert work.verified == 3, "of the chosen ones"
    assert work.copied == 4 + 3, "each once, and each chosen one once more for sending"


def test_the_copy_for_sending_is_made_once_and_is_ours_alone(make: Maker, keep: Keep) -> None:
    path = make(small_kernels=True)
    request = PackageRequest(path=path, keep=keep)
    copy = request.private_copy(obtain(request, KB, Architecture.X64, copy=True).report)
    assert copy is not None
    first = copy.stat()
    assert (first.st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert copy.read_bytes() == path.read_bytes()
    path.unlink()
    path.write_bytes(copy.read_bytes())
    obtain(request, KB, Architecture.X64, copy=True)
    assert [one for one in keep.folder.rglob("*.msu") if one.is_file()] == [copy]
    copy.unlink()
    obtain(request, KB, Architecture.X64, copy=True)
    assert copy.read_bytes() == path.read_bytes(), "a lost copy is made again"


def entries(keep: Keep) -> list[Path]:
    return sorted(keep.folder.glob("*.json"))


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)


def _forge(path: Path) -> None:
    """A link to a file elsewhere, with the same bytes."""
    other = path.with_suffix(".elsewhere")
    path.rename(other)
    path.symlink_to(other)


def _replace_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "spoil",
    [
        _flip,
        _forge,
        lambda path: path.write_bytes(path.read_bytes()[:-10]),
        lambda path: path.write_bytes(b""),
        lambda path: path.chmod(0o644),
        lambda path: (path.unlink(), path.mkdir()),
        _replace_by_a_pipe,
    ],
)
def test_a_spoilt_entry_is_made_anew(
    make: Maker, keep: Keep, work: Work, spoil: Callable[[Path], object]
) -> None:
    path = make(small_kernels=True)
    first = read_package(path, ReadOptions(keep=keep))
    for entry in entries(keep):
        spoil(entry)
    assert read_package(path, ReadOptions(keep=keep)) == first
    assert (work.copied, work.unpacked) == (2, 2)


def test_another_users_entries_are_not_believed(
    make: Maker, keep: Keep, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(small_kernels=True)
    read_package(path, ReadOptions(keep=keep, copy=True))
    true = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: true + 1)
    read_package(path, ReadOptions(keep=keep, copy=True))
    assert (work.copied, work.unpacked) == (2, 2)
    with pytest.raises(KeepError):
        Keep.private(keep.folder)


def test_a_folder_that_others_can_reach_is_refused(tmp_path: Path, keep: Keep) -> None:
    for mode in (0o750, 0o705, 0o720, 0o777):
        keep.folder.chmod(mode)
        with pytest.raises(KeepError):
            Keep.private(keep.folder)
    keep.folder.chmod(0o700)
    Keep.private(keep.folder)
    link = keep.folder.parent / "link"
    link.symlink_to(keep.folder)
    with pytest.raises(KeepError):
        Keep.private(link)
    keep.folder.parent.chmod(0o755)
    with pytest.raises(KeepError):
        Keep.private(keep.folder)


def test_other_code_does_not_believe_what_this_one_found(
    make: Maker, keep: Keep, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(small_kernels=True)
    read_package(path, ReadOptions(keep=keep))
    monkeypatch.setattr("ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep.code_stamp", str)
    read_package(path, ReadOptions(keep=keep))
    assert work.unpacked == 2
