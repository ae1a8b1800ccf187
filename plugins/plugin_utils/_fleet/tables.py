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
from typing import Any

from .._hotfix.status import Outcome
from .about import About
from .rows import COLUMNS
from .statuses import OUTCOMES, STATUSES, outcomes

SCHEMA = 1
"""Version of the JSON report's form; docs/report-schema.json describes it."""

# A spreadsheet takes a cell for a formula by its first character, wide forms and those behind blanks included. One
# that divides at semicolons or tabs, as many locales have it, starts cells inside ours.
_BLANK, _SIGN = "[\\s\"';\ufeff\u200b]*", "[=+@\uff1d\uff0b\uff0d\uff20-]"
_FORMULA = re.compile(f"{_BLANK}{_SIGN}|[\t\r\n]")
_INNER_FORMULA = re.compile(f"([;\t\r\n]{_BLANK})(?={_SIGN})")
_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


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
        writer.writerow([_no_formula(_cell(one.get(column))) for column in COLUMNS])
    return sink.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "; ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
    return text.replace("\x00", "\ufffd")


def _no_formula(text: str) -> str:
    inside = _INNER_FORMULA.sub(r"\1'", text)
    return "'" + inside if _FORMULA.match(inside) else inside


def as_json(rows: list[dict[str, Any]], about: About) -> str:
    """The whole report: when it was made, how many hosts have which status, and each row with its evidence."""
    report = {
        "schema": SCHEMA,
        "kb": about.kb,
        "title": about.title,
        "query": about.query,
        "generated": about.moment,
        "counts": counts(rows),
        "hosts": rows,
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def as_junit(rows: list[dict[str, Any]], about: About) -> str:
    """One test case a host: a host that is not done is a failure, one that gave no verdict an error, others pass.

    Hosts to which the hotfix does not apply are skipped tests, with the reason. The form is the one that build servers
    read: totals on both levels, a time without zone (UTC), a time of 0 for each case.
    """
    total = outcomes(counts(rows))
    totals = {
        "name": xml_text(about.title),
        "tests": str(len(rows)),
        "failures": str(total[Outcome.MISSING] + total[Outcome.PENDING]),
        "errors": str(total[Outcome.NO_VERDICT]),
        "skipped": str(total[Outcome.NOT_CONCERNED]),
        "time": "0",
    }
    root = ET.Element("testsuites", totals)
    stamp = about.generated.strftime("%Y-%m-%dT%H:%M:%S")
    suite = ET.SubElement(root, "testsuite", totals, timestamp=stamp, hostname="localhost")
    for one in rows:
        case = ET.SubElement(suite, "testcase", classname=about.kb, name=xml_text(one["host"]), time="0")
        status, text = str(one["status"]), xml_text(one["summary"])
        outcome = OUTCOMES[status]
        if outcome in (Outcome.MISSING, Outcome.PENDING):
            ET.SubElement(case, "failure", type=status, message=text).text = _details(one)
        elif outcome is Outcome.NO_VERDICT:
            ET.SubElement(case, "error", type=status, message=text).text = _details(one)
        elif outcome is Outcome.NOT_CONCERNED:
            ET.SubElement(case, "skipped", message=text)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _details(one: dict[str, Any]) -> str:
    return xml_text("\n".join(f"{column}: {_cell(one.get(column))}" for column in COLUMNS if column != "host"))


def xml_text(value: Any) -> str:
    """Text without the characters that XML 1.0 cannot carry: hosts may send any."""
    return _NOT_XML.sub("\ufffd", str(value))
