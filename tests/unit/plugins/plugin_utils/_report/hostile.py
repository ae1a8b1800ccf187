# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategies for what a hostile host may send: any JSON, and texts made to break out of each format."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ATTACKS = (
    "</script><script>window.pwned=1</script>",
    "<!--<script>",
    "]]><x>",
    "\"><img src=x onerror='window.pwned=1'>",
    "' onmouseover='window.pwned=1",
    "javascript:window.pwned=1",
    "&lt;b&gt;&amp;",
    "{{ lookup('pipe', 'id') }}",
    "$title ${title} $$",
    "=cmd|' /C calc'!A0",
    "+1-1",
    "@SUM(A1)",
    "\t=1+1",
    "a;=1+1",
    " \u200b=1+1",
    "\uff1d1+1",
    "x\r\n=1+1",
    '",=1+1,"',
    "\x00\x01\x0b\x1b[31m\x7f\x85",
    "\ufffe\uffff\u2028\u2029",
    "\u202egnp.exe\u2066",
    "\ud800 \udfff",
    "x" * 5000,
)
"""Texts that have broken out of something somewhere."""

texts = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(st.characters(), max_size=30),
    st.text(st.sampled_from("<>&'\"=+-@;,\t\r\n\x00\x1b\ud800/!-]$\\{}%sript "), max_size=20),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
_KEYS = (
    *("status", "summary", "os", "kernel", "reboot", "symptom", "packages", "reasons", "recommendation", "unknown"),
    *("evidence", "messages", "msg", "failed", "unreachable", "after", "before", "name", "version", "architecture"),
    *("running", "on_disk", "fixed_version", "branch", "lab", "required_by_kb", "pending", "text", "code", "root"),
    *("state", "not_asked", "staging", "driver", "skipped"),
)
_shaped = st.recursive(
    values,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(_KEYS), inner, max_size=8),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)
results = st.dictionaries(st.sampled_from(_KEYS), _shaped, max_size=12)
"""Anything in the place of a result, mostly with the keys that results have."""

fleets = st.dictionaries(texts.filter(bool), st.one_of(st.none(), results), max_size=4)
"""Results by host name."""


def hostile_result(base: dict[str, Any], attack: str) -> dict[str, Any]:
    """A real result with every text replaced, but those that are ours by construction."""
    kept = {"status", "kb"}

    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: spoil(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [spoil(item) for item in value]
        return attack if isinstance(value, str) and key not in kept else value

    spoilt: dict[str, Any] = spoil(base)
    spoilt["details"]["evidence"] = {attack: [{attack: attack}]}
    return spoilt
