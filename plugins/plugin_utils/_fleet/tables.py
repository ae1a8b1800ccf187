# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports for machines: CSV for spreadsheets, JSON with a documented schema, JUnit XML for build servers."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import datetime
from typing import Any

from .rows import COLUMNS, STATUSES

SCHEMA = 1
"""Version of the JSON report's form; docs/report-schema.json describes it."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_FAILURES = frozenset({"needs_fix", "staged", "install_pending", "removal_pending"})
_ERRORS = frozenset({"unknown", "failed", "unreachable"})


def counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Hosts by status: every status, in the order of a report."""
    found = Counter(str(one["status"]) for one in rows)
    return {status: found[status] for status in STATUSES}


def as_csv(rows: list[dict[str, Any]]) -> str:
    """RFC 4180 text with a header row. Texts that a spreadsheet would take for a formula get an apostrophe in front."""
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in rows:
        writer.writerow([_cell(one.get(column)) for column in COLUMNS])
    return sink.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = "; ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def as_json(rows: list[dict[str, Any]], *, kb: str, generated: datetime) -> str:
    """The whole report: when it was made, how many hosts have which status, and each row with its evidence."""
    report = {
        "schema": SCHEMA,
        "kb": kb,
        "generated": generated.isoformat(timespec="seconds"),
        "counts": counts(rows),
        "hosts": rows,
    }
    return json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n"


def as_junit(rows: list[dict[str, Any]], *, kb: str, generated: datetime) -> str:
    """One test case a host: a host that lacks the fix is a failure, one that gave no verdict an error, others pass.

    Hosts to which the hotfix does not apply are skipped tests, with the reason.
    """
    total = counts(rows)
    suite = ET.Element(
        "testsuite",
        name=kb,
        tests=str(len(rows)),
        failures=str(sum(total[one] for one in _FAILURES)),
        errors=str(sum(total[one] for one in _ERRORS)),
        skipped=str(total["not_applicable"]),
        timestamp=generated.isoformat(timespec="seconds"),
    )
    for one in rows:
        case = ET.SubElement(suite, "testcase", classname=kb, name=_xml_text(one["host"]))
        status, text = str(one["status"]), _xml_text(one["summary"])
        if status in _FAILURES:
            ET.SubElement(case, "failure", type=status, message=text).text = _details(one)
        elif status in _ERRORS:
            ET.SubElement(case, "error", type=status, message=text).text = _details(one)
        elif status == "not_applicable":
            ET.SubElement(case, "skipped", message=text)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _details(one: dict[str, Any]) -> str:
    return _xml_text("\n".join(f"{column}: {_cell(one.get(column))}" for column in COLUMNS if column != "host"))


def _xml_text(value: Any) -> str:
    """Text without the characters that XML 1.0 cannot carry: hosts may send any."""
    return _NOT_XML.sub("?", str(value))
