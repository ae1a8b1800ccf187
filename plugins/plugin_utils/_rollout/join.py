# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of several runs as one result: who is missing, who is in two of them, and which part was lost. Pure.

A host counts once. Of several answers a verdict beats a run that got none, and an unknown of before; the same verdict
twice is that verdict, as the newest part has it; two verdicts are unknown, and both are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .._report.hotfixes import only
from .._report.rows import row, status_of
from .._report.statuses import FAILED, UNREACHABLE
from .._verdict.status import Status
from .errors import RolloutError
from .part import Part

CONTRADICTION = "parts_contradict"
"""The reason's code in the result of a host of which two parts say different things."""

_NAMED = 5
_MOST_LOST = 10_000
_SILENT = (FAILED, UNREACHABLE)

Answer = tuple[Part, Mapping[str, Any], str]
"""A part, what it has of a host, and the status of that."""


class JoinError(RolloutError):
    """Parts that are no parts of one assessment: which, and what to leave out."""


@dataclass(frozen=True)
class Joined:
    """results: of every host of the scope, in its order. missing: hosts that no part has a result of, and why.

    contradicting: hosts with two verdicts, and which. problems: what leaves the report incomplete, in sentences.
    notes: what else there is to know of the parts. lost: names of slices that are not there.
    """

    results: dict[str, dict[str, Any]]
    missing: dict[str, str]
    contradicting: dict[str, str]
    doubled: tuple[str, ...]
    outside: tuple[str, ...]
    lost: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every host has one answer."""
        return not self.missing and not self.contradicting


def join(parts: Sequence[Part], scope: Sequence[str], kb: str | None = None, cut_off: Iterable[str] = ()) -> Joined:
    """The parts as one. scope: all hosts that were to be asked. kb: the hotfix; None: the one that the parts are about.

    cut_off: sentences on runs that left traces and no part. Raises JoinError where there is no part, or where they are
    about different hotfixes.
    """
    wanted = _hotfix(parts, kb)
    once, notes = _once(parts)
    lost = _lost(once)
    answers, outside = _answers(once, scope, wanted)
    asked = {host: part for part in once for host in part.asked}
    results: dict[str, dict[str, Any]] = {}
    missing: dict[str, str] = {}
    contradicting: dict[str, str] = {}
    for host, told in answers.items():
        found = _weighed(told)
        if not found:
            missing[host] = _why(asked.get(host), once, lost)
            results[host] = {"failed": True, "changed": False, "msg": missing[host]}
        elif len({status for _part, _result, status in found if status not in _SILENT}) > 1:
            contradicting[host] = _both(found)
            results[host] = _contradiction(contradicting[host], wanted)
        else:
            results[host] = dict(_best(found))
    doubled = tuple(host for host, told in answers.items() if len(told) > 1 and host not in contradicting)
    problems = [*_of_missing(missing, lost), *_of_contradicting(contradicting)]
    notes += [*_of_scope(once, outside), *_of_doubled(doubled), *_versions(once)]
    if lost and not missing:
        notes.append(f"{_and(lost)} {_is_are(lost)} not among the parts, and other parts have every host.")
    (problems if missing else notes).extend(cut_off)
    strangers = tuple(dict.fromkeys(host for hosts in outside.values() for host in hosts))
    return Joined(results, missing, contradicting, doubled, strangers, lost, tuple(problems), tuple(notes))


def _answers(
    parts: Sequence[Part], scope: Sequence[str], kb: str
) -> tuple[dict[str, list[Answer]], dict[Part, list[str]]]:
    """What parts have of each host of the scope, and by part the hosts that are not in it."""
    answers: dict[str, list[Answer]] = {host: [] for host in scope}
    outside: dict[Part, list[str]] = {}
    for part in parts:
        for host in part.asked:
            if host not in answers:
                outside.setdefault(part, []).append(host)
            elif host in part.results:
                own = only(part.results[host], kb)
                answers[host].append((part, own, status_of(own)))
    return answers, outside


def _hotfix(parts: Sequence[Part], kb: str | None) -> str:
    if not parts:
        raise JoinError("there is no part that can be used")
    lists = {part.hotfixes for part in parts}
    if len(lists) > 1:
        named = {one: [_named(part) for part in parts if part.hotfixes == one] for one in sorted(lists)}
        told = "; ".join(f"{_and(one)}: {_some(names)}" for one, names in named.items())
        raise JoinError(f"the parts are about different hotfixes, and are merged apart ({told})")
    (known,) = lists
    if kb is None and len(known) > 1:
        raise JoinError(f"the parts are about {_and(known)}: say which one is merged (kb)")
    if kb is not None and kb not in known:
        raise JoinError(f"the parts are about {_and(known)}, not about {kb}: {_some([_named(one) for one in parts])}")
    return kb or known[0]


def _once(parts: Sequence[Part]) -> tuple[list[Part], list[str]]:
    """Each part once, and notes about those that are there twice."""
    kept: list[Part] = []
    notes: list[str] = []
    for part in parts:
        same = next((one for one in kept if one.name == part.name), None)
        if same is None:
            kept.append(part)
        elif (same.made, same.asked, same.results) == (part.made, part.asked, part.results):
            notes.append(f"The part {part.name} is there twice and counts once ({same.source} and {part.source}).")
        else:
            kept.append(part)
            when = f"{same.made} ({same.source}) and {part.made} ({part.source})"
            notes.append(f"Two runs made a part {part.name}: {when}. Both count.")
    return kept, notes


def _lost(parts: Sequence[Part]) -> tuple[str, ...]:
    """Slices that ought to be there, by the number of slices that the others tell."""
    slices = {one for one in (part.slice for part in parts) if one is not None}
    counts = sorted({count for _number, count in slices})
    all_of = ((number, count) for count in counts for number in range(1, count + 1))
    return tuple(f"slice{one[0]}of{one[1]}" for one in islice(all_of, _MOST_LOST) if one not in slices)


def _why(asked: Part | None, parts: Sequence[Part], lost: Sequence[str]) -> str:
    if asked is not None:
        return f"The part {_named(asked)} was to ask this host and has no result of it."
    if lost:
        return f"No part has this host. {_or(lost)} {_is_are(lost)} lost."
    names = _some([part.name for part in parts])
    return f"No part has this host ({names}): its part was lost, or nobody was to ask it."


def _both(found: Sequence[Answer]) -> str:
    told: dict[str, Answer] = {}
    for answer in sorted(found, key=lambda one: one[0].made):
        if answer[2] not in _SILENT:
            told[answer[2]] = answer
    sentences = []
    for status, (part, result, _status) in told.items():
        kernel = row("", result)["kernel_running"]
        sentences.append(f"{_named(part)} of {part.made} says {status}{f' (kernel {kernel} runs)' if kernel else ''}")
    return f"Two parts contradict each other: {', '.join(sentences)}."


def _contradiction(why: str, kb: str) -> dict[str, Any]:
    return {
        "changed": False,
        "kb": kb,
        "status": Status.UNKNOWN.value,
        "applicable": None,
        "summary": why,
        "next": {"code": "assess_again", "text": "Ask this host again, and merge without the older part."},
        "details": {"reasons": [{"code": CONTRADICTION, "text": why}]},
    }


def _weighed(found: Sequence[Answer]) -> list[Answer]:
    """Without what was unknown before a later part had a verdict."""
    known = [part.made for part, _result, status in found if status not in (*_SILENT, Status.UNKNOWN.value)]
    latest = max(known, default="")
    return [one for one in found if one[2] != Status.UNKNOWN.value or one[0].made >= latest]


def _best(found: Sequence[Answer]) -> Mapping[str, Any]:
    """The newest verdict; the newest answer where there is no verdict."""
    newest = sorted(found, key=lambda one: one[0].made)
    return next((one[1] for one in reversed(newest) if one[2] not in _SILENT), newest[-1][1])


def _of_missing(missing: Mapping[str, str], lost: Sequence[str]) -> list[str]:
    if not missing:
        return []
    why = f" {_and(lost)} {_is_are(lost)} lost." if lost else ""
    return [f"{_count(missing, 'host is', 'hosts are')} missing: {_some(list(missing))}.{why}"]


def _of_contradicting(found: Mapping[str, str]) -> list[str]:
    told = [f"{host}: {why}" for host, why in list(found.items())[:_NAMED]]
    rest = list(found)[_NAMED:]
    return [*told, f"{_count(rest, 'more host is', 'more hosts are')} contradicted: {_some(rest)}."] if rest else told


def _of_scope(parts: Sequence[Part], outside: Mapping[Part, Sequence[str]]) -> list[str]:
    found = [f"The part {_named(part)} was for no host." for part in parts if not part.asked]
    for part, hosts in outside.items():
        if len(hosts) == len(part.asked):
            what = "is of another scope, so that nothing of it counts"
        else:
            what = "has hosts outside of the scope, which are left out"
        found.append(f"The part {_named(part)} {what}: {_some(hosts)}.")
    return found


def _of_doubled(doubled: Sequence[str]) -> list[str]:
    what = "in several parts, none of which contradicts"
    return [f"{_count(doubled, 'host is', 'hosts are')} {what}: {_some(list(doubled))}."] if doubled else []


def _versions(parts: Sequence[Part]) -> list[str]:
    versions = Counter(part.collection or "a collection without a version" for part in parts)
    return [] if len(versions) < 2 else [f"The parts were made by different versions: {_some(sorted(versions))}."]


def _named(part: Part) -> str:
    return part.name if part.source in ("", part.name) else f"{part.name} ({part.source})"


def _count(found: Any, one: str, many: str) -> str:
    return f"{len(found):,} {one if len(found) == 1 else many}"


def _is_are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _and(names: Sequence[str]) -> str:
    return _few(names, "and")


def _or(names: Sequence[str]) -> str:
    return _few(names, "or")


def _few(names: Sequence[str], word: str) -> str:
    if len(names) > _NAMED:
        return _some(names)
    return f" {word} ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
