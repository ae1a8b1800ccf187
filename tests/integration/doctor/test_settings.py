# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the settings of the playbook doctor is said before a host is asked, and is no success."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.assess.commands import ansible

HOST = {"ansible_connection": "winrm", "ansible_host": "127.0.0.1", "ansible_port": 1, "ansible_winrm_scheme": "http"}


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("doctor_hosts=nope", "doctor_hosts (nope) and --limit leave no host of the inventory"),
        ("doctor_hosts=", "doctor_hosts is empty"),
        ("doctor_dedline=5", "No host was asked. doctor_dedline: did you mean doctor_deadline?"),
        ("kb952876_report_dir=reports", "kb952876_report_dir is not read"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(tmp_path: Path, setting: str, says: str) -> None:
    play = [{"name": "Look", "ansible.builtin.import_playbook": "winlegacy.servicing.doctor"}]
    run = ansible(tmp_path, {"one": HOST}, "-e", setting, playbook=play)
    assert run.code != 0
    assert says in " ".join(run.out.split())
    assert ("one", "Look at the host") not in run.tasks
    assert "Traceback" not in run.out
