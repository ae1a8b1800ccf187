# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an article's running text says of a restart, of prerequisites, replacement and registry. English only.

A sentence that is not understood is no answer: the fields are None then, and a definition says that they are not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..definition import Restart
from .blocks import squeezed

_SECTION_MAX = 3_000
_NUMBER = re.compile(r"(?<![\w.-])(?:KB ?)?([0-9]{6,7})(?![\w.,:-]?[0-9])(?!\w)", re.IGNORECASE | re.ASCII)
_KEY = re.compile(
    r"(?:HKEY_(?:LOCAL_MACHINE|CURRENT_USER|USERS|CLASSES_ROOT)|HKLM|HKCU)\\[^\s<>|\"\u201d,;]{1,60}"
    r"(?:[^<>|\"\u201d,;.]{0,60}\\[^\s<>|\"\u201d,;]{1,60}){0,9}"
)
_WHOLE = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}
_HIVES = re.compile("^(?:HKLM|HKCU)(?=\\\\)")
NO_REPLACEMENTS = frozenset({"824684", "968849", "976932", "935791", "322389", "889100", "119591"})
"""Articles about terms and service packs, which every second article points to."""

# Titles of the sections, which stand in the middle of a line where an article's form was lost.
TITLES = {
    "symptoms": r"Symptoms",
    "prerequisites": r"Prerequisites",
    "restart": r"Restart (?:requirements?|information)",
    "replacement": r"(?:Hotfix|Update|Security update|File|Patch) replacement (?:information|status)",
    "registry": r"Registry (?:information|key verification)",
    "products": r"Applies to",
    "files": r"File information",
}
_ANY_TITLE = re.compile(
    rf"(?<![\w\"'])(?:{'|'.join(TITLES.values())}|Hotfix information|Status|More information)(?!\w)"
)
_FLAT = {name: re.compile(rf"(?<![\w\"'\u201c]){form}(?![\w\"'\u201d])") for name, form in TITLES.items()}
_FLAT["products"] = re.compile(r"(?<![\w\"'\u201c])APPLIES TO(?!\w)")
_FLAT["symptoms"] = re.compile(r"(?<![\w\"'\u201c])SYMPTOMS(?!\w)")


_RESTARTS = (
    (
        Restart.NO,
        re.compile(
            r"you (?:do not|don['\u2019]t|will not) (?:have|need) to restart"
            r"|(?:does not|doesn['\u2019]t) require (?:a|you to) restart",
            re.I,
        ),
    ),
    (
        Restart.POSSIBLE,
        re.compile(
            r"you (?:may|might) (?:have|need|be (?:asked|required)) to restart"
            r"|(?:may|might) require (?:a|you to) restart",
            re.I,
        ),
    ),
    (
        Restart.REQUIRED,
        re.compile(
            r"you (?:must|have to|need to|are required to) restart"
            r"|(?:\w{3,20} )requires (?:a|you to) restart|restart is required",
            re.I,
        ),
    ),
)
_ONLY_SYMPTOMATIC = re.compile(r"only to systems that are experiencing|only on systems that are experiencing", re.I)
_NOTHING_NEEDED = re.compile(r"(?:there are )?no prerequisites(?: are required| to \w+ this \w+)?\.?|none\.?", re.I)
_AFTER_IT = re.compile(r"[^.]{0,40} restart[^.]{0,40}after (?:you )?(?:appl|install)", re.I)


@dataclass(frozen=True)
class Replacement:
    """Numbers of hotfixes (`KB972397`) that this one replaces, or that it includes."""

    replaces: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()


class Sections:
    """The article's text by the titles of its sections, whether they are headings or stand in the middle of a line."""

    def __init__(self, parts: Sequence[tuple[str, str]]) -> None:
        self.whole = " ".join(f"{title} {text}" for title, text in parts)
        self._parts = parts

    def text(self, name: str) -> str | None:
        """The text of a section, at most 3,000 characters; None where there is none of that title."""
        title = re.compile(rf"{TITLES[name]}:?", re.IGNORECASE)
        for heading, text in self._parts:
            if title.fullmatch(heading) and text:
                return text[:_SECTION_MAX]
        return self._flat(name)

    def _flat(self, name: str) -> str | None:
        match = _FLAT[name].search(self.whole)
        if match is None:
            return None
        text = self.whole[match.end() : match.end() + _SECTION_MAX]
        end = _ANY_TITLE.search(text)
        return squeezed(text[: end.start()] if end else text) or None


def restart(sections: Sections) -> Restart | None:
    """The section's answer, else that of a sentence that speaks of the time after the installation."""
    text = sections.text("restart")
    if text is None:
        text = " ".join(match[0] for match in _AFTER_IT.finditer(sections.whole[:1_000_000]))
    found = {kind for kind, form in _RESTARTS if form.search(text)}
    return next(iter(found)) if len(found) == 1 else None


def replacement(sections: Sections, own: str | None) -> Replacement | None:
    """What it replaces and includes; none of both where the article says so."""
    text = sections.text("replacement")
    if text is None:
        found = re.findall(
            r"\b(?:this|the) (?:security |cumulative )?(?:hotfix|update)(?: package)? replaces [^.]{1,200}",
            sections.whole,
            re.I,
        )
        text = " ".join(found[:20])
    if not text:
        return None
    numbers = tuple(f"KB{one}" for one in numbers_in(text) if f"KB{one}" != own)
    if re.search(r"(?:does not|doesn['\u2019]t|do not) replace", text, re.I):
        return Replacement()
    if re.search(r"includes? the following", text, re.I):
        return Replacement(includes=numbers) if numbers else None
    return Replacement(replaces=numbers) if numbers and re.search(r"replace", text, re.I) else None


def numbers_in(text: str) -> tuple[str, ...]:
    """Numbers of articles in a text, each once, without those about terms and service packs."""
    return tuple(dict.fromkeys(one for one in _NUMBER.findall(text) if one not in NO_REPLACEMENTS))


def only_if_symptomatic(sections: Sections) -> bool | None:
    """True where the article advises to install it only where the trouble shows; it never says the contrary."""
    return True if _ONLY_SYMPTOMATIC.search(sections.whole) else None


def needs_nothing(text: str | None) -> bool:
    """Whether a section about prerequisites says that there are none, and nothing else."""
    return text is not None and _NOTHING_NEEDED.fullmatch(text.strip()) is not None


def registry(sections: Sections) -> tuple[str, ...] | None:
    """Keys that the article wants set; empty where it says that nothing is to be done; None where it does not tell."""
    text = sections.text("registry")
    if text is None:
        return None
    if re.search(
        r"(?:do not|don['\u2019]t) (?:have|need) to (?:make any changes to|modify|change) the registry", text, re.I
    ):
        return ()
    keys = (_HIVES.sub(lambda hive: _WHOLE[hive[0]], match[0].strip()) for match in _KEY.finditer(text))
    return tuple(dict.fromkeys(keys))[:20] or None
