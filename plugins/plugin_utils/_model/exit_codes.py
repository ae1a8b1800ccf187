# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exit code of pkgmgr, wusa or Windows Update means. A code alone never proves an install: re-read CBS."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Outcome(enum.Enum):
    """The meaning of an exit code; the values are part of the results."""

    SUCCESS = "success"
    REBOOT_REQUIRED = "reboot_required"
    ALREADY_INSTALLED = "already_installed"
    ALREADY_REMOVED = "already_removed"
    NOT_APPLICABLE = "not_applicable"
    NOT_APPLICABLE_OR_INSTALLED = "not_applicable_or_installed"
    BUSY = "busy"
    RESTART_PENDING = "restart_pending"
    SHUTDOWN_IN_PROGRESS = "shutdown_in_progress"
    RETRY = "retry"
    ACCESS_DENIED = "access_denied"
    SERVICE_DISABLED = "service_disabled"
    BAD_ARGUMENTS = "bad_arguments"
    BAD_SIGNATURE = "bad_signature"
    INVALID_PACKAGE = "invalid_package"
    CANNOT_UNINSTALL = "cannot_uninstall"
    PROGRAM_MISSING = "program_missing"
    UNKNOWN = "unknown"


_TEXTS = {
    Outcome.SUCCESS: "It went well.",
    Outcome.REBOOT_REQUIRED: "It went well and needs a restart.",
    Outcome.ALREADY_INSTALLED: "The hotfix is installed already.",
    Outcome.ALREADY_REMOVED: "The hotfix is not installed, so there is nothing to remove.",
    Outcome.NOT_APPLICABLE: "The package is not for this Windows.",
    Outcome.NOT_APPLICABLE_OR_INSTALLED: "The package is not for this Windows, or is installed: servicing tells.",
    Outcome.BUSY: "Another install runs, or a restart is pending.",
    Outcome.RESTART_PENDING: "A restart is pending: restart the host and try again.",
    Outcome.SHUTDOWN_IN_PROGRESS: "The host is shutting down.",
    Outcome.RETRY: "The service did not answer: try again in five seconds.",
    Outcome.ACCESS_DENIED: "Access was denied.",
    Outcome.SERVICE_DISABLED: "The update service is disabled.",
    Outcome.BAD_ARGUMENTS: "The installer did not understand its switches.",
    Outcome.BAD_SIGNATURE: "The package's signature is missing or wrong.",
    Outcome.INVALID_PACKAGE: "The package is damaged or no package.",
    Outcome.CANNOT_UNINSTALL: "The package cannot be uninstalled.",
    Outcome.PROGRAM_MISSING: "The installer's program was not found.",
    Outcome.UNKNOWN: "The meaning of this exit code is not known.",
}

_BY_CODE = {
    0: Outcome.SUCCESS,
    5: Outcome.ACCESS_DENIED,
    87: Outcome.BAD_ARGUMENTS,
    1058: Outcome.SERVICE_DISABLED,
    1115: Outcome.SHUTDOWN_IN_PROGRESS,
    1722: Outcome.RETRY,
    3010: Outcome.REBOOT_REQUIRED,
    9009: Outcome.PROGRAM_MISSING,
    0x00240005: Outcome.REBOOT_REQUIRED,
    0x00240006: Outcome.ALREADY_INSTALLED,
    0x00240007: Outcome.ALREADY_REMOVED,
    0x80240016: Outcome.BUSY,
    0x80240017: Outcome.NOT_APPLICABLE,
    0x800B0100: Outcome.BAD_SIGNATURE,
    0x800F0805: Outcome.INVALID_PACKAGE,
    0x800F0816: Outcome.RESTART_PENDING,
    0x800F081E: Outcome.NOT_APPLICABLE_OR_INSTALLED,
    0x800F0825: Outcome.CANNOT_UNINSTALL,
}
"""By the code as an unsigned 32-bit number. Sources: KB934307, KB2773898, KB940410, winerror.h, wusa and CBS codes."""

_WIN32_FACILITY = 0x80070000
_DONE = frozenset(
    {Outcome.SUCCESS, Outcome.REBOOT_REQUIRED, Outcome.ALREADY_INSTALLED, Outcome.ALREADY_REMOVED}
)
_LATER = frozenset({Outcome.BUSY, Outcome.RETRY})


@dataclass(frozen=True)
class ExitCode:
    """An exit code and its meaning. code is as a process returns it: signed, 32 bits."""

    code: int
    outcome: Outcome

    @property
    def hex(self) -> str:
        return f"0x{self.code & 0xFFFFFFFF:08X}"

    @property
    def text(self) -> str:
        """One sentence, with the code in decimal and hex unless it is 0."""
        return _TEXTS[self.outcome] if self.code == 0 else f"{_TEXTS[self.outcome]} ({self.code}, {self.hex})"

    @property
    def claims_success(self) -> bool:
        """Whether the installer says that all is well. Only a claim: servicing has the truth."""
        return self.outcome in _DONE

    @property
    def may_retry(self) -> bool:
        """Whether the same call may go well a little later, with nothing changed."""
        return self.outcome in _LATER

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "hex": self.hex, "outcome": self.outcome.value, "text": self.text}


def explain(code: int) -> ExitCode:
    """The meaning of an exit code, given signed or unsigned; 0x8007xxxx means what the Windows error xxxx means.

    Raises ValueError for a number that is no 32-bit exit code.
    """
    if not -0x80000000 <= code <= 0xFFFFFFFF:
        raise ValueError(f"{code} is no exit code: those have 32 bits")
    unsigned = code & 0xFFFFFFFF
    outcome = _BY_CODE.get(unsigned)
    if outcome is None and unsigned & 0xFFFF0000 == _WIN32_FACILITY and unsigned & 0xFFFF:
        outcome = _BY_CODE.get(unsigned & 0xFFFF)
    signed = unsigned - 0x100000000 if unsigned & 0x80000000 else unsigned
    return ExitCode(signed, outcome or Outcome.UNKNOWN)
