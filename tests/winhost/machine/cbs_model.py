# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of the servicing stack: outcomes, known packages, faults on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from winhost.machine.cbs_state import State
from winhost.machine.content import Body, VersionInfo

# What can be wrong with a servicing stack, by name (machine.cbs.fault, or `servicing: {fault: …}` in a profile):
FAULTS = {
    "": "nothing",
    "noop_zero": "an installation says 0 and does nothing",
    "noop_3010": "an installation says 3010 and does nothing",
    "vanishes": "an installation is pending as it should, and rolled back by the boot",
    "hang": "an operation never ends",
    "reboot_midway": "the machine loses power in the middle of an operation",
    "disk_full": "an operation runs out of space",
    "access_denied": "an operation is denied",
    "bad_signature": "the package's signature is refused",
    "fails_late": "an operation fails after staging, and is rolled back",
}
FAULT_CODES = {
    "disk_full": 0x80070070,
    "access_denied": 0x80070005,
    "bad_signature": 0x800B0100,
    "fails_late": 0x800F0922,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a servicing operation ended.

    ``code`` is what pkgmgr exits with (0, 3010, or an HRESULT as unsigned 32 bits).
    """

    code: int
    reboot_required: bool = False
    identity: str = ""


@dataclass(frozen=True, slots=True)
class ListedUpdate:
    """An update package that is (or was) installed."""

    kb: str
    identity: str
    installed: datetime


@dataclass(slots=True)
class Placed:
    """A file that a package brings: its folder in winsxs, where it goes (None: nowhere else), what lay there before."""

    folder: str
    name: str
    target: str | None
    body: Body
    version: VersionInfo | None
    before: tuple[Body, VersionInfo | None] | None = None
    is_there: bool = False


@dataclass(slots=True)
class Known:
    """A package that the stack knows, beyond the crowd that every machine has.

    ``payload``: name in System32 -> content, of the kernels; ``others``: all other files.
    """

    identity: str
    shown: str | None  # its key below Packages under the doubt about root packages
    state: State
    installed: datetime
    kb: str = ""
    subpackages: tuple[str, ...] = ()
    payload: dict[str, tuple[Body, VersionInfo]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)  # name in System32 -> its folder in winsxs
    listed: bool = True
    vanishes: bool = False
    others: list[Placed] = field(default_factory=list)
    on_ldr: frozenset[str] = frozenset()  # names of its components that come from the LDR branch, in lower case

    @property
    def held(self) -> bool:
        """Does its payload count for what System32 holds now?"""
        return self.state in (
            State.INSTALLED,
            State.PERMANENT,
            State.UNINSTALL_PENDING,
            State.SUPERSEDED,
            State.PARTIALLY_INSTALLED,
        )

    @property
    def pending(self) -> bool:
        return self.state in (State.INSTALL_PENDING, State.UNINSTALL_PENDING)
