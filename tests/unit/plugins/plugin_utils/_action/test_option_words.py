# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of a connection: a wrong value in Ansible's words of each core, and a name that is nearly one."""

from __future__ import annotations

import pytest
from ansible import constants
from ansible.errors import AnsibleError
from ansible.plugins.loader import connection_loader
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.advice import advice, advised, locked
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.option_words import (
    known_names,
    option_cure,
    slips,
)

WORDS = (
    # of 2.19 and later for a value and a type, then of 2.16
    "Invalid value 'x' for config '{option}' for '{plugin}' connection plugin.",
    "Config '{option}' for '{plugin}' connection plugin from 'var: v' has an invalid value: Invalid value provided",
    'Invalid value "x" for configuration option "plugin_type: connection plugin: {plugin} setting: {option} ", valid',
    "Invalid type for configuration option plugin_type: connection plugin: {plugin} setting: {option} (from var: v)",
)


def options() -> list[tuple[str, str]]:
    found = []
    for plugin in ("winrm", "psrp"):
        connection_loader.get(plugin, class_only=True)
        definitions = constants.config.get_configuration_definitions("connection", plugin)
        found += [(plugin, name) for name, one in definitions.items() if one.get("vars")]
    return found


@pytest.mark.parametrize(("plugin", "option"), options())
def test_a_value_that_ansible_refuses_is_told_with_its_variable_and_what_is_expected(plugin: str, option: str) -> None:
    definition = constants.config.get_configuration_definitions("connection", plugin)[option]
    names = [one["name"] for one in definition["vars"]]
    for words in WORDS:
        cure = option_cure(words.format(plugin=plugin, option=option))
        assert any(cure.startswith(f"Correct {name}: ") for name in names), cure
        assert cure.endswith(" was expected.")
        assert all(str(choice) in cure for choice in definition.get("choices") or ())


@pytest.mark.parametrize(
    ("message", "cure"),
    [
        ("Error processing keyword 'port': The value 'abc' could not be converted to 'int'.", "from 1 to 65535"),
        ("the field 'port' has an invalid value (abc), and could not be converted to an int.", "from 1 to 65535"),
        ("Task failed: the connection plugin 'winrn' was not found", "Set ansible_connection: winrm (or psrp)"),
        ("Invalid value 'htps' for config 'scheme' for 'winrm' connection plugin.",
         "Correct ansible_winrm_scheme: http or https was expected."),
        ("Config 'read_timeout' for 'psrp' connection plugin from 'var: ansible_psrp_read_timeout'",
         "Correct ansible_psrp_read_timeout: a whole number was expected."),
        ("Error processing keyword 'password': 'vault_pw' is undefined", "Nothing defines vault_pw for this host"),
        ("The field 'password' has an invalid value, which includes an undefined variable.. 'vault_pw' is undefined.",
         "Nothing defines vault_pw for this host"),
        ("Attempting to decrypt but no vault secrets found", "--ask-vault-pass"),
    ],
)
def test_ansibles_words(message: str, cure: str) -> None:
    assert cure in advice("winlegacy.servicing.hotfix_info", message)
    assert advised(message).endswith(f" {message}"), "the cure stands before what may be cut off"
    assert advised(advised(message)) == advised(message)


def test_other_messages_are_left_alone() -> None:
    for message in ("The host is off.", "Invalid value 'x' for config 'y' for 'ssh' connection plugin.", ""):
        assert not option_cure(message)
        assert advised(message) == message


def _swapped(name: str) -> str:
    """Two letters at the end are swapped, or one is doubled where they are the same."""
    return f"{name[:-2]}{name[-1]}{name[-2]}" if name[-1] != name[-2] else f"{name}{name[-1]}"


@pytest.mark.parametrize("name", sorted(one for one in known_names() if not one.startswith("ansible_winrm_")))
def test_a_name_that_is_nearly_one_is_named_where_a_host_is_lost(name: str) -> None:
    """Of ansible_winrm_* any module refuses it (test_misspelt.py)."""
    if name.startswith("ansible_"):
        slip = _swapped(name)
        assert slips({slip, "ansible_version"}) == f"There is no variable {slip}: did you mean {name}?"


def test_names_that_are_read_or_like_none_are_no_slips() -> None:
    assert not slips(known_names())
    assert not slips({"ansible_version", "ansible_play_hosts", "ansible_check_mode", "ansible_facts", "my_port", 7})


def test_what_is_locked() -> None:
    def template(value: object) -> object:
        if value == "locked":
            raise AnsibleError("Attempting to decrypt but no vault secrets found")
        if value == "undefined":
            raise AnsibleError("'x' is undefined")
        return value

    assert locked("locked", template)
    assert not locked("undefined", template)
    assert not locked(None, template)
