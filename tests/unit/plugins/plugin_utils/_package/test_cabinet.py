# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cabinets: what is read, and what is refused before anything is unpacked."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.cabinet import Directory, read_directory
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import (
    DecoderMissing,
    HostilePackage,
    PackageError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Budget, Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.unpack import checksum, members
from packages.cab import CabinetOverrides, Compression, Member, write_cabinet
from packages.cab import checksum as reference_checksum

FILES = [
    Member("a.bin", bytes(range(256)) * 300),
    Member("empty.txt", b""),
    Member("folder\\b.txt", b"text and more text " * 5000),
    Member("c", b"x"),
]


def directory(data: bytes, limits: Limits | None = None) -> Directory:
    return read_directory(io.BytesIO(data), "test.cab", Budget.start(limits or Limits()))


def unpack(path: Path, data: bytes) -> dict[str, bytes]:
    path.write_bytes(data)
    budget = Budget.start(Limits())
    found = members(path, directory(data), "test.cab", budget)
    return {entry.name: b"".join(pieces) for entry, pieces in found}


@pytest.mark.parametrize("compression", ["none", "mszip", "lzx"])
@pytest.mark.parametrize("folders", [1, 2])
def test_reads_what_was_packed(tmp_path: Path, compression: Compression, folders: int) -> None:
    packed = write_cabinet(FILES if folders == 1 else [FILES[:2], FILES[2:]], compression)
    told = directory(packed)
    assert [(entry.name, entry.size) for entry in told.entries] == [(one.name, len(one.data)) for one in FILES]
    assert told.compression == compression
    assert told.signature_size == 0
    assert unpack(tmp_path / "x.cab", packed) == {one.name: one.data for one in FILES}


@pytest.mark.parametrize("compression", ["none", "mszip", "lzx"])
def test_members_may_be_skipped(tmp_path: Path, compression: Compression) -> None:
    path = tmp_path / "x.cab"
    path.write_bytes(write_cabinet(FILES, compression))
    with path.open("rb") as file:
        told = read_directory(file, "x", Budget.start(Limits()))
    found = members(path, told, "x", Budget.start(Limits()))
    assert [b"".join(pieces) for entry, pieces in found if entry.name == "c"] == [b"x"]


@pytest.mark.parametrize("size", [*range(12), 32767, 32768])
def test_the_checksum_is_the_formats(size: int) -> None:
    data = bytes((index * 7 + 3) & 0xFF for index in range(size))
    assert checksum(data, 0x1234) == reference_checksum(data, 0x1234)


def test_the_checksum_of_a_known_block() -> None:
    assert checksum(b"\x01\x02\x03\x04\x10\x20\x30\x40\xaa\xbb\xcc") == 0x44332211 ^ 0x00AABBCC


@pytest.mark.parametrize(
    "name",
    ["..\\evil.exe", "a\\..\\..\\b", "\\evil", "/etc/passwd", "C:\\evil", "a:stream", "a//b", "..", ".", "a\\.", "a ",
     "a.", "nul", "COM1.txt", "a\\con", "a\x01b", "a|b", "x\\", "a*"],
)  # fmt: skip
def test_names_that_leave_their_folder_are_refused(name: str) -> None:
    with pytest.raises(HostilePackage, match="leaves the folder"):
        directory(write_cabinet([Member(name, b"x")]))


@pytest.mark.parametrize("name", ["console.txt", "com10.txt", "a..b", "lpt", "x_31bf3856ad364e35_6.0\\ntoskrnl.exe"])
def test_names_that_only_look_odd_are_accepted(name: str) -> None:
    assert directory(write_cabinet([Member(name, b"x")])).entries[0].name == name


def test_names_in_utf8() -> None:
    assert directory(write_cabinet([Member("grün.txt", b"x", attributes=0xA0)])).entries[0].name == "grün.txt"
    broken = write_cabinet([Member("aaaa", b"x", attributes=0xA0)]).replace(b"aaaa", b"\xff\xfe\xff\xfe")
    with pytest.raises(HostilePackage, match="UTF-8"):
        directory(broken)


def test_a_slash_is_a_backslash_and_case_makes_no_other_name() -> None:
    assert directory(write_cabinet([Member("a/b", b"x")])).entries[0].name == "a\\b"
    with pytest.raises(HostilePackage, match="same name"):
        directory(write_cabinet([Member("a\\b", b"x"), Member("A/B", b"y")]))


@pytest.mark.parametrize(
    ("overrides", "kind", "text"),
    [
        ({"cabinet_size": 0x7FFFFFFF}, PackageError, "it says 2147483647 bytes"),
        ({"folder_count": 0}, HostilePackage, "0 folders"),
        ({"folder_count": 0xFFFF}, HostilePackage, "65535 folders"),
        ({"file_count": 0}, HostilePackage, "0 files"),
        ({"file_count": 0xFFFF}, HostilePackage, "65535 files"),
        ({"file_count": 6}, PackageError, "test.cab"),
        ({"flags": 1}, PackageError, "set of cabinets"),
        ({"flags": 2}, PackageError, "set of cabinets"),
        ({"files_offset": 1}, PackageError, "list of files"),
        ({"files_offset": 0xFFFFFFFF}, PackageError, "list of files"),
        ({"folder_index": 7}, PackageError, "folder 7"),
        ({"folder_index": 0xFFFD}, PackageError, "folder 65533"),
    ],
)
def test_lies_in_the_header_are_refused(overrides: dict[str, Any], kind: type[PackageError], text: str) -> None:
    with pytest.raises(kind, match=text):
        directory(write_cabinet(FILES, "none", CabinetOverrides(**overrides)))


def test_a_claim_of_two_gigabytes_is_refused() -> None:
    with pytest.raises(HostilePackage, match="claims 2147418112 bytes"):
        directory(write_cabinet([Member("big", b"x", claimed_size=0x7FFF0000)]))


def test_a_claim_beyond_its_blocks_is_refused() -> None:
    with pytest.raises(HostilePackage, match="has room for 32768"):
        directory(write_cabinet([Member("big", b"x", claimed_size=50_000)]))


@pytest.mark.parametrize("compression", ["none", "mszip", "lzx"])
def test_data_that_is_shorter_than_claimed_is_refused(tmp_path: Path, compression: Compression) -> None:
    text = "shorter than the 20000 bytes" if compression == "none" else "data is broken"  # libarchive's own check
    with pytest.raises(PackageError, match=text):
        unpack(tmp_path / "x.cab", write_cabinet([Member("short", b"x" * 100, claimed_size=20_000)], compression))


def test_a_bomb_is_refused_by_its_ratio() -> None:
    bomb = write_cabinet([Member("zeros", bytes(80 * 1024 * 1024))], "mszip")
    assert len(bomb) < 200_000
    with pytest.raises(HostilePackage, match="claims to hold 83886080"):
        directory(bomb)


def test_many_members_that_are_too_much_together_are_refused() -> None:
    with pytest.raises(HostilePackage, match="together"):
        directory(write_cabinet(FILES), Limits(total_size=100_000))


def test_overlapping_members_are_refused() -> None:
    data = bytearray(write_cabinet([Member("a", b"12345678"), Member("b", b"12345678")]))
    second = data.index(b"b\0") - 16
    struct.pack_into("<I", data, second + 4, 4)
    with pytest.raises(PackageError, match="overlaps"):
        directory(bytes(data))


def test_members_in_the_wrong_order_of_folders_are_refused() -> None:
    data = bytearray(write_cabinet([[Member("first", b"1")], [Member("second", b"2")]]))
    struct.pack_into("<H", data, data.index(b"first\0") - 8, 1)
    struct.pack_into("<H", data, data.index(b"second\0") - 8, 0)
    with pytest.raises(PackageError, match="overlaps"):
        directory(bytes(data))


@pytest.mark.parametrize("cut", [0, 3, 20, 36, 40, 50, 60])
def test_a_cut_directory_is_refused(cut: int) -> None:
    whole = write_cabinet([Member("a" * 30, b"x" * 100)])
    data = whole[:8] + struct.pack("<I", cut) + whole[12:]
    with pytest.raises(PackageError):
        directory(data[:cut])


@pytest.mark.parametrize("compression", ["none", "mszip", "lzx"])
@pytest.mark.parametrize("part", ["cut", "flipped", "checksums"])
def test_broken_data_is_refused(tmp_path: Path, compression: Compression, part: str) -> None:
    overrides = CabinetOverrides(break_checksums=part == "checksums")
    data = bytearray(write_cabinet(FILES, compression, overrides))
    if part == "cut":
        struct.pack_into("<I", data, 8, len(data) - 40)
        del data[-40:]
    elif part == "flipped":
        data[-5] ^= 0x40
    with pytest.raises(PackageError, match="get the file again"):
        unpack(tmp_path / "x.cab", bytes(data))


@pytest.mark.parametrize(("kind", "name"), [(2, "quantum"), (9, "unknown")])
def test_other_compressions_are_refused_by_name(tmp_path: Path, kind: int, name: str) -> None:
    with pytest.raises(PackageError, match=name):
        unpack(tmp_path / "x.cab", write_cabinet(FILES, "none", CabinetOverrides(compression_type=kind)))


@pytest.mark.parametrize("compression", ["mszip", "lzx"])
def test_without_the_library_packed_cabinets_stay_closed(
    tmp_path: Path, without_libarchive: None, compression: Compression
) -> None:
    with pytest.raises(DecoderMissing, match=f"{compression.upper()}.*libarchive-c"):
        unpack(tmp_path / "x.cab", write_cabinet(FILES, compression))


def test_without_the_library_stored_cabinets_are_read(tmp_path: Path, without_libarchive: None) -> None:
    assert unpack(tmp_path / "x.cab", write_cabinet(FILES)) == {one.name: one.data for one in FILES}


def test_reading_ends_at_its_deadline(tmp_path: Path) -> None:
    path = tmp_path / "x.cab"
    path.write_bytes(write_cabinet(FILES))
    budget = Budget.start(Limits(seconds=0))
    with pytest.raises(PackageError, match="longer than 0 s"):
        for _unused, pieces in members(path, directory(path.read_bytes()), "x", budget):
            list(pieces)
