# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of a value that a user set: each gives what was expected instead, or None when the value can be used.

Values come from inventories, surveys and command lines, where a number or a switch is often a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Check = Callable[[Any], str | None]

_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_PERCENT = re.compile(r"([0-9]+)%")


def boolean(value: Any) -> str | None:
    """What the filter bool of every ansible-core takes for what it says."""
    return None if as_boolean(value) is not None else "true or false was expected"


def as_boolean(value: Any) -> bool | None:
    """The switch; None for anything else."""
    return value if isinstance(value, bool) else _SWITCHES.get(str(value).strip().lower())


def as_integer(value: Any) -> int | None:
    """The whole number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def as_number(value: Any) -> float | None:
    """The finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def whole(least: int, most: int | None = None) -> Check:
    """A whole number within bounds."""
    expected = f"at least {least}" if most is None else f"{least} to {most}"

    def check(value: Any) -> str | None:
        number = as_integer(value)
        if number is None or number < least or (most is not None and number > most):
            return f"a whole number, {expected}, was expected"
        return None

    return check


def number(least: float, most: float) -> Check:
    """A number within bounds."""

    def check(value: Any) -> str | None:
        found = as_number(value)
        return (
            None if found is not None and least <= found <= most else f"a number, {least:g} to {most:g}, was expected"
        )

    return check


def percentage(value: Any) -> str | None:
    """A number from 0 to 100."""
    found = as_number(value)
    return None if found is not None and 0 <= found <= 100 else "a percentage, 0 to 100, was expected"


def choice(*names: str) -> Check:
    """One of some words."""

    def check(value: Any) -> str | None:
        return None if isinstance(value, str) and value in names else f"one of {', '.join(names)} was expected"

    return check


def text(value: Any) -> str | None:
    """A text, or a number that stands for one; empty too."""
    return None if isinstance(value, (str, int, float)) and not isinstance(value, bool) else "a text was expected"


def some_text(value: Any) -> str | None:
    """A text that is not empty."""
    return None if isinstance(value, str) and value.strip() else "a text that is not empty was expected"


def many(check: Check, *, least: int = 0) -> Check:
    """A list whose items all pass."""

    def checked(value: Any) -> str | None:
        if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
            return "a list was expected"
        if len(value) < least:
            return "a list that is not empty was expected"
        return next((f"in it {item!r}: {wrong}" for item in value if (wrong := check(item))), None)

    return checked


def by_key(keys: Sequence[str], check: Check) -> Check:
    """A mapping with some of these keys, whose values all pass."""

    def checked(value: Any) -> str | None:
        if not isinstance(value, Mapping):
            return f"a mapping with the keys {', '.join(keys)} was expected"
        strange = [str(key) for key in value if key not in keys]
        if strange:
            return f"it has the key {strange[0]!r}, but only {', '.join(keys)} are known"
        return next((f"in it {key}: {wrong}" for key, item in value.items() if (wrong := check(item))), None)

    return checked


def either(*checks: Check) -> Check:
    """Any one of some checks; what the last one expected is told."""

    def checked(value: Any) -> str | None:
        wrong: str | None = None
        for check in checks:
            wrong = check(value)
            if wrong is None:
                return None
        return wrong

    return checked


def refused_by(use: Callable[[Any], object]) -> Check:
    """What a later step makes of the value: its own refusal, a ValueError in every room, is what is told."""

    def check(value: Any) -> str | None:
        try:
            use(value)
        except ValueError as error:
            return str(error)
        return None

    return check


def batches(value: Any) -> str | None:
    """One size or a list of sizes, each a number of hosts or a percentage, as the keyword serial has them."""
    sizes = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not sizes:
        return "a list that is not empty was expected"
    for size in sizes:
        if as_batch(size) is None:
            return f"in it {size!r}: a number of hosts, at least 1, or a percentage such as '10%' was expected"
    return None


def as_batch(size: Any) -> tuple[int, bool] | None:
    """A size, and whether it is a percentage; None for anything else."""
    match = _PERCENT.fullmatch(size.strip()) if isinstance(size, str) else None
    if match:
        number = int(match.group(1))
        return (number, True) if 1 <= number <= 100 else None
    whole_number = as_integer(size)
    return (whole_number, False) if whole_number is not None and whole_number >= 1 else None
