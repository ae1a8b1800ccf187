# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options of a command line the next one repeats, read by Ansible's own parser of command lines."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.utils.context_objects import CLIArgs
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.options_again import Again, options_again

SECRET = "hunter2"


def parsed(options: list[str], *, ad_hoc: bool = False) -> Any:
    """As context.CLIARGS holds them."""
    words = ["ansible", "all", *options] if ad_hoc else ["ansible-playbook", "play.yml", *options]
    command = (AdHocCLI if ad_hoc else PlaybookCLI)(words)
    command.init_parser()
    return CLIArgs.from_options(command.parser.parse_args(words[1:]))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


KEPT = [
    ["-e", "kb952876_only_if_symptomatic=true", "-e", "kb952876_package_dir=/pk", "-e", "@sums.json"],
    ["-e", "@night.yml", "-e", "kb952876_windows=[]", "-e", "@/srv/other one.yml"],
    ["-e", '{"kb952876_checksum": ["ab", "cd"], "kb952876_reboot": false}'],
    ["-e", "{hotfix_windows: [{start: '03:00', end: '04:00'}]}"],
    ["-e", "kb952876_reboot_message='It is $(late) `now`' kb952876_reboot_delay=9"],
    ["-e", "ansible_port=5986", "-e", "winlegacy_legacy_tls=true", "-e", "ansible_user='{{ who }}'"],
    ["--vault-id", "site@prompt", "--vault-id", "keys/site"],
    ["--vault-password-file", "keys/vault pass"],
    ["--ask-vault-pass"],
    ["-u", "DOM\\admin", "-k"],
    ["-c", "winrm", "-f", "2"],
    ["--connection-password-file", "/keys/login"],
]


@pytest.mark.parametrize("options", KEPT, ids=range(len(KEPT)))
def test_everything_is_repeated_in_its_order(options: list[str]) -> None:
    again = options_again(parsed(options))
    assert again.unshown is None
    assert shlex.split(" ".join(again.words)) == options
    assert options_again(parsed(shlex.split(" ".join(again.words)))) == again


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-i", "hosts", "--limit", "a", "--check", "-vv"],
        *(["-e", f"{name}=x"] for name in ("kb952876_reboot", "hotfix_reboot", "kb952876_state", "kb952876_part")),
        ["-e", "hotfix_kb=KB942288"],
        ["-e", '{"kb952876_parts": ["a"]}'],
    ],
)
def test_what_the_next_step_sets_itself_is_left_out(options: list[str]) -> None:
    assert options_again(parsed(options)) == Again()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["-e", f"kb952876_source_password={SECRET}"], "kb952876_source_password may be a secret"),
        (["-e", f"kb952876_cleanup=true kb952876_smb_password={SECRET}"], "kb952876_smb_password may be"),
        (["-e", f"ansible_password={SECRET}"], "ansible_password may be"),
        (["-e", f"ansible_become_pass={SECRET}"], "ansible_become_pass may be"),
        (["-e", f'{{"ansible_p\\u0061ssword": "{SECRET}"}}'], "ansible_password may be"),
        (["-e", f"{{hotfix_packages: {{x86: [{{Pass: {SECRET}}}]}}}}"], "Pass may be"),
        (["-e", f"pw={SECRET}"], "pw is no setting of this collection"),
        (["-e", f"kb952876_cleanup=true env={SECRET}"], "env is no setting"),
        (["-e", SECRET], "has words that are no NAME=VALUE (a value with spaces needs quotes)"),
        (["-e", f"kb952876_package_dir=/a {SECRET}/c"], "has words that are no NAME=VALUE"),
        (["-e", f"/a {SECRET}"], "has words that are no NAME=VALUE"),
        (["-e", f"ansible_winrm_proxy=http://me:{SECRET}@proxy"], "an option -e of this run holds a login"),
        (["-e", f"kb952876_checksum='{SECRET}"], "an option -e of this run cannot be read"),
        (["-e", f"{{kb952876_checksum: !vault {SECRET}}}"], "an option -e of this run cannot be read"),
        (["-e", f"{{kb952876_checksum: [{SECRET}"], "an option -e of this run cannot be read"),
        (["-e", f'{{"kb952876_reboot_message":\n"{SECRET}"}}'], "characters that cannot be shown"),
        (["-e", f"kb952876_reboot_message=\u202e{SECRET}"], "characters that cannot be shown"),
        (["-u", "a\x1b[2J"], "an option -u of this run has characters"),
        (["-e", "@/dev/null"], "what -e names was there for this run only"),
        (["--vault-password-file", "/proc/self/fd/9"], "what --vault-password-file names"),
        (["--vault-id", "a@/dev/fd/9"], "what --vault-id names"),
        (["-i", "/dev/fd/63"], "what -i names"),
    ],
)
def test_what_may_be_a_secret_or_cannot_be_typed_is_told_without_its_value(options: list[str], reason: str) -> None:
    again = options_again(parsed([*options, "-e", "kb952876_package_dir=/pk"]))
    assert again.words == ()
    assert reason in (again.unshown or "")
    assert SECRET not in (again.unshown or "")
    assert (again.unshown or "").isprintable()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kb=KB942288 state=staged depth=full", None),
        ("", None),
        ("state=present only_if_symptomatic=true", "only_if_symptomatic"),
        ('{"checksum": ["ab"]}', "checksum"),
        ("state='present", "-a of this run cannot be read"),
    ],
)
def test_options_of_an_ad_hoc_module_are_not_passed_over(text: str, name: str | None) -> None:
    again = options_again(parsed(["-m", "winlegacy.servicing.hotfix", "-a", text], ad_hoc=True))
    assert (again.unshown is None) is (name is None)
    assert (name or "") in (again.unshown or "")
