# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the run in the next command: all of them, before the step's own."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import Reach, Run
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.following import Next, following
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_markdown import as_markdown
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_text import as_text
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from unit.plugins.plugin_utils._report.samples import ABOUT, result

STAGED = {"a": {"status": "staged", "summary": "s"}}
WAITING = {"a": result("booting")}
KEPT = ("-e kb952876_only_if_symptomatic=true", "-e @night.yml", "--vault-id 'a b'", "-k")


def after(results: Any, kb: str = "KB952876", **of_run: Any) -> Next:
    run = Run(**{"playbook": "assess", "inventory": ("h",), "reach": Reach("!staged"), **of_run})
    return following(rows(results), dataclasses.replace(ABOUT, kb=kb, run=run))


@pytest.mark.parametrize(
    ("results", "kb", "given", "own"),
    [
        (STAGED, "KB952876", {"kb952876_package_dir"}, ("", "-e kb952876_reboot=true")),
        (STAGED, "KB952876", {"kb952876_packages"}, ("", "-e kb952876_reboot=true")),
        (STAGED, "KB952876", set(), ("", "-e kb952876_package_dir=FOLDER -e kb952876_reboot=true")),
        (WAITING, "KB952876", {"kb952876_package_dir"}, ("", "-e kb952876_reboot=true")),
        (STAGED, "KB942288", {"hotfix_kb", "hotfix_package_dir"},
         ("-e hotfix_kb=KB942288 ", "-e hotfix_reboot=true")),
        (STAGED, "KB952876", {"hotfix_kb", "hotfix_package_dir"},
         ("-e hotfix_kb=KB952876 ", "-e hotfix_reboot=true")),
        (STAGED, "KB942288", {"kb952876_package_dir"},
         ("-e hotfix_kb=KB942288 ", "-e hotfix_package_dir=FOLDER -e hotfix_reboot=true")),
    ],
)
def test_settings_that_spared_hosts_stay(results: Any, kb: str, given: set[str], own: tuple[str, str]) -> None:
    command = after(results, kb, options=KEPT, given=frozenset(given)).command or ""
    assert command.replace(" \\\n ", "") == (
        f"ansible-playbook winlegacy.servicing.remediate -i h --limit '!staged' {own[0]}{' '.join(KEPT)} {own[1]}"
    )
    assert "a b" in shlex.split(command)


def test_a_folder_of_packages_in_the_inventory_is_not_asked_for() -> None:
    assert "FOLDER" in (after(WAITING, packaged=frozenset({"hotfix_packages"})).command or "")
    assert "FOLDER" not in (after(WAITING, packaged=frozenset({"kb952876_packages"})).command or "")


def test_hosts_are_given_once() -> None:
    reach = Reach(None, "site")
    assert "-e kb952876_hosts=site" in (after(STAGED, reach=reach).command or "")
    found = after(STAGED, reach=reach, options=("-e @f",), given=frozenset({"kb952876_hosts"}))
    assert "kb952876_hosts" not in (found.command or "")


def test_options_that_cannot_be_written_out_are_told_and_no_command_is_shown() -> None:
    run: dict[str, Any] = {"unshown": "ansible_password may be a secret", "given": frozenset({"kb952876_package_dir"})}
    found = after(STAGED, **run)
    assert found.why.endswith(
        "No whole command is shown, as ansible_password may be a secret. Run winlegacy.servicing.remediate with the"
        " same -i, -e, vault and login options as this run, and after them:"
    )
    assert found.command == "--limit '!staged' -e kb952876_reboot=true"
    about = dataclasses.replace(ABOUT, run=Run("assess", ("h",), reach=Reach("!staged"), **run))
    assert as_text(rows(STAGED), about).endswith(f"and after them:\n  {found.command}\n")
    assert f"\n    {found.command}\n" in as_markdown(rows(STAGED), about)
    lost = after({"b": {"failed": True, "msg": "x"}}, reach=None, **run)
    assert lost.command == "--limit b"
    assert after(STAGED, reach=Reach("a\nb")).command is None
    assert after(STAGED, inventory=("a\x1b",)).command is None
