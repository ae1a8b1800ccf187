# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose connection differs by its address alone: the first is set up by Ansible, the others get copies of it.

Setting up costs about as much as a conversation with a host that is ruled out. What a winrm connection reads of a
host's variables is in Ansible's own tables (the plugin's options, the magic names, ansible_winrm_*): hosts that have
the same values there share (footprint.py), and each has its own address. What cannot be compared is set up by itself.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible import constants

from .footprint import footprint

_PLUGIN = "ansible.plugins.connection.winrm"
_EXTRAS = "ansible_winrm_"
_ADDRESS = ("remote_addr", "port")
"""Options that a copy has of its own."""

_OLD_ADDRESS = frozenset({"ansible_ssh_host", "ansible_ssh_port"})
"""Magic names that no option of the plugin reads, for the same."""

_MOST = 256
"""Connections that are kept to be copied; where each host has a password of its own, none is of use to another."""

Key = tuple[Any, ...]
Evaluate = Callable[[Any], Any]


@dataclass(frozen=True)
class Told:
    """What a host's variables say of its connection. address: the values of names that say where it is."""

    key: Key
    address: Mapping[str, Any]

    def __repr__(self) -> str:
        return "Told()"


@dataclass(frozen=True)
class _Names:
    """Of the variables that a kind of connection reads. address: those that only say where the host is."""

    read: frozenset[str]
    address: frozenset[str]


class Alike:
    """keywords: the task's attributes, none of them a template."""

    def __init__(self, keywords: Mapping[str, Any]) -> None:
        self._keywords = keywords
        self._names: dict[str, _Names] = {}
        self._kept: dict[Key, Any] = {}

    def told(self, kind: object, variables: Mapping[str, Any], evaluate: Evaluate) -> Told | None:
        """What to compare a host by. None: it cannot be compared, or no connection of that kind was set up before."""
        names = self._names.get(kind) if isinstance(kind, str) else None
        if names is None:
            return None
        try:
            found = sorted(name for name in variables if name in names.read or name.startswith(_EXTRAS))
            shared = tuple((name, footprint(variables[name], variables)) for name in found if name not in names.address)
            address = {name: _evaluated(variables[name], evaluate) for name in found if name in names.address}
        except Exception:  # noqa: BLE001 - Unsaid, or a template that fails: it says so where the host is set up
            return None
        return Told((kind, *shared), address)

    def like(self, told: Told) -> Any:
        """A connection as Ansible would set it up for this host; None where none was kept that is like it."""
        first = self._kept.get(told.key)
        if first is None:
            return None
        made = copy.copy(first)
        made._options = dict(first._options)
        for name in _ADDRESS:
            made._options[name] = constants.config.get_config_value(
                name,
                plugin_type="connection",
                plugin_name=first._load_name,
                keys=self._keywords,
                variables=told.address,
            )
        made._play_context = copy.copy(first._play_context)
        made._play_context.remote_addr, made._play_context.port = (made._options[name] for name in _ADDRESS)
        return made

    def keep(self, kind: object, variables: Mapping[str, Any], evaluate: Evaluate, connection: Any) -> None:
        """Take a connection that was just set up, and has not been used, for others like it."""
        if type(connection).__module__ != _PLUGIN or not isinstance(kind, str) or len(self._kept) >= _MOST:
            return
        if kind not in self._names:
            self._names[kind] = _names(connection._load_name)
        told = self.told(kind, variables, evaluate)
        if told is not None:
            self._kept[told.key] = copy.copy(connection)


def _names(plugin: str) -> _Names:
    options = constants.config.get_configuration_definitions("connection", plugin)
    of_option = {
        option: {str(one["name"]) for one in definition.get("vars") or ()} for option, definition in options.items()
    }
    elsewhere = set().union(*(names for option, names in of_option.items() if option not in _ADDRESS))
    address = set().union(_OLD_ADDRESS, *(of_option.get(option, ()) for option in _ADDRESS)) - elsewhere
    magic = set(itertools.chain.from_iterable(constants.MAGIC_VARIABLE_MAPPING.values()))
    return _Names(frozenset(magic | address | elsewhere), frozenset(address))


def _evaluated(value: Any, evaluate: Evaluate) -> Any:
    """The value, as a template where it is one."""
    if isinstance(value, str) and "{" not in value and not value.startswith("#"):  # `#jinja2:` may name other marks
        return value
    return value if value is None or isinstance(value, (int, float)) else evaluate(value)
