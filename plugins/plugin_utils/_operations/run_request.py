# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run is asked to do on a host, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .._package.keep import Keep
from .._package.request import PackageRequest
from .._verdict.plan import DesiredState
from .assess.interview import AssessOptions
from .installation import InstallOptions
from .transfer.ways import TransferOptions

OTHER_STEPS = 1800.0
"""Seconds for what has no limit of its own: three assessments (300 s each), and the commands between."""


@dataclass(frozen=True)
class HotfixRequest:
    """What the user asks for. cleanup: remove staged files once the hotfix is there. owner, run: who this run is.

    deadline: seconds for the whole run; None: the sum of its steps' limits.
    """

    state: DesiredState
    owner: str
    run: str
    package: PackageRequest | None = None
    transfer: TransferOptions = field(default_factory=TransferOptions)
    install: InstallOptions = field(default_factory=InstallOptions)
    assess: AssessOptions = field(default_factory=AssessOptions)
    lock_wait: float = 600.0
    deadline: float | None = None
    cleanup: bool = False
    check: bool = False

    def keeping(self, keep: Keep) -> HotfixRequest:
        """The same request, whose package is read into what the run knows of packages and sent from there."""
        return self if self.package is None else replace(self, package=replace(self.package, keep=keep))

    @property
    def seconds(self) -> float:
        """How long the whole run may take."""
        steps = self.lock_wait + self.transfer.deadline + self.install.deadline
        return self.deadline if self.deadline is not None else steps + OTHER_STEPS
