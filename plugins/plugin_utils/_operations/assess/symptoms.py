# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What shows the symptoms of several hotfixes: drivers and services in one query a class, events in one for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..._catalogue.definition import Definition, SymptomClass, Watched
from ..._model.answer import Answer
from ..._model.facts import Driver, Event
from ..._verdict.symptom import hangs
from ..._windows import driver, events
from .subject import Subject
from .witness import Witness

_QUERY = 2


def look(
    witness: Witness,
    subjects: Sequence[Subject],
    clock: Callable[[], float],
    affordable: Callable[[int], bool] = lambda _cost: True,
) -> None:
    """Look at what the hotfixes watch, as long as it is affordable. Where there was a look before, the latest known
    state counts, with the time between both if it hung in both.
    """
    for kind in SymptomClass:
        watching = [(one, watched) for one in subjects if (watched := one.definition.watched) and watched.kind is kind]
        if not watching or not affordable(_QUERY):
            continue
        witness.about("driver", driver.PROPERTIES)
        found = driver.drivers(witness, list(dict.fromkeys(watched.name for _one, watched in watching)), kind.value)
        for one, watched in watching:
            _note(one, watched, found[watched.name], clock())


def _note(subject: Subject, watched: Watched, answer: Answer[Driver], now: float) -> None:
    if not subject.driver.was_asked:
        subject.driver, subject.driver_seen = answer, now
    elif answer.value is not None and hangs(watched, answer):
        subject.driver = Answer.known(replace(answer.value, repeated_after=round(now - subject.driver_seen, 1)))
    elif answer.is_known:
        subject.driver = answer


def hanging(subjects: Sequence[Subject]) -> list[Subject]:
    """Those whose driver or service was seen in the state of the symptom."""
    return [one for one in subjects if (watched := one.definition.watched) and hangs(watched, one.driver)]


def sources(definition: Definition) -> tuple[events.Source, ...]:
    """The events that a definition names."""
    named = () if definition.symptom is None else definition.symptom.events
    return tuple(events.Source(one.source, one.codes, prefix=one.prefix) for one in named)


def read_events(
    witness: Witness, subjects: Sequence[Subject], *, now: datetime, window: timedelta, deadline: float
) -> None:
    """Read the events of all in one query; each hotfix gets those that its definition names."""
    witness.about("events")
    wanted = tuple(dict.fromkeys(source for one in subjects for source in sources(one.definition)))
    found = events.events(witness, wanted, now=now, window=window, deadline=deadline)
    for one in subjects:
        one.events = found if found.value is None else Answer.known(_of(one.definition, found.value))


def _of(definition: Definition, found: tuple[Event, ...]) -> tuple[Event, ...]:
    named = sources(definition)
    return tuple(event for event in found if any(source.wants(event) for source in named))
