# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of fleet_merge: the parts of several runs as the result of one, for reports and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import FLEET_MERGE
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.part_sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import kb_name
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import packed
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import SILENT, members
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.join import Joined, join
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part import Part
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.tally import OUTCOMES, Tally, outcome


class ActionModule(ControllerAction):
    """Runs once, on the controller; asks no host. What it returns has the form of a sweep's result."""

    NAME = "fleet_merge"
    SPEC = FLEET_MERGE

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """See the module's RETURN. Raises BadInput where there is nothing to merge, or no one thing."""
        scope = list(dict.fromkeys(arguments["hosts"]))
        sources = Sources()
        sources.files(arguments["parts"])
        sources.variables(variables)
        refused = [f"Not used: {one['source']}: {one['field']}: {one['reason']}." for one in sources.refused]
        try:
            wanted = kb_name(arguments["kb"]) if arguments["kb"] else None
            joined = join(sources.parts, scope, wanted, sources.cut_off)
        except ValueError as error:  # of the room below: a sentence
            raise BadInput(" ".join([f"{error}.", *refused, *sources.cut_off])) from None
        kb = wanted or sources.parts[0].hotfixes[0]
        hosts = {host: _swept(result) for host, result in joined.results.items()}
        return {
            **_counted(hosts),
            "hosts": hosts,
            "kb": kb,
            "members": _members(hosts, joined, kb.lower()),
            "parts": [_told(one) for one in sources.parts],
            "refused": sources.refused,
            "lost": list(joined.lost),
            "missing": joined.missing,
            "contradicting": joined.contradicting,
            "doubled": list(joined.doubled),
            "outside": list(joined.outside),
            "complete": joined.complete,
            "msg": [*joined.problems, *refused, *joined.notes, _sum(joined, sources)],
        }

    def shaped(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """As it is: each value was read from JSON or made here."""
        return outcome


def _swept(result: Mapping[str, Any]) -> dict[str, Any]:
    return packed({**result, "outcome": outcome(result)})


def _counted(hosts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    tally = Tally(len(hosts))
    for result in hosts.values():
        tally.add(result)
    return {"outcomes": {one: tally.outcomes[one] for one in OUTCOMES}, "verdicts": dict(tally.verdicts)}


def _members(hosts: Mapping[str, Any], joined: Joined, prefix: str) -> list[dict[str, str]]:
    """As a sweep's; who is contradicted is with those that have no verdict, so that a play fails for them."""
    silent = f"{prefix}_assess_{SILENT}"
    return [*members(hosts, prefix), *({"host": host, "group": silent} for host in joined.contradicting)]


def _told(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "source": part.source,
        "made": part.made,
        "collection": part.collection,
        "details": part.details,
        "asked": len(part.asked),
        "answered": len(part.results),
    }


def _sum(joined: Joined, sources: Sources) -> str:
    count = len(sources.parts)
    made = sorted(one.made for one in sources.parts)
    when = made[0] if made[0] == made[-1] else f"{made[0]} to {made[-1]}"
    state = "complete" if joined.complete else "not complete"
    of = "1 part" if count == 1 else f"{count:,} parts"
    return f"{len(joined.results):,} hosts from {of}, made {when}: {state}."
