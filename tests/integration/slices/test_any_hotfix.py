# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A merge of another hotfix, by settings of the other prefix, that gives a part of its own under a job's number."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part import make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part_read import read
from integration.role.runner import Controller

OPTIONS: dict[str, Any] = {"hotfixes": ["KB942288"], "made": datetime(2026, 1, 31, tzinfo=UTC), "collection": "0.1.0"}


def test_the_parts_of_another_hotfix_are_merged(tmp_path: Path) -> None:
    nobody: Any = SimpleNamespace(hosts={})
    hosts = {"a": "needs_fix", "b": "fixed", "c": "fixed"}
    controller = Controller(tmp_path, nobody, {host: {} for host in hosts})
    controller.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"
    for number, (host, status) in enumerate(hosts.items(), 1):
        result = {"kb": "KB942288", "status": status, "summary": "{{ 7 * 6 }} says the host"}
        part = make(f"slice{number}of3", [host], {host: result}, **OPTIONS)
        (tmp_path / f"{number}.json").write_text(json.dumps(part), encoding="utf-8")
    played = controller.play(
        "winlegacy.servicing.merge",
        hotfix_kb="942288",
        hotfix_parts=["1.json", "2.json", "3.json"],
        hotfix_inventory_file="groups.yml",
        hotfix_part="{{ awx_job_id }}",
        awx_job_id=17,
    )
    assert played.code == 0, played.out[-3000:]
    assert played.said("Say what the parts are") == ["3 hosts from 3 parts, made 2026-01-31T00:00:00Z: complete."]
    groups = yaml.safe_load((tmp_path / "groups.yml").read_text(encoding="utf-8"))
    assert list(groups["kb942288_needs_fix"]["hosts"]) == ["a"]
    assert list(groups["kb942288_fixed"]["hosts"]) == ["b", "c"]
    assert "winlegacy.servicing.stage" in played.out, "the next command"
    stats = json.loads(played.out.partition("RUN: ")[2].strip())
    own = read(stats["winlegacy_part_17"], "stats", "17")
    assert own.hotfixes == ("KB942288",)
    assert own.results["a"]["summary"] == "{{ 7 * 6 }} says the host", "what a host said is no template"
