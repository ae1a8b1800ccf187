# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance windows for an action: asks the host's clock and its zone at the moment of acting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._operations.permission import NotPermittedError, Permit, always
from .._rollout.window import HostClock, Window, WindowError, check_reserve, judge, parse
from .._wsman.client import Client
from .._wsman.faults import WSManFault
from .variables import BadInput

_SYSTEM = "SELECT LocalDateTime, CurrentTimeZone FROM Win32_OperatingSystem"
_ZONE = "SELECT * FROM Win32_TimeZone"


def read_windows(arguments: Mapping[str, Any]) -> tuple[tuple[Window, ...], float]:
    """The options windows and window_reserve. Raises BadInput."""
    try:
        check_reserve(arguments["window_reserve"])
        return parse(arguments["windows"]), float(arguments["window_reserve"])
    except WindowError as error:
        raise BadInput(str(error)) from None


def permit(client: Client, windows: Sequence[Window], reserve: float) -> Permit:
    """A permit that holds while a window is open on the host; without windows, always."""
    return WindowGate(client, windows, reserve) if windows else always


class WindowGate:
    """Asks for every step anew: time has passed since the last one."""

    def __init__(
        self,
        client: Client,
        windows: Sequence[Window],
        reserve: float,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._client, self._windows, self._reserve, self._now = client, windows, reserve, now

    def __call__(self, step: str, lead: float = 0.0) -> float | None:
        """See Permit."""
        clock = HostClock.read(self._row(_SYSTEM) or {}, self._row(_ZONE))
        state = judge(self._windows, clock, self._now(), reserve=self._reserve, lead=lead)
        if not state.open or state.left is None:
            raise NotPermittedError(f"The {step} was not begun: {state.text}.")
        return state.left.total_seconds()

    def _row(self, query: str) -> Mapping[str, Any] | None:
        """The first row; None where the host has none or refuses this question."""
        try:
            rows = self._client.query(query)
        except WSManFault:
            return None
        return rows[0] if rows else None
