# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's first lines, run in an empty folder: what is cloned has what its next lines take."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pages
import pytest
import yaml


def test_the_readme_leads_from_nothing_to_the_demo(tmp_path: Path) -> None:
    """With this very repository in the place of the published one."""
    if not (pages.ROOT / ".git").exists():
        pytest.skip("a clone of a repository is cloned, and this is none")
    readme = (pages.ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"<!-- clone: begin -->\s*```sh\n(.*?)```\s*<!-- clone: end -->", readme, re.DOTALL)
    address = yaml.safe_load((pages.ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
    assert address in block.split()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "HOME": str(tmp_path),
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{pages.ROOT.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }
    later = readme.partition("<!-- clone: end -->")[2]
    names = re.findall(r"^(?:make (\w+)|pip install -r (\S+))", later, re.MULTILINE)
    script = "\n".join([block, *(f"make -n {target}" if target else f"cat {file}" for target, file in names)])
    done = subprocess.run(
        ["sh", "-ec", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "tools/demo.py" in done.stdout
    assert "ansible-core" in done.stdout
