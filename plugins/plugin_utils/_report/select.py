# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose rows with JMESPath: the expressions that Ansible users know from json_query."""

from __future__ import annotations

from typing import Any

from .._model.plain import plain
from .errors import ReportError
from .kept import lean, whole
from .rows import COLUMNS
from .statuses import STATUSES


class SelectionError(ReportError):
    """The expression cannot be used: where it goes wrong, or which library is missing."""


def select(data: Any, expression: Any) -> Any:
    """Search data (rows, or any list of results) with a JMESPath expression.

    Raises SelectionError: an invalid expression, or jmespath is not installed on the controller.
    """
    try:
        import jmespath
    except ImportError:
        text = "choosing rows needs the Python package jmespath on the controller (pip install jmespath)"
        raise SelectionError(text) from None
    if not isinstance(expression, str) or not expression.strip():
        raise SelectionError(f"the expression is {str(expression)[:60]!r}: a JMESPath expression was expected")
    text = plain(expression)
    try:
        return jmespath.search(text, plain(data))
    except (jmespath.exceptions.JMESPathError, TypeError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise SelectionError(f"the expression {text[:200]!r} cannot be used: {reason}") from None


def select_rows(rows: list[dict[str, Any]], expression: Any) -> list[dict[str, Any]]:
    """Rows that an expression chooses. SelectionError when it gives anything but rows (with their `host`)."""
    return _insisted(select(rows, expression), expression)


def select_lean(rows: list[dict[str, Any]], expression: Any) -> list[dict[str, Any]]:
    """The same of and with kept assessments (kept.py). Only an expression that looks at several rows at once has all
    of them whole."""
    if not _is_filter(expression):
        return [lean(one) for one in _insisted(select([whole(row) for row in rows], expression), expression)]
    found = []
    for row in rows:
        found += [lean(one) for one in _insisted(select([whole(row)], expression), expression)]
    return found


def _is_filter(expression: Any) -> bool:
    """Whether what is chosen of each row depends on that row alone, as with [?status=='needs_fix']."""
    try:
        import jmespath

        parsed = jmespath.compile(plain(expression)).parsed
    except (ImportError, ValueError, TypeError, RecursionError):  # select() says what is wrong
        return False
    return bool(parsed["type"] == "filter_projection" and parsed["children"][0]["type"] == "identity")


def _insisted(chosen: Any, expression: Any) -> list[dict[str, Any]]:
    if isinstance(chosen, list) and all(_is_row(one) for one in chosen):
        return chosen
    example = "[?status=='needs_fix']"
    raise SelectionError(f"the expression {str(expression)[:200]!r} does not choose whole rows, as {example} would")


def _is_row(one: Any) -> bool:
    return isinstance(one, dict) and one.keys() >= set(COLUMNS) and one["status"] in STATUSES
