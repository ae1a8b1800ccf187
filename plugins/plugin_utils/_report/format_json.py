# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as JSON, in the form of docs/report-schema.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .about import About
from .format import Format, Rows
from .kept import Kept, whole
from .statuses import counts

SCHEMA = 1
"""Version of the JSON report's form; docs/report-schema.json describes it."""


def as_json(rows: Rows, about: About) -> str:
    """The whole report: when it was made, how many hosts have which status, and each row with its assessment."""
    return "".join(_pieces(rows, about))


def _pieces(rows: Rows, about: About) -> Iterator[str]:
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
    if not rows:
        yield f'{head},\n  "hosts": []\n}}\n'
        return
    yield f'{head},\n  "hosts": ['
    # A line a host: json writes one with its own C code, and what is indented without it, four times as slowly.
    for at, row in enumerate(rows):
        yield f"{',' if at else ''}\n    {_line(row)}"
    yield "\n  ]\n}\n"


def _line(row: dict[str, Any]) -> str:
    result = row.get("result")
    if not isinstance(result, Kept) or next(reversed(row)) != "result":
        return json.dumps(whole(row), ensure_ascii=False)
    columns = json.dumps({name: value for name, value in row.items() if value is not result}, ensure_ascii=False)
    return f'{columns[:-1]}, "result": {result.text()}}}'


class Json(Format):
    """See Format."""

    name = "json"
    suffix = "json"

    def pieces(self, rows: Rows, about: About) -> Iterator[str]:
        """The report, a host a piece."""
        return _pieces(rows, about)
