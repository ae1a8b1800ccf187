# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as JUnit XML, for build servers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

from .._verdict.status import Outcome
from .about import About
from .format import Format, Rows
from .format_csv import cell
from .rows import COLUMNS
from .statuses import OUTCOMES, counts, outcomes

_PLACE = "place"
"""An element that stands for all cases until these are written."""

_DEPTH = 2
_BETWEEN = "\n" + "  " * _DEPTH

_NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def as_junit(rows: Rows, about: About) -> str:
    """One test case a host: a host that is not done is a failure, one that gave no verdict an error, others pass.

    Hosts to which the hotfix does not apply are skipped tests, with the reason. The form is the one that build servers
    read: totals on both levels, a time without zone (UTC), a time of 0 for each case.
    """
    return "".join(_pieces(rows, about))


def _pieces(rows: Rows, about: About) -> Iterator[str]:
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
    if rows:
        ET.SubElement(suite, _PLACE)
    ET.indent(root)
    head, _place, tail = ET.tostring(root, encoding="unicode").partition(f"<{_PLACE} />")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{head}'
    for at, one in enumerate(rows):
        yield (_BETWEEN if at else "") + _case(one, about)
    yield f"{tail}\n"


def _case(one: dict[str, Any], about: About) -> str:
    case = ET.Element("testcase", classname=about.kb, name=xml_text(one["host"]), time="0")
    status, text = str(one["status"]), xml_text(one["summary"])
    outcome = OUTCOMES[status]
    if outcome in (Outcome.MISSING, Outcome.PENDING):
        ET.SubElement(case, "failure", type=status, message=text).text = _details(one)
    elif outcome is Outcome.NO_VERDICT:
        ET.SubElement(case, "error", type=status, message=text).text = _details(one)
    elif outcome is Outcome.NOT_CONCERNED:
        ET.SubElement(case, "skipped", message=text)
    ET.indent(case, level=_DEPTH)
    return ET.tostring(case, encoding="unicode")


def _details(one: dict[str, Any]) -> str:
    return xml_text("\n".join(f"{column}: {cell(one.get(column))}" for column in COLUMNS if column != "host"))


def xml_text(value: Any) -> str:
    """Text without the characters that XML 1.0 cannot carry: hosts may send any."""
    return _NOT_XML.sub("\ufffd", str(value))


class Junit(Format):
    """See Format."""

    name = "junit"
    suffix = "junit.xml"

    def pieces(self, rows: Rows, about: About) -> Iterator[str]:
        """The test suite, a host a piece."""
        return _pieces(rows, about)
