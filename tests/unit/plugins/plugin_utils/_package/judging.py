# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of signatures share."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.cabinet import read_directory
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Budget, Limits
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.signature import Signature, check_signature
from packages.programs import needs

signed = needs("osslsigncode")


def judge(path: Path, ca_file: Path | None, **options: Any) -> Signature:
    """The signature of a package, as the reader has it judged."""
    with path.open("rb") as file:
        size = read_directory(file, path.name, Budget.start(Limits())).signature_size
    return check_signature(path, signature_size=size, ca_file=ca_file, **{"timeout": 60.0, **options})


def flip(path: Path, place: int, bits: int = 1) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= bits
    path.write_bytes(data)


def place_of_signature(path: Path) -> tuple[int, int]:
    """Where the header says that the signature is, and its size."""
    place, size = struct.unpack_from("<II", path.read_bytes(), 44)
    return place, size
