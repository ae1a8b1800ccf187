# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters in plays, on each ansible-core that we promise: the documentation's examples run on simulated hosts."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.assess.commands import ROOT, of_host
from integration.assess.cores import CORES, programs
from winhost.testing import RunningFleet, running_fleet

HOSTS = [
    {"name": "needs", "profile": "vista_sp1_x64"},
    {"name": "pending", "profile": "vista_pending"},
    {"name": "fixed", "profile": "srv2008_fixed"},
    {"name": "modern", "profile": "win2019"},
]
HOSTILE = "<b>{{ 1 + 1 }}</b>"


def _example(name: str) -> Any:
    documented = yaml.safe_load((ROOT / "plugins" / "filter" / f"{name}.yml").read_text(encoding="utf-8"))
    return yaml.safe_load(documented["EXAMPLES"])


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    with running_fleet({"hosts": HOSTS}) as running:
        yield running


class Run:
    """One ansible-core in a folder of its own, with an inventory of the fleet and a host that is off."""

    def __init__(self, folder: Path, fleet: RunningFleet, core: str) -> None:
        self.folder, self._programs = folder, programs(core)
        hosts = {name: of_host(host) for name, host in fleet.hosts.items()}
        hosts["off"] = {**hosts["needs"], "ansible_port": 9}
        self.write("hosts.yml", {"legacy": {"hosts": hosts}})

    def write(self, name: str, content: Any) -> None:
        (self.folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def command(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
        environment = {
            **kept,
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "1",
        }
        options: dict[str, Any] = {"cwd": self.folder, "env": environment, "stdin": subprocess.DEVNULL}
        command = [str(self._programs / program), *arguments]
        return subprocess.run(command, text=True, capture_output=True, check=False, **options)

    def play(self, plays: Any) -> subprocess.CompletedProcess[str]:
        self.write("book.yml", plays)
        return self.command("ansible-playbook", "-i", "hosts.yml", "book.yml")


@pytest.fixture(scope="module", params=CORES)
def run(request: pytest.FixtureRequest, fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The documented play with all formats and the groups, run once for each core."""
    made = Run(tmp_path_factory.mktemp("reports"), fleet, request.param)
    (play,) = _example("report")
    assess, write = play["tasks"]
    play["vars"] = {**write["vars"], "said": HOSTILE}
    others = [
        {
            **write,
            "ansible.builtin.copy": {
                "content": f"{{{{ kb952876_results | winlegacy.servicing.report(format='{name}') }}}}",
                "dest": f"./kb952876.{name}",
                "mode": "0644",
            },
        }
        for name in ("csv", "json", "junit", "text")
    ]
    play["tasks"] = [assess, write, *others, *_example("verdict_groups")]
    ran = made.play([play])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return made


def test_every_host_is_in_the_reports_the_dead_one_too(run: Run) -> None:
    hosts = {one["host"]: one["status"] for one in json.loads(run.read("kb952876.json"))["hosts"]}
    assert hosts == {
        "needs": "needs_fix",
        "pending": "install_pending",
        "fixed": "fixed",
        "modern": "not_applicable",
        "off": "unreachable",
    }
    assert {line[0] for line in csv.reader(run.read("kb952876.csv").splitlines())} == {"host", *hosts}
    suite = ET.fromstring(run.read("kb952876.junit"))[0]
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("2", "1", "1")
    page = run.read("kb952876.html")
    assert page.startswith("<!DOCTYPE html>") and "<h1>KB952876 on site 4</h1>" in page
    assert all(f">{name}</th>" in page for name in hosts)
    table = run.read("kb952876.text")
    assert [line.split()[0] for line in table.splitlines() if line.split()[:1] and line.split()[0] in hosts] == [
        *("needs", "pending", "off", "fixed", "modern"),
    ]


def test_the_groups_are_an_inventory_beside_the_hosts_own(run: Run) -> None:
    ran = run.command("ansible-inventory", "--list", "-i", "hosts.yml", "-i", "kb952876_groups.yml")
    assert ran.returncode == 0, ran.stderr
    assert "WARNING" not in ran.stderr
    told = json.loads(ran.stdout)
    assert told["kb952876_needs_fix"]["hosts"] == ["needs"]
    assert told["kb952876_install_pending"]["hosts"] == ["pending"]
    assert told["kb952876_reboot_required"]["hosts"] == ["pending"]
    assert told["kb952876_unreachable"]["hosts"] == ["off"]
    assert set(told["all"]["children"]) >= {"kb952876_staged", "kb952876_unknown", "kb952876_symptomatic"}
    assert told["_meta"]["hostvars"]["needs"]["ansible_connection"] == "winrm"


def test_a_group_is_a_pattern_for_ad_hoc_work_also_an_empty_one(run: Run) -> None:
    files = ("-i", "hosts.yml", "-i", "kb952876_groups.yml")
    ran = run.command("ansible", "kb952876_needs_fix", *files, "--list-hosts")
    assert ran.stdout.split() == ["hosts", "(1):", "needs"]
    ran = run.command("ansible", "kb952876_staged", *files, "--list-hosts")
    assert "Could not match supplied host pattern" not in ran.stderr


def test_what_hosts_say_is_never_a_template_and_missing_results_are_rows(run: Run) -> None:
    results = {"one": {"status": "unknown", "summary": HOSTILE}, "two": None}
    run.write("results.yml", {"given": results})
    text = "{{ (lookup('ansible.builtin.file', 'results.yml') | from_yaml).given | winlegacy.servicing."
    copy = {"ansible.builtin.copy": {"content": "{{ made }}", "dest": "./hostile.csv", "mode": "0644"}}
    tasks = [
        {"ansible.builtin.set_fact": {"made": text + "report(format='csv') }}"}},
        copy,
        {"ansible.builtin.set_fact": {"chosen": text + "select('one.summary') }}"}},
        {"ansible.builtin.assert": {"that": ["'1 + 1' in chosen", "made is string", "'two,failed' in made"]}},
    ]
    ran = run.play([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert HOSTILE in run.read("hostile.csv")


def test_a_report_stays_the_text_that_it_is(run: Run) -> None:
    # Without a null it could be a Python dictionary, and ansible-core before 2.19 makes one of such texts.
    text = "{{ {'one': {}} | winlegacy.servicing.report(format='json', query=\"[?status=='staged']\") }}"
    task = {"ansible.builtin.copy": {"content": text, "dest": "./empty.json", "mode": "0644"}}
    ran = run.play([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert run.read("empty.json").startswith('{\n  "schema": 1,\n')
    assert json.loads(run.read("empty.json"))["hosts"] == []


def test_select_runs_as_documented(run: Run) -> None:
    ran = run.play([{"hosts": "needs", "gather_facts": False, "tasks": _example("select")}])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert '"msg": []' in ran.stdout, "servicing of this host knows none: a list, and not nothing"


def test_bad_input_is_a_sentence_in_a_play_too(run: Run) -> None:
    task = {"ansible.builtin.debug": {"msg": "{{ {} | winlegacy.servicing.report(format='pdf') }}"}}
    ran = run.play([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}])
    assert ran.returncode == 2
    assert "format is 'pdf': one of html, csv, json, junit, text, markdown was expected" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("name", ["report", "select", "verdict_groups"])
def test_ansible_doc_shows_the_filters(run: Run, name: str) -> None:
    ran = run.command("ansible-doc", "-t", "filter", "--json", f"winlegacy.servicing.{name}")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)[f"winlegacy.servicing.{name}"]
    assert told["doc"]["short_description"] and told["examples"] and told["return"]["_value"]
