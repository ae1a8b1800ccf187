# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a host may want a restart: each indicator is a question of its own.

Sources: the registry keys that servicing, Windows Update, the session manager and the network logon leave (see the
documentation of each function), and the Configuration Manager client's own method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._model.answer import Answer, Cause
from .._model.facts import RebootIndicator
from . import properties, registry
from .package_keys import CBS
from .wmi import Wmi, ask

REBOOT_REQUIRED = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired"
SESSION_MANAGER = "SYSTEM\\CurrentControlSet\\Control\\Session Manager"
COMPUTER_NAME = "SYSTEM\\CurrentControlSet\\Control\\ComputerName"
NETLOGON = "SYSTEM\\CurrentControlSet\\Services\\Netlogon"
MICROSOFT = "SOFTWARE\\Microsoft"
SCCM = ("root/ccm/ClientSDK", "CCM_ClientUtilities")

_CBS_KEYS = {
    RebootIndicator.CBS_REBOOT_PENDING: "rebootpending",
    RebootIndicator.CBS_REBOOT_IN_PROGRESS: "rebootinprogress",
    RebootIndicator.CBS_PACKAGES_PENDING: "packagespending",
}
_NETLOGON_NAMES = {"joindomain", "avoidspnset"}


def servicing(wmi: Wmi) -> Mapping[RebootIndicator, Answer[bool]]:
    """Three indicators by one list: keys that servicing makes below its own key while it waits for a restart."""
    below = registry.enum_key(wmi, CBS).map(lambda names: {name.casefold() for name in names})
    return {indicator: below.map(_holds(key)) for indicator, key in _CBS_KEYS.items()}


def _holds(name: str) -> Callable[[set[str]], bool]:
    return lambda names: name in names


def windows_update(wmi: Wmi, *, lists_work: bool) -> Answer[bool]:
    """The key RebootRequired below Auto Update, asked for itself: it is there, empty or not, or it is not.

    lists_work: whether this host has listed any keys. Where it has not, an empty success is no sign of the key.
    """
    below = registry.enum_key(wmi, REBOOT_REQUIRED)
    if below.cause is Cause.KEY_MISSING:
        return Answer.known(False)
    if below.is_known or (below.cause is Cause.EMPTY and lists_work):
        return Answer.known(True)
    return Answer(cause=below.cause, detail=below.detail)


def file_rename(wmi: Wmi) -> Answer[bool]:
    """PendingFileRenameOperations. Weak: other software, antivirus too, writes it. No value: nothing to rename."""
    answer = registry.get_multi_string(wmi, SESSION_MANAGER, "PendingFileRenameOperations")
    if answer.cause is Cause.VALUE_MISSING:
        return Answer.known(False)
    return answer.map(lambda entries: any(entry.strip() for entry in entries))


def computer_rename(wmi: Wmi) -> Answer[bool]:
    """A computer whose name in use is not the name it will have. Two messages."""
    active = registry.get_string(wmi, f"{COMPUTER_NAME}\\ActiveComputerName", "ComputerName")
    if active.value is None:
        return Answer(cause=active.cause, detail=active.detail)
    current = active.value.casefold()
    coming = registry.get_string(wmi, f"{COMPUTER_NAME}\\ComputerName", "ComputerName")
    return coming.map(lambda name: name.casefold() != current)


def netlogon(wmi: Wmi, *, lists_work: bool) -> Answer[bool]:
    """JoinDomain or AvoidSpnSet, which a domain join leaves as a key or a value: both are looked at. Two messages.

    lists_work: as for windows_update; where it holds, an empty success means that the key holds nothing of the kind.
    """
    looks = [registry.enum_key(wmi, NETLOGON), registry.enum_values(wmi, NETLOGON)]
    if any(_NETLOGON_NAMES & {name.casefold() for name in look.value or ()} for look in looks):
        return Answer.known(True)
    for look in looks:
        if look.is_unknown and not (look.cause is Cause.EMPTY and lists_work):
            return Answer(cause=look.cause, detail=look.detail)
    return Answer.known(False)


def sccm(wmi: Wmi) -> Answer[bool]:
    """What the Configuration Manager client says. A host without the client's registry key has no such client."""
    vendor = registry.enum_key(wmi, MICROSOFT)
    if vendor.value is not None and "ccm" not in {name.casefold() for name in vendor.value}:
        return Answer.known(False)
    output = ask(lambda: wmi.invoke(SCCM, "DetermineIfRebootPending", {}, idempotent=True))
    if output.value is None:
        return Answer(cause=output.cause, detail=output.detail)
    outcome = properties.integer(output.value, "ReturnValue")
    if outcome.value != 0:
        return Answer.unknown(outcome.cause or Cause.FAULT, outcome.detail or f"the client returned {outcome.value}")
    soft = properties.boolean(output.value, "RebootPending")
    hard = properties.boolean(output.value, "IsHardRebootPending")
    if soft.value or hard.value:
        return Answer.known(True)
    return hard if soft.is_known else soft
