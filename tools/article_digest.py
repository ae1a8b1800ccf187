# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Structural digests of Knowledge Base articles: their tables, counts and hashes of the rows; no sentence.

Articles are not ours to publish. The rows are found by expressions of this script's own, one for each form, so that the
collection's reader can be held against them. Usage: article_digest.py DIGESTS ARTICLE... writes DIGESTS/<name>.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

_WHEN = r"[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4}"
_PIPED = re.compile(
    rf"^\|([^|\n]+)\|([^|\n]*)\|([0-9,]+)\|({_WHEN})\|([0-9:]+)\|([^|\n]*)\|(?:([^|\n]*)\|)?[ ]*$", re.M
)
_CARD = re.compile(
    rf"^\| File name\|([^|\n]+)\|\n(?:\|---\|---\|\n)?\| File version\|([^|\n]*)\|\n\| File size\|([0-9,]+)\|\n"
    rf"\| Date[^|\n]*\|({_WHEN})\|\n\| Time[^|\n]*\|([0-9:]+)\|\n\| Platform\|([^|\n]*)\|$",
    re.M,
)
_FLOWED = re.compile(
    rf"(\S+\.\w+) (Not applicable|[0-9.]+) ([0-9,]+) ({_WHEN}) ([0-9]{{2}}:[0-9]{{2}}) (Not applicable|x86|x64|IA-64)()"
)
_FORMS = {"pipe": _PIPED, "card": _CARD, "flowed": _FLOWED}


def rows_of(text: str) -> list[tuple[str, ...]]:
    """Form, name, version, size, date, time, platform, branch of each row, in the article's order.

    The last field is `first` where words stand between it and the row before.
    """
    found = sorted(
        (match.start(), match.end(), (form, *match.groups("")[:6], (*match.groups(""), "")[6]))
        for form, expression in _FORMS.items()
        for match in expression.finditer(text)
    )
    rows, before = [], 0
    for start, end, row in found:
        rows.append((*row, "first" if re.search("[A-Za-z]", text[before:start]) else ""))
        before = end
    return rows


def hash_of(rows: list[str]) -> str:
    """One hash of all rows, whatever their order."""
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def line_of(name: str, version: str, size: str | int) -> str:
    """A row without its date: what a definition keeps of it."""
    version = version if re.fullmatch(r"[0-9]+(?:\.[0-9]+){3}", version) else "-"
    return f"{name.lower()} {version} {str(size).replace(',', '')}"


def tables_of(rows: list[tuple[str, ...]]) -> list[dict[str, Any]]:
    """Rows that stand together, of one kind (files, or manifests and packages), with counts."""
    tables: list[dict[str, Any]] = []
    for form, name, version, _size, _date, _time, platform, branch, first in rows:
        data = name.lower().endswith((".mum", ".manifest"))
        kind = {"form": form, "servicing data": data, "branch column": bool(branch)}
        if first or any(tables[-1][key] != kind[key] for key in kind):
            tables.append({**kind, "rows": 0, "with a version": 0, "platforms": Counter()})
        tables[-1]["rows"] += 1
        tables[-1]["with a version"] += version[:1].isdigit()
        tables[-1]["platforms"][platform.strip()] += 1
    return [{**one, "platforms": dict(sorted(one["platforms"].items()))} for one in tables]


def digest(data: bytes) -> dict[str, Any]:
    """The digest of one article."""
    rows = rows_of(data.decode("utf-8"))
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "rows": len(rows),
        "rows sha256": hash_of([line_of(*row[1:4]) for row in rows]),
        "dated rows sha256": hash_of([f"{line_of(*row[1:4])} {row[4]} {row[5]}" for row in rows]),
        "tables": tables_of(rows),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the digests; 1 when an article has no row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("digests", type=Path)
    parser.add_argument("articles", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    options.digests.mkdir(parents=True, exist_ok=True)
    empty = 0
    for path in options.articles:
        found = digest(path.read_bytes())
        empty += not found["rows"]
        target = options.digests / f"{path.stem}.json"
        target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{target.name}: {found['rows']} rows\n")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
