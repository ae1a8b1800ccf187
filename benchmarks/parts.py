# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where processor time goes, by part of the work: what the interpreter's profiler tells of a function that is called.

The profiler itself costs, of small functions more than of large ones: shares are told, not times.
"""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable
from typing import Any

_REST = "the rest"
PARTS: dict[str, tuple[str, ...]] = {
    "NTLM and sealing": ("spnego", "cryptography", "hmac.py", "enum.py", "/sealed.py", "/ntlm.py"),
    "XML to rows": ("/xml/", "/xmlread.py", "/values.py", "/response.py", "/enumeration.py"),
    "HTTP and socket": (
        "/http/", "/email/", "/lean_http.py", "/sockets.py", "/plain_answer.py", "/http_channel.py", "/lean_channel.py",
        "socket.py", "/urllib3/", "/requests",
    ),
    "making messages": ("/_wsman/", "uuid.py", "/winrm/"),
    "facts, verdict, result": (
        "/_operations/", "/_windows/", "/_verdict/", "/_model/", "/_catalogue/", "/_text/", "dataclasses.py",
    ),
}  # fmt: skip
"""By places of files; the first that fits counts. What Python has built in counts for who calls it."""


def shares(work: Callable[[], None], rounds: int = 30) -> str:
    """The share of each part, as a line."""
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    for _round in range(rounds):
        work()
    profile.disable()
    spent: dict[str, float] = dict.fromkeys((*PARTS, _REST), 0.0)
    stats: Any = pstats.Stats(profile)
    for (file, _line, _name), (_calls, _all, own, _whole, callers) in stats.stats.items():
        if file != "~":
            spent[_part(file)] += own
        for caller, figures in callers.items() if file == "~" else ():
            spent[_part(caller[0])] += figures[2]
    whole = sum(spent.values()) or 1.0
    ordered = sorted(spent.items(), key=lambda one: -one[1])
    return ", ".join(f"{name} {part / whole:.0%}" for name, part in ordered)


def _part(file: str) -> str:
    return next((name for name, places in PARTS.items() if any(one in file for one in places)), _REST)
