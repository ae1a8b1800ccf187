# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that look like ours and are none: a misspelt window would be no window at all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping

_OURS = re.compile(r"(?:kb[_-]?952876|winlegacy)[_-]", re.IGNORECASE)
_PRIVATE = re.compile(r"__kb952876_")


def is_ours(name: str) -> bool:
    """Whether a variable's name begins as those of this collection do."""
    return bool(_OURS.match(name) or _PRIVATE.match(name))


def unknown(names: Iterable[str], known: Collection[str]) -> dict[str, str | None]:
    """Names that begin as ours do and are not known, each with the nearest known one (None: nothing is near).

    By the names alone. Private ones (`__kb952876_`) are the role's own.
    """
    strange = sorted({name for name in map(str, names) if _OURS.match(name) and name not in known})
    return {name: _nearest(name, known) for name in strange}


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
