# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of rollout_settings: one judge of every setting, before the first message to any host."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import ansible.template
from ansible_collections.winlegacy.servicing.plugins.module_utils.rollout_specs import ROLLOUT_SETTINGS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.packages_ready import ready
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.play_variables import PlayVariables
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.rollout_options import (
    HOSTS_NOT_READ,
    of_own_play,
    rollout,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_record import RunRecord, play_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names, settings, tags
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import (
    KNOWN,
    PREFIX,
    RESULTS,
    SETTINGS,
)

_NEEDS_PACKAGE = ("staged", "present")


NAMES_ARE_TEMPLATES = not hasattr(ansible.template, "trust_as_template")


class ActionModule(ControllerAction):
    """Checks names, types, ranges, patterns, files and packages; says all that is wrong at once.

    The first task of a play that comes here judges all hosts of the play, whichever host it runs for; a later one (the
    next batch, another host with a strategy that runs nothing once) judges its batch again, since tasks may have set
    something since.
    """

    NAME = "rollout_settings"
    SPEC = ROLLOUT_SETTINGS

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """What of the settings the other steps need, checked. Raises BadInput with one list of what is wrong."""
        own, run, skip = (
            list(found or [])
            for found in (self._task.tags, variables.get("ansible_run_tags"), variables.get("ansible_skip_tags"))
        )
        strange = tags.problems(own, run, skip)
        if not strange and not tags.chosen(own, run, skip):
            return {"checked": False}
        record, token, everybody = RunRecord(), uuid4().hex, list(variables["ansible_play_hosts_all"])
        record.begin()
        known = record.allowed(self._task)
        if known["playbook"] and not arguments["playbook"]:  # a batch of a playbook, which has judged all before
            return {"checked": True, "hosts": len(known["hosts"]), "packages": {}, "token": token}
        of_play = PlayVariables(self._templar, self._loader, variables, ()).of_play()
        key = ("judged", play_of(self._task), arguments["state"], of_play)
        with record.turn(*key):
            before = record.get(*key)
            if before and before["refusal"]:
                raise BadInput(before["refusal"])
            self.first = before is None
            hosts = everybody if self.first else [one for one in variables["ansible_play_batch"] if one in everybody]
            try:
                result = self._judge(PlayVariables(self._templar, self._loader, variables, hosts), arguments, variables)
            except BadInput as error:
                record.put({"refusal": str(error)}, *key)
                raise
            record.put({"refusal": ""}, *key)
        if arguments["playbook"]:
            record.put({"rollout": plain(result["rollout"])}, "settings", arguments["playbook"])
        record.allow(self._task, hosts)
        return {**result, "token": token}

    def _judge(self, play: PlayVariables, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        own, run, skip = self._task.tags, variables.get("ansible_run_tags"), variables.get("ansible_skip_tags")
        strange = tags.problems(list(own or []), list(run or []), list(skip or []))
        self.problems: dict[str, tuple[str, ...]] = dict.fromkeys(strange, play.hosts)
        self.bad: set[str] = set()
        self._host_names(play)
        self._names(play, arguments)
        self._values(play, arguments)
        self._of_run(play)
        result: dict[str, Any] = {"checked": True, "hosts": len(play.hosts)}
        result["packages"] = self._together(play, arguments)
        if not arguments["playbook"]:
            for problem, hosts in of_own_play(play, self._loader, variables):
                self._say(problem, hosts or play.hosts)
        elif self.bad.isdisjoint(PREFIX + name for name, one in SETTINGS.items() if one.of_run):
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

    def _host_names(self, play: PlayVariables) -> None:
        """Before 2.19 Ansible takes a host's own name for a template, and the host would pass for another one."""
        strange = tuple(host for host in play.hosts if any(mark in host for mark in ("{{", "{%", "{#")))
        if strange and NAMES_ARE_TEMPLATES:
            self._say("the host's name is a template to this ansible-core: rename it, or use 2.19 or later", strange)

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
        for name, hosts in play.private().items():
            if name not in play.extra:
                self._say(f"{name} is set in the inventory, but the role itself sets it", hosts)

    def _values(self, play: PlayVariables, arguments: Mapping[str, Any]) -> None:
        for found in play.values():
            if found.error:
                self.bad.add(found.name)
                self._say(f"{found.name} cannot be read: {found.error}", found.hosts)
            elif wrong := settings.problem(found.name, found.value):
                self.bad.add(found.name)
                self._say(wrong, found.hosts)
        if arguments["state"] not in settings.STATES:
            self._say(settings.problem(f"{PREFIX}state", arguments["state"]) or "", play.hosts)

    def _of_run(self, play: PlayVariables) -> None:
        """What is read once has one value, or a host's own would be ignored without a word."""
        for name, values in play.disagreements():
            if PREFIX + name in self.bad:
                continue
            self.bad.add(PREFIX + name)
            shown = ", ".join(
                f"{str(value)[:40]!r}{names.where(hosts, len(play.hosts))}" for value, hosts in values[:4]
            )
            what = HOSTS_NOT_READ if name == "hosts" else f"{PREFIX}{name} is one for the whole run, but hosts disagree"
            self._say(f"{what}: {shown}")

    def _together(self, play: PlayVariables, arguments: Mapping[str, Any]) -> dict[str, list[str]]:
        """What must fit together, and by host the architectures for which there is a package that may be used."""
        packages: dict[str, list[str]] = {}
        definition, of_hosts = load("KB952876"), not arguments["playbook"] and play.is_set("state")
        judged: dict[str, tuple[dict[str, str], list[str]]] = {}
        for values, hosts in play.by_host:
            state = values["state"] if of_hosts else arguments["state"]
            for wrong in settings.contradictions(values):
                self._say(wrong, hosts)
            for name in ("report_dir", "inventory_file"):
                if PREFIX + name not in self.bad:
                    self._place(name, str(values[name] or ""), hosts)
            unusable = not self.bad.isdisjoint(PREFIX + name for name in _OF_PACKAGES)
            if not self.first or state not in _NEEDS_PACKAGE or unusable:
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
