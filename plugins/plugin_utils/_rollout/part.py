# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part: what one of several runs found, in a form that travels; part_read.py reads it, join.py joins it with others.

The head can be read by people and by the merging run; results are packed, since whoever carries a part (set_stats,
events, AWX's database and variables) copies every value of it several times over.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FORM = 1
"""Version of the form, under the key MARK. It grows when something is removed or changes its meaning."""

MARK = "winlegacy_part"
"""The key that tells a part, and with an underscore behind it what the variable of a part begins with."""

EXPECTED = "1 to 64 letters, digits or underscores were expected, as in slice2of3"

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}", re.ASCII)
_SLICE = re.compile(r"slice([1-9][0-9]{0,3})of([1-9][0-9]{0,3})")
_LONG = ("plan", "unmet")
_WHOLE = ("after", "before")
_DETAILS = ("reasons", "messages")


@dataclass(frozen=True, eq=False)
class Part:
    """One run's results.

    name: the run's, such as slice2of3 or a job's number. source: where the part was read, for people. hotfixes: each
    as KB952876. made: as 2026-01-31T12:00:00Z. collection: the version that made it. details: whether results are
    whole. asked: the hosts of the run. results: by host; a host that was not reached has none.
    """

    name: str
    source: str
    hotfixes: tuple[str, ...]
    made: str
    collection: str | None
    details: bool
    asked: tuple[str, ...]
    results: Mapping[str, Mapping[str, Any]]

    @property
    def slice(self) -> tuple[int, int] | None:
        """Its number and the number of slices, where the name tells them."""
        return slice_of(self.name)


def problem_of_name(name: str) -> str | None:
    """What is wrong with a part's name; None where it can be used."""
    if not _NAME.fullmatch(name):
        return EXPECTED
    if name.startswith("slice") and _SLICE.fullmatch(name) and slice_of(name) is None:
        return "the number of a slice is at most the number of slices"
    return None


def slice_of(name: str) -> tuple[int, int] | None:
    """The number of a slice and the number of slices, as AWX writes them: slice2of3. None for any other name."""
    found = _SLICE.fullmatch(name)
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    return (number, count) if 1 <= number <= count else None


def variable(name: str) -> str:
    """The variable, or key of set_stats, that holds the part of that name. Each part has one of its own."""
    return f"{MARK}_{name}"


def make(
    name: str,
    asked: Sequence[str],
    results: Mapping[str, Mapping[str, Any]],
    *,
    hotfixes: Sequence[str],
    made: datetime,
    collection: str | None,
    details: bool = False,
) -> dict[str, Any]:
    """The part as it travels. results: plain values by host. details: keep them whole, not only what reports show."""
    kept = results if details else {host: short(one) for host, one in results.items()}
    found = slice_of(name)
    return {
        MARK: FORM,
        "name": name,
        "number": found[0] if found else None,
        "count": found[1] if found else None,
        "hotfixes": list(hotfixes),
        "collection": collection,
        "made": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "details": details,
        "hosts": len(asked),
        "pack": packed({"asked": list(asked), "results": kept}),
    }


def packed(value: object) -> str:
    """JSON, gzip, base64. The same value makes the same text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 6, mtime=0)).decode("ascii")


def short(result: Mapping[str, Any]) -> dict[str, Any]:
    """What rows, groups and formats of a report read; a fifth of the whole. The last assessment of hotfix too."""
    made = {name: value for name, value in result.items() if name not in _LONG}
    for name in _WHOLE:
        if isinstance(made.get(name), Mapping):
            made[name] = short(made[name])
    if isinstance(made.get("hotfixes"), Mapping):
        own = made["hotfixes"]
        made["hotfixes"] = {kb: short(one) if isinstance(one, Mapping) else one for kb, one in own.items()}
    if isinstance(made.get("details"), Mapping):
        made["details"] = _short_details(made["details"])
    return made


def _short_details(details: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: details[name] for name in _DETAILS if name in details}
    symptom, kernel, packages = (details.get(name) for name in ("symptom", "kernel", "packages"))
    if isinstance(symptom, Mapping):
        made["symptom"] = {name: symptom[name] for name in ("status", "seen") if name in symptom}
    if isinstance(kernel, Mapping):
        made["kernel"] = {"on_disk": kernel.get("on_disk")}
    if isinstance(packages, list):
        made["packages"] = [one for one in packages if isinstance(one, Mapping) and one.get("root")]
    return made
