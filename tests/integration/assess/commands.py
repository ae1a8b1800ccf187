# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Ansible's own commands on an inventory of simulated hosts, with any installed ansible-core."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import warm
import yaml
from integration.assess.driver import PASSWORD, USER
from winhost.testing import RunningHost

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(sys.executable).parent


@dataclass(frozen=True)
class Ran:
    """What a command said, and each result as (outcome, result) by host, the last task's."""

    code: int
    out: str
    results: Mapping[str, tuple[str, dict[str, Any]]]
    tasks: Mapping[tuple[str, str], dict[str, Any]]


def of_host(host: RunningHost, **values: object) -> dict[str, object]:
    """A host's inventory variables: winrm with NTLM and message encryption unless said otherwise."""
    return {
        "ansible_connection": "winrm",
        "ansible_host": host.address,
        "ansible_port": host.port,
        "ansible_winrm_scheme": host.scheme,
        "ansible_winrm_transport": "ntlm",
        "ansible_winrm_server_cert_validation": "ignore",
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        **values,
    }


def ansible(
    folder: Path,
    inventory: Mapping[str, Mapping[str, object]],
    *arguments: str,
    playbook: object = None,
    programs: Path = HERE,
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Run `ansible` (or, with a playbook, `ansible-playbook`) of the environment whose programs these are."""
    hosts = folder / "hosts.yml"
    hosts.write_text(yaml.safe_dump({"all": {"hosts": dict(inventory)}}), encoding="utf-8")
    record = folder / "results.jsonl"
    record.unlink(missing_ok=True)
    record.touch()
    name, last = "ansible", list(arguments)
    if playbook is not None:
        name = "ansible-playbook"
        book = folder / "book.yml"
        book.write_text(yaml.safe_dump(playbook), encoding="utf-8")
        last = [*arguments, str(book)]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTEST_", "PYTHON"))}
    env = {
        **kept,
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callback")),
        "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_FORKS": "4",
        "RECORD_RESULTS": str(record),
        **(environment or {}),
    }
    command = [str(programs / "python"), str(programs / name), "-i", str(hosts), *last]
    done = warm.run(command, cwd=folder, env=env, timeout=110)
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    return Ran(
        done.returncode,
        done.stdout,
        {line["host"]: (line["outcome"], line["result"]) for line in lines},
        {(line["host"], line["task"]): line["result"] for line in lines},
    )
