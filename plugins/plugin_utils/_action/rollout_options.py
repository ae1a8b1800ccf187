# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a roll-out as the other steps need them: patterns as hosts, and what is wrong with them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._rollout.checks import as_boolean
from .._rollout.scope import group_names
from .._rollout.settings import Naming
from .._rollout.slices import sliced
from .patterns import Inventory
from .play_variables import PlayVariables
from .variables import BadInput


def hosts_not_read(naming: Naming) -> str:
    """What is wrong with a pattern of hosts that stands in the inventory."""
    return f"{naming.prefix}hosts is set in the inventory, where no play can read it: give it with -e"


def of_own_play(
    play: PlayVariables, loader: Any, variables: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Settings that only the playbooks read, in a play of the user's own: sentences, and the hosts that have them."""
    found, prefix = play.names(), play.naming.prefix
    for name, one in play.naming.settings.items():
        if not one.of_playbooks or prefix + name not in found:
            continue
        if name != "hosts":
            yield f"{prefix}{name} is read by the playbooks alone, and this play has the role", found[prefix + name]
            continue
        try:
            matched = Inventory(loader, variables["groups"]).matched(f"{prefix}hosts", play.of_run(name))
        except BadInput as error:
            yield str(error), ()
            continue
        outside = tuple(host for host in play.hosts if host not in matched)
        if outside:
            yield f"{prefix}hosts does not hold hosts of this play, which has the role: {', '.join(outside[:3])}", ()


def rollout(
    play: PlayVariables, loader: Any, playbook: str, kb: str, variables: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The settings, each checked before; and sentences about what is wrong with them in this inventory and play."""
    prefix = play.naming.prefix
    told = {name: play.of_run(name) for name, one in play.naming.settings.items() if one.of_playbooks}
    inventory, hosts = Inventory(loader, variables["groups"]), list(variables["ansible_play_hosts_all"])
    result: dict[str, Any] = {
        "role": play.naming.role,
        "kb": kb,
        "canary": None,
        "canary_size": int(told["canary_size"]),
        "canary_done": bool(as_boolean(told["canary_done"])),
        "batches": told["batches"],
        "max_fail_percentage": float(told["max_fail_percentage"]),
        "apart": [],
    }
    try:
        matched = inventory.matched(f"{prefix}hosts", told["hosts"])
        if told["canary"]:
            result["canary"] = inventory.matched(f"{prefix}canary", told["canary"])
        result["apart"] = [_members(prefix, inventory, one) for one in told["apart"]]
    except BadInput as error:
        return result, [str(error)]
    problems = []
    if not set(hosts) <= set(matched):
        problems.append(hosts_not_read(play.naming))
    if playbook not in ("assess", "merge"):
        problems += _taken(inventory, playbook, kb)
        problems += _of_canary(prefix, result, hosts, variables, sized=play.is_set("canary_size"))
    return result, problems


def _taken(inventory: Inventory, playbook: str, kb: str) -> Iterator[str]:
    for name in group_names(playbook, kb):
        if name in inventory.groups or name in inventory.hosts:
            yield f"the inventory already has {name}, and the roll-out chooses its hosts by that name"


def _of_canary(
    prefix: str, told: Mapping[str, Any], hosts: list[str], variables: Mapping[str, Any], *, sized: bool
) -> Iterator[str]:
    canary = told["canary"]
    outside = [host for host in canary or () if host not in hosts]
    if outside:
        yield f"{prefix}canary: {', '.join(outside)} outside of {prefix}hosts or of --limit"
    if canary and sized:
        yield f"{prefix}canary and {prefix}canary_size exclude each other: all hosts of the pattern are canaries"
    if canary and told["canary_done"]:
        yield f"{prefix}canary and {prefix}canary_done exclude each other"
    if sliced(variables) and not told["canary_done"]:
        yield (
            "this is one slice of a sliced job, and each would choose a canary of its own: run the canary as a node of"
            f" its own before (or one slice), and then the slices with {prefix}canary_done"
        )


def _members(prefix: str, inventory: Inventory, given: Any) -> list[str]:
    """Hosts that are kept apart: of a group, or as they are listed. No patterns."""
    if isinstance(given, str):
        if given not in inventory.groups:
            raise BadInput(f"{prefix}apart: {given!r} is no group of the inventory")
        return list(inventory.groups[given])
    strange = [host for host in given if host not in inventory.hosts]
    if strange:
        raise BadInput(f"{prefix}apart: {strange[0]!r} is no host of the inventory")
    return list(given)
