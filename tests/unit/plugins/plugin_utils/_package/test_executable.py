# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executables: the version resource, compared with pefile, and images that lie."""

from __future__ import annotations

import io
import struct

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.executable import (
    Executable,
    ExecutableError,
    read_executable,
)
from packages.pe import build_pe

VERSION = (6, 0, 6001, 22191)


def read(data: bytes) -> Executable:
    return read_executable(io.BytesIO(data))


@pytest.mark.parametrize("architecture", ["x86", "x64", "ia64"])
@pytest.mark.parametrize("size", [0, 100_001])
def test_reads_machine_and_version(architecture: str, size: int) -> None:
    told = read(build_pe(architecture, VERSION, size))
    assert told.architecture is Architecture(architecture)
    assert told.version == FileVersion(*VERSION)


def test_the_largest_version() -> None:
    assert read(build_pe("x64", (65535, 65535, 65535, 65535))).version == FileVersion(65535, 65535, 65535, 65535)


def test_no_version_resource_is_no_version() -> None:
    assert read(build_pe("x64", None)).version is None


def test_an_unknown_machine_is_told_by_number() -> None:
    data = bytearray(build_pe("x64", VERSION))
    struct.pack_into("<H", data, 0x84, 0x01C4)
    assert (read(bytes(data)).machine, read(bytes(data)).architecture) == (0x01C4, None)


def resources(data: bytes) -> int:
    """Where the resource tree of our images starts."""
    return data.index(struct.pack("<II", 16, 24 | 0x80000000)) - 16


def test_two_versions_in_one_image_are_refused() -> None:
    data = bytearray(build_pe("x64", VERSION, 8192))
    root = resources(bytes(data))
    # the language directory gets two entries: the second one's data is a copy with another version
    raw = bytes(data[root : root + 2048])
    language = 48
    tree = bytearray(raw[:language]) + struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 2)
    tree += struct.pack("<IIII", 1033, 80, 1031, 96)
    rva, size = struct.unpack_from("<II", raw, 72)
    tree += struct.pack("<IIII", rva + 24, size, 0, 0) + struct.pack("<IIII", rva + 24 + size, size, 0, 0)
    resource = raw[88 : 88 + size]
    other = resource.replace(struct.pack("<I", 6001 << 16 | 22191), struct.pack("<I", 6001 << 16 | 18000))
    whole = bytes(tree) + resource + other
    data[root : root + len(whole)] = whole
    section = data.index(b".rsrc")
    struct.pack_into("<I", data, section + 8, 4096)
    with pytest.raises(ExecutableError, match=r"two file versions: 6\.0\.6001\.18000, 6\.0\.6001\.22191"):
        read(bytes(data))


@pytest.mark.parametrize(
    ("offset", "value", "text"),
    [
        (0, b"ZM", "does not start"),
        (0x3C, b"\xff\xff\xff\x7f", "cut off"),
        (0x80, b"NE\0\0", "no PE header"),
        (0x86, b"\xff\xff", "65535 sections"),
        (0x98, b"\x07\x01", "unknown kind"),
    ],
)
def test_broken_headers(offset: int, value: bytes, text: str) -> None:
    data = bytearray(build_pe("x64", VERSION))
    data[offset : offset + len(value)] = value
    with pytest.raises(ExecutableError, match=text):
        read(bytes(data))


@pytest.mark.parametrize(
    ("at", "value", "text"),
    [
        (12, struct.pack("<HH", 0xFFFF, 0xFFFF), "too large"),
        (20, struct.pack("<I", 24), "no name or language"),
        (20, struct.pack("<I", 0xFFFFFFF0), "cut off"),
        (68, struct.pack("<I", 0x80000000), "too deeply"),
        (72, struct.pack("<I", 0x7FFFFFFF), "no section"),
        (76, struct.pack("<I", 10), "too short"),
        (88 + 6, b"X", "malformed"),
        (88 + 40, b"\0\0\0\0", "malformed"),
    ],
)
def test_broken_resources(at: int, value: bytes, text: str) -> None:
    data = bytearray(build_pe("x64", VERSION))
    root = resources(bytes(data))
    data[root + at : root + at + len(value)] = value
    with pytest.raises(ExecutableError, match=text):
        read(bytes(data))


def test_a_directory_that_points_to_itself_ends() -> None:
    data = bytearray(build_pe("x64", VERSION))
    root = resources(bytes(data))
    struct.pack_into("<I", data, root + 20, 0x80000000)  # the names' directory is the root
    struct.pack_into("<I", data, root + 44, 0x80000000)
    with pytest.raises(ExecutableError):
        read(bytes(data))


def test_every_cut_is_an_error_or_an_answer() -> None:
    data = build_pe("x86", VERSION)
    for end in range(0, len(data), 7):
        try:
            told = read(data[:end])
        except ExecutableError:
            continue
        assert told.version in (None, FileVersion(*VERSION))
