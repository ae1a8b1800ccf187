# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns that users write for hosts, part by part: one that matches nothing is a slip, and Ansible only warns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager, split_host_pattern

from .variables import BadInput


class Inventory:
    """The inventory's groups and hosts, to match patterns against; neither limit nor batch narrows it."""

    def __init__(self, loader: Any, groups: Mapping[str, Sequence[str]]) -> None:
        self._manager = InventoryManager(loader, parse=False)
        for group, hosts in groups.items():
            self._manager.add_group(group)
            for host in hosts:
                self._manager.add_host(host, group=group)
        self.groups = groups
        self.hosts = tuple(dict.fromkeys(host for hosts in groups.values() for host in hosts))

    def matched(self, name: str, pattern: Any) -> list[str]:
        """The hosts of a pattern, in the inventory's order. Raises BadInput that names the part which matches none."""
        for part in split_host_pattern(pattern):
            bare = str(part).lstrip("!&")
            if not self._hosts(name, bare):
                raise BadInput(f"{name}: {bare!r} matches no host of the inventory")
        found = set(self._hosts(name, pattern))
        matched = [host for host in self.hosts if host in found]
        if not matched:
            raise BadInput(f"{name}: {str(pattern)[:80]!r} matches no host of the inventory")
        return matched

    def _hosts(self, name: str, pattern: Any) -> list[str]:
        try:
            return [host.name for host in self._manager.get_hosts(pattern=pattern)]
        except AnsibleError as error:
            raise BadInput(f"{name} is {str(pattern)[:80]!r}, which is no pattern: {error}") from None
