# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of wql_info: the rows of WQL queries as a task result."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import WQL_INFO
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.ending import ending
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.wql import (
    QueryError,
    QueryResult,
    QuerySet,
    read_queries,
    run_queries,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client


class ActionModule(HostAction):
    """Runs WQL queries; changes nothing and starts no process on the host."""

    NAME = "wql_info"
    SPEC = WQL_INFO

    def prepare(self, arguments: dict[str, Any]) -> QuerySet:
        """The queries. Raises BadInput that names the one that cannot be used."""
        try:
            queries = read_queries(arguments["query"], arguments["namespace"])
        except QueryError as error:
            raise BadInput(str(error)) from None
        return QuerySet(
            queries,
            listed=isinstance(arguments["query"], list),
            typed=arguments["typed"],
            report_errors=arguments["on_error"] == "report",
            deadline=bounded("deadline", arguments["deadline"], least=1, most=3600),
        )

    def deadline(self, request: QuerySet) -> float:
        """Each query has its own; together they have as much as all of them."""
        return request.deadline * len(request.queries)

    def perform(self, client: Client, request: QuerySet) -> dict[str, Any]:
        """All results; a query that failed fails the task, unless on_error says to report it."""
        results: list[QueryResult] = []
        try:
            run_queries(client, request, results)
        except errors.WSManError as error:
            error.learnt = self._outcome(request, results, client, ended=error)
            raise
        outcome = self._outcome(request, results, client)
        failed = [one for one in results if one.error is not None]
        if failed and not request.report_errors:
            first = failed[0]
            outcome.update(failed=True, msg=f"the query {first.query.name!r} failed: {first.error_text}")
        return outcome

    @staticmethod
    def _outcome(
        request: QuerySet, results: list[QueryResult], client: Client, *, ended: errors.WSManError | None = None
    ) -> dict[str, Any]:
        """Rows stand in one place: above where one query was given, with each query where a list was."""
        return {
            "changed": False,
            **({} if request.listed else {"rows": results[0].rows if results else None}),
            "results": [one.as_dict(rows=request.listed) for one in results],
            "ended": None if ended is None else ending(ended),
            "messages": client.messages,
        }
