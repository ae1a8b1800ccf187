# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of a connection that have no effect or no usable value: which one, and what is expected of it.

Ansible itself ends a task for a value that it cannot use, in words that differ from one core to the next.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterable
from typing import Any

from ansible import constants
from ansible.plugins.loader import connection_loader

from .._doctor.variables import is_slip, misspelt

_GENERAL = ("ansible_connection", "ansible_host", "ansible_port", "ansible_user", "ansible_password")
_OURS = "ansible"
_PSRP = "ansible_psrp_"
PORT = "Set ansible_port to a number from 1 to 65535."
_OF_PORT = re.compile(r"(?:keyword|the field) 'port'")
_NO_PLUGIN = re.compile(r"the connection plugin '.*' was not found")
_OPTION = (
    re.compile(r"[Cc]onfig '(?P<option>\w+)' for '(?P<plugin>winrm|psrp)' connection plugin"),
    re.compile(r"plugin_type: connection plugin: (?P<plugin>winrm|psrp) setting: (?P<option>\w+)"),
)
"""In the words of ansible-core 2.19 and later, and of those before."""

_TYPES = {"int": "a whole number", "integer": "a whole number", "float": "a number", "bool": "true or false",
          "boolean": "true or false", "list": "a list of texts", "dict": "a mapping"}  # fmt: skip


def known_names() -> frozenset[str]:
    """Variables of the two connection plugins."""
    names = {*_GENERAL}
    for plugin in ("winrm", "psrp"):
        with contextlib.suppress(Exception):  # a core that documents them elsewhere
            names |= {*constants.config.get_plugin_vars("connection", f"ansible.builtin.{plugin}")}
            names |= {*constants.config.get_plugin_vars("connection", plugin)}
    return frozenset(names)


def option_cure(message: str) -> str:
    """What to do about a value of a connection's variable that Ansible refused; "" for any other message."""
    if _OF_PORT.search(message):
        return PORT
    if _NO_PLUGIN.search(message):
        return "Set ansible_connection: winrm (or psrp) for this host."
    found = next((match for one in _OPTION if (match := one.search(message))), None)
    return _expected(found["plugin"], found["option"]) if found else ""


def _expected(plugin: str, option: str) -> str:
    definition = _definitions(plugin).get(option) or {}
    names = [str(one["name"]) for one in definition.get("vars") or () if "name" in one]
    if not names:
        return ""
    own = next((name for name in names if name.startswith(f"ansible_{plugin}_")), names[0])
    general = next((name for name in names if name in _GENERAL), own)
    choices = definition.get("choices")
    wanted = " or ".join(map(str, choices)) if choices else _TYPES.get(str(definition.get("type")), "a text")
    return f"Correct {general}: {wanted} was expected."


def _definitions(plugin: str) -> dict[str, Any]:
    with contextlib.suppress(Exception):  # what it cannot load Ansible has said itself
        connection_loader.get(plugin, class_only=True)
    found: dict[str, Any] = constants.config.get_configuration_definitions("connection", plugin) or {}
    return found


def slips(names: Iterable[object]) -> str:
    """Sentences about names of variables that nobody reads and that are a slip of one of a connection; "" without any.

    For whoever failed: what such a variable was to set is missing there.
    """
    strange = frozenset(name for name in names if isinstance(name, str) and name.startswith(_OURS)) - _known()
    return _slips(strange)


@functools.cache
def _known() -> frozenset[str]:
    return known_names()


@functools.lru_cache(maxsize=256)
def _slips(strange: frozenset[str]) -> str:
    known = sorted(_known())
    of_psrp = {name: next((one for one in known if is_slip(name, one)), None)
               for name in strange if name.startswith(_PSRP)}
    found = {**misspelt(strange, _known()), **{name: one for name, one in of_psrp.items() if one}}
    return " ".join(f"There is no variable {name}: did you mean {found[name]}?" for name in sorted(found))
