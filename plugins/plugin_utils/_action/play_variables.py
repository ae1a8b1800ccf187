# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of all hosts of a play, for the check of the settings: names untemplated, values on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleError
from ansible.utils.vars import load_extra_vars

from .._model.plain import plain
from .._rollout.names import is_ours
from .._rollout.settings import PREFIX, RESULTS, SETTINGS


@dataclass(frozen=True)
class Found:
    """One value of a setting and the hosts that have it. error: why the template behind it gives no value."""

    name: str
    value: Any
    hosts: tuple[str, ...]
    error: str = ""


class PlayVariables:
    """Of the hosts that are checked: what the inventory, earlier tasks, the play and the command line set."""

    def __init__(self, templar: Any, loader: Any, variables: Mapping[str, Any], hosts: Sequence[str]) -> None:
        self._templar, self._variables = templar, variables
        self.hosts = tuple(hosts)
        told = variables["hostvars"]
        self._raw: dict[str, Mapping[str, Any]] = {host: told.raw_get(host) for host in hosts}
        self.extra: Mapping[str, Any] = load_extra_vars(loader)
        own = self._raw.get(str(variables.get("inventory_hostname")), {})
        self._of_play = {
            name: value
            for name, value in variables.items()
            if is_ours(str(name)) and (name not in own or value != own[name])
        }

    def names(self) -> dict[str, tuple[str, ...]]:
        """Every name, and the hosts that have it; those of the play and the command line are all hosts'."""
        found: dict[str, list[str]] = {}
        for host, values in self._raw.items():
            for name in values:
                found.setdefault(str(name), []).append(host)
        everywhere = dict.fromkeys(map(str, (*self._of_play, *self.extra)), self.hosts)
        return {**{name: tuple(hosts) for name, hosts in found.items()}, **everywhere}

    def of_run(self, name: str) -> Any:
        """The value of a setting that is read once, templated as the task has it; its default where it is not set."""
        found = self._variables.get(PREFIX + name)
        return SETTINGS[name].default if found is None else plain(self._templar.template(found))

    def raw(self, host: str) -> Mapping[str, Any]:
        """A host's variables, facts and registered results included, untemplated."""
        return self._raw[host]

    def setting(self, name: str, host: str) -> Any:
        """The value of a setting for a host; its default where it is not set."""
        raw = self._effective(PREFIX + name, host)
        return SETTINGS[name].default if raw is None else self._told(raw, host)[0]

    def values(self) -> Iterator[Found]:
        """Each different value of each setting. A value that rests on a result of the run is not known yet."""
        for name, setting in SETTINGS.items():
            full = PREFIX + name
            sets = [(host, values[full]) for host, values in self._raw.items() if full in values]
            if full in self._of_play:
                sets = [("", self._of_play[full])] if full in self.extra else [*sets, ("", self._of_play[full])]
            yield from self._each(name, sets, secret=setting.secret)

    def by_host(self) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
        """All settings together, once for each different set of values, and the hosts that have it."""
        different: dict[str, tuple[dict[str, Any], list[str]]] = {}
        for host in self.hosts:
            values: dict[str, Any] = {name: setting.default for name, setting in SETTINGS.items()}
            for name, setting in SETTINGS.items():
                raw = self._effective(PREFIX + name, host)
                if raw is not None:
                    values[name] = _is_set(raw) if setting.secret else self._told(raw, host)[0]
            key = json.dumps(values, default=str, sort_keys=True)
            different.setdefault(key, (values, []))[1].append(host)
        for values, hosts in different.values():
            yield values, tuple(hosts)

    def _effective(self, full: str, host: str) -> Any:
        """The command line's value, else the play's unless that is the role's default, else the host's own."""
        if full in self.extra:
            return self.extra[full]
        told, own = self._of_play.get(full), self._raw[host].get(full)
        is_default = told is None or told == SETTINGS[full.removeprefix(PREFIX)].default
        return own if is_default and own is not None else told

    def _each(self, name: str, sets: list[tuple[str, Any]], *, secret: bool) -> Iterator[Found]:
        groups: dict[tuple[str, str], tuple[Any, str, list[str]]] = {}
        for host, raw in sets:
            value, error = ("", "") if secret and not isinstance(raw, (list, dict)) else self._told(raw, host)
            key = (json.dumps(value, default=str, sort_keys=True), error)
            groups.setdefault(key, (value, error, []))[2].extend([host] if host else self.hosts)
        for value, error, hosts in groups.values():
            if value is not _LATER:
                yield Found(name, value, tuple(dict.fromkeys(hosts)), error)

    def _told(self, raw: Any, host: str) -> tuple[Any, str]:
        """A value, templated with the host's variables where it is a template, and why that does not work."""
        if not self._templar.is_template(raw):
            return plain(raw), ""
        if any(PREFIX + result in str(raw) or "__kb952876" in str(raw) for result in RESULTS):
            return _LATER, ""
        variables = {**self._variables, **self._raw[host]} if host else dict(self._variables)
        try:
            return plain(self._templar.copy_with_new_env(available_variables=variables).template(raw)), ""
        except AnsibleError as error:
            return None, " ".join(str(error).split())[:300]


_LATER = "(known later)"


def _is_set(secret: Any) -> str:
    """Whether there is a secret, without looking at it: "" for an empty text. One that is locked is there."""
    try:
        return "" if secret == "" else "set"
    except AnsibleError:
        return "set"
