# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a host's connection must never be shown, whoever quotes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._text.private import hider, private_parts
from .._wsman.proxies import passwords
from .winrm_options import extras

_PASSWORD = re.compile(r"ansible_(?:\w+_)?pass(?:word|wd|phrase)?", re.ASCII | re.IGNORECASE)
"""ansible_password, ansible_winrm_pass, ansible_become_password and their like."""


def secrets_of(connection: Any) -> tuple[str, ...]:
    """The passwords of login, become and proxies (the environment's too), and what is private in path and user."""
    become = getattr(getattr(connection, "_play_context", None), "become_pass", None)
    found = [connection.get_option("remote_password"), become]
    if connection.transport == "psrp":
        proxies = [connection.get_option("proxy")]
    else:
        proxies = [extras(connection).get("ansible_winrm_proxy")]
    found += passwords(*proxies)
    found += private_parts(path=_said(connection, "path"), user=_said(connection, "remote_user"))
    return tuple(str(secret) for secret in found if secret)


def hider_of(
    connection: Any, variables: Mapping[str, Any] | None = None, template: Callable[[Any], Any] = str
) -> Callable[[str], str]:
    """Hides in any text the passwords of the connection and of the host's variables, and what of address, path and
    user nobody may see. connection: of winrm or psrp, or None."""
    hidden = list(_of_variables(variables or {}, template))
    if connection is None:
        return hider(hidden)
    return hider(
        [*secrets_of(connection), *hidden],
        address=_said(connection, "remote_addr"),
        path=_said(connection, "path"),
        user=_said(connection, "remote_user"),
    )


def _said(connection: Any, option: str) -> str:
    value = connection.get_option(option)
    return "" if value is None else str(value)


def _of_variables(variables: Mapping[str, Any], template: Callable[[Any], Any]) -> Iterator[str]:
    for name in variables:
        if not _PASSWORD.fullmatch(str(name)):
            continue
        try:
            value = template(variables[name])
        except Exception:  # noqa: BLE001, S112 - a vault that is not unlocked: nobody knows it, so that no text has it
            continue
        if value is not None:
            yield str(value)
