# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose rows with JMESPath: the expressions that Ansible users know from json_query."""

from __future__ import annotations

from typing import Any


class SelectionError(ValueError):
    """The expression cannot be used: where it goes wrong, or which library is missing."""


def select(data: Any, expression: str) -> Any:
    """Search data (rows, or any list of results) with a JMESPath expression.

    Raises SelectionError: an invalid expression, or jmespath is not installed on the controller.
    """
    try:
        import jmespath
    except ImportError as error:
        text = "choosing rows needs the Python package jmespath on the controller (pip install jmespath)"
        raise SelectionError(text) from error
    try:
        return jmespath.search(str(expression), _plain(data))
    except jmespath.exceptions.JMESPathError as error:
        reason = " ".join(str(error).split())
        raise SelectionError(f"the expression {str(expression)!r} cannot be used: {reason}") from error


def select_rows(rows: list[dict[str, Any]], expression: str) -> list[dict[str, Any]]:
    """Rows that an expression chooses. SelectionError when it gives anything but rows (with their `host`)."""
    chosen = select(rows, expression)
    if isinstance(chosen, list) and all(isinstance(one, dict) and {"host", "status"} <= one.keys() for one in chosen):
        return chosen
    example = "[?status=='needs_fix']"
    raise SelectionError(f"the expression {expression!r} does not choose whole rows, as {example} would")


def _plain(value: Any) -> Any:
    """Plain containers and strings: ansible-core 2.19 tags values, which jmespath's type tests do not know."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value) if type(value) is str else "".join(value)
    return value
