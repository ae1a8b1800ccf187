# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host shows the trouble that the hotfix is for, from a look at the driver or service that shows it."""

from __future__ import annotations

import enum

from .._catalogue.definition import Definition, Watched
from .._model.answer import Answer, Cause
from .._model.facts import Driver, Facts


class SymptomStatus(enum.Enum):
    """What a look at the driver tells. There is no "healthy": a hang shows only when somebody asks something of it."""

    NOT_OBSERVED = "not_observed"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    NOT_PRESENT = "not_present"
    UNKNOWN = "unknown"

    @property
    def seen(self) -> bool:
        """Whether the trouble was seen, once or twice."""
        return self in (SymptomStatus.SUSPECTED, SymptomStatus.CONFIRMED)


_DOING = {
    "Stop Pending": "stopping",
    "Start Pending": "starting",
    "Continue Pending": "continuing",
    "Pause Pending": "pausing",
}
_QUIET = frozenset({"running", "stopped"})


def judge_symptom(definition: Definition, facts: Facts) -> SymptomStatus | None:
    """The symptom's status; None when nothing was asked for, or the definition names nothing to look at.

    A driver that waits in the state of the symptom (Stop Pending) is suspected, and confirmed when a second look shows
    the same. Running is not_observed and proves nothing. Stopped is not_observed too: a driver that is disabled, or
    manual and not started, cannot hang. Any other state (another pending one, Unknown) is unknown. The class answered
    but has no such driver: not_present; no answer at all: unknown. Events are weak evidence (they do not name the
    driver) and change nothing.
    """
    driver, watched = facts.driver.value, definition.watched
    if watched is None:
        return None
    if driver is None:
        if not facts.driver.is_unknown:
            return None
        return SymptomStatus.NOT_PRESENT if facts.driver.cause is Cause.EMPTY else SymptomStatus.UNKNOWN
    state = driver.state.strip().casefold()
    if hangs(watched, facts.driver):
        return SymptomStatus.SUSPECTED if driver.repeated_after is None else SymptomStatus.CONFIRMED
    return SymptomStatus.NOT_OBSERVED if state in _QUIET else SymptomStatus.UNKNOWN


def doing(watched: Watched) -> str:
    """What a driver does while it is in the state of the symptom: `stopping`."""
    return _DOING[watched.state]


def hangs(watched: Watched, driver: Answer[Driver]) -> bool:
    """Whether the driver is in the state of the symptom, which is worth a second look."""
    return driver.value is not None and driver.value.state.strip().casefold() == watched.state.casefold()


def is_symptomatic(definition: Definition, facts: Facts) -> bool:
    """Whether the symptom was seen, once or twice."""
    status = judge_symptom(definition, facts)
    return status is not None and status.seen
