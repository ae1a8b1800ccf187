# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation runs, in one run of ansible-playbook, and real results are as RETURN says."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from integration.documentation.examples import (
    READER,
    SECRET,
    SHARE,
    Part,
    examples,
    of_all,
    value_of,
    write_files,
)
from integration.documentation.returned import Comparison, documented, samples
from integration.role.runner import Controller, Played, machine
from winhost.testing import RunningFleet, running_fleet

COLLECTION = "winlegacy.servicing."
TCPIP = {"path": "C:\\Windows\\System32\\drivers\\tcpip.sys", "size": 900_000}
HOSTS = [
    machine("asked", "vista_sp1_x64", overrides={"files": [{**TCPIP, "version": "6.0.6001.18000"}]}),
    machine("modern", "win2019"),
    machine("hung", "vista_hung_tcpipreg"),
    machine("sharing", "vista_sp1_x64"),
    machine("pending", "vista_pending"),
    machine("work", "vista_sp1_x86"),
    machine("pae", "vista_hung_tcpipreg", overrides={"pae": True}),
    machine("odd", "vista_sp1_x64", overrides={"caption": "Windows \u202e", "missing_classes": ["CIM_DataFile"]}),
    machine("mute", "vista_pending", faults=[{"kind": "drop_request", "action": "Enumerate", "times": 0}]),
]
OFF = {"ansible_connection": "winrm", "ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_winrm_scheme": "http"}


def _ours(module: str, register: str = "", /, *, once: bool = False, **options: Any) -> dict[str, Any]:
    """A task beside the examples: what they rest on, or results that they do not show."""
    more: dict[str, Any] = {"register": register} if register else {}
    more |= {"run_once": True} if once else {}
    return {"name": f"Beside {module}", f"{COLLECTION}{module}": options, **more}


def _may_fail(task: dict[str, Any]) -> dict[str, Any]:
    return {**task, "ignore_errors": True, "ignore_unreachable": True}


FROM_SHARE = "Install from a share, with an account for the share"
RESULTS = _ours("fleet_hotfix_info", "hotfix_result", once=True, packed=True)
CHECKED = _ours("rollout_settings", "checked", once=True, playbook="remediate", state="present")
DEFINITION = _ours(
    "hotfix_definition",
    once=True,
    packages=["{{ srv }}/hotfixes/Windows6.0-KB123456-x64.msu", "{{ srv }}/hotfixes/Windows6.0-KB123456-x86.msu"],
    article="{{ srv }}/hotfixes/KB123456.md",
    dest="{{ srv }}/definitions",
    details=True,
)
ROLLOUT = {
    "kb952876_package_dir": "{{ srv }}/hotfixes",
    "kb952876_ca_file": "{{ root }}",
    "kb952876_checksum": "{{ pins }}",
}
ENDED = tuple(_ours("rollout_batch", once=True, step=one, scope="{{ scope }}") for one in ("end", "last"))
FILTERS = {
    # The value's type must be what RETURN says.
    "report": "{'a': none} | winlegacy.servicing.report(format='csv')",
    "verdict_groups": "{'a': none} | winlegacy.servicing.verdict_groups",
    "host_results": "hostvars | winlegacy.servicing.host_results(['work'])",
    "window_state": "{} | winlegacy.servicing.window_state([{'start': '22:00', 'end': '23:00'}])",
    "_doctor_settings": "['doctor_hosts'] | winlegacy.servicing._doctor_settings",
    "_rollout_hosts": "'work' | winlegacy.servicing._rollout_hosts(['work'], ['work'])",
    "_rollout_members": "hotfix_result | winlegacy.servicing._rollout_members",
    "_rollout_own": "hotfix_result | winlegacy.servicing._rollout_own('work', 'KB952876')",
    "_rollout_work": "{} | winlegacy.servicing._rollout_work('present')",
}
TYPES = {
    "name": "Types of filters",
    "ansible.builtin.debug": {"msg": {name: f"{{{{ ({one}) | type_debug }}}}" for name, one in FILTERS.items()}},
}
EVERY_RESULT = "{{ dict(ansible_play_hosts_all | zip(ansible_play_hosts_all | map('extract', hostvars, 'kept'))) }}"
LOST = (
    _may_fail(_ours("wql_info", query="SELECT Name FROM Win32_Service")),
    _may_fail(_ours("hotfix_info", details=True)),
    _may_fail(_ours("hotfix", state="absent")),
    _may_fail(_ours("hotfix", state="absent", details=True)),
    _may_fail(_ours("reboot")),
    _may_fail(_ours("doctor", details=True)),
    _may_fail(_ours("doctor", transcript="{{ srv }}/mute.json", deadline=10)),
)
"""A host that is lost in the middle: what was learnt, and what ended the task."""
ODD = (_ours("wql_info", query="SELECT Caption FROM Win32_OperatingSystem"), _ours("hotfix_info", details=True))
FULL = _ours("hotfix_info", details=True, events=True)
INSTALLED = (FULL, _ours("hotfix", state="present", package_dir="{{ srv }}/hotfixes", details=True))
OF_FILES = _ours("hotfix", kb="KB123456", definition_dir="{{ srv }}/definitions", state="absent")
ASKED_FOR = {
    "prerequisites": [{"text": "Service Pack 1", "os_version": "6.0.6001", "service_pack": 1, "kb": "KB936330"}],
    "registry": [
        {
            "key": "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example",
            "value": "Enable",
            "kind": "REG_DWORD",
            "data": "1",
            "required": True,
            "os_version": "6.0.6001",
        }
    ],
}
WRITTEN = "{{ lookup('ansible.builtin.file', srv ~ '/definitions/kb123456.json') | from_json | combine(asked_for) }}"
BY_HAND = {
    "name": "Add what no article of the tests tells",
    "ansible.builtin.copy": {"content": WRITTEN, "dest": "{{ srv }}/definitions/kb123456.json"},
    "delegate_to": "localhost",
    "run_once": True,
}
HANDED_ON = {
    "name": "Put the part where the next run looks",
    "ansible.builtin.copy": {
        "content": "{{ part.stats.winlegacy_part_slice2of3 | to_json }}",
        "dest": "{{ srv }}/../controller/runs/artifacts/slice2of3.json",
    },
    "delegate_to": "localhost",
    "run_once": True,
}
PARTS = (
    Part(
        "modules",
        "doctor",
        "asked",
        before=(_ours("doctor", "sick", scope="host", details=True),),
        after=(
            {**_ours("doctor", transcript="{{ srv }}/later.json"), "check_mode": True},
            _ours("doctor", once=True, results="{{ {'asked': doctor} }}"),
        ),
    ),
    Part("modules", "wql_info", "asked", after=(_may_fail(_ours("wql_info", query="SELECT Name FROM Nothing_Here")),)),
    Part("modules", "hotfix_definition", "asked", after=(DEFINITION, BY_HAND), variables={"asked_for": ASKED_FOR}),
    Part(
        "modules",
        "hotfix_info",
        "asked:modern",
        after=(
            _ours("hotfix_info", "kept", details=True, evidence=True, depth="full", events=True),
            _ours("hotfix_info", kb="KB123456", definition_dir="{{ srv }}/definitions", details=True),
            OF_FILES,
        ),
    ),
    Part(
        "modules",
        "package_info",
        "asked",
        after=(_ours("package_info", path="{{ srv }}/hotfixes/Windows6.0-KB952876-x64.msu", details=True),),
    ),
    Part("filter", "select", "asked"),
    Part("filter", "window_state", "asked", tasks=("Ask the host's clock",)),
    Part("filter", "_rollout_work", "asked"),
    Part("filter", "_rollout_own", "asked"),
    Part("filter", "_doctor_settings", "asked"),
    Part("filter", "report", "asked:pending:off"),
    Part("filter", "_rollout_hosts", "asked"),
    Part("filter", "verdict_groups", "asked:modern", variables={"kb952876_results": EVERY_RESULT}),
    Part("modules", "fleet_hotfix_info", "asked:modern:pending:hung:off"),
    Part("modules", "rollout_settings", "work", variables=ROLLOUT),
    Part("modules", "rollout_scope", "work", before=(RESULTS, CHECKED), variables=ROLLOUT),
    Part("modules", "rollout_member", "work", variables={**ROLLOUT, "kb952876_result": "{{ hotfix_result }}"}),
    Part("filter", "_rollout_members", "work", variables={**ROLLOUT, "kb952876_result": "{{ hotfix_result }}"}),
    Part("modules", "rollout_batch", "work", after=(*ENDED, TYPES)),
    Part("modules", "fleet_report", "work"),
    Part("modules", "fleet_part", "work", after=(HANDED_ON,)),
    Part("modules", "fleet_merge", "work"),
    Part("filter", "host_results", "work"),
    Part(
        "modules",
        "hotfix",
        "hung",
        tasks=(
            "Stage the package for each host's architecture",
            "Install the hotfix where the trouble is seen",
            "Restart where the hotfix needs it",
            "Remove the hotfix and the staged files",
        ),
        before=(_ours("hotfix_info"),),
        after=(_ours("hotfix", state="absent", details=True),),
    ),
    Part("modules", "hotfix", "sharing", tasks=(FROM_SHARE,), after=(_ours("hotfix", state="present", details=True),)),
    Part("modules", "reboot", "pending"),
)
BELOW = {
    "fleet_hotfix_info": {"hosts": documented("hotfix_info")},
    "hotfix_info": {"hotfixes": documented("hotfix_info")},
    "hotfix": {"before": documented("hotfix_info"), "after": documented("hotfix_info")},
}
"""What is documented at another module, by the description's own words."""


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    with running_fleet({"hosts": HOSTS}) as running:
        running.host("sharing").change("share", root=SHARE, user=READER, password=SECRET)
        yield running


@pytest.fixture(scope="module")
def played(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("examples")
    srv = folder / "srv"
    (folder / "controller" / "runs" / "artifacts").mkdir(parents=True)
    proven = write_files(srv)
    package = srv / "hotfixes" / "Windows6.0-KB952876-x64.msu"
    shared = base64.b64encode(package.read_bytes()).decode()
    fleet.host("sharing").change("file", path=f"{SHARE}\\{package.name}", content=shared)
    controller = Controller(folder / "controller", fleet, {"off": OFF})
    of_packages = {f"{COLLECTION}{name}": proven for name in ("package_info", "hotfix_definition")}
    defaults = {
        **of_packages,
        f"{COLLECTION}hotfix": {**proven, "symptom_interval": 1, "transfer": "winrm"},
        f"{COLLECTION}reboot": {"settle": 2, "delay": 0},
    }
    variables: dict[str, Any] = {
        "srv": str(srv),
        "root": proven.get("ca_file", ""),
        "pins": proven.get("checksum", []),
        "vault_reader_password": SECRET,
        "examined_sha256": hashlib.sha256(package.read_bytes()).hexdigest(),
    }
    lost = {"name": "Lost", "hosts": "mute", "gather_facts": False, "tasks": LOST}
    odd = {"name": "Odd", "hosts": "odd", "gather_facts": False, "tasks": ODD}
    full = {"name": "Full", "hosts": "pae", "gather_facts": False, "module_defaults": defaults, "tasks": INSTALLED}
    plays = [lost, odd, full]
    plays += [play for part in PARTS for play in part.plays(srv, defaults)]
    return controller.start(plays, **variables).end(170)


def test_every_example_is_in_the_run() -> None:
    named = {(part.kind, part.name) for part in PARTS}
    there = {(kind, name) for kind in ("modules", "filter") for name in of_all(kind)}
    assert there == named
    (hotfix,) = {len(examples("modules", "hotfix", Path("/srv")))}
    assert sum(len(part.tasks) for part in PARTS if part.name == "hotfix") == hotfix


def test_every_example_runs(played: Played) -> None:
    assert played.code == 0, played.out[-6000:]
    failed = [one for one in played.events if one["outcome"] in ("failed", "unreachable")]
    asked = {str(one["task"]) for one in failed if one["host"] not in ("off", "mute")}
    assert asked <= {"Beside wql_info"}, failed
    ran = {str(one["task"]) for one in played.events if one["outcome"] != "skipped"}
    for part in PARTS:
        found = examples(part.kind, part.name, Path("/srv"))
        tasks = [task for one in found for task in (one["tasks"] if "hosts" in one else [one])]
        wanted = {one["name"] for one in tasks if not part.tasks or one["name"] in part.tasks}
        assert wanted <= ran, (part.name, wanted - ran)


def _results(played: Played) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in played.events:
        module = str(one["action"])
        if module.startswith(COLLECTION) and one["outcome"] != "skipped":
            result = {**one["result"], **({"failed": True} if one["outcome"] == "failed" else {})}
            for each in result.get("results", [result]) if "rollout_member" in module else [result]:
                yield module.removeprefix(COLLECTION), {key: one for key, one in each.items() if key not in OF_LOOPS}


OF_LOOPS = ("ansible_loop_var", "item")


@pytest.mark.parametrize("module", of_all("modules"))
def test_real_results_are_as_documented(played: Played, module: str) -> None:
    found = [result for name, result in _results(played) if name == module]
    assert found
    comparison = Comparison(module, documented(module), BELOW.get(module, {}))
    for result in found:
        comparison.take(result)
    assert not comparison.problems, "\n".join(sorted(comparison.problems))
    unseen = comparison.paths() - comparison.seen
    assert not unseen, f"documented, and in no result of this run: {sorted(unseen)}"


@pytest.mark.parametrize("module", of_all("modules"))
def test_samples_are_of_their_type(module: str) -> None:
    assert not list(samples(documented(module)))


def test_filters_give_what_they_document(played: Played) -> None:
    told = played.said("Types of filters")
    names = {"AnsibleUnicode": "str", "_AnsibleTaggedStr": "str", "NativeJinjaUnsafeText": "str"}
    assert set(FILTERS) == set(of_all("filter")) - {"select"}, "select gives whatever its expression chooses"
    for name, kind in told.items():
        documented_type = value_of(name)["type"]
        assert names.get(kind, kind.removeprefix("_AnsibleTagged").lower()) == documented_type or (
            documented_type == "raw"
        ), (name, kind)
