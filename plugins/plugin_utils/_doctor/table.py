# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The closing table of many hosts: whose way is blocked, by what, and the cure. At most WIDTH columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .._text.columns import columns, cut, fill, wrap
from .._text.visible import visible
from .finding import Check, Severity

WIDTH = 100
_NAME = (4, 28)
_LINES = 4
_HEALTHY = 2
_ORDER = ("problem", "unknown", "not_asked", "notice")


@dataclass(frozen=True)
class Line:
    """One host: its state (0 with a problem, 1 without an answer, 2 healthy), the first finding and its cure.

    left_off: how many other findings the host has.
    """

    host: str
    state: int
    text: str
    cure: str
    left_off: int = 0


_OF_ANSIBLE = "Ansible itself could not use its variables: correct what is named here."


def _no_advice(_said: str) -> str:
    return ""


def line_of(host: str, result: object, advise: Callable[[str], str] = _no_advice) -> Line:
    """Of a result of the module, or of a task that did not come so far: then what Ansible said is the finding.

    advise: the cure of what Ansible said; "" where it knows none.
    """
    told = result if isinstance(result, Mapping) else {}
    if "healthy" not in told:
        said = str(told.get("msg") or "It was not looked at.")
        cure = (advise(said) or _OF_ANSIBLE) if "msg" in told else ""
        return Line(visible(host), 0, visible(" ".join(said.split())), cure)
    found = [one for one in told.get("findings") or () if isinstance(one, Mapping)]
    found.sort(key=lambda one: _ORDER.index(str(one.get("severity"))) if one.get("severity") in _ORDER else len(_ORDER))
    first = found[0] if found else {}
    state = {True: 2, False: 0}.get(told["healthy"], 1)
    text = str(first.get("text") or told.get("summary") or "")
    slip = next((one for one in found[1:] if state != _HEALTHY and _is_slip(one)), None)
    if slip is not None:  # what the misspelt variable was to set is missing: the likeliest cause comes first
        text = f"{slip.get('text')} {slip.get('cure')} {text}"
    left_off = len(found) - bool(found) - (slip is not None)
    return Line(visible(host), state, visible(text), visible(str(first.get("cure") or "")), left_off)


def _is_slip(finding: Mapping[str, object]) -> bool:
    """Whether it is the notice about the name of a variable: others of that check are problems."""
    return (finding.get("id"), finding.get("severity")) == (Check.VARIABLES.value, Severity.NOTICE.value)


def table(results: Mapping[str, object], controller: object = None, advise: Callable[[str], str] = _no_advice) -> str:
    """Hosts with a problem first, each group in the order given. It ends with a line feed.

    controller: its own result, whose findings come before the hosts. advise: as line_of() has it.
    """
    lines = sorted((line_of(host, one, advise) for host, one in results.items()), key=lambda line: line.state)
    return "".join(f"{line}\n" for line in (*_of_controller(controller), *_lines(lines)))


def _of_controller(result: object) -> Iterator[str]:
    told = result.get("findings") if isinstance(result, Mapping) else None
    found = [one for one in told or () if isinstance(one, Mapping)]
    if found:
        yield "On the controller:"
    for one in found:
        yield from (f"  {part}" for part in wrap(visible(str(one.get("text"))), WIDTH - 2, _LINES))
        cures = wrap(visible(str(one.get("cure") or "")), WIDTH - 5, _LINES)
        yield from (f"  {'->' if at == 0 else '  '} {part}" for at, part in enumerate(cures))
    if found:
        yield ""


def _lines(lines: list[Line]) -> Iterator[str]:
    width = min(max([_NAME[0], *(columns(one.host) for one in lines)]), _NAME[1])
    beside = WIDTH - width - 2
    yield f"{fill('host', width)}  what, and the cure"
    for one in lines:
        name = one.host
        if columns(name) > width:
            yield cut(name, WIDTH)
            name = ""
        parts = wrap(one.text, beside, _LINES) or [""]
        cures = wrap(one.cure, beside - 3, _LINES)
        parts += [f"{'->' if at == 0 else '  '} {part}" for at, part in enumerate(cures)]
        if one.left_off:
            parts.append(f"({one.left_off} more {'finding' if one.left_off == 1 else 'findings'} of this host)")
        for at, part in enumerate(parts):
            yield f"{fill(name if at == 0 else '', width)}  {part}".rstrip()
    counts = [sum(one.state == state for one in lines) for state in range(3)]
    words = zip(counts, ("with a problem", "without every answer", "healthy"), strict=True)
    yield ""
    hosts = "1 host" if len(lines) == 1 else f"{len(lines)} hosts"
    yield f"{hosts}: {', '.join(f'{number} {word}' for number, word in words if number) or 'none'}"
