# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which limit the next command carries, judged with Ansible's own inventory and variables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.utils.context_objects import CLIArgs
from ansible.vars.manager import VariableManager
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.this_run import this_run
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import Reach

HOSTS = "[site]\nvista-a\nvista-b\n[other]\nvista-c\n"


@pytest.mark.parametrize(
    ("given", "extra", "hosts", "reach"),
    [
        ({}, {}, "abc", Reach()),
        ({"subset": "vista-c"}, {}, "c", Reach("vista-c")),
        ({"subset": "site:!vista-b"}, {}, "a", Reach("site:!vista-b")),
        ({}, {}, "c", None),  # a play of its own, on one host
        ({"subset": "site"}, {}, "a", None),
        ({}, {"kb952876_hosts": "site"}, "ab", Reach(None, "site")),
        ({"subset": "vista-a"}, {"kb952876_hosts": ["site", "other"]}, "a", Reach("vista-a", "site,other")),
        ({}, {"hotfix_kb": "KB942288", "hotfix_hosts": "other"}, "c", Reach(None, "other")),
        ({}, {"hotfix_kb": "KB942288", "kb952876_hosts": "other"}, "c", None),
        ({}, {"kb952876_hosts": "{{ x }}"}, "abc", None),
        ({"args": "site"}, {}, "ab", Reach("site")),
        ({"args": "all", "subset": "other"}, {}, "c", Reach("other")),
        ({"args": "site", "subset": "vista-*"}, {}, "ab", Reach("site")),
        ({"args": "site", "subset": "vista-a"}, {}, "a", Reach("vista-a")),
        ({"args": "site", "subset": "vista-a,vista-c"}, {}, "a", None),
    ],
)
def test_a_limit_that_reaches_no_other_host(  # noqa: PLR0917 - the table's columns
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    extra: dict[str, Any],
    hosts: str,
    reach: Any,
) -> None:
    source = tmp_path / "hosts"
    source.write_text(HOSTS)
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({"inventory": [str(source)], **given}))
    inventory = InventoryManager(DataLoader(), [str(source)])
    inventory.subset(given.get("subset"))
    inventory.restrict_to_hosts([inventory.get_host("vista-a")])  # as strategies and batches do
    manager = VariableManager(DataLoader(), inventory)
    manager._extra_vars = extra  # noqa: SLF001
    names = [f"vista-{one}" for one in hosts]
    run = this_run(manager, names, playbook="assess")
    assert run.reach == reach
    assert run.playbook == "assess"
    assert {"site", "other", "all"} <= run.taken
    assert ("other" in run.wider) is ("c" not in hosts)


def test_packages_that_the_inventory_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, more = tmp_path / "hosts", tmp_path / "group_vars"
    source.write_text(f"{HOSTS}[site:vars]\nhotfix_package_dir=/pk\nkb952876_package_dir=\n")
    more.mkdir()
    (more / "other.yml").write_text("kb952876_packages: {x86: /pk/a.msu}\n")
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({"inventory": [str(source)]}))
    loader = DataLoader()
    manager = VariableManager(loader, InventoryManager(loader, [str(source)]))
    assert this_run(manager, ["vista-a"]).set_there == {"hotfix_package_dir"}
    assert this_run(manager, ["vista-c"]).set_there == {"kb952876_packages"}
    assert this_run(manager, ["gone"]).set_there == this_run(manager, []).set_there == frozenset()


def test_options_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({}))
    manager = VariableManager(DataLoader())  # which reads and keeps the extra variables of the whole process
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({"extra_vars": ["hotfix_definition_dir=my", "hotfix_definition="]}))
    manager._extra_vars = {"hotfix_definition_dir": "my", "hotfix_definition": ""}  # noqa: SLF001
    run = this_run(manager, ["a"])
    assert run.given == {"hotfix_definition_dir"}
    assert run.options == ("-e hotfix_definition_dir=my", "-e hotfix_definition=")
    monkeypatch.setattr(context, "CLIARGS", CLIArgs({"extra_vars": ["ansible_password=x"]}))
    assert this_run(manager, ["a"]).unshown == "ansible_password may be a secret"
