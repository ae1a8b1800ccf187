# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters that XML 1.0 forbids (section 2.2), in an answer that is XML otherwise: read, and kept as what they are.

A WMI text may hold any control character; a service that writes it as it is (or as a reference) sends no XML. For the
parser each stands in as one of the 32 noncharacters U+FDD0 to U+FDEF, which XML allows and no text uses, and becomes
itself again in the text that was read.
"""

from __future__ import annotations

import codecs
import re

_FIRST = 0xFDD0
_STAND_INS = re.compile("[\ufdd0-\ufdef]")
_RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NEVER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));", re.ASCII)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
BACK = {_FIRST + code: chr(code) for code in range(0x20)}
"""For str.translate: from the stand-ins to the characters."""


def mended(data: bytes) -> bytes | None:
    """The document in UTF-8 with stand-ins for forbidden characters; None where that is not what is wrong with it."""
    text = _decoded(data)
    if text is None or _STAND_INS.search(text):
        return None
    better = _RAW.sub(lambda match: chr(_FIRST + ord(match[0])), _NEVER.sub("\ufffd", text))
    better = _REFERENCE.sub(_referred, better)
    return None if better == text else _DECLARATION.sub("", better).encode()


def _referred(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF:
        return match[0]
    return chr(_FIRST + code) if code < 0x20 else "\ufffd"


def _decoded(data: bytes) -> str | None:
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
