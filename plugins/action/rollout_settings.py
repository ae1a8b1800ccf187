# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of rollout_settings: one judge of every setting, before the first message to any host."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import ansible.template
from ansible import constants
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_SETTINGS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.advice import VAULT, advice, locked
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.option_words import PORT
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.packages_ready import ready
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.play_variables import PlayVariables
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.rollout_options import (
    hosts_not_read,
    of_own_play,
    rollout,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_record import RunRecord, play_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import Source, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.kb import normal_kb
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import names, settings, tags
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import (
    HOTFIX,
    KB952876,
    NAMINGS,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import visible

_LOGIN = tuple(dict.fromkeys(itertools.chain.from_iterable(constants.MAGIC_VARIABLE_MAPPING.values())))
"""Variables that Ansible reads of a host before each of its tasks."""

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
        self.naming = NAMINGS[arguments["role"]]
        self.other = KB952876 if self.naming is HOTFIX else HOTFIX
        own, run, skip = (
            list(found or [])
            for found in (self._task.tags, variables.get("ansible_run_tags"), variables.get("ansible_skip_tags"))
        )
        strange = tags.problems(self.naming, own, run, skip)
        if not strange and not tags.chosen(own, run, skip):
            return {"checked": False}
        record, token, everybody = RunRecord(), uuid4().hex, list(variables["ansible_play_hosts_all"])
        record.begin()
        known = record.allowed(self._task)
        if known["playbook"] and not arguments["playbook"]:  # a batch of a playbook, which has judged all before
            return {"checked": True, "hosts": len(known["hosts"]), "packages": {}, "token": token}
        if not arguments["playbook"]:  # the sweep of a playbook tells it of each host
            self._check_unlocked(variables)
        of_play = PlayVariables(self.naming, self._templar, self._loader, variables, ()).of_play()
        key = ("judged", play_of(self._task), self.naming.role, arguments["state"], of_play)
        with record.turn(*key):
            before = record.get(*key)
            if before and before["refusal"]:
                raise BadInput(before["refusal"])
            self.first = before is None
            hosts = everybody if self.first else [one for one in variables["ansible_play_batch"] if one in everybody]
            try:
                play = PlayVariables(self.naming, self._templar, self._loader, variables, hosts)
                result = self._judge(play, arguments, variables)
            except BadInput as error:
                record.put({"refusal": str(error)}, *key)
                raise
            record.put({"refusal": ""}, *key)
        if arguments["playbook"]:
            record.put({"rollout": plain(result["rollout"])}, "settings", arguments["playbook"])
        record.allow(self._task, hosts)
        return {**result, "token": token}

    def _check_unlocked(self, variables: Mapping[str, Any]) -> None:
        """Raises BadInput where Ansible itself would end the next task, which it runs for this host, in its own words:
        it reads a host's login before it calls any action. That is why the roles delegate this one.
        """
        found = [name for name in _LOGIN if name in variables and locked(variables[name], self._templar.template)]
        if found:
            host = variables.get("inventory_hostname")
            raise BadInput(f"{found[0]} of {host} cannot be read, and no host was asked. {advice('', VAULT)}")
        try:
            port = self._templar.template(variables.get("ansible_port"))
        except Exception:  # noqa: BLE001 - left out, or undefined: whoever needs it says so
            return
        if port not in (None, variables.get("omit")) and not re.fullmatch(r"[0-9]+", str(port), re.ASCII):
            raise BadInput(f"ansible_port of {variables.get('inventory_hostname')} is {str(port)[:40]!r}. {PORT}")

    def _judge(self, play: PlayVariables, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        own, run, skip = self._task.tags, variables.get("ansible_run_tags"), variables.get("ansible_skip_tags")
        strange = tags.problems(self.naming, list(own or []), list(run or []), list(skip or []))
        self.problems: dict[str, tuple[str, ...]] = dict.fromkeys(strange, play.hosts)
        self.bad: set[str] = set()
        self._host_names(play)
        self._names(play, arguments)
        self._values(play, arguments)
        self._of_run(play)
        definition = self._definition(play)
        result: dict[str, Any] = {"checked": True, "hosts": len(play.hosts)}
        result["packages"] = self._together(play, arguments, definition)
        if not arguments["playbook"]:
            for problem, hosts in of_own_play(play, self._loader, variables):
                self._say(problem, hosts or play.hosts)
        elif definition is not None and self.bad.isdisjoint(
            self.naming.prefix + name for name, one in self.naming.settings.items() if one.of_run
        ):
            result["rollout"], problems = rollout(
                play, self._loader, arguments["playbook"], definition.kb, variables
            )
            for problem in problems:
                self._say(problem, play.hosts)
        if self.problems:
            listed = names.listed(self.problems, len(play.hosts))
            count = "1 setting is" if len(listed) == 1 else f"{len(listed)} settings are"
            raise BadInput(names.ended(f"{count} wrong, and no host was asked. {'; '.join(listed)}"))
        return result

    def _say(self, problem: str, hosts: tuple[str, ...] = ()) -> None:
        self.problems[problem] = tuple(dict.fromkeys((*self.problems.get(problem, ()), *hosts)))

    def _host_names(self, play: PlayVariables) -> None:
        """Before 2.19 Ansible takes a host's own name for a template, and the host would pass for another one.

        Characters that cannot be seen are written out wherever a name is shown, so that no limit and no group that is
        copied from there has the host.
        """
        if unseen := tuple(host for host in play.hosts if visible(host) != host):
            self._say("the host's name has characters that cannot be seen: rename it", unseen)
        strange = tuple(host for host in play.hosts if any(mark in host for mark in ("{{", "{%", "{#")))
        if strange and NAMES_ARE_TEMPLATES:
            self._say("the host's name is a template to this ansible-core: rename it, or use 2.19 or later", strange)

    def _names(self, play: PlayVariables, arguments: Mapping[str, Any]) -> None:
        found = play.names()
        for name, nearest in names.unknown(self.naming, found).items():
            advice = f"did you mean {nearest}?" if nearest else "there is no such variable"
            self._say(f"{name}: {advice}", found[name])
        if arguments["playbook"] and self.naming.kb is not None:
            for name, meant in names.meant_another(found, play.extra, self.naming.kb).items():
                self._say(f"{name}: did you mean {meant}? Without hotfix_kb it is {self.naming.kb}", found[name])
        if arguments["playbook"] and f"{self.naming.prefix}state" in play.extra:
            self._say(f"{self.naming.prefix}state cannot be set here: {arguments['playbook']} has its own", play.hosts)
        for name in names.reserved(play.extra, self.naming.registered):
            self._say(f"{name} is an extra variable, but the role itself sets it", play.hosts)
        if arguments["playbook"]:
            if hosts := play.of_hosts_alone("hotfix_kb"):
                self._say("hotfix_kb is set in the inventory, where no play can read it: give it with -e", hosts)
            for name in sorted(set(play.extra) & (set(self.other.by_name) - set(self.naming.by_name))):
                why = "hotfix_kb is set" if self.naming.kb is None else "hotfix_kb is not set"
                self._say(f"{name} is not read: {why}, and all settings begin with {self.naming.prefix}", play.hosts)
        elif self.naming.kb is not None:
            for name in sorted(set(play.extra) & (set(HOTFIX.by_name) - set(self.naming.by_name))):
                why = f"{name} is an extra variable, which would take the place of the role {self.naming.role}'s own"
                self._say(f"{why}: set it in the play, for the role hotfix", play.hosts)
        for name, hosts in play.private().items():
            if name not in play.extra:
                self._say(f"{name} is set in the inventory, but the role itself sets it", hosts)

    def _values(self, play: PlayVariables, arguments: Mapping[str, Any]) -> None:
        for found in play.values():
            if found.error:
                self.bad.add(found.name)
                self._say(f"{found.name} cannot be read: {found.error}", found.hosts)
            elif wrong := settings.problem(self.naming, found.name, found.value):
                self.bad.add(found.name)
                self._say(wrong, found.hosts)
        if arguments["state"] not in settings.STATES:
            self._say(settings.problem(self.naming, f"{self.naming.prefix}state", arguments["state"]) or "", play.hosts)

    def _of_run(self, play: PlayVariables) -> None:
        """What is read once has one value, or a host's own would be ignored without a word."""
        for name, values in play.disagreements():
            if self.naming.prefix + name in self.bad:
                continue
            self.bad.add(self.naming.prefix + name)
            shown = ", ".join(
                f"{str(value)[:40]!r}{names.where(hosts, len(play.hosts))}" for value, hosts in values[:4]
            )
            one = f"{self.naming.prefix}{name} is one for the whole run, but hosts disagree"
            what = hosts_not_read(self.naming) if name == "hosts" else one
            self._say(f"{what}: {shown}")

    def _definition(self, play: PlayVariables) -> Definition | None:
        """The definition of the run's hotfix; None where it cannot be had, which is then told."""
        prefix = self.naming.prefix
        if self.naming.kb is not None:
            return load(self.naming.kb)
        names = ("kb", "definition", "definition_dir")
        if not play.hosts or not self.bad.isdisjoint(prefix + one for one in names):
            return None
        kb, file, folder = (str(play.of_run(one) or "") for one in names)
        if not kb:
            self._say(f"{prefix}kb must name the hotfix, as KB942288 or as the number alone", play.hosts)
            return None
        if file and folder:
            return None  # said with the other contradictions
        self._of_that_number(play, kb)
        try:
            return load(kb, Source(_path(folder), _path(file), prefix))
        except CatalogueError as error:
            self._say(f"{prefix}{'definition' if file else 'kb'}: {error}", play.hosts)
            return None

    def _of_that_number(self, play: PlayVariables, kb: str) -> None:
        """Settings that begin with the hotfix's number, as those of the ready-made role do, would not be read."""
        number = normal_kb(kb)
        prefix = f"{number.lower()}_" if number else ""
        for name, hosts in play.names().items():
            setting = name.lower().removeprefix(prefix)
            if prefix and name.lower().startswith(prefix) and setting in self.naming.settings:
                self._say(f"{name}: did you mean {self.naming.prefix}{setting}?", hosts)

    def _together(
        self, play: PlayVariables, arguments: Mapping[str, Any], definition: Definition | None
    ) -> dict[str, list[str]]:
        """What must fit together, and by host the architectures for which there is a package that may be used."""
        packages: dict[str, list[str]] = {}
        of_hosts = not arguments["playbook"] and play.is_set("state")
        judged: dict[str, tuple[dict[str, str], list[str]]] = {}
        for values, hosts in play.by_host:
            state = values["state"] if of_hosts else arguments["state"]
            for wrong in settings.contradictions(self.naming, values):
                self._say(wrong, hosts)
            for name in ("report_dir", "inventory_file"):
                if self.naming.prefix + name not in self.bad:
                    self._place(name, str(values[name] or ""), hosts)
            unusable = not self.bad.isdisjoint(self.naming.prefix + name for name in _OF_PACKAGES)
            if definition is None or not self.first or state not in _NEEDS_PACKAGE or unusable:
                continue
            wanted = {name: values[name] for name in _OF_PACKAGES}
            key = str(wanted)
            if key not in judged:
                judged[key] = ready(self.naming, definition, wanted)
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
            self._say(f"{self.naming.prefix}{name}: {path} is there and is no folder", hosts)
        if name == "inventory_file" and path.is_dir():
            self._say(f"{self.naming.prefix}{name}: {path} is a folder", hosts)


def _path(text: str) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


_OF_PACKAGES = ("package_dir", "packages", "checksum", "signature", "ca_file", "allow_later")
