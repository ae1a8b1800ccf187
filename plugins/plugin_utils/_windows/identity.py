# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the WS-Management service says of itself and of its operating system (Identify)."""

from __future__ import annotations

from typing import Protocol

from .._hotfix.answer import Answer
from .._hotfix.facts import HostIdentity
from .._wsman import errors
from .wmi import ask

NO_SERVICE = (errors.NotWSMan, errors.ServiceBusy, errors.EnvelopeTooLarge)
"""Answers to the very first message after which there is nobody to ask anything else."""


class Identified(Protocol):
    """The WS-Man client's answer to Identify; os_version is None for 0.0.0 and for what does not parse."""

    @property
    def vendor(self) -> str:
        ...

    @property
    def product_version(self) -> str:
        ...

    @property
    def os_version(self) -> tuple[int, int, int] | None:
        ...

    @property
    def service_pack(self) -> tuple[int, int] | None:
        ...

    @property
    def stack(self) -> tuple[int, int] | None:
        ...


class Identifier(Protocol):
    """The part of the WS-Man client that Identify needs."""

    def identify(self) -> Identified:
        ...


def identity(client: Identifier) -> Answer[HostIdentity]:
    """Ask Identify. A service that hides its operating system (`OS: 0.0.0`) is known, with os_version None.

    Raises NotWSMan, ServiceBusy and EnvelopeTooLarge too: what answers is no (working) WS-Man service.
    """
    return ask(client.identify, raising=NO_SERVICE).map(
        lambda said: HostIdentity(said.vendor, said.product_version, said.os_version, said.service_pack, said.stack)
    )
