# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ended a task before its end, in the form that results show beside what was learnt until then."""

from __future__ import annotations

from .._wsman import errors

_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (errors.ConversationOver, "deadline"),
    (errors.Silent, "silence"),
    (errors.ConnectionLost, "connection_lost"),
    (errors.Unreachable, "unreachable"),
    (errors.AuthenticationRefused, "authentication"),
)


def ending(error: errors.WSManError, during: str = "") -> dict[str, object]:
    """by: what ended it (deadline, silence, connection_lost, unreachable, authentication, error); during: at what."""
    by = next((name for kind, name in _KINDS if isinstance(error, kind)), "error")
    return {"by": by, "during": during or error.asked, "detail": str(error)}
