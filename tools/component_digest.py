# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The 16 digits that end the names of a package's component folders, as Windows made them.

    python tools/component_digest.py OUTPUT.json PACKAGE.msu ...

How they are computed is not published, and the folders of a host's store are found by them. Genuine packages are not
ours to publish; the names of their folders are facts. The tests' own packages take them from the file.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import libarchive

_STEM = re.compile(r"(.+_microsoft-windows-.+)_([0-9a-f]{16})\.manifest")


def _members(cabinet: bytes) -> Iterator[tuple[str, bytes]]:
    with libarchive.memory_reader(cabinet) as archive:
        for entry in archive:
            yield entry.pathname.replace("\\", "/").rpartition("/")[2].lower(), b"".join(entry.get_blocks())


def digits(package: Path) -> Iterator[tuple[str, str]]:
    """The name of each named component's folder, parted before its digits."""
    for outer, cabinet in _members(package.read_bytes()):
        if outer.endswith(".cab") and outer != "wsusscan.cab":
            for name, _content in _members(cabinet):
                found = _STEM.fullmatch(name)
                if found is not None:
                    yield found[1], found[2]


def main(arguments: list[str]) -> int:
    """Write the digest."""
    target, *packages = map(Path, arguments)
    found = dict(sorted(pair for package in packages for pair in digits(package)))
    target.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
