# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of all hosts of a play, for the check of the settings: names untemplated, values on demand."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleError
from ansible.utils.vars import load_extra_vars
from jinja2 import Environment, TemplateError, meta

from .._model.plain import plain
from .._rollout.names import is_ours, is_private
from .._rollout.settings import HOTFIX, KB952876, RESULTS, Naming, Setting
from .registered import of_tasks
from .templars import templar_of

LATER = "(known later)"
"""Stands for a value that rests on a result of the run."""
_OF_THE_RUN = (
    "__kb952876",
    "__hotfix",
    *(one.prefix + result for one in (KB952876, HOTFIX) for result in RESULTS),
)
"""What a template may hold that the run itself sets."""
_OF_RUN = frozenset({"groups", "hostvars", "ansible_play_hosts_all", "ansible_play_hosts", "playbook_dir", "omit"})
"""Names that mean the same for every host of a play."""


@dataclass(frozen=True)
class Found:
    """One value of a setting and the hosts that have it. error: why the template behind it gives no value."""

    name: str
    value: Any
    hosts: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True)
class Reported:
    """A templated value; error: why there is none. key: the same for the same value."""

    value: Any
    error: str
    key: str

    @classmethod
    def of(cls, value: Any, error: str = "") -> Reported:
        return cls(value, error, f"{json.dumps(value, default=str, sort_keys=True)} {error}")


class PlayVariables:
    """Of the hosts that are checked: what the inventory, earlier tasks, the play and the command line set."""

    def __init__(
        self, naming: Naming, templar: Any, loader: Any, variables: Mapping[str, Any], hosts: Sequence[str]
    ) -> None:
        self.naming = naming
        self._templar, self._variables = templar, variables
        self.hosts = tuple(hosts)
        told = variables["hostvars"]
        self._raw: dict[str, Mapping[str, Any]] = {host: told.raw_get(host) for host in hosts}
        self.extra: Mapping[str, Any] = load_extra_vars(loader)
        own = self._raw.get(str(variables.get("inventory_hostname")), {})
        self._of_play = {
            name: value
            for name, value in variables.items()
            if is_ours(naming, str(name)) and (name not in own or not _equal(value, own[name]))
        }
        self._of_tasks = of_tasks(told)
        self._known: dict[tuple[int, str], tuple[Any, Reported]] = {}
        self._templars: dict[str, Any] = {}

    def names(self) -> dict[str, tuple[str, ...]]:
        """Every name, and the hosts that have it; those of the play and the command line are all hosts'."""
        found: dict[str, list[str]] = {}
        for host, values in self._raw.items():
            for name in values:
                found.setdefault(str(name), []).append(host)
        everywhere = dict.fromkeys(map(str, (*self._of_play, *self.extra)), self.hosts)
        return {**{name: tuple(hosts) for name, hosts in found.items()}, **everywhere}

    def private(self) -> dict[str, tuple[str, ...]]:
        """Names of the role's own variables that the inventory has, and no task of this run: with their hosts."""
        found: dict[str, list[str]] = {}
        for host, values in self._raw.items():
            ours = [str(name) for name in values if is_private(str(name))]
            for name in ours:
                if name not in self._of_tasks.get(host, ()):
                    found.setdefault(name, []).append(host)
        return {name: tuple(hosts) for name, hosts in found.items()}

    def of_run(self, name: str) -> Any:
        """The value of a setting that all hosts share (disagreements() is empty); its default where it is not set."""
        return self.setting(name, self.hosts[0]) if self.hosts else self.naming.settings[name].default

    def is_set(self, name: str) -> bool:
        """Whether a setting is set at all, by the play, the command line or for a host."""
        full = self.naming.prefix + name
        return full in self._of_play or full in self.extra or any(full in values for values in self._raw.values())

    def of_hosts_alone(self, name: str) -> tuple[str, ...]:
        """The hosts for which the inventory sets what the command line does not. name: in full."""
        return () if name in self.extra else tuple(host for host, values in self._raw.items() if name in values)

    def of_play(self) -> str:
        """What the play, the role's parameters and the command line set, as a text to compare by."""
        ours = {name: value for name, value in self._of_play.items() if not is_private(str(name))}
        return repr(sorted((str(name), _written(value)) for name, value in ours.items()))

    def raw(self, host: str) -> Mapping[str, Any]:
        """A host's variables, facts and registered results included, untemplated."""
        return self._raw[host]

    def setting(self, name: str, host: str) -> Any:
        """The value of a setting for a host; its default where it is not set."""
        raw = self._effective(self.naming.prefix + name, host)
        return self.naming.settings[name].default if raw is None else self._told(raw, host).value

    def values(self) -> Iterator[Found]:
        """Each different value of each setting. A value that rests on a result of the run is not known yet."""
        for full, setting in self.naming.by_name.items():
            sets = [(host, values[full]) for host, values in self._raw.items() if full in values]
            of_play = self._of_play.get(full)
            if of_play is not None:
                everywhere = [(host, of_play) for host in self.hosts]
                sets = everywhere if full in self.extra else [*sets, *everywhere]
            yield from self._each(full, setting, sets)

    @functools.cached_property
    def by_host(self) -> tuple[tuple[dict[str, Any], tuple[str, ...]], ...]:
        """All settings together, once for each different set of values, and the hosts that have it."""
        different: dict[tuple[str, ...], tuple[dict[str, Any], list[str]]] = {}
        defaults = {name: Reported.of(setting.default) for name, setting in self.naming.settings.items()}
        for host in self.hosts:
            values = dict(defaults)
            for name, setting in self.naming.settings.items():
                raw = self._effective(self.naming.prefix + name, host)
                if raw is not None:
                    values[name] = Reported.of(_is_set(raw)) if setting.secret else self._told(raw, host)
            key = tuple(one.key for one in values.values())
            if key not in different:
                different[key] = ({name: one.value for name, one in values.items()}, [])
            different[key][1].append(host)
        return tuple((values, tuple(hosts)) for values, hosts in different.values())

    def disagreements(self) -> Iterator[tuple[str, list[tuple[Any, tuple[str, ...]]]]]:
        """Settings of the run of which hosts have different values: each value, and whose it is."""
        for name in (name for name, one in self.naming.settings.items() if one.of_run):
            found: dict[str, tuple[Any, list[str]]] = {}
            for values, hosts in self.by_host:
                if values[name] != LATER:
                    found.setdefault(Reported.of(values[name]).key, (values[name], []))[1].extend(hosts)
            if len(found) > 1:
                yield name, [(value, tuple(hosts)) for value, hosts in found.values()]

    def _effective(self, full: str, host: str) -> Any:
        """The command line's value, else the play's unless that is the role's default, else the host's own."""
        if full in self.extra:
            return self.extra[full]
        setting = self.naming.settings[full.removeprefix(self.naming.prefix)]
        told, own = self._of_play.get(full), self._raw[host].get(full)
        is_default = told is None or (_equal(told, setting.default) and not setting.of_playbooks)
        return own if is_default and own is not None else told

    def _each(self, name: str, setting: Setting, sets: list[tuple[str, Any]]) -> Iterator[Found]:
        groups: dict[str, tuple[Reported, list[str]]] = {}
        nothing = Reported.of("")
        for host, raw in sets:
            told = nothing if setting.secret and not isinstance(raw, (list, dict)) else self._told(raw, host)
            groups.setdefault(told.key, (told, []))[1].append(host)
        for told, hosts in groups.values():
            if told.value != LATER:
                yield Found(name, told.value, tuple(dict.fromkeys(hosts)), told.error)

    def _told(self, raw: Any, host: str) -> Reported:
        """A value, templated with the host's variables where it is a template, and why that does not work."""
        known = self._known.get((id(raw), "")) or self._known.get((id(raw), host))
        if known is None:
            told, same = self._templated(raw, host)
            known = self._known[id(raw), "" if same else host] = raw, told  # the raw one too: its id stays its own
        return known[1]

    def _templated(self, raw: Any, host: str) -> tuple[Reported, bool]:
        """See _told; and whether it is the same for every host."""
        try:
            if not self._templar.is_template(raw):
                return Reported.of(plain(raw)), True
            if any(name in str(raw) for name in _OF_THE_RUN):
                return Reported.of(LATER), True
            same = _is_of_run(str(raw))
            return Reported.of(plain(self._templar_of(host).template(raw))), same
        except AnsibleError as error:
            return Reported.of(None, " ".join(str(error).split())[:300]), False

    def _templar_of(self, host: str) -> Any:
        if host not in self._templars:
            variables = {**self._variables, **self._raw[host]}
            self._templars[host] = templar_of(self._templar, variables)
        return self._templars[host]


def _is_of_run(template: str) -> bool:
    """Whether a template reads nothing but what every host of a play shares."""
    try:
        return meta.find_undeclared_variables(Environment(autoescape=True).parse(template)) <= _OF_RUN
    except TemplateError:
        return False


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are the same; what is locked is so with itself alone."""
    try:
        return one is other or bool(one == other)
    except AnsibleError:
        return False


def _written(value: Any) -> str:
    """A value as a text, to compare by; all that is locked looks alike."""
    try:
        return repr(value)
    except AnsibleError:
        return "locked"


def _is_set(secret: Any) -> str:
    """Whether there is a secret, without looking at it: "" for an empty text. One that is locked is there."""
    try:
        return "" if secret == "" else "set"
    except AnsibleError:
        return "set"
