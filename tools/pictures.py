# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the README's two pictures of a run against the simulated fleet: the terminal's table and the report's page.

`tools/pictures.py` runs the playbook assess on some hosts of the demo. docs/pictures/terminal.svg is the table that it
ends with, as text; docs/pictures/report.png is its page in Chromium, with the page's own words in it, so that a test
can hold both against what is printed today.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from winhost.testing import RunningFleet, running_fleet  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
TERMINAL, REPORT = PICTURES / "terminal.svg", PICTURES / "report.png"
SHOWN = (
    "vista-sp1-x64",
    "vista-pending",
    "vista-filtered-login",
    "vista-sp2",
    "srv2008-newer-gdr",
    "srv2008-later-ldr",
    "srv2019",
)
"""Hosts of the demo's fleet, and one that is off."""
COMMAND = "ansible-playbook winlegacy.servicing.assess -i hosts.yml -e kb952876_report_dir=reports"
_ACCOUNT = {"ansible_user": "operator", "ansible_password": "0perator-sim"}
"""One of the simulation's own (tests/winhost/profiles)."""
_SCALE = 0.7
_WORDS = "Words"
_COLUMN, _LINE, _MARGIN, _BAR = 8.0, 18, 16, 28


@dataclass(frozen=True)
class Run:
    """What the playbook printed at its end, and the page that it wrote."""

    table: str
    page: str


def assess(folder: Path) -> Run:
    """Run the playbook on some hosts of the demo, in folder. Raises RuntimeError when it ends without a table."""
    told = yaml.safe_load((ROOT / "tests" / "integration" / "demo" / "fleet.yml").read_text(encoding="utf-8"))
    hosts = [one for one in told["hosts"] if one["name"] in SHOWN]
    with running_fleet({**told, "hosts": hosts}) as fleet:
        (folder / "hosts.yml").write_text(yaml.safe_dump(_inventory(fleet), sort_keys=False), encoding="utf-8")
        program, *arguments = COMMAND.split()
        command = [str(Path(sys.executable).with_name(program)), *arguments]
        done = subprocess.run(
            command, cwd=folder, env=_environment(folder), capture_output=True, text=True, check=False, timeout=300
        )
    found = re.search(r"^KB952876 .*?(?=^(?:ok|changed): \[)", done.stdout, re.MULTILINE | re.DOTALL)
    if found is None:
        raise RuntimeError(f"the playbook ended without a table:\n{done.stdout}{done.stderr}")
    return Run(found[0].strip() + "\n", (folder / "reports" / "kb952876.html").read_text(encoding="utf-8"))


def _inventory(fleet: RunningFleet) -> dict[str, Any]:
    hosts = {
        host.name: {"ansible_host": host.address, "ansible_port": host.port, "ansible_winrm_scheme": host.scheme}
        for host in fleet.hosts.values()
    }
    hosts["vista-switched-off"] = {"ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_winrm_scheme": "http"}
    shared = {"ansible_connection": "winrm", "ansible_winrm_transport": "ntlm", **_ACCOUNT}
    return {"legacy": {"vars": shared, "hosts": hosts}}


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTEST_"))}
    return {
        **kept,
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }


# --- the terminal


def svg(table: str) -> str:
    """A picture of a terminal that shows the command and the table, each line as a text of its own."""
    lines = [f"$ {COMMAND}", "", *table.rstrip().splitlines()]
    width = round(max(map(len, lines)) * _COLUMN + 2 * _MARGIN)
    height = _BAR + len(lines) * _LINE + 2 * _MARGIN
    rows = [
        f'<text x="{_MARGIN}" y="{_BAR + _MARGIN + (at + 1) * _LINE - 5}"{_style(at)} xml:space="preserve"'
        f' textLength="{round(len(line) * _COLUMN, 1)}" lengthAdjust="spacingAndGlyphs">{escape(line)}</text>'
        for at, line in enumerate(lines)
        if line
    ]
    dots = [f'<circle cx="{_MARGIN + 4 + at * 18}" cy="{_BAR // 2}" r="5" fill="#6e7681"/>' for at in range(3)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            ' role="img" aria-label="A terminal: the table that the playbook assess ends with">',
            f'<rect width="{width}" height="{height}" rx="8" fill="#161b22"/>',
            *dots,
            '<g font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="13" fill="#e6edf3">',
            *rows,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _style(at: int) -> str:
    return ' fill="#7ee787"' if at == 0 else ""


# --- the page


def words(page: str) -> list[str]:
    """What stands on the page whatever the hosts say: titles, headings and buttons."""
    found = re.findall(r"<(title|h1|h2|h3|th|button|legend|label)\b[^>]*>(.*?)</\1>", page, re.DOTALL)
    texts = (" ".join(re.sub(r"<[^>]+>", " ", text).split()) for _tag, text in found)
    return [text for text in dict.fromkeys(texts) if text and not re.search(r"\d", text)]


def shoot(page: Path, picture: Path, size: tuple[int, int] = (1400, 1330)) -> None:
    """A screenshot of a page, with the page's own words in it. Raises RuntimeError without Chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise RuntimeError("the pictures need Chromium (Debian: chromium)")
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [
            f"--force-device-scale-factor={_SCALE}",
            f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}",
        ]
        subprocess.run(
            [*command, f"--screenshot={picture}", page.as_uri()], capture_output=True, check=True, timeout=120
        )
    text = "\n".join(words(page.read_text(encoding="utf-8"))).encode("latin-1", "replace")
    data = picture.read_bytes()
    end = data.rindex(b"IEND") - 4
    picture.write_bytes(data[:end] + _chunk(b"tEXt", _WORDS.encode() + b"\0" + text) + data[end:])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def words_of(picture: Path) -> list[str]:
    """The words that shoot() put into a picture."""
    data, at = picture.read_bytes(), 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, told = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if kind == b"tEXt" and told.startswith(_WORDS.encode() + b"\0"):
            return told.partition(b"\0")[2].decode("latin-1").splitlines()
        at += 12 + length
    return []


def main() -> int:
    """Make both."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-") as name:
        folder = Path(name)
        run = assess(folder)
        TERMINAL.write_text(svg(run.table), encoding="utf-8")
        shoot(folder / "reports" / "kb952876.html", REPORT)
    for picture in (TERMINAL, REPORT):
        print(f"pictures: {picture.relative_to(ROOT)}, {picture.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
