# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading packages where libarchive, or its Python package, is not there: what can be read is, the rest is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages.msu import Recipe, inner_members

from .conftest import Maker

KB = load("KB952876")


def test_without_the_library_the_outer_cabinet_is_read(make: Maker, without_libarchive: None) -> None:
    report = read_package(make("x64", inner="lzx"))
    assert report.kb == "KB952876"
    assert report.applicability is not None
    assert report.files is None
    assert len(report.names) == len(inner_members(Recipe("x64")))
    (closed,) = report.contents.not_looked_into
    assert closed.startswith("Windows6.0-KB952876-x64.msu: Windows6.0-KB952876-x64.cab is packed with LZX")
    assert "libarchive-c" in closed
    assert compare(KB, report.contents).status is MatchStatus.NOT_COMPARED


def test_without_the_library_a_packed_outer_cabinet_stays_closed(make: Maker, without_libarchive: None) -> None:
    report = read_package(make("x64", outer="lzx"))
    assert (report.kb, report.files, report.outer_files) == (None, None, ())
    assert "it holds WSUSSCAN.cab, Windows6.0-KB952876-x64.cab" in report.contents.not_looked_into[0]
    assert not compare(KB, report.contents).acceptable(allow_later=True)


def test_without_the_library_stored_packages_are_read_whole(make: Maker, without_libarchive: None) -> None:
    assert compare(KB, read_package(make("ia64", inner="none")).contents).status is MatchStatus.MATCHES


_DISTRIBUTIONS = ("libarchive13 on Debian", "Ubuntu", "SUSE", "libarchive on Enterprise Linux", "Fedora", "Alpine")


def test_without_the_python_package_both_are_named(make: Maker, without_libarchive: None) -> None:
    (closed,) = read_package(make(inner="mszip")).contents.not_looked_into
    assert "is packed with MSZIP, which needs the Python package libarchive-c" in closed
    assert "pip install libarchive-c" in closed
    assert all(name in closed for name in _DISTRIBUTIONS)


@pytest.mark.parametrize("library", ["/nonexistent/libarchive.so", "libc.so.6"])
def test_without_the_systems_library_it_is_named_alone(make: Maker, library: str) -> None:
    """The Python package is there; the library that it is to load is not, or is another one."""
    program = (
        "import sys; from pathlib import Path;"
        "from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package;"
        "print(read_package(Path(sys.argv[1])).contents.not_looked_into[0])"
    )
    root = Path(__file__).resolve().parents[5]
    environment = {**os.environ, "LIBARCHIVE": library, "PYTHONPATH": str(root / "build" / "collections")}
    command = [sys.executable, "-c", program, str(make(inner="mszip"))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "which needs the system's libarchive on the controller: libarchive13 on Debian" in done.stdout, done.stderr
    assert "pip install" not in done.stdout
    assert all(name in done.stdout for name in _DISTRIBUTIONS)
