# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ad hoc hotfix_info costs the controller in processor time for each host, against an action that does nothing.

NTLM, a candidate. The other action loads the same libraries before Ansible forks; beside it one that has all that
hotfix_info has loaded by then, the options of Ansible's own plugins included. What a command costs without any host is
taken off: each is run with few hosts and with many.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

from integration.assess.commands import ansible, of_host
from winhost.testing import running_fleet

FEW, MANY, TURNS = 2, 26, 2
MOST = 2.0
NOTHING = '''
{preload}
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        return {{"changed": False}}
'''
PRELOADS = {
    "nothing": "import winrm.protocol, spnego",
    "nothing_preloaded": "from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import base",
}


def seconds(folder: Path, inventory: dict[str, dict[str, object]], module: str) -> float:
    """Processor seconds of one command and all its forks."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    path = {"ANSIBLE_ACTION_PLUGINS": str(folder / "actions")}
    run = ansible(folder, inventory, "all", "-m", module, environment=path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.code or len(run.results) != len(inventory):
        raise RuntimeError(f"{module} failed: {run.out[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure; 1 when the budget is not met."""
    names = [f"h{number}" for number in range(MANY)]
    with (
        running_fleet({"hosts": [{"name": name, "profile": "vista_sp1_x64"} for name in names]}) as fleet,
        tempfile.TemporaryDirectory() as temporary,
    ):
        folder = Path(temporary)
        (folder / "actions").mkdir()
        for name, preload in PRELOADS.items():
            (folder / "actions" / f"{name}.py").write_text(NOTHING.format(preload=preload), encoding="utf-8")
        many = {name: of_host(fleet.host(name)) for name in names}
        few = {name: many[name] for name in names[:FEW]}
        cost = {}
        for module in (*PRELOADS, "winlegacy.servicing.hotfix_info"):
            found = [
                (seconds(folder, many, module) - seconds(folder, few, module)) / (MANY - FEW) for _turn in range(TURNS)
            ]
            cost[module] = min(found) * 1000
            print(f"{module:32}: {cost[module]:5.0f} ms a host")
    ours = cost["winlegacy.servicing.hotfix_info"]
    ratio = ours / cost["nothing"]
    print(f"ad hoc hotfix_info : no-op action on all that it loads itself = {ours / cost['nothing_preloaded']:.2f}")
    print(f"ad hoc hotfix_info : no-op action on preloaded libraries = {ratio:.2f} (at most {MOST})")
    return 1 if ratio > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
