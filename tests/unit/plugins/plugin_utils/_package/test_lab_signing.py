# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the guide to packages for a package that a laboratory signs itself, as they stand there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pages
import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.policy import SignaturePolicy
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.request import PackageRequest, obtain
from packages import write_msu
from packages.programs import needs


@needs("osslsigncode")
@needs("openssl")
@pytest.mark.parametrize("policy", ["auto", "require"])
def test_a_package_signed_as_documented_is_accepted_by_ca_file(tmp_path: Path, policy: str) -> None:
    (script,) = [one for one in pages.shell("guide_packages") if "osslsigncode sign" in one]
    write_msu(tmp_path, "x64", name="unsigned.msu")
    done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    def judged(name: str, root: str | None) -> tuple[bool, str]:
        ca_file = None if root is None else tmp_path / root
        chosen = SignaturePolicy(policy if root else "auto")
        found = obtain(PackageRequest(path=tmp_path / name, policy=chosen, ca_file=ca_file), load(), None)
        return found.accepted, found.report.signature.state.value

    assert judged("signed.msu", "lab-root.pem") == (True, "valid")
    assert judged("signed.msu", None) == (False, "untrusted"), "without the root it is a stranger's"
    assert judged("unsigned.msu", "lab-root.pem")[0] is False
    assert (tmp_path / "lab-root.key").stat().st_mode & 0o077 == 0
