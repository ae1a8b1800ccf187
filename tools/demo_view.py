# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo shows in a terminal: headings, ansible-playbook's tasks as they end, and verdicts that changed."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

_RESULT = re.compile(r"^(ok|changed|skipping|fatal|failed|included): (?:.*for )?\[?([^\]\s,]+)")
_TITLE = re.compile(r"^(PLAY RECAP|PLAY|TASK|RUNNING HANDLER)(?: \[(.*)\])? \*+$")
_DULL = (
    "Validating arguments",
    "Keep the failure",
    "Fail for this host",
    "Make the folder",
    "Group by verdict",
    "Go on to the report",
    "Insist on",
)
_COLOURS = {
    "needs_fix": "31",
    "staged": "33",
    "install_pending": "33",
    "removal_pending": "33",
    "fixed": "32",
    "not_applicable": "36",
    "unknown": "35",
    "failed": "1;31",
    "unreachable": "1;31",
}
_NARROW, _WIDE = 72, 168


class Screen:
    """Writes for people: colours only on a terminal that has them, lines as wide as the terminal."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._live = out.isatty()
        self._coloured = self._live and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.width = max(_NARROW, min(_WIDE, shutil.get_terminal_size((100, 24)).columns))

    def line(self, text: str = "") -> None:
        print(text, file=self._out, flush=True)

    def heading(self, text: str) -> None:
        self.line()
        self.line(self.paint(f"== {text}", "1"))

    def note(self, text: str) -> None:
        """A paragraph, wrapped and indented."""
        self.line(textwrap.fill(text, self.width, initial_indent="   ", subsequent_indent="   "))

    def command(self, words: Sequence[str]) -> None:
        """A command line that can be copied, with backslashes where it goes on."""
        lines, current = [], "   $"
        for word in words:
            if len(current) + len(word) + 3 > self.width:
                lines.append(current + " \\")
                current = "      "
            current += " " + word
        for line in (*lines, current):
            self.line(self.paint(line, "36"))

    def paint(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._coloured and colour else text

    def progress(self, text: str, *, end: bool = False) -> None:
        """A line that the next call replaces on a terminal; elsewhere only the last one is written."""
        shown = text[: self.width - 1]
        if self._live:
            print(f"\r\033[K{shown}", end="\n" if end else "", file=self._out, flush=True)
        elif end:
            self.line(text)


class Playbook:
    """Follows the output of ansible-playbook: one line a task, with the number of hosts by outcome."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._title = ""
        self._play = ""
        self._seen: Counter[str] = Counter()

    def feed(self, line: str) -> None:
        if found := _TITLE.match(line):
            self.finish()
            kind, title = found.groups()
            if kind == "PLAY" and title:
                again = " (next batch)" if title == self._play else ""
                self._screen.line(f"   {self._screen.paint(title, '1')}{again}")
                self._play = title
            title = (title or "").split(" : ")[-1]
            self._title = "" if kind in ("PLAY", "PLAY RECAP") or title.startswith(_DULL) else title
        elif self._title and (found := _RESULT.match(line)):
            outcome = found.group(1)
            if outcome in ("fatal", "failed"):
                outcome = "unreachable" if "UNREACHABLE!" in line else "failed"
            self._seen["skipped" if outcome == "skipping" else outcome] += 1
            self._screen.progress(self._text())

    def finish(self) -> None:
        """The task has ended; one that did nothing anywhere is not worth a line."""
        if set(self._seen) - {"skipped", "included"}:
            self._screen.progress(self._text(), end=True)
        self._seen.clear()

    def _text(self) -> str:
        counts = ", ".join(f"{self._seen[name]} {name}" for name in _OUTCOMES if self._seen[name])
        return f"     {self._title}: {counts}"


_OUTCOMES = ("ok", "changed", "failed", "unreachable", "skipped")


def changes(
    screen: Screen,
    before: Mapping[str, Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    boots: Mapping[str, int],
) -> None:
    """The hosts whose verdict changed: from, to, the kernel that runs now, and how often the host booted."""
    headings = ("host", "was", "is", "running kernel", "boots")
    cells = [
        (
            str(row["host"]),
            str(before[row["host"]]["status"]),
            str(row["status"]),
            str(row.get("kernel_running") or "-"),
            str(boots.get(row["host"], "-")),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in (headings, *cells)) for column in range(len(headings))]
    screen.line(screen.paint("  ".join(map(str.ljust, headings, widths)).rstrip(), "1"))
    for line in cells:
        padded = list(map(str.ljust, line, widths))
        padded[1:3] = [screen.paint(padded[1], _COLOURS[line[1]]), screen.paint(padded[2], _COLOURS[line[2]])]
        screen.line("  ".join(padded).rstrip())


def tally(rows: Iterable[Mapping[str, Any]]) -> str:
    """Hosts by verdict, in words."""
    found = Counter(str(row["status"]) for row in rows)
    return ", ".join(f"{found[status]} {status}" for status in _COLOURS if found[status])
