# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sweep takes for a host's connection is what a task of the host's own would: compared source by source.

One inventory in which each host has its options from somewhere else; a forked task and a sweep both tell what they got.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.assess.commands import HERE, ROOT

PROBE = Path(__file__).with_name("probe")
WINRM = {"ansible_connection": "winrm", "ansible_port": 5985}
ACCOUNT = {"ansible_user": "ann", "ansible_password": "hers"}

WHO = "{{ lookup('vars', 'who') }}"
NOBODY = "{{ q('vars', 'who', default='nobody')[0] }}"
OWN = "{{ query('ansible.builtin.vars', 'word') | first }}"
HOSTS: dict[str, dict[str, Any]] = {
    "plain": {**WINRM, **ACCOUNT},
    "by-address": {**WINRM, **ACCOUNT, "ansible_host": "192.0.2.7"},
    "by-file": {},
    "by-group-file": {},
    "by-vaulted-value": {**WINRM, "ansible_user": "vera"},
    "by-template": {
        **WINRM,
        "account": {"name": "tom", "word": "tip"},
        "ansible_user": "{{ account.name }}@EXAMPLE.COM",
        "ansible_password": "{{ account.word }}",
        "ansible_winrm_transport": ["kerberos", "ntlm"],
    },
    "by-another-host": {**WINRM, "ansible_user": "{{ hostvars['plain'].ansible_user }}", "ansible_password": "x"},
    "by-lookup": {**WINRM, "ansible_user": "lou", "ansible_password": "{{ lookup('file', 'word.txt') }}"},
    "by-name": {
        **WINRM,
        "ansible_user": "{{ inventory_hostname_short }}",
        "ansible_password": "{{ groups.all | length }}",
    },
    "extras": {
        **WINRM,
        **ACCOUNT,
        "ansible_winrm_read_timeout_sec": 77,
        "ansible_winrm_operation_timeout_sec": "{{ 60 + 1 }}",
        "ansible_winrm_proxy": "http://proxy.example:3128",
        "ansible_winrm_no_such": "thing",
    },
    "old-names": {
        "ansible_connection": "winrm",
        "ansible_ssh_user": "ole",
        "ansible_ssh_pass": "old",
        "ansible_ssh_port": 5986,
    },
    "winrm-names": {
        "ansible_connection": "winrm",
        "ansible_winrm_user": "wim",
        "ansible_winrm_pass": "w",
        "ansible_winrm_port": 5985,
    },
    "by-keywords": {"wanted_user": "kay", "wanted_kind": "winrm", "ansible_password": "k"},
    "psrp": {
        "ansible_connection": "psrp",
        **ACCOUNT,
        "ansible_psrp_protocol": "http",
        "ansible_psrp_read_timeout": "{{ 5 * 5 }}",
    },
    "ssh": {"ansible_connection": "ssh", **ACCOUNT},
    "local": {"ansible_connection": "local"},
    "becomes": {
        **WINRM,
        **ACCOUNT,
        "ansible_become": True,
        "ansible_become_method": "runas",
        "ansible_become_user": "SYSTEM",
    },
    "wire": {**WINRM, **ACCOUNT, "winlegacy_legacy_tls": "{{ weak }}", "weak": True, "winlegacy_connect_timeout": 2.5},
    "wire-by-host": {**WINRM, **ACCOUNT, "winlegacy_operation_timeout": "{{ 9 if ansible_host is defined else 8 }}"},
    "wrong-wire": {**WINRM, **ACCOUNT, "winlegacy_connect_timeout": "soon"},
    "by-set-fact": {**WINRM},
    "by-include-vars": {**WINRM},
    "by-vars-file": {**WINRM},
    "nothing": {},
    "undefined": {**WINRM, "ansible_user": "{{ nobody_knows }}", "ansible_password": "x"},
    "odd {name}": {**WINRM, **ACCOUNT},
    "own-1": {**WINRM, "ansible_user": WHO, "who": "ann", "ansible_password": OWN, "word": "a"},
    "own-2": {**WINRM, "ansible_user": WHO, "who": "bob", "ansible_password": OWN, "word": "b"},
    "own-3": {**WINRM, "ansible_user": NOBODY, "ansible_password": OWN, "word": "c"},
    "own-4": {**WINRM, "ansible_user": "{{ vars['who'] | default('cy') }}", "who": "cal", "ansible_password": "hers"},
    "own-5": {**WINRM, "ansible_user": "{{ vars['who'] | default('cy') }}", "who": "dan", "ansible_password": "hers"},
    "key-1": {**WINRM, "ansible_user": "{{ users[site] | default('none') }}", "site": 1, "users": {1: "one"}},
    "key-2": {**WINRM, "ansible_user": "{{ users[site] | default('none') }}", "site": 1, "users": {"1": "one"}},
    "like-1": {**WINRM, **ACCOUNT, "ansible_host": "192.0.2.{{ 4 + 4 }}"},
    "like-2": {**WINRM, **ACCOUNT, "ansible_winrm_host": "{{ inventory_hostname }}.example", "ansible_port": 5986},
    "like-3": {**WINRM, "ansible_user": "{{ who }}", "who": "ann", "ansible_password": "hers"},
    "like-4": {**WINRM, "ansible_user": "{{ who }}", "who": "bob", "ansible_password": "hers"},
    "like-5": {**WINRM, "ansible_user": "{{ who }}", "who": "{{ inventory_hostname }}", "ansible_password": "hers"},
    "like-6": {**WINRM, "ansible_user": "{{ who }}", "who": "{{ inventory_hostname }}", "ansible_password": "hers"},
    "like-7": {**WINRM, "ansible_user": "{{ who }}", "who": "bob", "ansible_password": "hers", "ansible_host": "b"},
    "like-8": {**WINRM, **ACCOUNT, "ansible_port": "{{ 5000 + 985 }}", "ansible_winrm_scheme": "https"},
    "like-9": {**WINRM, **ACCOUNT, "ansible_port": "many"},
}
"""Each host's own variables; what is not here comes from files, facts, plays and the command line."""

MASKED = {"ansible_ssh_pass"}
VAULT_WORD = "open sesame"


def _write(folder: Path, place: str, content: Any) -> None:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")


def _vaulted(folder: Path, *arguments: str) -> str:
    command = [str(HERE / "python"), str(HERE / "ansible-vault"), *arguments, "--vault-password-file", "vault-word"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("options")
    groups = {"filed": {"hosts": {"by-group-file": None}}, "faced": {"hosts": {"by-set-fact": None}}}
    _write(place, "hosts.yml", {"all": {"hosts": HOSTS, "children": groups}})
    _write(place, "vault-word", VAULT_WORD)
    _write(place, "connection-word", "from -k")
    _write(place, "word.txt", "looked up")
    _write(place, "group_vars/filed.yml", {**WINRM, "ansible_user": "gil", "ansible_password": "g"})
    _write(place, "host_vars/by-file.yml", {**WINRM, "ansible_user": "fay", "ansible_winrm_path": "/other"})
    vaulted = _vaulted(place, "encrypt_string", "sesame itself", "--name", "ansible_password")
    _write(place, "host_vars/by-vaulted-value.yml", vaulted)
    _write(place, "vars/by-vars-file.yml", {"ansible_user": "vic", "ansible_password": "v", "from_file": 41})
    _write(place, "vars/by-include-vars.yml", {"ansible_user": "ines", "ansible_password": "i"})
    return place


def _book(**keywords: Any) -> list[dict[str, Any]]:
    probes = [
        {"name": "one", "probe_one": {}, "ignore_errors": True, "ignore_unreachable": True},
        {"name": "all", "probe_all": {}, "register": "all", "run_once": True},
    ]
    facts = [
        {"set_fact": {"ansible_user": "sue", "ansible_password": "s"}, "when": "inventory_hostname == 'by-set-fact'"},
        {"include_vars": "vars/by-include-vars.yml", "when": "inventory_hostname == 'by-include-vars'"},
    ]
    return [{"hosts": "all", "gather_facts": False, "tasks": [*facts, *probes], **keywords}]


PLAYS: dict[str, tuple[dict[str, Any], tuple[str, ...], str]] = {
    "nothing-else": ({}, (), ""),
    "play-variables": (
        {
            "vars": {"ansible_user": "pia", "ansible_winrm_connection_timeout": "{{ from_file | default(40) }}"},
            "vars_files": [["vars/{{ inventory_hostname }}.yml", "vars/by-vars-file.yml"]],
        },
        (),
        "",
    ),
    "keywords": (
        {
            "connection": "{{ wanted_kind | default('winrm') }}",
            "remote_user": "{{ wanted_user | default('kim') }}",
            "port": "{{ 5000 + 985 }}",
            "become": True,
        },
        (),
        "",
    ),
    "command-line": (
        {},
        ("-u", "clio", "--connection-password-file", "connection-word", "-e", "ansible_winrm_operation_timeout_sec=33"),
        "",
    ),
    "extra-variables": (
        {},
        ("-e", '{"ansible_user": "eva", "ansible_password": "{{ 1 + 1 }}", "winlegacy_legacy_tls": "yes"}'),
        "",
    ),
    "configuration": (
        {},
        (),
        "[defaults]\nremote_user = cfg\ntimeout = 17\nremote_port = 5985\ntransport = winrm\n"
        "[privilege_escalation]\nbecome = true\n",
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_a_sweep_sees_what_a_task_sees(name: str, folder: Path) -> None:
    keywords, arguments, configuration = PLAYS[name]
    forked, swept = _told(folder, _book(**keywords), arguments, configuration)
    assert set(swept) == set(HOSTS), "not every host was looked at"
    refused = {host for host, one in swept.items() if "refused" in one}
    assert refused == {host for host in HOSTS if "told" not in forked[host]}
    different = {
        host: {
            key: (forked[host]["told"][key], swept[host][key])
            for key in swept[host]
            if forked[host]["told"][key] != swept[host][key]
        }
        for host in HOSTS
        if host not in refused and forked[host]["told"] != swept[host]
    }
    assert not different, json.dumps(different, indent=1)


def test_the_sources_differ(folder: Path) -> None:
    """Without this the comparison could compare one default with another."""
    _forked, swept = _told(folder, _book(), (), "")
    users = {host: one.get("options", {}).get("remote_user") for host, one in swept.items()}
    for host, user in {
        "by-file": "fay",
        "by-group-file": "gil",
        "by-vaulted-value": "vera",
        "by-set-fact": "sue",
    }.items():
        assert users[host] == user
    assert users["by-template"] == "tom@EXAMPLE.COM"
    assert users["by-another-host"] == "ann"
    assert swept["by-vaulted-value"]["options"]["remote_password"] == "sesame itself"
    assert swept["by-lookup"]["options"]["remote_password"] == "looked up"
    assert swept["old-names"]["options"]["remote_password"] == "old"
    assert swept["extras"]["extras"]["ansible_winrm_read_timeout_sec"] == "77"
    assert swept["psrp"]["plugin"] == "psrp"
    assert swept["becomes"]["becomes"]
    assert "refused" in swept["undefined"]


def test_hosts_that_are_alike_share_what_was_set_up_once(folder: Path) -> None:
    _told(folder, _book(), (), "")
    (set_up,) = _answers(folder, "all", "set_up")
    assert {"by-file", "by-lookup", "extras", "psrp", "becomes", "wire-by-host"} - set(set_up) == {"wire-by-host"}
    assert not {"like-1", "like-2", "like-7", "odd {name}", "plain"} & set(set_up)
    assert {"like-4", "like-8"} <= set(set_up)


def test_a_wrong_vault_secret_costs_its_host_only(folder: Path) -> None:
    (folder / "other-word").write_text("shut", encoding="utf-8")
    forked, swept = _told(folder, _book(), (), "", secret="other-word")
    assert "told" not in forked["by-vaulted-value"]
    assert "ecrypt" in swept["by-vaulted-value"]["refused"]
    assert swept["plain"]["options"]["remote_user"] == "ann"


def _told(
    folder: Path, book: Any, arguments: tuple[str, ...], configuration: str, secret: str = "vault-word"
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What the forked tasks and the sweep told, by host."""
    _write(folder, "book.yml", book)
    _write(folder, "ansible.cfg", configuration)
    record = folder / "results.jsonl"
    record.write_text("", encoding="utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTEST_", "PYTHON"))}
    environment = {
        **kept,
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_ACTION_PLUGINS": str(PROBE),
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "integration" / "assess" / "callback"),
        "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
        "ANSIBLE_NOCOLOR": "1",
        "RECORD_RESULTS": str(record),
    }
    command = [str(HERE / "python"), str(HERE / "ansible-playbook"), "-i", "hosts.yml", "--vault-password-file", secret]
    done = subprocess.run(
        [*command, *arguments, "book.yml"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    forked = {line["host"]: line["result"] for line in _lines(folder) if line["task"] == "one"}
    swept = _answers(folder, "all", "hosts")
    assert swept and swept[-1], done.stdout[-3000:] + done.stderr[-2000:]
    return forked, swept[-1]


def _lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def _answers(folder: Path, task: str, key: str) -> list[Any]:
    return [line["result"].get(key) for line in _lines(folder) if line["task"] == task]
