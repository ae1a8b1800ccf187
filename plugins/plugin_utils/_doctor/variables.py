# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of variables that are one slip away from those that every connection reads."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

_REFUSED = re.compile(r"(?:ansible_winrm|ansible_psrp|winlegacy)_", re.IGNORECASE)
"""Slips of these are refused by every module: they are no notices."""


def misspelt(names: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Names with the known one that was meant, as ansible_pasword is ansible_password. By the names alone."""
    found: dict[str, str] = {}
    for name in sorted(set(map(str, names)) - {*known}):
        if not _REFUSED.match(name):
            meant = next((one for one in sorted(known) if is_slip(_folded(name), one)), None)
            if meant is not None:
                found[name] = meant
    return found


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


def is_slip(given: str, wanted: str) -> bool:
    """Whether a text is another one with a letter more, less or other, or with two neighbours swapped (or the same)."""
    if abs(len(given) - len(wanted)) > 1:
        return False
    longer, shorter = (given, wanted) if len(given) >= len(wanted) else (wanted, given)
    at = next((at for at, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    if len(longer) > len(shorter):
        return longer[at + 1 :] == shorter[at:]
    swapped = longer[at + 1 : at + 2] + longer[at : at + 1] + longer[at + 2 :]
    return longer[at + 1 :] == shorter[at + 1 :] or swapped == shorter[at:]


SETTINGS = ("doctor_hosts", "doctor_deadline")
REGISTERED = ("doctor_controller", "doctor_result")
_OURS = re.compile(r"(doctor|kb_?952876|hotfix)[_-]", re.IGNORECASE)


def strange(names: Iterable[str], extra: Collection[str]) -> list[str]:
    """Sentences about variables of the playbook doctor that it does not read, as nobody else would say so.

    names: all that the play sees. extra: those that the command line gave. Of others only a slip of ours is told, as a
    play or an inventory may have names that begin as ours do.
    """
    said = []
    for name in sorted({name for name in names if _OURS.match(name)}):
        given = name in extra
        if not name.lower().startswith(("doctor_", "doctor-")):
            said += [f"{name} is not read: the playbook doctor knows no hotfix and writes no report"] if given else []
        elif name in REGISTERED:
            said += [f"{name} is an extra variable, but the playbook itself sets it"] if given else []
        elif name == SETTINGS[0]:
            said += [] if given else [f"{name} is set in the inventory, where no play can read it: give it with -e"]
        elif name not in SETTINGS and (near := _nearest(name)):
            said.append(f"{name}: did you mean {near}?")
        elif name not in SETTINGS and given:
            said.append(f"{name}: the playbook doctor has no such variable, and reads {' and '.join(SETTINGS)}")
    return said


def _nearest(name: str) -> str:
    rests = {one.partition("_")[2]: one for one in SETTINGS}
    near = difflib.get_close_matches(re.split("[_-]", name.lower(), maxsplit=1)[1], list(rests), n=1, cutoff=0.75)
    return rests[near[0]] if near else ""
