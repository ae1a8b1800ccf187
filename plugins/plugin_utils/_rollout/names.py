# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that look like ours and are none: a misspelt window would be no window at all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .._model.kb import normal_kb
from .part import MARK
from .settings import HOTFIX, Naming

_WIRE = re.compile(r"winlegacy[_-]", re.IGNORECASE)
_OF_KB = re.compile(r"kb[_-]?952876[_-]", re.IGNORECASE)
_OF_ANY = re.compile(r"hotfix[_-]", re.IGNORECASE)
_PRIVATE = re.compile(r"__(?:kb952876|hotfix)_")
_CALLS_A_HOTFIX = re.compile(r"(?:hotfix|kb)(?:[_-]?(?:kb|id|name|no|number|article))?", re.IGNORECASE)

_NUMBERED = re.compile(r"kb[_-]?([0-9]{5,7})([_-].+)", re.IGNORECASE)
_NUMBER = "952876"


def is_ours(naming: Naming, name: str) -> bool:
    """Whether a variable's name begins as those of this collection do, or as one whose number was mistyped."""
    if is_part(name):
        return False
    if _WIRE.match(name) or _PRIVATE.match(name):
        return True
    return bool(_OF_ANY.match(name)) if naming.kb is None else bool(_OF_KB.match(name) or _mistyped(name))


def is_part(name: str) -> bool:
    """Whether a variable holds a part: a workflow hands those of earlier jobs to every later one."""
    return name.startswith(f"{MARK}_")


def is_private(name: str) -> bool:
    """Whether only the role and the playbooks set such a variable, in the course of a run."""
    return bool(_PRIVATE.match(name))


def _mistyped(name: str) -> str:
    """The name with the right number where the given one is a slip of it: digits swapped, one more, less or other."""
    match = _NUMBERED.fullmatch(name)
    if match is None or match[1] == _NUMBER:
        return ""
    given, wanted = match[1], _NUMBER
    swapped = sorted(given) == sorted(wanted)
    other = len(given) == len(wanted) and sum(a != b for a, b in zip(given, wanted, strict=True)) == 1
    longer, shorter = (given, wanted) if len(given) > len(wanted) else (wanted, given)
    one_more = len(longer) == len(shorter) + 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )
    return f"kb{_NUMBER}{match[2]}" if swapped or other or one_more else ""


def unknown(naming: Naming, names: Iterable[str]) -> dict[str, str | None]:
    """Names that begin as ours do and are not known, each with the nearest known one (None: nothing is near).

    By the names alone. Private ones (`__kb952876_`, `__hotfix_`) are the roles' own. Others may use the prefix hotfix_
    too, so that there only what is like one of ours is meant.
    """
    found: dict[str, str | None] = {}
    known = naming.known
    for name in sorted(set(map(str, names)) - known):
        if is_part(name):
            continue
        if _WIRE.match(name) or (naming.kb is not None and _OF_KB.match(name)):
            found[name] = _nearest(name, known)
        elif naming.kb is not None:
            if slip := _meant(_mistyped(name), known):
                found[name] = slip
        elif _OF_ANY.match(name) and (near := _like(HOTFIX.prefix, name, known)):
            found[name] = near
    return found


def meant_another(names: Iterable[str], extra: Mapping[str, Any], kb: str) -> dict[str, str]:
    """Names of a playbook's run for the ready-made hotfix that were meant for another one, each with the right name.

    Unread, they would leave the run with a hotfix that nobody asked for. Near misses of the common names, and extra
    variables that call another hotfix by its number. kb: the ready-made one.
    """
    near = {name: like for name, like in unknown(HOTFIX, names).items() if like and _OF_ANY.match(name)}
    calls = {
        str(name): "hotfix_kb"
        for name, value in extra.items()
        if name not in HOTFIX.known
        and _CALLS_A_HOTFIX.fullmatch(str(name))
        and normal_kb(str(value)) not in (None, kb)
    }
    return {**near, **calls}


def _meant(name: str, known: Collection[str]) -> str | None:
    """The known name that is like this one behind its number: other hotfixes' variables are no matter of ours."""
    return _like(f"kb{_NUMBER}_", name, known) if name else None


def _like(prefix: str, name: str, known: Collection[str]) -> str | None:
    rests = {one.partition("_")[2]: one for one in known if one.startswith(prefix)}
    near = difflib.get_close_matches(name.lower().replace("-", "_").partition("_")[2], list(rests), n=1, cutoff=0.8)
    return rests[near[0]] if near else None


def reserved(names: Iterable[str], registered: Collection[str]) -> list[str]:
    """Names of extra variables, which beat everything, that the role and the playbooks set themselves."""
    return sorted(name for name in set(map(str, names)) if name in registered or _PRIVATE.match(name))


def _nearest(name: str, known: Collection[str]) -> str | None:
    folded = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower().replace("-", "_"), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def where(hosts: Collection[str], of: int) -> str:
    """Whose a value is: " (host a)", " (hosts a, b and 3 more)"; empty when all of the hosts have it."""
    if not hosts or len(hosts) == of:
        return ""
    shown = list(hosts)[:3]
    more = f" and {len(hosts) - len(shown)} more" if len(hosts) > len(shown) else ""
    return f" (host{'s' if len(hosts) > 1 else ''} {', '.join(shown)}{more})"


def listed(problems: Mapping[str, Collection[str]], of: int) -> list[str]:
    """Sentences with whose they are, each once."""
    return [sentence + where(hosts, of) for sentence, hosts in problems.items()]


def ended(text: str) -> str:
    """A text with the full stop that it lacks: a question has its own mark."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
