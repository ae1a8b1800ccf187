# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as JSON, in the form of docs/report-schema.json."""

from __future__ import annotations

import json

from .about import About
from .format import Rows
from .statuses import counts

SCHEMA = 1
"""Version of the JSON report's form; docs/report-schema.json describes it."""


def as_json(rows: Rows, about: About) -> str:
    """The whole report: when it was made, how many hosts have which status, and each row with its assessment."""
    report = {
        "schema": SCHEMA,
        "kb": about.kb,
        "title": about.title,
        "query": about.query,
        "generated": about.moment,
        "collection": about.version,
        "scope": about.scope,
        "seconds": about.seconds,
        "comparison": None if about.comparison is None else about.comparison.as_dict(),
        "counts": counts(rows),
    }
    head = json.dumps(report, indent=2, ensure_ascii=False).removesuffix("\n}")
    # A line a host: json writes one with its own C code, and what is indented without it, four times as slowly.
    hosts = [f"    {json.dumps(row, ensure_ascii=False)}" for row in rows]
    if not hosts:
        return f'{head},\n  "hosts": []\n}}\n'
    hosts[0] = f'{head},\n  "hosts": [\n{hosts[0]}'
    hosts[-1] += "\n  ]\n}\n"
    return ",\n".join(hosts)  # put together once: of ten thousand hosts it is 50 MB


class Json:
    """See Format."""

    name = "json"
    suffix = "json"

    def write(self, rows: Rows, about: About) -> str:
        """The whole report."""
        return as_json(rows, about)
