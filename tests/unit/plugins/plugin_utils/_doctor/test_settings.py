# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the playbook doctor that nobody reads are told; those of others are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.variables import REGISTERED, SETTINGS, strange

PLAYBOOK = Path(__file__).resolve().parents[5] / "playbooks" / "doctor.yml"


@pytest.mark.parametrize(
    ("name", "extra", "says"),
    [
        ("doctor_hosts", True, ""),
        ("doctor_deadline", True, ""),
        ("doctor_deadline", False, ""),
        ("doctor_result", False, ""),
        ("doctor_result", True, "itself sets it"),
        ("doctor_hosts", False, "give it with -e"),
        ("doctor_host", True, "did you mean doctor_hosts?"),
        ("doctor-hosts", True, "did you mean doctor_hosts?"),
        ("doctor_dedline", False, "did you mean doctor_deadline?"),
        ("Doctor_Deadline", True, "did you mean doctor_deadline?"),
        ("doctor_report_dir", True, "no such variable, and reads doctor_hosts and doctor_deadline"),
        ("doctor_who", False, ""),
        ("doctored", True, ""),
        ("kb952876_report_dir", True, "is not read"),
        ("hotfix_kb", True, "is not read"),
        ("kb952876_package_dir", False, ""),
        ("ansible_port", True, ""),
    ],
)
def test_one_variable(name: str, extra: bool, says: str) -> None:
    said = strange([name], [name] if extra else [])
    assert len(said) == bool(says)
    assert all(says in one and name in one for one in said)


def test_the_playbook_reads_and_sets_just_those() -> None:
    text = PLAYBOOK.read_text(encoding="utf-8")
    assert all(f"{{{{ {name} |" in text or f"{{ {name} |" in text or f"[{name} |" in text for name in SETTINGS)
    assert all(f"register: {name}\n" in text for name in REGISTERED)
    assert text.count("register: ") == len(REGISTERED)
