# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ad hoc output stays within its lines, whatever hosts say, and nothing that counts is lost with it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Question, RebootIndicator
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import (
    LINES,
    NAMED,
    brief,
    brief_change,
)
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._report.samples import SCRIPTS, result

WORST = {"failed": True, "unreachable": True, "changed": False, "msg": "The host does not answer."}
"""What Ansible and the base of the actions add to what was learnt of a host."""


def lines(shown: Mapping[str, Any]) -> int:
    """Lines of the `minimal` callback's form; its `HOST | SUCCESS => {` is the first of them."""
    return len(json.dumps(shown, indent=4, sort_keys=True).splitlines())


def spoilt(name: str, unknown: int, reasons: int, ended: bool) -> dict[str, Any]:
    """A real result with as many unknown answers and reasons for a restart."""
    made = copy.deepcopy(result(name))
    questions = [*(one.value for one in Question), *(f"reboot.{one.value}" for one in RebootIndicator)] * 3
    made["unknown"] = [{"question": one, "cause": "fault", "detail": "why"} for one in questions[:unknown]]
    made["restart"]["reasons"] = [one.value for one in RebootIndicator][:reasons]
    made["ended"] = {"by": "deadline", "during": "packages", "detail": "over"} if ended else None
    return made


@pytest.mark.parametrize("name", SCRIPTS)
@given(st.integers(0, 40), st.integers(0, len(RebootIndicator)), st.booleans())
def test_an_assessment_fits_whatever_is_unknown(name: str, unknown: int, reasons: int, ended: bool) -> None:
    shown = brief(spoilt(name, unknown, reasons, ended))
    failed = {key: value for key, value in WORST.items() if key != "unreachable"}
    lost = {key: value for key, value in WORST.items() if key != "failed"}
    assert ("symptom" in shown) is (name == "old-ldr" and not ended)
    # what failed was ended, or is not applicable: neither tells a symptom, and there is room for the message
    for more in ({"changed": False}, failed, lost) if "symptom" not in shown else ({"changed": False},):
        assert lines({**shown, **more}) <= LINES


def test_the_first_unknown_answers_are_named_and_the_others_counted() -> None:
    assert brief(spoilt("needs", 2, 0, ended=False))["unknown"] == "identity (fault), os (fault)"
    assert brief(spoilt("needs", 9, 0, ended=False))["unknown"] == (
        f"identity (fault), os (fault), architecture (fault) and {9 - NAMED} more"
    )
    assert brief(spoilt("needs", 0, 0, ended=False))["unknown"] == ""


def test_what_was_wrong_with_the_first_answer_is_said() -> None:
    made = spoilt("needs", 2, 0, ended=False)
    bound = "the answer holds elements nested deeper than 64, which is not accepted"
    made["unknown"][0].update(cause="unparsable", detail=bound)
    assert brief(made)["unknown"] == f"identity (unparsable: {bound}), os (fault)"
    made["unknown"][0]["detail"] = "x\n" * 500
    assert len(str(brief(made)["unknown"])) < 200


def test_all_reasons_for_a_restart_are_named() -> None:
    shown = brief(spoilt("needs", 0, len(RebootIndicator), ended=True))
    restart: Any = shown["restart"]
    assert restart["reasons"].split(", ") == [one.value for one in RebootIndicator]
    assert shown["ended"] == "deadline during packages"


def test_what_is_short_says_the_same_as_what_is_long() -> None:
    long = result("booting")
    short = brief(long)
    for name in ("status", "applicable", "summary", "windows", "next", "kb"):
        assert short[name] == long[name]
    assert set(long) - set(short) == {"plan", "unmet", "details", "files"}, "no files but the kernel"
    assert brief({}) == {}, "of a host that said nothing nothing is told"


def run(**more: Any) -> dict[str, Any]:
    """What hotfix returns with details, of an install."""
    before, after = result("needs"), result("booting")
    told = {
        "changed": True, "state": "present", "outlook": "do", "code": "install", "msg": "Installed.",
        "steps": ["verify_payload", "install_package"], "status": "install_pending", "reboot_required": True,
        "reboot_reasons": ["cbs_reboot_pending", "file_rename"], "rc": 3010, "log": [], "next": after["next"],
        "exit": {"code": 3010, "hex": "0xBC2", "outcome": "reboot_required", "text": "It needs a restart."},
        "package": {"path": "x.msu"}, "transfer": None, "ended": None, "was": "needs_fix", "predicted": False,
        "before": before, "after": after,
    }
    return {**told, **more}


def test_a_change_does_not_repeat_two_assessments() -> None:
    told = run()
    shown = brief_change(told, told["after"])
    assert not {"before", "after", "package", "transfer"} & set(shown)
    assert (shown["was"], shown["status"]) == ("needs_fix", "install_pending")
    assert shown["summary"] == told["after"]["summary"]
    assert shown["reboot_reasons"] == "cbs_reboot_pending, file_rename"
    assert lines({**shown, "failed": False}) <= LINES
    lost = run(ended={"by": "silence", "during": "install", "detail": "gone"})
    assert lines({**brief_change(lost, lost["after"]), "unreachable": True}) <= LINES


def test_a_change_of_a_hotfix_without_a_kernel_shows_its_files() -> None:
    seen = copy.deepcopy(result("booting"))
    seen["kernel"] = {**seen["kernel"], "fixed": None, "level": None}
    seen["files"] = {"level": "unread", "compared": 0, "below": [], "unread": 4, "absent": 1}
    shown = brief_change(run(after=seen), seen)
    assert "kernel" not in shown
    assert shown["files"] == {"level": "unread", "compared": 0, "unread": 4}
    assert lines({**shown, "failed": False}) <= LINES


def test_the_log_of_a_failed_installer_is_never_lost() -> None:
    told = run(log=["one", "two"])
    shown = brief_change(told, told["after"])
    assert (shown["log"], shown["exit"]) == (["one", "two"], "It needs a restart.")
