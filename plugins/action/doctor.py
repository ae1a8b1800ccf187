# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of doctor: why a host cannot be worked on, as findings with their cures. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import DOCTOR
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.advice import advice
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction, converse, display
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.doctor_reach import reach_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.doctor_sketch import sketches
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.interruption import tidy_end
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.templars import templar_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.transcript import Recording
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.controller import (
    judge_controller,
    uses_kerberos,
    wanted,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.course import OF_CONTROLLER, Diagnosis
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.finding import Finding, Severity
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.seen import InventorySeen
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._doctor.table import table
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.controller import (
    look_at_controller,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.doctor.examine import Examination


class ActionModule(HostAction):
    """A host that cannot be reached is an answer here, and no failure."""

    NAME = "doctor"
    SPEC = DOCTOR

    def _work(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        deadline = bounded("deadline", arguments["deadline"], least=1, most=3600)
        if arguments["results"] is not None:
            return self._tabulated(plain(arguments["results"]), plain(arguments["controller"]))
        details, scope = arguments["details"], arguments["scope"]
        if arguments["transcript"] is not None and scope == "controller":
            raise BadInput("transcript is a host's, and scope is controller: leave one of them out")
        recording = Recording.of(arguments, self.host)
        with tidy_end():
            if scope == "controller":
                diagnosis = Diagnosis.of(_controller(sketches(task_vars)), "the controller")
            else:
                diagnosis = self._examined(task_vars, deadline, alone=scope == "host")
        result = {"changed": False, **diagnosis.as_dict(details=details)}
        if recording is not None and self._task.check_mode:
            result["transcript"] = recording.would_write() if diagnosis.logged_in else None
        elif recording is not None:
            result["transcript"] = self._transcript(recording, task_vars, deadline) if diagnosis.logged_in else None
        return result

    def _transcript(self, recording: Recording, task_vars: Mapping[str, Any], deadline: float) -> dict[str, Any]:
        """A conversation of its own, by the login that has just succeeded."""
        return converse(
            self._connection,
            self._wire_options(task_vars),
            lambda client: recording.finish(client, load(), self._connection),
            seconds=deadline,
            recording=recording,
        )

    def _examined(self, task_vars: Mapping[str, Any], deadline: float, *, alone: bool) -> Diagnosis:
        """alone: of the controller only what keeps this host from being reached."""
        delegate = self._task.delegate_to
        variables: Mapping[str, Any] = task_vars
        templar = self._templar
        if delegate:
            variables = (task_vars.get("ansible_delegated_vars") or {}).get(delegate) or {}
            templar = templar_of(templar, variables)
        reach = reach_of(self._connection, variables, templar.template)
        found = _controller([reach.inventory], programs=not alone)
        if alone:
            found = [one for one in found if one.severity is Severity.PROBLEM]
        diagnosis = Examination(reach, deadline, found).run()
        if not alone:
            return diagnosis
        kept = [one for one in diagnosis.findings
                if one.check not in OF_CONTROLLER or one.severity is Severity.PROBLEM]  # fmt: skip
        return Diagnosis(tuple(kept), diagnosis.subject)

    @staticmethod
    def _tabulated(results: Any, controller: Any) -> dict[str, Any]:
        text = table(results, controller, partial(advice, ""))
        display.display(f"\n{text}")
        return {"changed": False, "msg": text.rstrip().rpartition("\n")[2]}


def _controller(hosts: list[InventorySeen], *, programs: bool = True) -> list[Finding]:
    kerberos = any(uses_kerberos(one) for one in hosts)
    seen = look_at_controller(sorted(wanted(hosts)), kerberos=kerberos, programs=programs)
    return list(judge_controller(seen, hosts))
