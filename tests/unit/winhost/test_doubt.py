# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every uncertain fact has its switch: against the reference if at hand, and against a committed list always."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest
from winhost.doubt import BY_ID, SWITCHES, Doubt

_ROOT = Path(__file__).parents[3]
_REFERENCE = _ROOT.parent / "shared" / "reference" / "windows.md"
_SOURCES = _ROOT / "tests" / "winhost"
_MARK = re.compile(r"\[(?:[AB], )*C\]")

# Section and digest of each line of the reference that carries a [C] mark, and how many it carries.
_MARKS = {
    ("1", "cc4db43d1659"): 1,
    ("2", "7be5036de7e7"): 1,
    ("4", "65c68e5a708d"): 1,
    ("5", "a4db4c3b313f"): 1,
    ("5", "d5131144e92c"): 2,
    ("5", "8c44a1b97e97"): 2,
    ("7", "371f0e6ebded"): 1,
}
# Switches by section: one that vanishes, or moves, is noticed.
_IDS = {
    "1": {"vista_rtm_shell", "vista_rtm_identify", "pull_context", "filtered_logon", "stdregprov_absent_value"},
    "2": {
        "processor_architecture_registry",
        "processor_architecture_wmi",
        "buildlabex_on_6000",
        "system32_while_pending",
        "winsxs_while_pending",
        "pae_enabled",
        "os_architecture",
        "file_version_form",
        "qfe_installed_on",
    },
    "4": {"root_package_identity", "current_state_encoding", "cbs_pending_keys", "uninstalled_package"},
    "5": {
        "pkgmgr_reboot_code",
        "pkgmgr_already_installed_code",
        "pkgmgr_not_applicable_code",
        "pkgmgr_restart_pending_code",
        "pkgmgr_invalid_package_code",
        "pkgmgr_not_uninstallable_code",
        "reboot_privilege",
        "gui_without_start_wait",
        "configsetroot",
        "expand_delta_container",
        "servicing_boots",
        "pkgmgr_log_name",
        "hardware_value",
        "process_creation",
        "process_ids_after_boot",
        "system_process_rows",
        "last_boot_time",
        "uptime_asleep",
        "redirected_file",
    },
    "7": {"cscript_error_code", "stdin_end_closes", "certutil_format", "icacls_inheritance"},
}


def test_every_marked_line_has_a_switch() -> None:
    marked = {mark for switch in SWITCHES for mark in switch.marks}
    assert marked == {digest for _section, digest in _MARKS}
    for section, digest in _MARKS:
        assert any(digest in switch.marks and switch.section == section for switch in SWITCHES), (section, digest)


def test_the_committed_list_of_switches() -> None:
    by_section: dict[str, set[str]] = {}
    for switch in SWITCHES:
        by_section.setdefault(switch.section, set()).add(switch.id)
    assert by_section == _IDS
    assert len(BY_ID) == len(SWITCHES)


@pytest.mark.skipif(
    not _REFERENCE.exists(), reason="the reference is not at hand: only the committed list was compared"
)
def test_the_reference_has_no_mark_without_a_switch() -> None:
    found: Counter[tuple[str, str]] = Counter()
    section = ""
    for line in _REFERENCE.read_text(encoding="utf-8").splitlines():
        heading = re.match(r"## (\d+)", line)
        if heading:
            section = heading[1]
        if section:  # the legend above the first section explains the marks and has none of its own
            found[section, hashlib.sha256(line.strip().encode()).hexdigest()[:12]] += len(_MARK.findall(line))
    assert {key: count for key, count in found.items() if count} == _MARKS


def test_each_switch_has_a_question_and_alternatives() -> None:
    for switch in SWITCHES:
        assert switch.question.endswith("?"), switch.id
        assert len(set(switch.alternatives)) == len(switch.alternatives) >= 2, switch.id
        assert switch.default == switch.alternatives[0]


def test_each_switch_is_consulted_somewhere() -> None:
    """A switch that nobody reads would make every scenario under it prove nothing."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in _SOURCES.rglob("*.py") if path.name != "doubt.py")
    unread = [switch.id for switch in SWITCHES if f'"{switch.id}"' not in text]
    assert unread == []


def test_choosing() -> None:
    doubt = Doubt({"certutil_format": "compact"})
    assert doubt["certutil_format"] == "compact"
    assert doubt["stdin_end_closes"] == "closes"
    assert set(doubt) == set(BY_ID)
    with pytest.raises(ValueError, match="no doubt switch 'nothing'"):
        Doubt({"nothing": "x"})
    with pytest.raises(ValueError, match="no alternative 'x'"):
        Doubt({"certutil_format": "x"})
    with pytest.raises(KeyError):
        doubt["nothing"]
