# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A first host whose own variables Ansible cannot evaluate is a row of the doctor's table; the others are looked at."""

from __future__ import annotations

from pathlib import Path

from integration.assess.commands import ansible, of_host
from integration.doctor.test_doctor import LOCKED
from winhost.testing import running_fleet

CURES = {
    "a-vault": "run with --ask-vault-pass or --vault-password-file",
    "b-undefined": "Nothing defines vault_nothing for this host",
    "c-port": "Set ansible_port to a number",
}


def test_the_first_hosts_are_rows_with_their_cure(tmp_path: Path) -> None:
    with running_fleet({"hosts": [{"name": "z-well", "profile": "vista_sp1_x64"}]}) as running:
        well = of_host(running.host("z-well"))
        inventory = {
            "a-vault": {key: value for key, value in well.items() if key != "ansible_password"},
            "b-undefined": {**well, "ansible_password": "{{ vault_nothing }}"},
            "c-port": {**well, "ansible_port": "eighty"},
            "z-well": {**well, "ansible_pasword": "x"},
            "z-slip": {**well, "ansible_password": "", "ansible_pasword": "x"},
        }
        (tmp_path / "host_vars").mkdir()
        (tmp_path / "host_vars" / "a-vault.yml").write_text(LOCKED, encoding="utf-8")
        run = ansible(tmp_path, inventory, playbook=[{"import_playbook": "winlegacy.servicing.doctor"}])
    assert run.code == 2
    shown = run.out.partition("TASK [Say what keeps")[2].partition("TASK [")[0]
    rows = {name: shown.partition(f"\n{name} ")[2] for name in inventory}
    for host, cure in CURES.items():
        mine = rows[host].splitlines()
        ends = next((at for at, line in enumerate(mine[1:], 1) if not line.startswith(" ")), len(mine))
        assert cure in " ".join(" ".join(mine[:ends]).split()), shown
        assert "healthy" not in run.tasks[host, "Look at the host"]
    assert run.tasks["z-well", "Look at the host"]["healthy"] is True
    assert "5 hosts: 4 with a problem, 1 healthy" in shown
    cause = "There is no variable ansible_pasword: it has no effect. Did you mean ansible_password? No password is set"
    assert " ".join(rows["z-slip"].split()).startswith(cause), shown
