# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Did the host boot? One question for the lock, the install and the restart, asked in this one way.

A mark is planted under a name of its own for each watch, and taken away at its end; the looks go over a fresh
connection, so that no answer of before the boot counts. The rule itself is _verdict/boot.py.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .._model.boot_evidence import Birth, Mark, RebootEvidence
from .._verdict.boot import Booted, Judgement, judge
from .._windows import boot_signs
from .._wsman import errors

MARK_PREFIX = "winlegacy.servicing "
_MOST_BIRTHS = 4
_LONGEST = 60


@dataclass(frozen=True)
class BootRecord:
    """A host's signs at one time, and the name of the mark that was left there. Survives in a file (as_dict)."""

    name: str
    signs: RebootEvidence

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        births = {image: [one.process_id, one.created.isoformat()] for image, one in self.signs.births.items()}
        return {"mark": self.name, "marked": self.signs.mark is Mark.THERE, "births": births}


def parse_record(data: object) -> BootRecord | None:
    """A record as another run wrote it; None for what is not one. Nothing in it is believed beyond its bounds."""
    if not isinstance(data, Mapping):
        return None
    name, births = data.get("mark"), data.get("births")
    if not _is_text(name) or not str(name).startswith(MARK_PREFIX) or not isinstance(births, Mapping):
        return None
    read: dict[str, Birth] = {}
    for image, one in list(births.items())[:_MOST_BIRTHS]:
        birth = _birth(one)
        if _is_text(image) and birth is not None:
            read[str(image)] = birth
    mark = Mark.THERE if data.get("marked") is True else Mark.NEVER_WRITTEN
    return BootRecord(str(name), RebootEvidence(mark, read))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isascii() and value.isprintable()


def _birth(value: object) -> Birth | None:
    if not isinstance(value, list) or len(value) != 2 or isinstance(value[0], bool):
        return None
    process_id, created = value
    if not isinstance(process_id, int) or not 0 < process_id < 2**32 or not _is_text(created):
        return None
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return None
    return None if moment.tzinfo is None else Birth(process_id, moment)


def plant(client: Any) -> BootRecord:
    """Leave a mark and note the signs. Two or more messages; a mark that cannot be written is noted as such."""
    name = f"{MARK_PREFIX}{uuid.uuid4().hex}"
    marked = boot_signs.plant(client, name).value is True
    if not marked:  # it may have been written nevertheless
        with contextlib.suppress(errors.WSManError):
            boot_signs.uproot(client, name)
    return BootRecord(name, boot_signs.signs(client, Mark.THERE if marked else Mark.NEVER_WRITTEN))


def uproot(client: Any, record: BootRecord | None) -> None:
    """Take the mark away at the end of a watch. A host that is lost keeps it until it boots."""
    if record is not None and record.signs.mark is Mark.THERE:
        with contextlib.suppress(errors.WSManError):
            boot_signs.uproot(client, record.name)


def booted(client: Any, record: BootRecord | None, *, elapsed: float | None = None) -> Judgement:
    """Whether the host booted since the record was made, by what it says over a fresh connection.

    elapsed: seconds since then by this controller's monotonic clock; None where another run made the record.
    Raises the wire's errors for a host that is lost; one that only does not tell is UNKNOWN.
    """
    if record is None:
        return Judgement(Booted.UNKNOWN, "no sign of its last start was noted")
    client.channel.reconnect()
    marked = record.signs.mark is Mark.THERE
    now = boot_signs.look(client, record.name, marked=marked)
    since = None if elapsed is None else timedelta(seconds=elapsed)
    if not marked and since is not None:
        now = boot_signs.with_uptime(client, now)
    return judge(record.signs, now, elapsed=since)


@dataclass
class BootWatch:
    """One run's own watch on one host: the record, when it was made, and what is told of it."""

    client: Any
    record: BootRecord
    clock: Callable[[], float]
    begun: float

    @classmethod
    def begin(cls, client: Any, clock: Callable[[], float]) -> BootWatch:
        """Plant a mark now."""
        begun = clock()
        return cls(client, plant(client), clock, begun)

    def look(self) -> Judgement:
        """Whether it booted since."""
        return booted(self.client, self.record, elapsed=self.clock() - self.begun)

    def end(self) -> None:
        """Take the mark away."""
        uproot(self.client, self.record)
