# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host booted between two looks: a pure rule over signs that no clock moves.

First sign: a value of ours in a registry hive that every start makes anew. Gone means booted, there means not. Second
sign: process id and birth of processes that live as long as Windows. A birth is compared modulo whole hours, since a
change of daylight saving time shows it an hour off. Signs that disagree or cannot be had are UNKNOWN: whoever asks then
clears nothing, breaks nothing and repeats nothing. Clocks only corroborate, where no mark could ever be written.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from .._model.boot_evidence import Birth, Mark, RebootEvidence

_HOUR = timedelta(hours=1)
_SAME_MOMENT = timedelta(milliseconds=2)


class Booted(enum.Enum):
    """The judgement."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judgement:
    """booted, and why: a clause for people."""

    booted: Booted
    why: str


class _Births(enum.Enum):
    SAME = "the system's processes are those of before"
    CHANGED = "the system's processes are new"
    MIXED = "some of the system's processes are new and some are those of before"
    UNREAD = "the host does not list the system's processes"


def judge(before: RebootEvidence, now: RebootEvidence, *, elapsed: timedelta | None = None) -> Judgement:
    """Whether the host booted between two looks.

    elapsed: time between them by the controller's own monotonic clock, where one controller made both.
    """
    births = _births(before.births, now.births)
    mark = Mark.NEVER_WRITTEN if before.mark is not Mark.THERE else now.mark
    if mark is Mark.NEVER_WRITTEN:
        return _without_mark(before, now, births, elapsed)
    seen = _words(births, now)
    said = {
        Mark.THERE: "the mark in its volatile registry is there",
        Mark.GONE: "the mark in its volatile registry is gone",
    }.get(mark, "its volatile registry cannot be read")
    if mark is Mark.GONE and births is _Births.CHANGED:
        return Judgement(Booted.YES, f"{said}, and {births.value}")
    if mark is Mark.THERE and births is _Births.SAME:
        return Judgement(Booted.NO, f"{said}, and {births.value}")
    return Judgement(Booted.UNKNOWN, f"{said}, and {seen}")


def _words(births: _Births, now: RebootEvidence) -> str:
    return now.unread if births is _Births.UNREAD and now.unread else births.value


def _without_mark(before: RebootEvidence, now: RebootEvidence, births: _Births, elapsed: timedelta | None) -> Judgement:
    """Where no mark could be written. A birth alone may have moved with a clock: new ids or a short uptime confirm."""
    said = "no mark could be written into its volatile registry"
    if births is _Births.SAME:
        return Judgement(Booted.NO, f"{said}; {births.value}")
    if births is not _Births.CHANGED:
        return Judgement(Booted.UNKNOWN, f"{said}, and {_words(births, now)}")
    both = before.births.keys() & now.births.keys()
    if all(before.births[name].process_id != now.births[name].process_id for name in both):
        return Judgement(Booted.YES, f"{said}; {births.value}, by their ids too")
    if elapsed is not None and now.uptime is not None and timedelta(0) <= now.uptime < elapsed:
        return Judgement(Booted.YES, f"{said}; {births.value}, and it is up for {_seconds(now.uptime)} only")
    return Judgement(Booted.UNKNOWN, f"{said}; {births.value} by their dates alone, which a clock may have moved")


def _births(before: Mapping[str, Birth], now: Mapping[str, Birth]) -> _Births:
    both = before.keys() & now.keys()
    if not both:
        return _Births.UNREAD
    same = {_same(before[name], now[name]) for name in both}
    if len(same) > 1:
        return _Births.MIXED
    return _Births.SAME if same.pop() else _Births.CHANGED


def _same(one: Birth, other: Birth) -> bool:
    if one.process_id != other.process_id:
        return False
    apart = abs(one.created - other.created) % _HOUR
    return min(apart, _HOUR - apart) <= _SAME_MOMENT


def _seconds(time: timedelta) -> str:
    return f"{time.total_seconds():.0f} s"
