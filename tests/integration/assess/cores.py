# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ansible-cores that we promise, each in an environment of its own, made when it is not there yet.

The environments are those of `make cores` (build/core-*), so whichever comes first makes them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from integration.assess.commands import HERE, ROOT

sys.path.append(str(ROOT / "tools"))

import targets  # noqa: E402

CORES = [target.core for target in targets.TARGETS]


def programs(core: str) -> Path:
    """The folder of that core's commands; skips where this machine has no interpreter for it."""
    from ansible.release import __version__

    if __version__.startswith(f"{core}."):
        return HERE
    (target,) = targets.select([core])
    python = target.find_python()
    if python is None:
        pytest.skip(target.missing())
    requirements = [f"ansible-core=={core}.*", "-r", str(Path("requirements-test.txt"))]
    folder = ROOT / "build" / f"core-{core}-py{python.text}"
    return targets.virtual_environment(folder, python, requirements) / "bin"
