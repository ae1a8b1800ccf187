# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permission to change a host now: asked directly before each installation, removal and restart, after every sleep."""

from __future__ import annotations

from typing import Protocol

from .errors import OperationError


class NotPermittedError(OperationError):
    """A step may not begin now: which, and why."""


class Permit(Protocol):
    """step: what is to begin, such as "restart". lead: seconds until it takes effect.

    Returns how many seconds it may still be put off, None for as long as one likes. Raises NotPermittedError.
    """

    def __call__(self, step: str, lead: float = 0.0) -> float | None:
        ...


def always(step: str, lead: float = 0.0) -> float | None:  # noqa: ARG001
    """No restriction."""
    return None
