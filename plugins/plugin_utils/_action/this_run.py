# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line that is being run, for the next one: its inventory, which hosts it reaches, and its settings."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from ansible import context

from .._model.kb import DIGITS
from .._model.plain import plain
from .._report.about import Reach, Run
from .local_files import typed
from .options_again import options_again

_OF_HOTFIX = re.compile(f"kb{DIGITS}_")
_LOOKED_FOR = tuple(f"{prefix}_{name}" for prefix in ("kb952876", "hotfix") for name in (
    "package_dir", "packages", "canary"))


def this_run(manager: Any, hosts: Collection[str], **more: Any) -> Run:
    """The run as a report tells it. manager: Ansible's own of variables. hosts: the report's. more: Run's other fields.

    A limit counts as known only where Ansible's inventory itself finds no host beyond the report's with it.
    """
    inventory = getattr(manager, "_inventory", None)
    extra = plain(dict(getattr(manager, "extra_vars", None) or {}))
    sources = tuple(typed(one) for one in context.CLIARGS.get("inventory") or ())
    again = options_again(context.CLIARGS)
    known: dict[str, Any] = {
        "inventory": sources,
        "options": again.words,
        "unshown": again.unshown,
        "given": frozenset(name for name, value in extra.items() if value),
        **more,
    }
    if inventory is None:
        return Run(**known)
    members = {str(name): {host.name for host in group.get_hosts()} for name, group in inventory.groups.items()}
    wider = frozenset(name for name, found in members.items() if not found <= set(hosts))
    reach = _reach(inventory, set(hosts), extra)
    known["set_there"] = _set_there(manager, inventory, hosts)
    held = tuple((name, frozenset(found)) for name, found in members.items() if _OF_HOTFIX.match(name))
    return Run(**known, reach=reach, taken=frozenset(members), wider=wider, held=held)


def _set_there(manager: Any, inventory: Any, hosts: Collection[str]) -> frozenset[str]:
    """Settings that the first host has, in the inventory too; the next run judges those of all."""
    host = inventory.get_host(next(iter(hosts), ""))
    found = {} if host is None else manager.get_vars(host=host)
    return frozenset(name for name in _LOOKED_FOR if found.get(name))


def _reach(inventory: Any, hosts: set[str], extra: dict[str, Any]) -> Reach | None:
    pattern = extra.get("kb952876_hosts" if extra.get("hotfix_kb") is None else "hotfix_hosts")
    pattern = ",".join(map(str, pattern)) if isinstance(pattern, list) else pattern
    subset, asked = context.CLIARGS.get("subset"), context.CLIARGS.get("args")
    if isinstance(subset, str) and "\n" in subset:  # on several lines, as the next command may show it
        subset = ",".join(one.strip() for one in subset.split(","))
    if pattern is not None and (not isinstance(pattern, str) or "{{" in pattern):
        return None
    if _within(inventory, hosts, pattern or "all", limited=True):
        return Reach(limit=subset or None, hosts=pattern or None)
    if isinstance(asked, str) and _within(inventory, hosts, asked, limited=False):  # the command ansible's own pattern
        return Reach(limit=asked)
    return None


def _within(inventory: Any, hosts: set[str], pattern: str, *, limited: bool) -> bool:
    found = inventory.get_hosts(pattern, ignore_limits=not limited, ignore_restrictions=True)
    names = {host.name for host in found}
    return bool(names) and names <= hosts
