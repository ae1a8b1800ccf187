# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook itself is killed, with all its workers, at any time of a remediation."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from integration.role.runner import Controller
from packages import proven
from winhost.testing import RunningFleet, RunningHost

from soak.cases import Case
from soak.remediation import SOURCE

LONGEST = 14.0
"""Seconds that a playbook takes, about: it is killed at any time of these."""


def plays(package: Path) -> list[dict[str, Any]]:
    """Install, restart where it is required, clean up."""
    present = {
        "state": "present", "path": str(package), "transfer": "path", "source_path": SOURCE, "install_timeout": 300,
        **proven.proof(package),
    }  # fmt: skip
    tasks = [
        {"name": "Install", "winlegacy.servicing.hotfix": present},
        {
            "name": "Restart",
            "winlegacy.servicing.reboot": {"only_if_required": True, "delay": 0, "settle": 1, "timeout": 60},
        },
        {"name": "Clean up", "winlegacy.servicing.hotfix": {**present, "cleanup": True}},
    ]
    return [{"name": "Remediate", "hosts": "all", "gather_facts": False, "tasks": tasks}]


def kill_playbook(case: Case, host: RunningHost, package: Path, folder: Path) -> dict[str, int]:
    """Started once or twice, and killed each time."""
    chance = case.chance()
    fleet = cast(RunningFleet, SimpleNamespace(hosts={host.name: host}))
    controller = Controller(folder, fleet)
    killed = 0
    for _unused in range(chance.choice((1, 2))):
        run = controller.start(plays(package))
        time.sleep(chance.uniform(2.0, LONGEST))
        if run.process.poll() is None:
            killed += 1
            run.kill()
    return {"kills of ansible-playbook": killed}
