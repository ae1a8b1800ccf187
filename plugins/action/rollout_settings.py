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
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.play_variables import PlayVariables
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.rollout_options import rollout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names, settings, tags
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import (
    KNOWN,
    PREFIX,
    RESULTS,
    SETTINGS,
)

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
        self.problems: dict[str, tuple[str, ...]] = dict.fromkeys(tags.problems(own, run, skip), ())
        if not self.problems and not tags.chosen(own, run, skip):
            return {"checked": False}
        play = PlayVariables(self._templar, self._loader, variables, self._hosts(arguments, variables))
        self.problems = dict.fromkeys(self.problems, play.hosts)
        self.bad: set[str] = set()
        self._names(play, arguments)
        self._values(play, arguments)
        result: dict[str, Any] = {"checked": True, "hosts": len(play.hosts)}
        result["packages"] = self._together(play, arguments, variables)
        if arguments["playbook"] and self.bad.isdisjoint(name for name, one in SETTINGS.items() if one.of_run):
            result["rollout"], problems = rollout(play, self._loader, arguments["playbook"], variables)
            for problem in problems:
                self._say(problem, play.hosts)
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

    def _is_first(self, variables: Mapping[str, Any]) -> bool:
        """Whether this is the first time in the play: reading packages takes its time, and once is enough."""
        first = list(variables["ansible_play_hosts_all"])[:1]
        is_linear = self._strategy() in _LINEAR
        here = list(variables["ansible_play_batch"]) if is_linear else [variables["inventory_hostname"]]
        return first == here[:1]

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
                self.bad.add(found.name)
                self._say(f"{PREFIX}{found.name} cannot be templated: {found.error}", found.hosts)
            elif wrong := settings.problem(found.name, found.value):
                self.bad.add(found.name)
                self._say(wrong, found.hosts)
        if arguments["state"] not in settings.STATES:
            self._say(settings.problem("state", arguments["state"]) or "", play.hosts)

    def _together(
        self, play: PlayVariables, arguments: Mapping[str, Any], variables: Mapping[str, Any]
    ) -> dict[str, list[str]]:
        """What must fit together, and by host the architectures for which there is a package that may be used."""
        packages: dict[str, list[str]] = {}
        definition, looks = load("KB952876"), arguments["state"] in _NEEDS_PACKAGE and self._is_first(variables)
        judged: dict[str, tuple[dict[str, str], list[str]]] = {}
        for values, hosts in play.by_host():
            for wrong in settings.contradictions(values):
                self._say(wrong, hosts)
            for name in {"report_dir", "inventory_file"} - self.bad:
                self._place(name, str(values[name] or ""), hosts)
            if not looks or not self.bad.isdisjoint(_OF_PACKAGES):
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


_OF_PACKAGES = ("package_dir", "packages", "checksum", "signature", "ca_file", "allow_later")
