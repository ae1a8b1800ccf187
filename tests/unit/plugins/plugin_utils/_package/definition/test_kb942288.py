# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue's KB942288: what tools/make_kb942288.py makes of the genuine packages.

Always: our package of the same structure makes the same but for the bytes.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import CATALOGUE, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.save import rendered
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages import kb942288, write_msu

from .making import UNSIGNED

ROOT = Path(__file__).resolve().parents[6]
sys.path.append(str(ROOT / "tools"))

import make_kb942288 as tool  # noqa: E402 - a script, not a package

GENUINE = Path(os.environ.get("GENUINE_PACKAGES", ""))
COMMITTED = CATALOGUE / "kb942288.json"

whole = pytest.mark.skipif(
    not os.environ.get("GENUINE_PACKAGES"), reason="GENUINE_PACKAGES names no folder with packages"
)


def committed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return found


@whole
def test_the_genuine_packages_make_it() -> None:
    assert tool.made(GENUINE) == committed()
    assert rendered(committed()) == COMMITTED.read_text(encoding="utf-8")


@whole
@pytest.mark.parametrize("name", tool.NAMES)
def test_the_genuine_packages_match_it(name: str) -> None:
    report = read_package(GENUINE / name, UNSIGNED)
    found = compare(load("KB942288"), report.contents)
    assert found.status is MatchStatus.MATCHES, found.differences[:3]


_PACKAGE = ("architecture", "file_name", "identity", "identity_certain", "sub_packages")


def structure(data: dict[str, Any]) -> Any:
    """The definition without what only the genuine files' bytes tell: sizes, hashes, and the folders' last digits."""

    def folder(text: str) -> str:
        """A policy's name is a hash of its bytes."""
        return re.sub("_[0-9a-f]{32}_", "_policy_", text.rpartition("_")[0])

    return {
        "packages": [
            {
                **{key: one[key] for key in _PACKAGE},
                "members": sorted(
                    name if name.endswith(".mum") else folder(name.lower())
                    for name in (member["name"] for member in one["members"])
                ),
            }
            for one in data["packages"]
        ],
        "targets": [
            {
                **{key: one[key] for key in ("os_version", "service_pack", "architecture")},
                "files": [
                    {
                        **{key: file[key] for key in ("path", "role", "pae", "changed")},
                        "branches": [
                            {
                                **{key: branch[key] for key in ("branch", "version", "component", "component_version")},
                                "store_folder": folder(branch["store_folder"]),
                            }
                            for branch in file["branches"]
                        ],
                    }
                    for file in one["files"]
                ],
            }
            for one in data["targets"]
        ],
        "restart": data["restart"],
        "release_type": data["release_type"],
    }  # fmt: skip


def test_our_packages_of_the_same_structure_make_the_same(tmp_path: Path) -> None:
    """tests/unit/packages/test_digest.py holds their structure against the genuine packages' digest."""
    reports = [read_package(write_msu(tmp_path, one, **kb942288.OPTIONS), UNSIGNED) for one in ("x86", "x64")]
    ours = structure(make(Sources(tuple(reports), title=tool.TITLE)).data)
    theirs = structure(committed())
    for key in ours:
        assert ours[key] == theirs[key], key


def test_no_file_has_its_components_version() -> None:
    """msi.dll counts 4.5 while its component is 6.0.6001.22162: what no package tells stays open."""
    definition = load("KB942288")
    branches = [branch for target in definition.targets for file in target.files for branch in file.branches]
    assert len(branches) == 2 * 39 + 2 * 78
    assert {branch.version for branch in branches} == {None}
    assert {str(branch.component_version) for branch in branches} == {"6.0.6000.20817", "6.0.6001.22162"}
    changed = {(file.path or "").lower() for target in definition.targets for file in target.changed_files}
    assert changed == {
        f"{folder}\\{name}"
        for folder in ("system32", "syswow64")
        for name in ("msi.dll", "msiexec.exe", "msihnd.dll", "msimsg.dll")
    }
    assert all(file.unread for target in definition.targets for file in target.files)
