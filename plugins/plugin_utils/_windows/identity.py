# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the WS-Management service says of itself and of its operating system (Identify)."""

from __future__ import annotations

from collections.abc import Callable

from .._model.answer import Answer
from .._model.facts import HostIdentity
from .._wsman import errors
from .._wsman.identify import IdentifyResponse
from .wmi import unanswered

NO_SERVICE = (errors.NotWSMan, errors.ServiceBusy, errors.EnvelopeTooLarge)
"""Answers to the very first message after which there is nobody to ask anything else."""


def identity(identify: Callable[[], IdentifyResponse]) -> Answer[HostIdentity]:
    """Ask by identify, the client's own.

    A service that hides its operating system (`OS: 0.0.0`) is known, with os_version None. Raises NotWSMan, ServiceBusy
    and EnvelopeTooLarge too: what answers is no (working) WS-Man service.
    """
    try:
        said = identify()
    except NO_SERVICE:
        raise
    except errors.WSManError as error:
        return unanswered(error)
    return Answer.known(
        HostIdentity(said.vendor, said.product_version, said.os_version, said.service_pack, said.stack)
    )
