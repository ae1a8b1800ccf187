# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of rollout_settings: one judge of every setting, before the first message to any host."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils.rollout_specs import ROLLOUT_SETTINGS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.packages_ready import ready
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.patterns import Inventory
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.play_variables import PlayVariables
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.values import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._hotfix.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names, settings, tags
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.checks import as_boolean
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.scope import group_names
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import KNOWN, PREFIX, RESULTS, SETTINGS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.slices import sliced

_LINEAR = ("linear", "ansible.builtin.linear", "ansible.legacy.linear", "debug", "ansible.builtin.debug")
_NEEDS_PACKAGE = ("staged", "present")


class ActionModule(ControllerAction):
    """Checks names, types, ranges, patterns, files and packages; says all that is wrong at once."""

    NAME = "rollout_settings"
    SPEC = ROLLOUT_SETTINGS

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """What of the settings the other steps need, checked. Raises BadInput with one list of what is wrong."""
        own, run, skip = (
            list(found or [])
            for found in (self._task.tags, variables.get("ansible_run_tags"), variables.get("ansible_skip_tags"))
        )
        self.problems = dict.fromkeys(tags.problems(own, run, skip), ())
        if not self.problems and not tags.chosen(own, run, skip):
            return {"checked": False}
        play = PlayVariables(self._templar, self._loader, variables, self._hosts(arguments, variables))
        self.problems = {problem: play.hosts for problem in self.problems}
        self._names(play, arguments)
        self._values(play, arguments)
        result: dict[str, Any] = {"checked": True, "hosts": len(play.hosts)}
        if not self.problems:
            result["packages"] = self._together(play, arguments)
            if arguments["playbook"]:
                result["rollout"] = self._rollout(play, arguments, variables)
        if self.problems:
            listed = names.listed(self.problems, len(play.hosts))
            count = "1 setting is" if len(listed) == 1 else f"{len(listed)} settings are"
            raise BadInput(f"{count} wrong, and no host was asked. {'; '.join(listed)}.")
        return result

    def _say(self, problem: str, hosts: tuple[str, ...] = ()) -> None:
        self.problems[problem] = tuple(dict.fromkeys((*self.problems.get(problem, ()), *hosts)))

    def _hosts(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> list[str]:
        """All hosts of the play, once; a later batch is its own, and where tasks are not run once each host is."""
        everybody, batch = list(variables["ansible_play_hosts_all"]), list(variables["ansible_play_batch"])
        if arguments["playbook"]:
            return everybody
        if self._strategy() not in _LINEAR:
            return [str(variables["inventory_hostname"])]
        return everybody if everybody[:1] == batch[:1] else batch

    def _strategy(self) -> str:
        node: Any = self._task
        while node is not None:
            play = getattr(node, "_play", None)
            if play is not None:
                return str(play.strategy)
            node = getattr(node, "_parent", None)
        return "linear"

    def _names(self, play: PlayVariables, arguments: Mapping[str, Any]) -> None:
        found = play.names()
        for name, nearest in names.unknown(found, KNOWN).items():
            advice = f"did you mean {nearest}?" if nearest else "there is no such variable"
            self._say(f"{name}: {advice}", found[name])
        registered = {PREFIX + result for result in RESULTS}
        if arguments["playbook"] and f"{PREFIX}state" in play.extra:
            self._say(f"{PREFIX}state cannot be set here: {arguments['playbook']} has its own", play.hosts)
        for name in names.reserved(play.extra, registered):
            self._say(f"{name} is an extra variable, but the role itself sets it", play.hosts)

    def _values(self, play: PlayVariables, arguments: Mapping[str, Any]) -> None:
        for found in play.values():
            if found.error:
                self._say(f"{PREFIX}{found.name} cannot be templated: {found.error}", found.hosts)
            elif wrong := settings.problem(found.name, found.value):
                self._say(wrong, found.hosts)
        if arguments["state"] not in settings.STATES:
            self._say(settings.problem("state", arguments["state"]) or "", play.hosts)

    def _together(self, play: PlayVariables, arguments: Mapping[str, Any]) -> dict[str, list[str]]:
        """What must fit together, and the packages: for each architecture the hosts' packages that may be used."""
        packages: dict[str, list[str]] = {}
        definition = load("KB952876")
        judged: dict[str, tuple[dict[str, str], list[str]]] = {}
        for values, hosts in play.by_host():
            for wrong in settings.contradictions(values):
                self._say(wrong, hosts)
            for name in ("report_dir", "inventory_file"):
                self._place(name, str(values[name] or ""), hosts)
            if arguments["state"] not in _NEEDS_PACKAGE or self.problems:
                continue
            wanted = {name: values[name] for name in _OF_PACKAGES}
            key = str(wanted)
            if key not in judged:
                judged[key] = ready(definition, wanted)
            there, problems = judged[key]
            for problem in problems:
                self._say(problem, hosts)
            for host in hosts:
                packages[host] = sorted(there)
        return packages

    def _place(self, name: str, text: str, hosts: tuple[str, ...]) -> None:
        """Where reports go: nothing may be in the way."""
        path = Path(text).expanduser() if text else None
        if path is None:
            return
        if name == "report_dir" and path.exists() and not path.is_dir():
            self._say(f"{PREFIX}{name}: {path} is there and is no folder", hosts)
        if name == "inventory_file" and path.is_dir():
            self._say(f"{PREFIX}{name}: {path} is a folder", hosts)

    def _rollout(self, play: PlayVariables, arguments: Mapping[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """The settings of a roll-out, patterns as hosts."""
        told = {name: play.of_run(name) for name, setting in SETTINGS.items() if setting.of_run and name != "report_hosts"}
        inventory = Inventory(self._loader, variables["groups"])
        everybody = list(variables["ansible_play_hosts_all"])
        result: dict[str, Any] = {
            "canary": None,
            "canary_size": int(told["canary_size"]),
            "canary_done": bool(as_boolean(told["canary_done"])),
            "batches": told["batches"],
            "max_fail_percentage": float(told["max_fail_percentage"]),
            "apart": [],
        }
        try:
            inventory.matched(f"{PREFIX}hosts", told["hosts"])
            if told["canary"]:
                result["canary"] = inventory.matched(f"{PREFIX}canary", told["canary"])
            result["apart"] = [_members(inventory, one) for one in told["apart"]]
        except BadInput as error:
            self._say(str(error), play.hosts)
            return result
        for problem in self._of_rollout(play, arguments, inventory, result, everybody, variables):
            self._say(problem, play.hosts)
        return result

    def _of_rollout(
        self,
        play: PlayVariables,
        arguments: Mapping[str, Any],
        inventory: Inventory,
        told: Mapping[str, Any],
        everybody: list[str],
        variables: Mapping[str, Any],
    ) -> list[str]:
        found = []
        matched = set(inventory.matched(f"{PREFIX}hosts", play.of_run("hosts")))
        if not set(everybody) <= matched:
            found.append(f"{PREFIX}hosts is set in the inventory, where no play can read it: give it with -e")
        if arguments["playbook"] == "assess":
            return found
        taken = [name for name in group_names(arguments["playbook"]) if name in inventory.groups or name in inventory.hosts]
        found += [f"the inventory already has {name}, and the roll-out chooses its hosts by that name" for name in taken]
        canary = told["canary"]
        outside = [host for host in canary or () if host not in everybody]
        if outside:
            found.append(f"{PREFIX}canary: {', '.join(outside)} outside of {PREFIX}hosts or of --limit")
        if canary and f"{PREFIX}canary_size" in variables:
            found.append(f"{PREFIX}canary and {PREFIX}canary_size exclude each other: all hosts of the pattern are canaries")
        if canary and told["canary_done"]:
            found.append(f"{PREFIX}canary and {PREFIX}canary_done exclude each other")
        if sliced(variables) and not told["canary_done"]:
            found.append(
                "this is one slice of a sliced job, and each would choose a canary of its own: run the canary as a node"
                f" of its own before (or one slice), and then the slices with {PREFIX}canary_done"
            )
        return found


_OF_PACKAGES = ("package_dir", "packages", "checksum", "signature", "ca_file", "allow_later")


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
