# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback with results as Ansible hands them over: without `failed`, which the event tells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible import context
from ansible.utils.context_objects import CLIArgs
from ansible_collections.winlegacy.servicing.plugins.callback.verdicts import CallbackModule
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import brief
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_text import as_text
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from unit.plugins.plugin_utils._report.samples import ABOUT, result

OWN = {
    "KB952876": {"kb": "KB952876", "status": "fixed", "summary": "KB952876 is there: the kernel is new."},
    "KB942288": {"kb": "KB942288", "status": "needs_fix", "summary": "KB942288 is missing: msi.dll is old."},
}
PROOF = f"The package /srv/hotfixes/{'x' * 90}.msu is not proven: {'its signature does not say who made it, ' * 5}stop."


class Run:
    """An ad hoc run, and what it shows."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(context, "CLIARGS", CLIArgs({"module_name": "x", "inventory": ["hosts.yml"]}))
        self.callback, self.shown = CallbackModule(), list[str]()
        self.callback._display = SimpleNamespace(  # noqa: SLF001
            verbosity=0, columns=100, display=lambda text, **_more: self.shown.extend(text.splitlines())
        )
        self.callback._handle_warnings = lambda _result: None  # noqa: SLF001
        manager = SimpleNamespace()
        play = SimpleNamespace(get_name=lambda: "Ansible Ad-Hoc", get_variable_manager=lambda: manager)
        self.callback.v2_playbook_on_play_start(play)

    def tell(self, event: str, host: str, module: str, result: dict[str, Any], **arguments: Any) -> None:
        task = SimpleNamespace(resolved_action=f"winlegacy.servicing.{module}", action=module, args=arguments)
        told = SimpleNamespace(_task=task, _host=SimpleNamespace(get_name=lambda: host), _result=result)
        getattr(self.callback, f"v2_runner_on_{event}")(told)

    def end(self) -> list[str]:
        at = len(self.shown)
        self.callback.v2_playbook_on_stats(None)
        return self.shown[at:]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(monkeypatch)


@pytest.mark.parametrize("kb", [list(OWN), "KB952876,KB942288", "952876, kb942288"])
def test_of_a_list_of_hotfixes_each_has_its_line_and_its_table(run: Run, kb: Any) -> None:
    run.tell("ok", "a", "hotfix_info", {"hotfixes": OWN, "kernel": {"running": "6.0"}}, kb=kb)
    run.tell("unreachable", "dead", "hotfix_info", {"unreachable": True, "msg": "No route."}, kb=kb)
    assert [line.split()[:3] for line in run.shown] == [
        ["a", "fixed", "KB952876:"], ["a", "needs_fix", "KB942288:"], ["dead", "unreachable", "No"]
    ]
    table = run.end()
    assert [line.split()[0] for line in table if " report (" in line] == ["KB952876", "KB942288"]
    assert [line.split(" (")[1].split(",")[0] for line in table if " report (" in line] == ["2 hosts"] * 2
    assert "2 hosts: 1 fixed, 1 unreachable." in table
    assert "2 hosts: 1 needs_fix, 1 unreachable." in table


def test_lines_of_a_sweep_come_in_the_order_of_the_table_with_the_symptom(run: Run) -> None:
    """As results without details have them: what a report of whole results says of the same hosts."""
    whole = {name: result(name) for name in ("fixed", "needs", "modern", "old-ldr")}
    run.tell("ok", "fixed", "fleet_hotfix_info", {"hosts": {name: brief(one) for name, one in whole.items()}})
    assert [line.split()[0] for line in run.shown] == ["old-ldr", "needs", "fixed", "modern"]
    assert "Symptom suspected. " in run.shown[0]
    table = run.end()
    at = table.index("")
    reported = as_text(rows(whole), ABOUT).splitlines()
    assert table[at + 4 : -3][:8] == reported[reported.index("") + 2 :][: len(table[at + 4 : -3][:8])]


def test_why_a_change_failed_is_told_in_full_and_comes_first(run: Run) -> None:
    learnt = {"kb": "KB952876", "was": "staged", "status": "staged", "summary": "Staged.", "msg": PROOF}
    run.tell("failed", "vista-a", "hotfix", learnt, state="present")
    assert "".join("".join(run.shown).split()) == "vista-afailed" + "".join(PROOF.split())
    assert all(len(line) <= 100 for line in run.shown)
    table = run.end()
    assert "1 host: 1 failed." in table
    assert "1 host failed (vista-a). When the cause is mended, ask again:" in table
    assert not any("Install it" in line for line in table)


def test_a_failure_is_of_the_hotfix_that_was_asked_for(run: Run) -> None:
    run.tell("failed", "a", "hotfix_info", {"msg": "No definition."}, kb="KB960999")
    assert run.end()[1].startswith("KB960999 report (1 host")


def test_a_failure_before_a_template_is_with_what_others_say(run: Run) -> None:
    run.tell("failed", "a", "hotfix_info", {"msg": "No."}, kb="{{ x }}")
    run.tell("ok", "b", "hotfix_info", OWN["KB942288"], kb="{{ x }}")
    table = run.end()
    assert table[1].startswith("KB942288 report (2 hosts")
    assert "2 hosts: 1 needs_fix, 1 failed." in table


def test_what_was_to_be_removed_is_not_broken(run: Run) -> None:
    gone = {**OWN["KB952876"], "was": "fixed", "status": "needs_fix", "state": "absent"}
    run.tell("ok", "a", "hotfix", gone, state="absent")
    table = run.end()
    assert "  Otherwise changed: 1 (a)" in table
    assert not any("broken" in line for line in table)
