# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test packages whose origin is proven, as the modules want it by default: signed by an authority of this process.

Without osslsigncode nothing can be signed; then their checksums are pinned.
"""

from __future__ import annotations

import functools
import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

from .signing import Authority, Certificate, available, sign

_keep: list[tempfile.TemporaryDirectory[str]] = []


@functools.cache
def _authority() -> tuple[Authority, Certificate]:
    _keep.append(tempfile.TemporaryDirectory(prefix="winlegacy-authority-"))  # it goes when the process ends
    authority = Authority(Path(_keep[-1].name))
    return authority, authority.signer()


def signed(path: Path) -> Path:
    """The package itself, signed in place where that is possible."""
    if available():
        sign(path, _authority()[1])
    return path


def stamped(path: Path) -> Path:
    """The same with a time stamp."""
    if available():
        authority, signer = _authority()
        sign(path, signer, stamper=authority.time_stamper())
    return path


def ca_file() -> Path | None:
    """The root of what `signed` signed; None where nothing can be signed."""
    return _authority()[0].root_file if available() else None


def pins(paths: Iterable[Path]) -> list[str]:
    """Checksums of those files that there are, where nothing can be signed; else none."""
    if available():
        return []
    return [f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths if path.is_file()]


def proof(*paths: Path) -> dict[str, str | list[str]]:
    """Options of a module that prove the origin of these packages."""
    root = ca_file()
    return {"ca_file": str(root)} if root else {"checksum": pins(paths)}
