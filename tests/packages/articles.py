# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Articles for test packages: invented sentences, tables in the form of the Knowledge Base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CAPTIONS = {"x86": "x86-based", "x64": "x64-based", "ia64": "IA-64-based"}
HEADER = "|File name|File version|File size|Date|Time|Platform|\n|---|---|---|---|---|---|\n"

Row = tuple[str, str, int, str]
"""Name, version (empty: not applicable), size and platform."""


def table(rows: Iterable[Row], architecture: str) -> str:
    """A file table with its caption."""
    lines = [
        f"|{name}|{version or 'Not applicable'}|{size:,}|05-Feb-2009|10:30|{platform or 'Not applicable'}|"
        for name, version, size, platform in rows
    ]
    return f"##### For all supported {CAPTIONS[architecture]} versions of Windows\n\n{HEADER}" + "\n".join(lines) + "\n"


def article(
    kb: str,
    tables: Sequence[str],
    *,
    restart: str = "You must restart the computer after you apply this hotfix.",
    replacement: str = "This hotfix does not replace a previously released hotfix.",
    prerequisites: str = "There are no prerequisites.",
    title: str = "The frobnicator stops when the moon is full",
) -> str:
    """A Markdown article. kb: empty leaves the number out."""
    number = f"_Original KB number:_ &nbsp; {kb.removeprefix('KB')}\n" if kb else ""
    return f"""# {title}

{number}
## Symptoms

The frobnicator stops.

## Resolution

Apply this hotfix only to systems that are experiencing this.

### Prerequisites

{prerequisites}

### Restart requirement

{restart}

### Hotfix replacement information

{replacement}

### Registry information

You do not have to make any changes to the registry.

### File information

{chr(10).join(tables)}

## Applies to

- Windows Vista Business
- Windows Server 2008 Standard
"""
