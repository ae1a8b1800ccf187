# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of fleet_report: reports, an inventory of verdicts and a table on the terminal, by the controller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from ansible import constants, context
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import FLEET_REPORT
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction, display
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.local_files import local, typed, write
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.registered import registered
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_record import RunRecord
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.shared_texts import SharedTexts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.this_run import this_run
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About, Run, kb_name
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import (
    Comparison,
    Earlier,
    compare,
    earlier_file,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format import Rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.hotfixes import agreed, only, told
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import lean_rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.select import select_lean
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.version import collection_version
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import host_results
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import inventory

_ELSEWHERE = ("json", "jsonl", "null", "verdicts")
"""Callbacks whose output programs read, with nothing else in it, and the one that shows the table itself."""

_LARGEST = 512 * 1024 * 1024
"""Bytes of an earlier report: 100,000 hosts with their assessments."""


class ActionModule(ControllerAction):
    """Collects the results once, whatever the number of hosts and formats. In check mode too."""

    NAME = "fleet_report"
    SPEC = FLEET_REPORT

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Write and show what is asked for; the result lists both. Raises BadInput where that is not possible."""
        hostvars, known = variables["hostvars"], set(variables["groups"]["all"])
        strange = [host for host in arguments["hosts"] if host not in known]
        if strange:
            raise BadInput(f"hosts: {strange[0]!r} is no host of the inventory")
        known_of = {host: registered(hostvars, host) for host in arguments["hosts"]}
        try:
            kb, found = _rows(known_of, kb_name(arguments["kb"]) if arguments["kb"] else None)
            about = self._about(arguments, found, kb, getattr(hostvars, "_variable_manager", None))
            chosen = select_lean(found, about.query) if about.query else found
        except ValueError as error:  # of the report's room: each is a sentence
            raise BadInput(str(error)) from None
        table = FORMATS["text"].write(chosen, about) if arguments["terminal"] else ""
        files: dict[Path, Iterator[str]] = {}
        if arguments["folder"]:
            for name in arguments["formats"]:
                files[_file(arguments, name, about.kb)] = FORMATS[name].pieces(chosen, about)
        if arguments["inventory_file"]:
            files[local(arguments["inventory_file"])] = _groups(found, about.kb.lower())
        changed = [str(path) for path, pieces in files.items() if write(path, pieces)]  # one is made after the other
        if table and _for_people():
            display.display("\n" + table)
        return {"changed": bool(changed), "files": [str(path) for path in files], "table": table.splitlines()}

    def _about(self, arguments: dict[str, Any], found: Rows, kb: str, manager: Any) -> About:
        record = RunRecord()
        folder, groups = arguments["folder"], arguments["inventory_file"]
        whole = next((one for one in ("html", "json", "csv", "markdown") if one in arguments["formats"]), None)
        run = this_run(
            manager,
            arguments["hosts"],
            playbook=arguments["playbook"] or None,
            groups=typed(groups) if groups else None,
            report=typed(str(_file(arguments, whole, kb))) if folder and whole else None,
        )
        return About(
            kb=kb,
            generated=datetime.now(UTC),
            title=f"{kb} report",
            query=arguments["query"] or None,
            version=collection_version(),
            scope=_scope(found, run),
            began=record.began,
            comparison=_comparison(arguments, found, kb, record),
            run=run,
        )


def _rows(known_of: Mapping[str, Mapping[str, Any]], wanted: str | None) -> tuple[str, Rows]:
    """The hotfix, and a row a host: one result is unpacked after the other, and gone before the next.

    wanted: the hotfix that is asked for; without it the one that all results are about. Raises ValueError.
    """

    def results() -> Iterator[tuple[str, dict[str, Any]]]:
        return ((host, host_results(known_of, [host], wanted)[host]) for host in known_of)

    kb = wanted or agreed(told(result) for _host, result in results())
    named: set[tuple[str, ...]] = set()

    def own() -> Iterator[tuple[str, Any]]:
        for host, result in results():
            named.add(told(result))
            yield host, only(result, kb)

    found = lean_rows(own(), SharedTexts().of)  # most texts of one host are those of many
    return agreed(named, wanted), found


def _groups(found: Rows, prefix: str) -> Iterator[str]:
    """The inventory of verdicts, a group a piece."""
    for name, members in inventory(found, prefix).items():
        yield yaml.safe_dump({name: members}, sort_keys=False, allow_unicode=True)


def _comparison(arguments: dict[str, Any], found: Rows, kb: str, record: RunRecord) -> Comparison | None:
    """With the earlier report that is named; without one, with this run's own first assessment."""
    removing = arguments["playbook"] in ("rollback", "restart")  # a restart finishes removals too
    if arguments["compare"]:
        return compare(_earlier(local(arguments["compare"]), kb, record), found, removing=removing)
    began = record.get("verdicts", arguments["playbook"]) if arguments["playbook"] else None
    return None if began is None else compare(Earlier(began), found, removing=removing)


def _earlier(path: Path, kb: str, record: RunRecord) -> Earlier:
    """As it was when this run read it first: each batch of a roll-out may write its report over it. Raises BadInput."""
    noted = record.get("compare", str(path), kb)
    if noted is not None:
        return Earlier(**noted)
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"compare: {path} is larger than any report: at most {_LARGEST // 1024**2} MiB")
        with path.open("rb") as file:
            earlier = earlier_file(file, kb)
    except OSError as error:
        raise BadInput(f"compare: {path} cannot be read: {error.strerror or error}") from None
    record.put({"statuses": dict(earlier.statuses), "made": earlier.made}, "compare", str(path), kb)
    return earlier


def _scope(found: Rows, run: Run) -> str:
    """Which hosts the report is about, in the words of the command line."""
    limit = context.CLIARGS.get("subset")
    told = f"{len(found):,} host{'' if len(found) == 1 else 's'}"
    told += f" of {', '.join(run.inventory)}" if run.inventory else ""
    return f"{told}, limited to {limit}" if limit else told


def _file(arguments: dict[str, Any], name: str, kb: str) -> Path:
    return local(arguments["folder"]) / f"{kb.lower()}.{FORMATS[name].suffix}"


def _for_people() -> bool:
    return str(constants.DEFAULT_STDOUT_CALLBACK).rpartition(".")[2] not in _ELSEWHERE
