# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a real result with what RETURN documents: names, types, nulls, and what is always there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from integration.assess.commands import ROOT

ANSIBLES = frozenset(
    {
        "attempts", "changed", "deprecations", "diff", "exception", "failed", "failed_when_result", "invocation", "msg",
        "results", "skip_reason", "skipped", "unreachable", "warnings",
    }
)  # fmt: skip
"""What Ansible puts into results, or every module of it may return."""

_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "raw": (object,),
}
BY_NAME = frozenset({"hosts", "hotfixes"})
"""Keys whose dictionaries have names of hosts or hotfixes, and below each what is documented."""

Entries = Mapping[str, Mapping[str, Any]]


@functools.cache
def documented(module: str) -> dict[str, Any]:
    """RETURN of a module."""
    text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    found = re.search(r'^RETURN = r"""(.*?)^"""', text, re.MULTILINE | re.DOTALL)
    assert found is not None, module
    loaded: dict[str, Any] = yaml.safe_load(found[1]) or {}
    return loaded


class Comparison:
    """Of one module's results. `problems` and `seen`, the documented paths that had a value, grow with each result."""

    def __init__(self, module: str, entries: Entries, below: Mapping[str, Entries]) -> None:
        """below: by path what a value without `contains` is documented as elsewhere."""
        self._module, self._entries, self._below = module, entries, below
        self.problems: set[str] = set()
        self.seen: set[str] = set()

    def take(self, result: Mapping[str, Any]) -> None:
        """Compare one result, which failed or not."""
        failed = bool(result.get("failed") or result.get("unreachable"))
        kept = {name: value for name, value in result.items() if not name.startswith("_")}
        own = {name: value for name, value in kept.items() if name in self._entries or name not in ANSIBLES}
        self._mapping(own, self._entries, "", ("always",) if failed else ("always", "success"))

    def paths(self) -> set[str]:
        """Every documented path, those below `contains` too."""
        return set(_paths(self._entries))

    def _say(self, path: str, what: str) -> None:
        self.problems.add(f"{self._module}: {path}: {what}")

    def _mapping(
        self, value: Mapping[str, Any], entries: Entries, path: str, there: tuple[str, ...], *, nulls: bool = False
    ) -> None:
        value = {_documented_name(name, entries): below for name, below in value.items()}
        for name in value:
            if name not in entries:
                self._say(f"{path}{name}", "is returned and not documented")
        for name, entry in entries.items():
            if name in value:
                self._value(value[name], entry, f"{path}{name}", nulls=nulls)
            elif entry.get("returned") in there:
                self._say(f"{path}{name}", f"is documented as returned {entry['returned']}, and is not there")

    def _value(self, value: Any, entry: Mapping[str, Any], path: str, *, nulls: bool) -> None:
        if value is None:
            if not nulls and "null" not in _told(entry):
                self._say(path, "is null, and the description does not say when")
            return
        self.seen.add(path)
        if not fits(value, entry["type"]):
            self._say(path, f"is a {type(value).__name__}, and documented as {entry['type']}")
            return
        elements = entry.get("elements")
        if isinstance(value, list) and elements:
            for one in value:
                if not fits(one, elements):
                    self._say(path, f"holds a {type(one).__name__}, and documented are {elements}")
        entries = entry.get("contains") or self._below.get(path)
        if entries is None:
            return
        whole = {**(self._below.get(path) or {}), **entries}
        for one in _mappings(value, by_name=path.rpartition(".")[2] in BY_NAME):
            kept = {key: below for key, below in one.items() if key in whole or key not in ANSIBLES}
            there = () if path == "hotfixes" else ("always", "for each host")  # these have what is theirs alone
            self._mapping(kept, whole, f"{path}.", there, nulls="each value is null" in _told(entry))


def _documented_name(name: str, entries: Entries) -> str:
    """The documented key that a key is one of: `part_NAME` stands for all that begin so."""
    if name in entries:
        return name
    stands = (one for one in entries if one.endswith("_NAME") and name.startswith(one.removesuffix("NAME")))
    return next(stands, name)


def _mappings(value: Any, *, by_name: bool) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, dict)) if by_name else (value,)
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def fits(value: Any, kind: str) -> bool:
    """Whether a value is of a documented type. A truth is no number."""
    return isinstance(value, _TYPES[kind]) and (kind in ("bool", "raw") or not isinstance(value, bool))


def _told(entry: Mapping[str, Any]) -> str:
    told = entry.get("description", "")
    return (" ".join(told) if isinstance(told, list) else str(told)).lower()


def _paths(entries: Entries, path: str = "") -> Iterator[str]:
    for name, entry in entries.items():
        yield f"{path}{name}"
        yield from _paths(entry.get("contains") or {}, f"{path}{name}.")


def samples(entries: Entries, path: str = "") -> Iterator[str]:
    """What is wrong with samples: not of their type, or of other elements."""
    for name, entry in entries.items():
        here = f"{path}{name}"
        sample = entry.get("sample")
        if "sample" in entry and sample is not None and not fits(sample, entry["type"]):
            yield f"{here}: the sample is a {type(sample).__name__}, and the type {entry['type']}"
        elements = entry.get("elements")
        if isinstance(sample, list) and elements:
            yield from (f"{here}: a sample's element is no {elements}" for one in sample if not fits(one, elements))
        below = entry.get("contains") or {}
        for one in _mappings(sample, by_name=False) if below and name not in BY_NAME else ():
            yield from (f"{here}.{key}: only the sample has it" for key in one if key not in below)
        yield from samples(below, f"{here}.")
