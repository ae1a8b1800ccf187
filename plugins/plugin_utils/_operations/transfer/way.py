# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a way of transfer is; each has a file of its own, and ways.py chooses among them."""

from __future__ import annotations

from typing import ClassVar, Protocol

from ..target import Target
from .common import Payload, ProgressHook


class TransferWay(Protocol):
    """name: how results call it."""

    name: ClassVar[str]

    def carry(self, target: Target, payload: Payload, progress: ProgressHook, deadline: float) -> None:
        """Bring the payload to the staging folder under its temporary name; the caller checks size and hash there.

        deadline: seconds. Raises WayUnavailableError where another way may still work (nothing is half done then),
        TransferError, CommandError and the wire's errors.
        """
