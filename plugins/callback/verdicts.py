# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback verdicts: ad hoc runs of this collection's modules as one line a host, and a table at the end."""

from __future__ import annotations

DOCUMENTATION = r"""
name: verdicts
type: stdout
short_description: One line a host for ad hoc runs, and a table at the end
version_added: 1.0.0
author:
  - winlegacy.servicing contributors (@winlegacy)
description:
  - For C(ansible all -m winlegacy.servicing.hotfix_info) and M(winlegacy.servicing.fleet_hotfix_info),
    M(winlegacy.servicing.hotfix), M(winlegacy.servicing.reboot) and M(winlegacy.servicing.package_info). Each host is
    one line when its result comes, for a list of hotfixes one for each. What failed is told in full.
    The table at the end has what needs work first, counts, and the next commands to type. It is the one of
    P(winlegacy.servicing.report#filter) with V(format=text); a sweep's lines come in its order.
  - With C(-v), and for all other modules, ad hoc runs look as they do with P(ansible.builtin.minimal#callback).
  - Playbooks look as they do with P(ansible.builtin.default#callback), with the table after the recap where hosts were
    assessed.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
requirements:
  - Chosen as C(stdout_callback) in ansible.cfg, or by E(ANSIBLE_STDOUT_CALLBACK=winlegacy.servicing.verdicts). The
    command C(ansible) heeds that only with C(bin_ansible_callbacks=true), or E(ANSIBLE_LOAD_CALLBACK_PLUGINS=true).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ansible import constants, context
from ansible.plugins.callback.default import CallbackModule as Default
from ansible.plugins.callback.minimal import CallbackModule as Minimal
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.advice import advice, advised
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.this_run import this_run
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.kb import as_given, normal_kb
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import Earlier, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_text import WIDTH, as_text
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.glance import ASSESSING, TOLD, failure, glance
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.hotfixes import DEFAULT, only, told
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.markup import hosts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.urgency import by_urgency
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.version import collection_version

_COLLECTION = "winlegacy.servicing."
_SWEEP = "fleet_hotfix_info"
_REPORT = "fleet_report"
_AD_HOC = "Ansible Ad-Hoc"
"""What every ansible-core calls the play of the command ansible."""


class CallbackModule(Default, Minimal):  # type: ignore[misc]
    """Ad hoc: a line a host for our modules, minimal for others. In a playbook: default. Then the table."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "winlegacy.servicing.verdicts"

    def __init__(self) -> None:
        super().__init__()
        self._ad_hoc = False
        self._began = datetime.now(UTC)
        self._seen: dict[str | None, dict[str, dict[str, Any]]] = {}  # by hotfix and host
        self._was: dict[tuple[str | None, str], str] = {}
        self._table: list[str] = []
        self._changing = False
        self._manager: Any = None

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._manager = play.get_variable_manager()
        self._ad_hoc = play.get_name().strip() == _AD_HOC and bool(context.CLIARGS.get("module_name"))
        if not self._ad_hoc:
            super().v2_playbook_on_play_start(play)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        if not self._ad_hoc:
            super().v2_playbook_on_task_start(task, is_conditional)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._note(result)
        if not self._ad_hoc:
            super().v2_runner_on_ok(result)
        elif not self._line(result):
            Minimal.v2_runner_on_ok(self, result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._note(result, failed=True)
        if not self._ad_hoc:
            super().v2_runner_on_failed(result, ignore_errors=ignore_errors)
        elif not self._line(result, failed=True):
            Minimal.v2_runner_on_failed(self, result, ignore_errors=ignore_errors)
        cure = advice(str(result._task.action), str(_plain(result._result).get("msg", "")))  # noqa: SLF001
        told = self._ad_hoc and self._module(result) in (*TOLD, _SWEEP)  # in the line itself
        if cure and not told and not ignore_errors:
            self._display.display(cure, color=constants.COLOR_ERROR)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._note(result)
        if not self._ad_hoc:
            super().v2_runner_on_unreachable(result)
        elif not self._line(result):
            Minimal.v2_runner_on_unreachable(self, result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        if not self._ad_hoc:
            super().v2_runner_on_skipped(result)
        else:
            Minimal.v2_runner_on_skipped(self, result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if not self._ad_hoc:
            super().v2_playbook_on_stats(stats)
        if self._table:
            self._display.display("\n" + "\n".join(self._table))
        else:
            for kb, seen in self._by_hotfix().items():
                self._show(kb, seen)

    def _by_hotfix(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What was seen; hosts that failed before a hotfix was known are with the last one."""
        known = {kb: seen for kb, seen in self._seen.items() if kb is not None}
        lost = self._seen.get(None)
        if lost:
            last = next(reversed(known), DEFAULT)
            known[last] = {**known.get(last, {}), **lost}
        return known

    def _show(self, kb: str, seen: dict[str, dict[str, Any]]) -> None:
        found = rows(seen)
        was = {row["host"]: self._was.get((kb, row["host"]), row["status"]) for row in found}
        moved = any(row["status"] != was[row["host"]] for row in found)
        removing = any(one.get("state") == "absent" for one in seen.values())
        about = About(
            kb=kb,
            generated=datetime.now(UTC),
            title=f"{kb} report",
            version=collection_version(),
            scope=hosts(len(found)),
            began=self._began,
            comparison=compare(Earlier(was), found, removing=removing) if moved else None,
            run=this_run(self._manager, list(seen), changing=self._changing),
        )
        self._display.display("\n" + as_text(found, about).rstrip("\n"))

    def _module(self, result: Any) -> str | None:
        """The module of ours that a result is from, without the collection's name; None for another one."""
        name = str(getattr(result._task, "resolved_action", None) or result._task.action)  # noqa: SLF001
        short = name.removeprefix(_COLLECTION)
        return short if name.startswith(_COLLECTION) and short in (*TOLD, _SWEEP, _REPORT) else None

    def _note(self, result: Any, *, failed: bool = False) -> None:
        """Keep what the table is made of: verdicts, or the table of fleet_report, which knows more of the run."""
        module = self._module(result)
        if module is None:
            return
        whole = _told(result, failed=failed)
        if module == _REPORT:
            self._table = whole.get("table") or self._table
        self._changing = self._changing or module == "hotfix"
        if module in (*ASSESSING, _SWEEP):
            found = _hosts(module, result, whole)
            of_all = tuple(dict.fromkeys(kb for one in found.values() for kb in told(one)))
            for host, one in found.items():
                for kb in told(one) or of_all or _asked(result):
                    self._keep(kb, host, one if kb is None else only(one, kb))

    def _keep(self, kb: str | None, host: str, one: dict[str, Any]) -> None:
        """Of each host the last verdict on a hotfix, and the first for what has changed since."""
        was = one.get("was") or one.get("status")
        if isinstance(was, str):
            self._was.setdefault((kb, host), was)
        self._seen.get(None, {}).pop(host, None)
        self._seen.setdefault(kb, {})[host] = one

    def _line(self, result: Any, *, failed: bool = False) -> bool:
        """Show one line a host and hotfix, and what failed in full; False where the usual form is wanted."""
        module = self._module(result)
        if module not in (*TOLD, _SWEEP) or self._display.verbosity > 0:
            return False
        self._handle_warnings(result._result)  # noqa: SLF001
        width = max(WIDTH, self._display.columns)
        shape = "hotfix_info" if module == _SWEEP else module
        for host, one in _hosts(module, result, _told(result, failed=failed)).items():
            if one.get("failed"):
                self._display.display("\n".join(failure(host, shape, one, width)), color=_colour(one))
                continue
            named = told(one) if "hotfixes" in one else (None,)
            for kb in named or (None,):
                said = glance(host, shape, one if kb is None else only(one, kb), width, kb)
                self._display.display(said, color=_colour(one))
        return True


def _told(result: Any, *, failed: bool) -> dict[str, Any]:
    """A result as plain values. Ansible keeps `failed` from callbacks, and tells it by the event."""
    found = _plain(result._result)  # noqa: SLF001
    return {**found, "msg": advised(str(found.get("msg", ""))), "failed": True} if failed else found


def _asked(result: Any) -> tuple[str | None, ...]:
    """The hotfixes that a task asks for; None where its option is yet to be templated."""
    given = as_given(plain(dict(getattr(result._task, "args", None) or {})).get("kb", DEFAULT))  # noqa: SLF001
    named = [normal_kb(str(one)) for one in (given if isinstance(given, list) else [given])]
    return tuple(dict.fromkeys(named)) or (None,)


def _hosts(module: str, result: Any, told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Results by host: a sweep has those of all hosts, which come in the order of the table."""
    swept = told.get("hosts")
    if module == _SWEEP and isinstance(swept, dict):
        return {row["host"]: swept[row["host"]] for row in by_urgency(rows(swept)) if row["host"] in swept} | swept
    return {str(result._host.get_name()): told}  # noqa: SLF001


def _plain(result: Mapping[str, Any]) -> dict[str, Any]:
    found: Any = plain(dict(result))
    return dict(found)


def _colour(told: Mapping[str, Any]) -> str:
    if told.get("unreachable"):
        return str(constants.COLOR_UNREACHABLE)
    if told.get("failed"):
        return str(constants.COLOR_ERROR)
    return str(constants.COLOR_CHANGED if told.get("changed") else constants.COLOR_OK)
