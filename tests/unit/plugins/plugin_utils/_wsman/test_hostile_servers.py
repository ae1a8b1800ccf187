# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a server does, a conversation ends within its deadline and 5 seconds, and costs at most 100 MB of memory."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hostile.servers import BEHAVIOURS, FIRST, HANDSHAKES, HTTP, MANY, serving

TESTS = Path(__file__).resolve().parents[4]
DEADLINE = 2.0
SECONDS, MEGABYTES = 5.0, 100.0
ALL, ALL_OF = 30.0, {"almost_too_many_rows after Identify"}
"""Seconds for a server that is to be heard to its end, on a busy machine too."""


@functools.cache
def converse(name: str, deadline: float = DEADLINE, kind: str = "lean") -> dict[str, Any]:
    """What one conversation with a server cost, measured in a process of its own, once; the figures are printed."""
    what = "command" if "output" in name else "query" if name not in FIRST and name not in HANDSHAKES else "assess"
    what = "queries" if name in MANY else what
    scheme = "https" if name in HANDSHAKES else "http"
    path = os.pathsep.join([str(TESTS.parent / "build" / "collections"), str(TESTS)])
    with serving(BEHAVIOURS[name], greet=name not in HANDSHAKES) as port:
        done = subprocess.run(
            [sys.executable, "-m", "hostile.measure", str(port), what, str(deadline), scheme, kind],
            capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    measured: dict[str, Any] = json.loads(done.stdout)
    print(f"{name:40} {kind:8}{measured['seconds']:6.2f} s {measured['mb']:6.1f} MB  {measured.get('error', '')[:90]}")
    return measured


@pytest.mark.parametrize(
    ("name", "kind"),
    [*((name, "lean") for name in BEHAVIOURS), *((name, "pywinrm") for name in (*HTTP, *HANDSHAKES))],
)
def test_bounded_in_time_and_memory(name: str, kind: str) -> None:
    allowed = ALL if name in ALL_OF else DEADLINE
    allowed = ALL if name in MANY else allowed
    measured = converse(name, allowed, kind=kind)
    assert measured["seconds"] <= allowed + SECONDS
    assert measured["mb"] <= MEGABYTES
    assert measured.get("text", 0) < 20_000_000
    if name in ALL_OF:
        assert measured["rows"] == 9_900, measured
        return
    assert measured.get("error") or measured["status"] == "unknown", "a hostile server was believed"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("endless_continue", "waiting for the answer after"),
        ("header_drip", "no whole answer within the deadline"),
        ("body_drip", "reading the answer after"),
        ("endless_error_body", "HTTP 500, and then the answer exceeds 4194304 bytes"),
        ("tls_alert", "TLS is spoken at this port"),
        ("ssh_banner", "an SSH server answers"),
        ("tls_drip", "the TLS handshake"),
        ("silent after Identify", "the deadline of 2 s is over"),
        ("endless_rows after Identify", "more than 200000 values"),
        ("endless_text_rows after Identify", "more than 12582912 bytes"),
        ("endless_output after Identify", "more than 4194304 bytes"),
        ("many_elements after Identify", "more than 200000 elements"),
        ("long_namespace after Identify", "a name of 60006 characters"),
        ("deep_instances after Identify", "more than the 64 MB of memory"),
        ("short_rows of many queries", "more than the 64 MB of memory"),
        ("unprintable_rows of many queries", "more than the 64 MB of memory"),
    ],
)
def test_the_error_names_the_bound(name: str, says: str) -> None:
    # A bound on size must be met before the time is over, on a busy machine too.
    deadline = ALL if says.startswith("more than") or "exceeds" in says else DEADLINE
    assert says in converse(name, deadline, kind="lean")["error"]
