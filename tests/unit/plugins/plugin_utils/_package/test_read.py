# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading whole packages: every architecture, compression and encoding; what stays closed; what is refused."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.checksums import Hasher
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import HostilePackage, PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.report import PackageKind
from packages import Member, build_cab, build_pe, write_cabinet
from packages.article import KERNELS
from packages.cab import CabinetOverrides, Compression
from packages.large import write_large_msu
from packages.msu import Recipe, files_of, inner_members

from .conftest import Maker

KB = load("KB952876")
APPLICABILITY = "WinPE 2.1;Windows Vista SP1;Windows Server 2008;Windows Server Core;Windows Vista;WinPE 2.0;"
COMPRESSIONS: tuple[Compression, ...] = ("none", "mszip", "lzx")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16-le-bom", "utf-16-be-bom")


@pytest.mark.parametrize("architecture", ["x86", "x64", "ia64"])
@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(COMPRESSIONS, COMPRESSIONS)))
def test_packages_of_every_kind(make: Maker, architecture: str, outer: Compression, inner: Compression) -> None:
    report = read_package(make(architecture, outer=outer, inner=inner))
    assert report.kind is PackageKind.MSU
    assert (report.kb, report.contents.architecture) == ("KB952876", Architecture(architecture))
    assert report.compression == inner
    assert report.contents.not_looked_into == ()
    assert compare(KB, report.contents).status is MatchStatus.MATCHES


@pytest.mark.parametrize("architecture", ["x86", "x64", "ia64"])
def test_a_payload_of_plain_images(make: Maker, architecture: str) -> None:
    report = read_package(make(architecture, form="images"))
    assert report.installs is not None
    assert report.installs.container is None
    assert report.files is not None
    assert all(one.file.version for one in report.files if one.file.executable)
    assert compare(KB, report.contents).status is MatchStatus.MATCHES


def test_everything_that_a_package_tells(make: Maker) -> None:
    path = make("x64")
    report = read_package(path)
    told = report.as_dict()
    data = path.read_bytes()
    assert told["path"] == str(path)
    assert told["size"] == len(data)
    assert told["sha1"] == hashlib.sha1(data).hexdigest()
    assert told["sha256"] == hashlib.sha256(data).hexdigest()
    assert told["kind"] == "msu"
    assert told["kb"] == "KB952876"
    assert told["architecture"] == "x64"
    assert told["identity"] == {
        "text": "Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0",
        "name": "Package_for_KB952876",
        "version": "6.0.1.0",
        "architecture": "amd64",
        "public_key_token": "31bf3856ad364e35",
        "language": "neutral",
    }
    assert told["applicability"] == APPLICABILITY
    assert told["answer_file"]["name"] == "Windows6.0-KB952876-x64.xml"
    assert told["answer_file"]["packages"][0]["source"] == "Windows6.0-KB952876-x64.CAB"
    assert told["cabinet"] == {"name": "Windows6.0-KB952876-x64.cab", "compression": "mszip"}
    members = {member.name: member.data for member in inner_members(Recipe("x64"))}
    assert {one["name"]: one["size"] for one in told["names"]} == {name: len(body) for name, body in members.items()}
    installed = {one.path: one.content for one in files_of(Recipe("x64"))}
    assert {one["name"] for one in told["files"]} > set(installed)
    for one in told["files"]:
        is_copy = one["delivery"] == "copy"  # a catalogue that is the root's own once more
        body = installed.get(one["name"]) or members["update.cat" if is_copy else one["name"]]
        assert (one["size"], one["sha1"]) == (len(body), hashlib.sha1(body).hexdigest())
        if one["name"] in installed:  # the component's manifest tells the other digest
            assert one["sha256"] == hashlib.sha256(body).hexdigest()
    kernels = [one for one in told["files"] if one["executable"]]
    assert sorted(one["component_version"] for one in kernels) == ["6.0.6000.20846", "6.0.6001.22191"]
    assert [one["version"] for one in kernels] == [None, None]  # nothing in a container tells it
    assert [one["name"] for one in told["outer_files"]] == [
        "WSUSSCAN.cab",
        "Windows6.0-KB952876-x64.cab",
        "Windows6.0-KB952876-x64-pkgProperties.txt",
        "Windows6.0-KB952876-x64.xml",
    ]
    assert told["outer_files"][1]["sha256"] == hashlib.sha256(build_cab("x64")).hexdigest()
    assert told["signature"]["state"] == "unsigned"
    assert told["not_looked_into"] == []


def test_a_payload_alone(tmp_path: Path) -> None:
    path = tmp_path / "anything.bin"
    path.write_bytes(build_cab("x86"))
    report = read_package(path)
    assert (report.kind, report.cabinet, report.answer) == (PackageKind.CAB, "anything.bin", None)
    assert report.outer_files == ()
    assert compare(KB, report.contents).status is MatchStatus.MATCHES


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_texts_in_every_encoding(make: Maker, encoding: str) -> None:
    report = read_package(make(answer_encoding=encoding, properties_encoding=encoding, small_kernels=True))
    assert report.applicability == APPLICABILITY
    assert [where for where, _identity in report.contents.identities] == ["answer file", "update.mum"]


_OPTIONAL = ("answer", "properties", "wsusscan", "update.mum")


@pytest.mark.parametrize("drop", [set(one) for count in range(5) for one in itertools.combinations(_OPTIONAL, count)])
def test_every_optional_member_may_be_absent(make: Maker, drop: set[str]) -> None:
    report = read_package(make(drop=drop, small_kernels=True))
    assert (report.answer is None) == ("answer" in drop)
    assert bool(report.properties) == ("properties" not in drop)
    assert report.files is not None
    assert report.kb == "KB952876"  # the container's list tells it as well


def test_contradicting_statements_make_nothing_known(make: Maker) -> None:
    properties = Member("other-pkgProperties.txt", b'KB Article Number="952877"\r\nProcessor Architecture="x86"\r\n')
    report = read_package(make("x64", drop={"properties"}, outer_extra=[properties], small_kernels=True))
    assert (report.kb, report.contents.architecture) == (None, None)
    assert compare(KB, report.contents).status is MatchStatus.MISMATCH


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"extra": [Member("..\\..\\evil.dll", b"x")]}, "leaves the folder"),
        ({"outer_extra": [Member("C:\\evil.exe", b"x")]}, "leaves the folder"),
        ({"outer_extra": [Member("\\evil", b"x")]}, "leaves the folder"),
        ({"extra": [Member("big", b"x", claimed_size=0x7FFF0000)]}, "2147418112 bytes"),
        ({"extra": [Member("zeros", bytes(90 * 1024 * 1024))], "small_kernels": True}, "claims to hold"),
        ({"outer": "mszip", "outer_extra": [Member("zeros.txt", bytes(90 * 1024 * 1024))]}, "claims to hold"),
        ({"flat": True, "form": "images"}, "same name"),
        ({"answer": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><unattend/>'}, "document type"),
    ],
)
def test_hostile_packages_are_refused(make: Maker, options: dict[str, Any], text: str) -> None:
    with pytest.raises(HostilePackage, match=text):
        read_package(make("x64", **options))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"inner_overrides": CabinetOverrides(break_checksums=True)}, "data is broken"),
        ({"outer_overrides": CabinetOverrides(break_checksums=True)}, "another checksum"),
        ({"answer": b"<unattend>"}, "is no XML"),
        ({"replace": {"update.mum": b"\xff\xff\xff"}}, "neither UTF-8 nor UTF-16"),
        ({"inner_overrides": CabinetOverrides(compression_type=2)}, "quantum"),
        ({"inner_overrides": CabinetOverrides(flags=2)}, "set of cabinets"),
        ({"outer_extra": [Member(f"{n}.cab", b"x") for n in range(4)]}, "more than 4 cabinets"),
    ],
)
def test_broken_packages_are_refused(make: Maker, options: dict[str, Any], text: str) -> None:
    with pytest.raises(PackageError, match=text):
        read_package(make("x64", small_kernels=True, **options))


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.msu"
    for data, text in (
        (b"", "it is empty"),
        (b"something", "does not start as a cabinet"),
        (b"MZ" + bytes(100), r"it is a program \(.exe\)"),
        (b"PK\x03\x04" + bytes(100), "it is a zip archive: unpack it"),
        (b"\r\n<!DOCTYPE html><html>", "it is a web page"),
        (b"\xef\xbb\xbf<HTML><head>", "it is a web page"),
        ("\ufeff<html lang='de'>".encode("utf-16-le"), "it is a web page"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "it is a web page"),
        (b'<?xml version="1.0"?><unattend/>', "does not start as a cabinet"),
        (b"MSCF", "cut off"),
        (write_cabinet([Member("a.txt", b"x")]), "no Windows update"),
        (write_cabinet([Member("WSUSSCAN.cab", b"x"), Member("a.xml", b"<a/>")]), "no Windows update"),
        (write_cabinet([Member("a.cab", b"not one")]), "is no cabinet"),
    ):
        path.write_bytes(data)
        with pytest.raises(PackageError, match=text):
            read_package(path)
    with pytest.raises(PackageError, match="cannot be read"):
        read_package(tmp_path / "absent.msu")
    with pytest.raises(PackageError, match="cannot be read"):
        read_package(tmp_path)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(PackageError, match="regular file"):
        read_package(tmp_path / "fifo")


def test_a_cabinet_whose_files_share_data_is_no_update_package(tmp_path: Path) -> None:
    """As an installer's: two entries of the directory name the same bytes. Nothing is damaged."""
    data = bytearray(write_cabinet([Member("a.dll", b"x" * 50), Member("b.dll", b"y" * 50)], "none"))
    second = data.index(b"b.dll") - 12  # offset of the file within its folder
    data[second : second + 4] = bytes(4)
    path = tmp_path / "VC_RED.cab"
    path.write_bytes(data)
    with pytest.raises(PackageError, match=r"no update package: 'b\.dll' shares its data") as caught:
        read_package(path)
    assert "damage" not in str(caught.value)
    assert "get the file again" not in str(caught.value)


def test_a_file_beyond_the_bound_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.msu"
    with path.open("wb") as file:
        file.write(b"MSCF")
        file.truncate(3 << 30)
    with pytest.raises(PackageError, match="3221225472 bytes"):
        read_package(path)


def test_a_file_that_changes_meanwhile_is_refused(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(small_kernels=True)
    true_update = Hasher.update

    def touch_and_update(self: Hasher, data: bytes) -> None:
        os.utime(path, (1, 1))
        true_update(self, data)

    monkeypatch.setattr(Hasher, "update", touch_and_update)
    with pytest.raises(PackageError, match="was changed while it was read"):
        read_package(path)


def test_nothing_stays_behind_and_nothing_is_written_elsewhere(make: Maker, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    extra = [Member("tools\\x.exe", build_pe("x64", (1, 0, 0, 0)))]
    path = make(extra=extra, outer_extra=[Member("setup.exe", build_pe("x86", (1, 0, 0, 0)))])
    broken = make(name="broken.msu", inner_overrides=CabinetOverrides(break_checksums=True))
    before = sorted(tmp_path.rglob("*"))
    read_package(path, ReadOptions(temporary=private))
    with pytest.raises(PackageError):
        read_package(broken, ReadOptions(temporary=private))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_full_disk_is_an_error_of_one_sentence(make: Maker, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="cannot be read"):
        read_package(make(), ReadOptions(temporary=tmp_path / "absent"))


@pytest.mark.parametrize("lead", [32767, 32768, 32766])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_an_executable_is_known_wherever_its_first_bytes_lie(
    make: Maker, lead: int, compression: Compression
) -> None:
    """MZ may be split between two blocks of the cabinet."""
    image = build_pe("x64", (1, 2, 3, 4))
    payload = Member("p.cab", build_cab("x64", small_kernels=True))
    outer = [Member("a.txt", b"x" * lead), Member("b.txt", image), payload]
    drop = {"wsusscan", "payload", "answer", "properties"}
    report = read_package(make(outer=compression, drop=drop, outer_extra=outer))
    found = next(one.file for one in report.outer_files if one.file.name == "b.txt")
    assert found.executable
    assert str(found.version) == "1.2.3.4"


def test_the_payload_is_the_one_that_the_answer_file_names(make: Maker) -> None:
    other = Member("A.cab", build_cab("x86", small_kernels=True))
    report = read_package(make("x64", outer_extra=[other]))
    assert report.cabinet == "Windows6.0-KB952876-x64.cab"
    assert compare(KB, report.contents).status is MatchStatus.MISMATCH  # and the other one is too many
    undecided = read_package(make("x64", outer_extra=[other], drop={"answer"}))
    assert undecided.files is None
    assert "2 cabinets could be it" in undecided.contents.not_looked_into[0]


def test_a_version_that_nobody_can_read_is_told(make: Maker) -> None:
    report = read_package(make("x64", replace={"ntoskrnl.exe": b"MZ" + bytes(200)}))
    assert report.files is not None
    problems = [one.file.problem for one in report.files if one.file.base_name == "ntoskrnl.exe"]
    assert len(problems) == len(KERNELS["x64", 6000]) + len(KERNELS["x64", 6001])
    assert all(problems)


def test_reading_ends_at_its_deadline(make: Maker) -> None:
    with pytest.raises(PackageError, match="longer than"):
        read_package(make(), ReadOptions(limits=Limits(seconds=0)))


_MEASURE = """
import sys
from pathlib import Path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
report = read_package(Path(sys.argv[1]))
assert report.files is not None and report.kb == "KB952876"
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(sum(one.file.size for one in report.files), peak)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_300_megabytes_are_read_in_100_megabytes_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.msu"
    write_large_msu(path, 300_000_000)
    assert path.stat().st_size > 300_000_000
    command = [sys.executable, "-c", _MEASURE, str(path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    size, peak = map(int, done.stdout.split())
    assert size > 299_000_000
    assert peak * 1024 < 100_000_000
    path.unlink()
