# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that cross the border to Ansible: bounds of options, inventory variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError

from .._model.plain import plain
from .._wsman.channel import Wanted
from .misspelt import misspelt_wire

LEGACY_TLS = "winlegacy_legacy_tls"
CONNECT_TIMEOUT = "winlegacy_connect_timeout"
OPERATION_TIMEOUT = "winlegacy_operation_timeout"
CHANNEL = "winlegacy_channel"
EARLY_MESSAGE = "winlegacy_early_message"

_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class BadInput(ValueError):
    """What the user wrote cannot be used: one sentence that says what, where, and what is expected."""


@dataclass(frozen=True)
class WireOptions:
    """How to reach hosts, from inventory variables. Times in seconds."""

    legacy_tls: bool = False
    connect_timeout: float = 5.0
    operation_timeout: float = 20.0
    channel: Wanted = Wanted.AUTO
    early_message: bool = False

    @classmethod
    def from_vars(cls, task_vars: Mapping[str, Any], template: Callable[[Any], Any]) -> WireOptions:
        """Read the variables, templated. Raises BadInput that names the variable."""
        if slip := misspelt_wire(task_vars):
            raise BadInput(slip)

        def read(name: str, default: object) -> object:
            value = task_vars.get(name)
            return default if value is None else plain(template(value))

        return cls(
            legacy_tls=_boolean(LEGACY_TLS, read(LEGACY_TLS, cls.legacy_tls)),
            connect_timeout=_seconds(CONNECT_TIMEOUT, read(CONNECT_TIMEOUT, cls.connect_timeout), most=600),
            operation_timeout=_seconds(OPERATION_TIMEOUT, read(OPERATION_TIMEOUT, cls.operation_timeout), most=3600),
            channel=_channel(read(CHANNEL, cls.channel)),
            early_message=_boolean(EARLY_MESSAGE, read(EARLY_MESSAGE, cls.early_message)),
        )


def bounded(name: str, value: float, *, least: float, most: float) -> float:
    """A number of an option within its bounds. Raises BadInput."""
    if not least <= value <= most:
        raise BadInput(f"{name} is {value:g}: between {least:g} and {most:g} was expected")
    return value


def local_path(find: Callable[[str, str], Any], name: str, text: str | None) -> Path | None:
    """An option's path on the controller; find: ActionBase._find_needle, which looks for relative ones as
    ansible.builtin.copy does. Raises BadInput.
    """
    if text is None or Path(text).is_absolute():
        return None if text is None else Path(text)
    try:
        return Path(plain(find("files", text)))
    except AnsibleError:
        where = "in the folder files of role and play, or beside the playbook"
        raise BadInput(f"{name}: there is no {text} {where}; name it in full") from None


def _channel(value: object) -> Wanted:
    try:
        return Wanted(str(value))
    except ValueError:
        choices = ", ".join(Wanted)
        raise BadInput(f"the variable {CHANNEL} is {str(value)[:40]!r}: one of {choices} was expected") from None


def _boolean(name: str, value: object) -> bool:
    known = _BOOLEANS.get(str(value).strip().lower())
    if known is None:
        raise BadInput(f"the variable {name} is {str(value)[:40]!r}: true or false was expected")
    return known


def _seconds(name: str, value: object, *, most: float) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        raise BadInput(f"the variable {name} is {str(value)[:40]!r}: a number of seconds was expected") from None
    return bounded(f"the variable {name}", seconds, least=0.1, most=most)
