# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page puts on the clipboard, by its own function alone: no browser is needed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = shutil.which("node")
SCRIPT = Path(__file__).parents[5] / "plugins" / "plugin_utils" / "_report" / "page" / "script.js"
AROUND = """
const fields = {}, copied = [], number = new Intl.NumberFormat("en");
const byId = (id) => fields[id] ??= {select() {}};
const picked = new Set(), hosts = HOSTS, order = hosts.map((_name, at) => at), rows = {host: (at) => hosts[at]};
const document = {execCommand: () => copied.push("execCommand")};
Object.defineProperty(globalThis, "navigator", {value: {clipboard: {writeText: async (text) => copied.push(text)}}});
CODE
copy().then(() => console.log(JSON.stringify([copied, fields["limit-text"].value, fields["limit-note"].textContent])));
"""


def copied(*hosts: str) -> tuple[list[str], str, str]:
    """The clipboard, the field and the note, where these hosts are shown."""
    whole = SCRIPT.read_text(encoding="utf-8")
    code = whole[whole.index("  const PLAIN = ") : whole.index("  // --- what people do ---")]
    program = AROUND.replace("HOSTS", json.dumps(hosts)).replace("CODE", code)
    done = subprocess.run([str(NODE), "-e", program], capture_output=True, text=True, check=True, timeout=60)
    told: tuple[list[str], str, str] = tuple(json.loads(done.stdout))
    return told


@pytest.mark.skipif(NODE is None, reason="needs the Debian package nodejs")
@pytest.mark.parametrize(
    ("hosts", "wanted"),
    [
        (("a", "b"), (["--limit 'a,b'"], "--limit 'a,b'", "2 shown hosts. Copied.")),
        (("bang!x",), ([], "", "Nothing to copy: 1 left out, whose names --limit takes for patterns.")),
        ((), ([], "", "Nothing to copy: no host is shown.")),
    ],
)
def test_an_empty_limit_is_never_copied(hosts: tuple[str, ...], wanted: tuple[list[str], str, str]) -> None:
    assert copied(*hosts) == wanted
