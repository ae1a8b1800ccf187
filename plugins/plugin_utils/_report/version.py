# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of this collection: of the installed artifact's MANIFEST.json, in a work tree galaxy.yml's."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_LINE = re.compile(r"^version:\s*['\"]?([0-9A-Za-z.+-]+)", re.MULTILINE)


@functools.cache
def collection_version() -> str | None:
    """The version; None where neither file tells it."""
    try:
        told = json.loads((_ROOT / "MANIFEST.json").read_text(encoding="utf-8"))["collection_info"]["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return _of_work_tree()
    return told if isinstance(told, str) else None


def _of_work_tree() -> str | None:
    try:
        found = _LINE.search((_ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    except OSError:
        return None
    return found[1] if found else None
