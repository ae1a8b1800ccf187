# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of the guides and of the READMEs: its options, modules, playbooks, settings and targets are there."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pages
import pytest
from ansible import constants
from ansible.cli import CLI
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.doc import DocCLI
from ansible.cli.galaxy import GalaxyCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.cli.vault import VaultCLI
from ansible.parsing.splitter import parse_kv
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.statuses import STATUSES
from unit.documented import PREFIX, option_problems
from unit.test_guide_yaml import TEXTS, setting_problems

_SHELLS = ("sh", "bash", "shell", "console")
BLOCKS = [one for path in sorted(TEXTS) for one in pages.blocks(path) if one.language in _SHELLS]
FOREIGN = {
    **dict.fromkeys(("umask", "openssl", "printf", "osslsigncode"), "test_lab_signing.py runs them"),
    **dict.fromkeys(("python3", ".", "pip", "sudo", "echo"), "tools/install_proof.py runs them, but for apt-get"),
    **dict.fromkeys(("git", "cd"), "test_readme_clone.py runs them"),
    "mkdir": "test_own_hotfix.py runs it",
    "ssh": "reaches a machine of the reader's",
    "grep": "looks at a file of the reader's",
    "ansible-runner": "the scenario of several runs runs it",
}
"""Programs of others, and what runs these lines."""
_NO_COMMAND = re.compile(r"do|done|then|fi|wait|[A-Za-z_]+=.*", re.DOTALL)
_TARGETS = set(re.findall(r"^([a-z-]+):", (pages.ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
_DEMO_OPTIONS = (pages.ROOT / "tools" / "demo.py").read_text(encoding="utf-8")


def _typed(block: pages.Block) -> str:
    """What a reader types: of a console the lines after a prompt, and those that go on from one."""
    if block.language != "console":
        return block.text
    whole = block.text.replace("\\\n", " ").splitlines()
    return "\n".join(line.removeprefix("$ ") for line in whole if line.startswith("$ "))


def _commands(text: str) -> list[list[str]]:
    """A block's simple commands as a shell parts them: without redirections, assignments and the words of loops."""
    found: list[list[str]] = []
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        found.append([])
        skipped = False
        for word in lexer:
            if set(word) <= set("|&;"):
                found.append([])
            elif not skipped and set(word) - set("<>") and not (not found[-1] and _NO_COMMAND.fullmatch(word)):
                found[-1].append(word)
            skipped = not set(word) - set("<>")
    return [one for one in found if one and one[0] != "for"]


def _in_the_text(path: Path) -> Iterator[tuple[pages.Block, list[str]]]:
    """Commands of ours that a sentence quotes, as `make docs`."""
    text = path.read_text(encoding="utf-8")
    for found in re.finditer(r"(?<!`)(`+)((?:ansible|ansible-[a-z]+|make) [^`]+)\1", text):
        line = text.count("\n", 0, found.start()) + 1
        yield pages.Block(path.name, line, "sh", found[2]), shlex.split(" ".join(found[2].split()))


COMMANDS = [(block, words) for block in BLOCKS for words in _commands(_typed(block))]
COMMANDS += [one for path in sorted(TEXTS) for one in _in_the_text(path)]


def _parsed(kind: type[CLI], words: list[str]) -> Any:
    """What Ansible's own parser makes of a command line. It ends the program for an option that it does not know."""
    cli = kind(words)
    cli.init_parser()
    return cli.parser.parse_args(words[1:])


def _variables(texts: list[str]) -> list[str]:
    """What is wrong with settings on the command line (-e)."""
    wrong: list[str] = []
    for text in texts:
        if text.startswith("@"):
            continue
        given = json.loads(text) if text.startswith("{") else parse_kv(text)
        wrong += [one for name, value in given.items() for one in setting_problems(name, value)]
    return wrong


def _ad_hoc(words: list[str]) -> list[str]:
    told = _parsed(AdHocCLI, words)
    text = told.module_args or ""
    options = json.loads(text) if text.startswith("{") else parse_kv(text)
    wrong = option_problems(told.module_name, options) if told.module_name.startswith(PREFIX) else ["whose module?"]
    group = re.fullmatch(r"kb952876_(\w+)", told.args)
    if group is not None and group[1] not in (*STATUSES, "reboot_required", "reboot_pending", "symptomatic"):
        wrong.append(f"{told.args} is no group of verdicts")
    return [*wrong, *_variables(told.extra_vars)]


def _playbook(words: list[str]) -> list[str]:
    told = _parsed(PlaybookCLI, words)
    there = {f"{PREFIX}{path.stem}" for path in (pages.ROOT / "playbooks").glob("*.yml")}
    missing = [f"there is no playbook {one}" for one in told.args if one not in there and not one.endswith(".yml")]
    return [*missing, *_variables(told.extra_vars)]


def _documented(words: list[str]) -> list[str]:
    told = _parsed(DocCLI, words)
    folder = {"filter": "plugins/filter", "role": "roles", "module": "plugins/modules", "callback": "plugins/callback"}
    place = pages.ROOT / folder[told.type]
    there = {path.stem for path in place.iterdir()} | {"NAME"}
    return [f"there is no {told.type} {one}" for one in told.args if one.removeprefix(PREFIX) not in there]


def _make(words: list[str]) -> list[str]:
    settings = [one for one in words[1:] if "=" in one]
    wrong = [f"make has no target {one}" for one in words[1:] if "=" not in one and one not in _TARGETS]
    options = [one.partition("=")[2] for one in settings if one.startswith("DEMO_ARGS=")]
    return wrong + [f"the demo has no {one}" for one in options if f'"{one}"' not in _DEMO_OPTIONS]


def _export(words: list[str]) -> list[str]:
    names = {
        one["name"]
        for setting in constants.config.get_configuration_definitions().values()
        for one in setting.get("env", [])
    }
    given = [one.partition("=")[0] for one in words[1:]]
    return [f"Ansible reads no {one}" for one in given if one.startswith("ANSIBLE_") and one not in names]


def _only_parsed(kind: type[CLI]) -> Callable[[list[str]], list[str]]:
    def check(words: list[str]) -> list[str]:
        _parsed(kind, words)
        return []

    return check


OURS: dict[str, Callable[[list[str]], list[str]]] = {
    "ansible": _ad_hoc,
    "ansible-playbook": _playbook,
    "ansible-doc": _documented,
    "ansible-vault": _only_parsed(VaultCLI),
    "ansible-galaxy": _only_parsed(GalaxyCLI),
    "make": _make,
    "export": _export,
}


@pytest.mark.parametrize(
    ("block", "words"), COMMANDS, ids=lambda one: str(one) if isinstance(one, pages.Block) else one[0]
)
def test_a_command_can_be_typed(block: pages.Block, words: list[str]) -> None:
    if words[0] in FOREIGN or words[1:] == ["--version"]:
        return
    assert words[0] in OURS, f"{block}: nothing checks {words[0]}"
    assert not OURS[words[0]](words), f"{block}: {shlex.join(words)}"


def test_each_block_of_the_readme_is_run() -> None:
    """Its examples of commands are not only typed rightly: something runs them, but for what changes a machine."""
    readme = (pages.ROOT / "README.md").read_text(encoding="utf-8")
    run = set(re.findall(r'lines\("(\w+)"\)', (pages.ROOT / "tools" / "install_proof.py").read_text(encoding="utf-8")))
    assert run == {"install", "ask", "bring"}
    marked = re.findall(r"<!-- (\w+): begin -->\s*```sh\n(.*?)```", readme, re.DOTALL)
    blocks = [one.text for one in pages.blocks(pages.ROOT / "README.md") if one.language == "sh"]
    left = [one for one in blocks if one not in {text for mark, text in marked if mark in run}]
    clone, demo, debian = left
    assert clone in dict(marked)["clone"], "test_the_readme_leads_from_nothing_to_the_demo runs it"
    assert {"make demo"} == {line.split("  #")[0].strip() for line in demo.splitlines() if "DEMO_ARGS" not in line}
    assert "make demo" in (pages.ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert debian in dict(marked)["debian12"], "needs another machine, and its administrator"


def test_the_checks_see_what_is_wrong() -> None:
    wrong = [
        "ansible all -m winlegacy.servicing.hotfix -a 'state=stagedd'",
        "ansible all -m winlegacy.servicing.hotfix -a 'package=/srv'",
        "ansible kb952876_need_fix -m winlegacy.servicing.hotfix_info",
        "ansible-playbook winlegacy.servicing.asses",
        "ansible-playbook winlegacy.servicing.assess -e kb952876_report_di=reports",
        "ansible-playbook winlegacy.servicing.assess -e kb952876_reboot=perhaps",
        "ansible-doc -t filter winlegacy.servicing.reports",
        "make tests",
        "export ANSIBLE_STDOUT_CALLBAK=x",
    ]
    assert not [line for line in wrong if not OURS[line.split()[0]](shlex.split(line))]
    with pytest.raises(SystemExit):
        _playbook(["ansible-playbook", "winlegacy.servicing.assess", "--no-such-option"])
