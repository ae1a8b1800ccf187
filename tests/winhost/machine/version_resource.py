# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version resource of an image."""

from __future__ import annotations

from collections.abc import Mapping

from winhost.machine.content import Body, Synthetic, VersionInfo


def version_of(body: Body) -> VersionInfo | None:
    """What the image's own resource says; None when it has none, or when nobody can read the content."""
    if isinstance(body, Synthetic):
        return None
    content = body.read()
    if not content.startswith(b"MZ"):
        return None
    import pefile  # noqa: PLC0415 - slow to load, and only packages need it

    try:
        pe = pefile.PE(data=content, fast_load=True)
        pe.parse_data_directories(directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        fixed = pe.VS_FIXEDFILEINFO[0]
    except (pefile.PEFormatError, AttributeError, IndexError):
        return None
    quad = (
        fixed.FileVersionMS >> 16,
        fixed.FileVersionMS & 0xFFFF,
        fixed.FileVersionLS >> 16,
        fixed.FileVersionLS & 0xFFFF,
    )
    strings = _strings(pe)
    return VersionInfo(
        quad, strings.get("FileVersion") or ".".join(map(str, quad)), description=strings.get("FileDescription", "")
    )


def _strings(pe: object) -> Mapping[str, str]:
    result = {}
    for group in getattr(pe, "FileInfo", None) or []:
        for entry in group:
            for table in getattr(entry, "StringTable", ()):
                for key, value in table.entries.items():
                    result[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    return result
