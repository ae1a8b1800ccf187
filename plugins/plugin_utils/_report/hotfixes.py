# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hotfix results are about, by what they say themselves, and one of several out of a result with a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._model.kb import normal_kb
from .about import kb_name
from .errors import ReportError

DEFAULT = "KB952876"
"""The hotfix where no result tells one: what the modules ask for by default."""

_SHARED = ("kernel", "restart", "details")
"""What both the host and each hotfix of a result have their part of."""


class HotfixError(ReportError):
    """Results of several hotfixes, or of another one: names them."""


def told(result: Any) -> tuple[str, ...]:
    """The hotfixes that a result names, each as KB952876; none where it failed before it knew."""
    if not isinstance(result, Mapping):
        return ()
    several = result.get("hotfixes")
    named: Iterable[Any] = several if isinstance(several, Mapping) and several else (
        result.get("kb"), *(one.get("kb") for one in map(result.get, ("after", "before")) if isinstance(one, Mapping))
    )
    found = (normal_kb(one) for one in named if isinstance(one, str))
    return tuple(dict.fromkeys(one for one in found if one))


def hotfix_of(results: Any, kb: object = None) -> str:
    """The hotfix of a report. kb: the one that is asked for; None for that of the results. Raises HotfixError."""
    given = results.values() if isinstance(results, Mapping) else results if isinstance(results, list) else ()
    return agreed(map(told, given), kb)


def agreed(named: Iterable[tuple[str, ...]], kb: object = None) -> str:
    """The same for what told() says of each result."""
    named = set(named)
    found = sorted({one for names in named for one in names})
    if kb is None:
        if len(found) > 1:
            named_all = ", ".join(found)
            text = f"the results are of several hotfixes ({named_all}): say of which (kb, or a prefix such as kb952876)"
            raise HotfixError(text)
        return found[0] if found else DEFAULT
    wanted = kb_name(kb)
    strange = sorted({one for names in named if wanted not in names for one in names})
    if strange:
        raise HotfixError(f"results are of {', '.join(strange)}, not of {wanted}")
    return wanted


def only(result: Any, kb: str) -> Any:
    """Of a result of several hotfixes this one's, in the form of a result of one; any other result as it is."""
    several = result.get("hotfixes") if isinstance(result, Mapping) else None
    if not isinstance(several, Mapping):
        return result
    own = next((one for name, one in several.items() if normal_kb(str(name)) == kb and isinstance(one, Mapping)), {})
    made = {**{name: value for name, value in result.items() if name != "hotfixes"}, **own}
    for name in _SHARED:
        parts = [one for one in (result.get(name), own.get(name)) if isinstance(one, Mapping)]
        if parts:
            made[name] = {key: value for part in parts for key, value in part.items()}
    return made


def only_of(results: Any, kb: str) -> Any:
    """The same for results by host, or a list of them."""
    if isinstance(results, Mapping):
        return {host: only(one, kb) for host, one in results.items()}
    return [only(one, kb) for one in results] if isinstance(results, list) else results
