# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page's script works on: each host as a few numbers into one table of texts, and the assessments in packs.

So a page of 10,000 hosts stays small, whatever they said: a text that many hosts share is in it once, and assessments
are compressed and opened when somebody looks at a host.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

from .about import About
from .compare import LISTS
from .format import Rows
from .kept import whole
from .markup import clean
from .rows import is_symptomatic, name_order
from .statuses import LABELS, STATUSES, TONES

PACK = 50
"""Assessments in a pack."""

_LONGEST = 2000
"""Characters of a text in the table; the assessment has all of them."""

_SENTENCE = re.compile(r"(?<=[.])\s+(?=[A-Z])")

FIELDS = (
    *("status", "os", "architecture", "kernel", "branch", "fixed", "restart", "symptom", "seen", "summary", "advice"),
    *("sought", "place", "was", "change"),
)
"""Of a host's numbers, in order. Those of texts are places in the table of texts; 0 is no text."""

RESTARTS = ("required", "pending", "other", "no", "unknown")
"""required: for this hotfix. pending: one is, and whether for it is not known. other: one is, not for it."""


def restart(row: dict[str, Any]) -> str:
    """One of RESTARTS."""
    if row["reboot_required"] is True:
        return "required"
    if row["reboot_pending"] is True:
        return "other" if row["reboot_required"] is False else "pending"
    return "unknown" if row["reboot_required"] is None else "no"


def first_sentence(text: str | None) -> str:
    """What to do, without what else there is to say of it; the details have that."""
    return _SENTENCE.split(text or "", maxsplit=1)[0]


class _Texts:
    def __init__(self) -> None:
        self.all = [""]
        self._places = {"": 0}

    def place(self, text: Any) -> int:
        """Where the text is in the table."""
        short = clean(str(text or ""))[:_LONGEST]
        found = self._places.setdefault(short, len(self.all))
        if found == len(self.all):
            self.all.append(short)
        return found


def page_data(rows: Rows, about: About) -> dict[str, Any]:
    """For the page's script, but its packs. rows: in the order of the page."""
    texts = _Texts()
    by_name = {id(row): place for place, row in enumerate(sorted(rows, key=lambda one: name_order(one["host"])))}
    changes = _changes(about)
    numbers = []
    for row in rows:
        was = about.was(row["host"])
        sought = " ".join(str(one) for one in [*row["reasons"], *row["reboot_reasons"], row["package"] or ""])
        numbers.append(
            [
                STATUSES.index(row["status"]),
                *(texts.place(row[name]) for name in ("os", "architecture", "kernel_running", "kernel_branch")),
                texts.place(row["kernel_fixed"]),
                RESTARTS.index(restart(row)),
                texts.place(row["symptom"]),
                int(is_symptomatic(row)),
                *(texts.place(one) for one in (row["summary"], first_sentence(row["recommendation"]), sought)),
                by_name[id(row)],
                -1 if was is None else STATUSES.index(was),
                changes.get(row["host"], -1),
            ]
        )
    return {
        "fields": FIELDS,
        "statuses": [[status, LABELS[status], TONES[status]] for status in STATUSES],
        "changes": list(LISTS),
        "restarts": RESTARTS,
        "texts": texts.all,
        "hosts": [clean(row["host"]) for row in rows],
        "rows": numbers,
        "pack": PACK,
    }


def packs(rows: Rows) -> Iterator[str]:
    """The packs, one after the other."""
    return (packed(rows[at : at + PACK]) for at in range(0, len(rows), PACK))


def _changes(about: About) -> dict[str, int]:
    if about.comparison is None:
        return {}
    lists = {name: getattr(about.comparison, name) for name in LISTS}
    return {host: list(LISTS).index(name) for name, names in lists.items() for host in names}


def packed(rows: Rows) -> str:
    """Summaries and assessments of some rows: JSON, gzip, base64. The same rows make the same text."""
    told = [{"summary": row["summary"], "result": row["result"]} for row in map(whole, rows)]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 6, mtime=0)).decode("ascii")
