# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: which misbehaviour strikes which message of a host, and how long it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SERVER_KINDS = frozenset({"html", "not_found", "redirect", "too_large", "busy", "unauthorized", "error_page", "silent"})
"""Strike before authentication: something other than a healthy WinRM service is listening."""

MESSAGE_KINDS = frozenset(
    {
        "reset",
        "reset_after",
        "stall",
        "cut",
        "twice",
        "late",
        "garbled",
        "truncated_xml",
        "wrong_relates_to",
        "no_relates_to",
        "empty",
        "drop_request",
    }
)
"""Strike one authenticated message: its way in, its handling or its way out."""

FAULT_KINDS = frozenset({"timed_out", "aborted", "quota", "unknown_command", "shell_gone", "tls_alert"})
"""Strike one authenticated message in the service: a SOAP fault in place of the work (`shell_gone` takes the shells
first, and then the message is served), or a fatal TLS alert in place of an answer."""

MACHINE_KINDS = frozenset({"reboot", "power_off", "clock_step", "disk_full", "refuse"})
"""Change the machine when the message arrives."""

KINDS = SERVER_KINDS | MESSAGE_KINDS | MACHINE_KINDS | FAULT_KINDS


@dataclass(slots=True)
class FaultSpec:
    """One planned misbehaviour. ``at``: the message's number on this host from 1 (0: the next ones); ``action``: the
    last part of the WS-Management action it must have; ``times``: how often it strikes (0: for ever)."""

    kind: str
    at: int = 0
    times: int = 1
    action: str = ""
    seconds: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)
    struck: int = 0

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> FaultSpec:
        """Read a fault of a fleet file or control call; ValueError says what is wrong."""
        given = dict(values)
        kind = str(given.pop("kind", ""))
        if kind not in KINDS:
            raise ValueError(f"fault: unknown kind {kind!r}; there are: {', '.join(sorted(KINDS))}")
        times = given.pop("times", 0 if kind in SERVER_KINDS and "at" not in given else 1)
        return cls(
            kind,
            at=int(given.pop("at", 0)),
            times=0 if times == "forever" else int(times),
            action=str(given.pop("action", "")),
            seconds=float(given.pop("seconds", 0.0)),
            options=given,
        )

    @property
    def spent(self) -> bool:
        return self.times > 0 and self.struck >= self.times

    def matches(self, number: int, action: str) -> bool:
        if self.spent or (self.at and number < self.at):
            return False
        return not self.action or action.rpartition("/")[2].casefold() == self.action.casefold()


class Plan:
    """The faults of one host."""

    def __init__(self, specs: list[FaultSpec] | None = None) -> None:
        self.specs: list[FaultSpec] = specs or []

    def add(self, spec: FaultSpec) -> None:
        self.specs.append(spec)

    def clear(self) -> None:
        self.specs.clear()

    def before_authentication(self, number: int) -> FaultSpec | None:
        """The fault that answers in the service's place. ``number``: of the message this would become."""
        return self._take(SERVER_KINDS, number, "", need_no_action=True)

    def drops(self, number: int, action: str) -> bool:
        """Does a fault break the connection while this message is still coming in?

        ``action`` is what can be seen of it so far: "" under message encryption (then a fault that chooses by action
        strikes once the message is whole, still before it is handled).
        """
        return self._take(frozenset({"drop_request"}), number, action) is not None

    def on_message(self, number: int, action: str) -> list[FaultSpec]:
        """The faults that strike this message."""
        found = []
        for kinds in (MACHINE_KINDS, MESSAGE_KINDS, SERVER_KINDS, FAULT_KINDS):
            spec = self._take(kinds, number, action)
            if spec is not None:
                found.append(spec)
        return found

    def _take(
        self, kinds: frozenset[str], number: int, action: str, *, need_no_action: bool = False
    ) -> FaultSpec | None:
        for spec in self.specs:
            if (
                spec.kind not in kinds
                or not spec.matches(number, action)
                or (need_no_action and (spec.action or spec.at))
            ):
                continue
            spec.struck += 1
            return spec
        return None
