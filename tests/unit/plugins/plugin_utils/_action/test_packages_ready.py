# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the packages of a run is told with the variables' names, as the user must write them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.packages_ready import ready
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import HOTFIX, KB952876, Naming
from packages import other, write_msu

WANTED: dict[str, Any] = {
    "package_dir": "", "packages": {}, "checksum": [], "signature": "auto", "ca_file": "", "allow_later": False,
}  # fmt: skip
BARE = re.compile(r"\((?:checksum|kb)\)|(?<![a-z0-9_])(?:allow_later|ca_file|package_dir|signature=)")
"""An option's name as it is for a module."""


def told(naming: Naming, **settings: Any) -> str:
    _there, problems = ready(naming, load("KB952876"), {**WANTED, **settings})
    said = "; ".join(problems)
    assert not BARE.search(said), said
    return said


@pytest.mark.parametrize("naming", [KB952876, HOTFIX], ids=lambda one: one.role)
def test_each_way_out_has_the_variables_name(naming: Naming, tmp_path: Path) -> None:
    prefix = naming.prefix
    write_msu(tmp_path, "x64")
    said = told(naming, package_dir=str(tmp_path))
    assert f"({prefix}checksum)" in said
    assert f"({prefix}ca_file)" in said
    strange = write_msu(tmp_path, "x86", **other.OPTIONS)
    assert "(hotfix_kb)" in told(naming, packages={"x86": str(strange)}, signature="ignore")
    assert told(naming, package_dir=str(tmp_path), signature="require").startswith(
        f"{prefix}package_dir: {prefix}signature=require needs {prefix}ca_file"
    )
    roots = tmp_path / "roots.pem"
    roots.write_text("none")
    no_root = told(naming, package_dir=str(tmp_path), ca_file=str(roots))
    assert no_root.startswith(f"{prefix}ca_file {roots} holds no certificate")
    assert told(naming).startswith(f"no package is named: set {prefix}package_dir")


@pytest.mark.parametrize("naming", [KB952876, HOTFIX], ids=lambda one: one.role)
def test_a_later_package_is_accepted_by_the_variables_name(naming: Naming, tmp_path: Path) -> None:
    write_msu(tmp_path, "x64", identity_version="6.0.1.1")
    said = told(naming, package_dir=str(tmp_path), signature="ignore", ca_file="/nowhere")
    assert f"{naming.prefix}allow_later accepts that" in said, said
