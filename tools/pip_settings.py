# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's pip settings (an index of their own, a cache) for runs with a HOME and an environment of their own."""
from __future__ import annotations

import configparser
import os
from pathlib import Path

_NOT_CARRIED = {"PIP_CONFIG_FILE", "PIP_REQUIRE_VIRTUALENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}


def carry(home: Path) -> None:
    """Write the user's settings, those of the environment included, where pip looks for them in another HOME."""
    settings = configparser.RawConfigParser()
    usual = [Path(name).expanduser() for name in ("~/.pip/pip.conf", "~/.config/pip/pip.conf")]
    settings.read([*usual, Path(os.environ.get("PIP_CONFIG_FILE", os.devnull))])
    if not settings.has_section("global"):
        settings.add_section("global")
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name not in _NOT_CARRIED:
            settings.set("global", name[4:].lower().replace("_", "-"), value)
    cache = Path(os.environ.get("PIP_CACHE_DIR") or "~/.cache/pip").expanduser()
    if os.access(cache, os.W_OK):
        settings.set("global", "cache-dir", str(cache))
    path = home / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as stream:
        settings.write(stream)
