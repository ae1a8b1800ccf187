# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of wql_info: the rows of WQL queries as a task result."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils.info_specs import WQL_INFO
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.values import BadInput, bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.wql import (
    QueryError,
    QuerySet,
    read_queries,
    run_queries,
)
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
            typed=arguments["typed"],
            report_errors=arguments["on_error"] == "report",
            deadline=bounded("deadline", arguments["deadline"], least=1, most=3600),
        )

    def perform(self, client: Client, request: QuerySet) -> dict[str, Any]:
        """All results; a query that failed fails the task, unless on_error says to report it."""
        results = run_queries(client, request)
        outcome: dict[str, Any] = {
            "changed": False,
            "rows": results[0].as_dict()["rows"],
            "results": [one.as_dict() for one in results],
            "messages": client.messages,
        }
        failed = [one for one in results if one.error is not None]
        if failed and not request.report_errors:
            first = failed[0]
            outcome.update(failed=True, msg=f"the query {first.query.name!r} failed: {first.error_text}")
        return outcome
