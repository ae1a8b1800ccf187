# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of fleet_hotfix_info: the assessment of all hosts of a play in one task."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.utils.display import Display
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import (
    FLEET_HOTFIX_INFO,
    HOTFIX_INFO,
    HOTFIX_INFO_RULES,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.assessment import Wanted
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.footprint import (
    Footprint,
    Unsaid,
    footprint,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.host_tasks import HostTask, HostTasks
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_record import insist_on_check
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.sweep import Limits, Question, Sweep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.unfinished import Unfinished, tell_at_end
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import packed
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.tally import OUTCOMES, Tally, outcome
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import visible

display = Display()
tell_at_end()
_HOSTS_A_PROCESS = 20
"""Fewer are not worth a process more."""


class ActionModule(ControllerAction):
    """Runs once for a play. What a host answers, or that it does not, is its own entry of the result."""

    BYPASS_HOST_LOOP = True
    NAME = "fleet_hotfix_info"
    SPEC = FLEET_HOTFIX_INFO
    RULES = HOTFIX_INFO_RULES

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """See the module's RETURN. Raises BadInput where nobody can be asked."""
        names = _names(arguments["hosts"], variables)
        insist_on_check(self._task, names)
        questions = _Questions(arguments, self._find_needle)
        concurrency = int(bounded("concurrency", arguments["concurrency"], least=1, most=4096))
        limits = Limits(
            processes=_processes(arguments["processes"], len(names), concurrency),
            concurrency=concurrency,
            seconds=bounded("overall_deadline", arguments["overall_deadline"], least=1, most=604800),
        )
        tally = Tally(len(names))
        shape = _packed if arguments["packed"] else _told
        sweep = Sweep(HostTasks(self, variables), questions.of, limits, name=self.NAME, shape=shape, say=_say)
        hosts: Mapping[str, Any] = {}
        if names:
            unfinished = Unfinished(arguments["interrupted_file"], questions.kb, names)
            unfinished.begin()
            hosts = sweep.run(names, unfinished.keep)
            unfinished.forget()
        for result in hosts.values():
            tally.add(result)
        seconds = round(sweep.seconds, 1) if names else 0.0
        return {
            "kb": questions.kb,
            "hosts": hosts,
            "outcomes": {one: tally.outcomes[one] for one in OUTCOMES},
            "verdicts": dict(tally.verdicts),
            "seconds": seconds,
            "msg": tally.line(seconds) if names else "There are no hosts to ask.",
        }

    def shaped(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """As it is: each host's result was made plain where it was asked."""
        return outcome


class _Questions:
    """What to ask of a host: the task's options, and those that its own variables replace."""

    def __init__(self, arguments: Mapping[str, Any], find: Callable[[str, str], Any]) -> None:
        self._find = find
        self._options = {name: arguments[name] for name in HOTFIX_INFO}
        self._options["details"] = arguments["details"] or arguments["packed"]
        common = self._wanted(self._options)
        self.kb = common.definitions[0].kb
        self._known: dict[tuple[tuple[str, str], ...], Question] = {(): Question(common.ask, common.options.deadline)}
        self._alike: dict[tuple[tuple[str, Footprint], ...], Question] = {}
        self._variables: dict[str, str] = {}
        for option, variable in arguments["host_options"].items():
            if option not in HOTFIX_INFO:
                raise BadInput(f"host_options: there is no option {str(option)[:40]!r}")
            self._variables[str(option)] = str(variable)
        self._validator = ArgumentSpecValidator(HOTFIX_INFO)

    def _wanted(self, options: Mapping[str, Any]) -> Wanted:
        wanted = Wanted.of(options, self._find)
        if wanted.several:
            raise BadInput("kb: one hotfix was expected; only hotfix_info takes a list")
        return wanted

    def of(self, task: HostTask) -> Question:
        """Raises BadInput that names the variable."""
        try:
            key = tuple(
                (option, footprint(task.own[variable], task.own))
                for option, variable in self._variables.items()
                if variable in task.own
            )
        except Unsaid:
            return self._evaluated(task)
        if key not in self._alike:
            self._alike[key] = self._evaluated(task)
        return self._alike[key]

    def _evaluated(self, task: HostTask) -> Question:
        told = {
            option: plain(task.template(task.variables[variable]))
            for option, variable in self._variables.items()
            if variable in task.variables
        }
        key = tuple((option, repr(value)) for option, value in told.items())
        if key not in self._known:
            checked = self._validator.validate({**self._options, **told})
            if checked.error_messages:
                names = ", ".join(self._variables[option] for option in told)
                raise BadInput(f"{'; '.join(checked.error_messages)} (from the variables {names})")
            wanted = self._wanted(checked.validated_parameters)
            self._known[key] = Question(wanted.ask, wanted.options.deadline)
        return self._known[key]


def _told(result: dict[str, Any]) -> dict[str, Any]:
    return {**result, "outcome": outcome(result)}


def _packed(result: dict[str, Any]) -> dict[str, Any]:
    return packed(_told(result))


def _names(wanted: list[str] | None, variables: Mapping[str, Any]) -> list[str]:
    """The hosts to ask, each once and as the play orders them. Raises BadInput for one that is not of the play."""
    if wanted is None:
        return list(dict.fromkeys(variables["ansible_play_batch"]))
    play = dict.fromkeys(variables["ansible_play_hosts_all"])
    strange = [name for name in wanted if name not in play]
    if strange:
        raise BadInput(f"hosts: {strange[0]!r} is no host of this play")
    chosen = set(wanted)
    return [name for name in play if name in chosen]


def _processes(wanted: int, hosts: int, concurrency: int) -> int:
    most = int(bounded("processes", wanted, least=0, most=64)) or _processors()
    return max(1, min(most, concurrency, -(-hosts // _HOSTS_A_PROCESS)))


def _processors() -> int:
    """Those that this process may use, where the system tells."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable is not None else os.cpu_count() or 1


def _say(line: str) -> None:
    display.display(visible(line))
