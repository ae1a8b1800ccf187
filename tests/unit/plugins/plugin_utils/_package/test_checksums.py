# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pins: forms, algorithms, and that they come before anything is parsed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.checksums import parse_pins
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import ChecksumMismatch, PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package

from .conftest import Maker

ONE, TWO = "1" * 40, "2" * 64


@pytest.mark.parametrize(
    "text", ["", "md5:" + "1" * 32, "sha256:" + ONE, "sha1:" + TWO, ONE, "sha256:", "sha1:" + "g" * 40]
)
def test_malformed_pins_are_refused(text: str) -> None:
    with pytest.raises(ChecksumMismatch, match="no known form"):
        parse_pins([text])


def test_pins_by_algorithm() -> None:
    assert parse_pins([f"SHA1:{ONE}", f" sha256: {TWO.upper()}"]) == {"sha1": {ONE}, "sha256": {TWO}}


def pins_of(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    return f"sha1:{hashlib.sha1(data).hexdigest()}", f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_the_right_pins_are_accepted(make: Maker) -> None:
    path = make(small_kernels=True)
    sha1, sha256 = pins_of(path)
    for pins in ([sha1], [sha256], [sha1, sha256], [f"sha256:{TWO}", sha256], [sha1.upper()]):
        report = read_package(path, ReadOptions(pins=pins))
        assert (f"sha1:{report.checksums.sha1}", f"sha256:{report.checksums.sha256}") == (sha1, sha256)


def test_one_wrong_algorithm_is_enough_to_refuse(make: Maker) -> None:
    path = make(small_kernels=True)
    sha1, sha256 = pins_of(path)
    for pins in ([f"sha1:{ONE}"], [f"sha256:{TWO}"], [sha1, f"sha256:{TWO}"], [sha256, f"sha1:{ONE}"]):
        with pytest.raises(ChecksumMismatch, match="not the pinned file"):
            read_package(path, ReadOptions(pins=pins))


def test_pins_come_before_parsing(tmp_path: Path) -> None:
    """A file that is no cabinet fails by its checksum while it is not the pinned one, by its form when it is."""
    path = tmp_path / "x.msu"
    path.write_bytes(b"not a cabinet")
    with pytest.raises(ChecksumMismatch):
        read_package(path, ReadOptions(pins=[f"sha256:{TWO}"]))
    with pytest.raises(PackageError, match="does not start as a cabinet"):
        read_package(path, ReadOptions(pins=[pins_of(path)[1]]))


def test_a_malformed_pin_is_told_even_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(ChecksumMismatch, match="no known form"):
        read_package(tmp_path / "absent.msu", ReadOptions(pins=["sha256:abc"]))
