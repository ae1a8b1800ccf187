# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation site into build/docs as HTML, without network: guides, and pages of all plugins and roles.

What ansible-doc, antsibull-docs or Sphinx complain about ends the build; so does a label that nobody has. Addresses of
other sites are not asked, since a build needs no network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
OUT = ROOT / "build" / "docs"
COLLECTION = "winlegacy.servicing"
SETTINGS = ROOT / "tools" / "docsite"
KINDS = ("module", "filter", "callback", "role")


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections")}


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(BIN / program), *arguments], cwd=ROOT, env=_environment(), check=False)
    if done.returncode:
        raise SystemExit(f"docs: {program} failed, see above")


def _listed(kind: str) -> list[str]:
    command = [str(BIN / "ansible-doc"), "--type", kind, "--list", "--json", COLLECTION]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)
    return sorted(json.loads(done.stdout))


def _check_ansible_doc(kind: str, names: list[str]) -> None:
    if not names:
        return
    command = [str(BIN / "ansible-doc"), "--type", kind, *names]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    if done.returncode or warnings:
        raise SystemExit(f"docs: ansible-doc complains about a {kind}:\n{done.stderr}")


def main() -> int:
    """Check with ansible-doc and antsibull-docs, write reStructuredText, then HTML."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    found = {kind: _listed(kind) for kind in KINDS}
    for kind, names in found.items():
        _check_ansible_doc(kind, names)
    collection = ROOT / "build" / "collections" / "ansible_collections" / "winlegacy" / "servicing"
    looks = ("--plugin-docs", "--check-extra-docs-refs", "--validate-collection-refs=self")
    _run("antsibull-docs", "lint-collection-docs", *looks, str(collection))
    source = OUT / "rst"
    source.mkdir(mode=0o755)
    options = ("--use-current", "--fail-on-error", "--squash-hierarchy", f"--dest-dir={source}")
    _run("antsibull-docs", "collection", *options, COLLECTION)
    shutil.copytree(SETTINGS, source, dirs_exist_ok=True)
    _run("sphinx-build", "-q", "-W", "-n", "--keep-going", "-b", "html", str(source), str(OUT / "html"))
    print("docs: " + "; ".join(f"{kind}: {', '.join(names) or 'none yet'}" for kind, names in found.items()))
    print("docs: open build/docs/html/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
