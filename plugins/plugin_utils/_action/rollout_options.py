# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a roll-out as the other steps need them: patterns as hosts, and what is wrong with them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._rollout.checks import as_boolean
from .._rollout.scope import group_names
from .._rollout.settings import PREFIX, SETTINGS
from .._rollout.slices import sliced
from .patterns import Inventory
from .play_variables import PlayVariables
from .variables import BadInput

HOSTS_NOT_READ = f"{PREFIX}hosts is set in the inventory, where no play can read it: give it with -e"


def of_own_play(
    play: PlayVariables, loader: Any, variables: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Settings that only the playbooks read, in a play of the user's own: sentences, and the hosts that have them."""
    found = play.names()
    for name, one in SETTINGS.items():
        if not one.of_playbooks or PREFIX + name not in found:
            continue
        if name != "hosts":
            yield f"{PREFIX}{name} is read by the playbooks alone, and this play has the role", found[PREFIX + name]
            continue
        try:
            matched = Inventory(loader, variables["groups"]).matched(f"{PREFIX}hosts", play.of_run(name))
        except BadInput as error:
            yield str(error), ()
            continue
        outside = tuple(host for host in play.hosts if host not in matched)
        if outside:
            yield f"{PREFIX}hosts does not hold hosts of this play, which has the role: {', '.join(outside[:3])}", ()


def rollout(
    play: PlayVariables, loader: Any, playbook: str, variables: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The settings, each checked before; and sentences about what is wrong with them in this inventory and play."""
    told = {name: play.of_run(name) for name, one in SETTINGS.items() if one.of_playbooks}
    inventory, hosts = Inventory(loader, variables["groups"]), list(variables["ansible_play_hosts_all"])
    result: dict[str, Any] = {
        "canary": None,
        "canary_size": int(told["canary_size"]),
        "canary_done": bool(as_boolean(told["canary_done"])),
        "batches": told["batches"],
        "max_fail_percentage": float(told["max_fail_percentage"]),
        "apart": [],
    }
    try:
        matched = inventory.matched(f"{PREFIX}hosts", told["hosts"])
        if told["canary"]:
            result["canary"] = inventory.matched(f"{PREFIX}canary", told["canary"])
        result["apart"] = [_members(inventory, one) for one in told["apart"]]
    except BadInput as error:
        return result, [str(error)]
    problems = []
    if not set(hosts) <= set(matched):
        problems.append(HOSTS_NOT_READ)
    if playbook != "assess":
        problems += _taken(inventory, playbook)
        problems += _of_canary(result, hosts, variables, sized=play.is_set("canary_size"))
    return result, problems


def _taken(inventory: Inventory, playbook: str) -> Iterator[str]:
    for name in group_names(playbook):
        if name in inventory.groups or name in inventory.hosts:
            yield f"the inventory already has {name}, and the roll-out chooses its hosts by that name"


def _of_canary(
    told: Mapping[str, Any], hosts: list[str], variables: Mapping[str, Any], *, sized: bool
) -> Iterator[str]:
    canary = told["canary"]
    outside = [host for host in canary or () if host not in hosts]
    if outside:
        yield f"{PREFIX}canary: {', '.join(outside)} outside of {PREFIX}hosts or of --limit"
    if canary and sized:
        yield f"{PREFIX}canary and {PREFIX}canary_size exclude each other: all hosts of the pattern are canaries"
    if canary and told["canary_done"]:
        yield f"{PREFIX}canary and {PREFIX}canary_done exclude each other"
    if sliced(variables) and not told["canary_done"]:
        yield (
            "this is one slice of a sliced job, and each would choose a canary of its own: run the canary as a node of"
            f" its own before (or one slice), and then the slices with {PREFIX}canary_done"
        )


def _members(inventory: Inventory, given: Any) -> list[str]:
    """Hosts that are kept apart: of a group, or as they are listed. No patterns."""
    if isinstance(given, str):
        if given not in inventory.groups:
            raise BadInput(f"{PREFIX}apart: {given!r} is no group of the inventory")
        return list(inventory.groups[given])
    strange = [host for host in given if host not in inventory.hosts]
    if strange:
        raise BadInput(f"{PREFIX}apart: {strange[0]!r} is no host of the inventory")
    return list(given)
