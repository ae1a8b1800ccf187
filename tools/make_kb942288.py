# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the catalogue's definition of KB942288 (Windows Installer 4.5) from the two genuine packages.

They are not ours to publish: make_kb942288.py FOLDER takes Windows6.0-KB942288-v2-x86.msu and -x64.msu from a folder.
What is written is what hotfix_definition writes of them with the same title; file versions stay open, since no package
tells them and the components count otherwise.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "build" / "collections"))

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import make  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.save import save  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import (  # noqa: E402
    ReadOptions,
    read_package,
)

NAMES = ("Windows6.0-KB942288-v2-x86.msu", "Windows6.0-KB942288-v2-x64.msu")
TITLE = "Windows Installer 4.5"
TARGET = ROOT / "plugins" / "plugin_utils" / "_catalogue" / "kb942288.json"


def made(folder: Path) -> dict[str, Any]:
    """The definition that the packages of a folder tell."""
    reports = tuple(read_package(folder / name, ReadOptions(look_at_signature=False)) for name in NAMES)
    return make(Sources(packages=reports, title=TITLE)).data


def main(arguments: list[str] | None = None) -> int:
    """Write it to the catalogue, or elsewhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args(arguments)
    save(options.target, made(options.folder))
    sys.stdout.write(f"{options.target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
