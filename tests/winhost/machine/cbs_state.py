# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Package states of component-based servicing and how the registry writes them."""

from __future__ import annotations

from enum import IntEnum

from winhost.machine.registry import Data, RegType


class State(IntEnum):
    """CurrentState as documented for Windows 7 and later."""

    ABSENT = 0x0
    UNINSTALL_PENDING = 0x5
    RESOLVING = 0x10
    RESOLVED = 0x20
    STAGING = 0x30
    STAGED = 0x40
    SUPERSEDED = 0x50
    INSTALL_PENDING = 0x60
    PARTIALLY_INSTALLED = 0x65
    INSTALLED = 0x70
    PERMANENT = 0x80


# The servicing stack's own enumeration, which an older registry may hold.
_RAW = {
    State.ABSENT: 0,
    State.RESOLVING: 1,
    State.RESOLVED: 2,
    State.STAGING: 3,
    State.STAGED: 4,
    State.UNINSTALL_PENDING: 5,
    State.SUPERSEDED: 4,
    State.INSTALL_PENDING: 6,
    State.PARTIALLY_INSTALLED: 6,
    State.INSTALLED: 7,
    State.PERMANENT: 8,
}
_FROM_RAW = {
    4: State.STAGED,
    5: State.UNINSTALL_PENDING,
    6: State.INSTALL_PENDING,
    7: State.INSTALLED,
    8: State.PERMANENT,
    3: State.STAGING,
    2: State.RESOLVED,
    1: State.RESOLVING,
    0: State.ABSENT,
}


def encode(state: int, encoding: str) -> tuple[RegType, Data] | None:
    """The registry value for a state under the doubt ``current_state_encoding``; None: no value is written."""
    if encoding == "absent":
        return None
    number = _RAW[State(state)] if encoding == "raw" and state in set(State) else state
    if encoding == "string":
        return RegType.SZ, str(number)
    return RegType.DWORD, number & 0xFFFFFFFF


def decode_raw(number: int) -> State | None:
    """The state behind a raw number."""
    return _FROM_RAW.get(number)


def state_named(name: str) -> State:
    """``install_pending`` -> State.INSTALL_PENDING; KeyError when there is none."""
    return State[name.upper()]
