# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each message of a run is for: told by the function of the collection that sent it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

PURPOSES = {
    "_planned": ("assess", "what the host needs"),
    "_look_again": ("assess again under the lock", "that what was decided before still holds"),
    "_seen_after": ("assess at the end", "that the host shows what was done"),
    "check_room": ("free space", "room for the package"),
    "prepare": ("make and prove the folder", "no reparse point; owner, access lists; all in it is ours"),
    "plant": ("mark of this boot", "a boot, whatever the clocks say; read back"),
    "uproot": ("mark of this boot", "a boot, whatever the clocks say; read back"),
    "acquire": ("lock", "one controller at a time"),
    "release": ("lock", "one controller at a time"),
    "retreat": ("lock", "one controller at a time"),
    "at_rest": ("shells of dead runs", "what is left of them is known before it is ended"),
    "traces": ("earlier run's installer and files", "none is at work; nothing of it is left"),
    "already": ("whether it is staged", "size and manifest are those of this package"),
    "bring": ("transfer", "the receiver's own count of bytes"),
    "_check_size": ("proof of the payload", "size and SHA-1 on the host"),
    "_expand": ("expand and proof", "size and SHA-1 of each file that the installer reads"),
    "_finish": ("into place, manifest", "written last: whole or not there"),
    "_prove": ("proof before the start", "owner and access list of all that SYSTEM reads"),
    "begin": ("write and register", "not beside another; each part by its own exit code"),
    "_start": ("start", "the script's SHA-1, in the command line that starts it"),
    "wait": ("wait for the end", "the exit code; that the installer lives"),
    "_read": ("exit code", "how the installer ended"),
    "clear": ("clear away", "task and files are gone"),
    "log_tail": ("log", "for people"),
}
"""By the name of a function: what its messages are for, and what they prove."""

SHELLS = ("shells", "each has six commands at most, so that two fit a user's operations")
WAITING = "wait for the end"
_ACTION = re.compile(rb":Action[^>]*>[^<]*?([A-Za-z]+)</")


@dataclass
class Recording:
    """The kinds of the messages by purpose, in the order in which these began."""

    kinds: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    order: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, purpose: tuple[str, str]) -> None:
        """One message more."""
        self.kinds.setdefault(purpose, Counter())[kind] += 1
        self.order.append((kind, purpose[0]))

    @property
    def total(self) -> int:
        return len(self.order)

    @property
    def settled(self) -> int:
        """Those that do not depend on how long the installer takes: without the looks at it."""
        return sum(purpose != WAITING for _kind, purpose in self.order)

    def lines(self) -> list[str]:
        """A table for people."""
        rows = []
        for (purpose, proof), kinds in self.kinds.items():
            told = " ".join(f"{kind}×{count}" if count > 1 else kind for kind, count in kinds.items())
            rows.append(f"{sum(kinds.values()):4} {purpose:34} {told} | {proof}")
        return rows


class RecordingChannel:
    """A channel that notes every message before it goes."""

    def __init__(self, channel: Any, recording: Recording) -> None:
        self._channel = channel
        self._recording = recording

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        action = _ACTION.search(envelope)
        kind = action[1].decode() if action else "Identify"
        self._recording.add(kind, SHELLS if kind in ("Create", "Delete") else _purpose())
        answer: bytes = self._channel.send(envelope, read_timeout=read_timeout)
        return answer


def _purpose() -> tuple[str, str]:
    """By the innermost function on the stack that has a purpose."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_name
        if name in PURPOSES and "plugin_utils" in frame.f_code.co_filename and "_wsman" not in frame.f_code.co_filename:
            return PURPOSES[name]
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ("other", "?")
