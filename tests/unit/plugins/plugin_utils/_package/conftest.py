# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the package reader share."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from packages import write_msu
from packages.signing import Authority

Maker = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    """make("x64", name="a.msu", **options of Recipe) writes a package into the test's folder."""

    def write(architecture: str = "x64", **options: Any) -> Path:
        return write_msu(tmp_path, architecture, **options)

    return write


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def without_libarchive(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a controller where the Python package is not installed."""
    true_import = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "libarchive":
            raise ImportError("No module named 'libarchive'", name="libarchive")
        return true_import(name, *rest, **named)

    for name in [name for name in sys.modules if name.partition(".")[0] == "libarchive"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    (tmp_path / "run").mkdir(mode=0o700)
    return Keep.private(tmp_path / "run" / "keep")
