# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What XML 1.0 forbids (section 2.2) in an answer that is XML otherwise: read, and kept so that it can be told.

A WMI text may hold any 16-bit unit, and a service that writes it as it is, as a reference, or in its own code page
sends no XML. For the parser each forbidden character stands in as one that XML allows and no text uses, and becomes
itself again in the text that was read. What is no character at all (a byte that is not UTF-8, the `&` of an unknown
entity or of a number beyond Unicode) becomes half a surrogate pair, U+DC00 plus the byte, as Python's surrogateescape
does: no text holds it, and visible() writes it out. So nothing is lost, and nothing passes for text that was sent.
"""

from __future__ import annotations

import codecs
import re

_CONTROL = 0xFDD0
_NONCHARACTER = 0x10F7F0
_SURROGATE = 0x10F800 - 0x1000
_STAND_INS = re.compile("[\ufdd0-\ufdef\U0010e800-\U0010efff\U0010f7f0\U0010f7f1]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LITERAL = r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)"
_REFERENCE = r"&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));|(lt|gt|amp|apos|quot);)?"
_MARKUP = re.compile(f"{_LITERAL}|{_REFERENCE}", re.ASCII | re.DOTALL)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_OTHER_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-?(?:8|16)["'])""", re.IGNORECASE)
_NO_MARKUP = 0xDC00 + ord("&")


def _stand_in(code: int) -> str:
    if code < 0x20:
        return chr(_CONTROL + code)
    return chr(_SURROGATE + code - 0xD800 if code < 0xE000 else _NONCHARACTER + code - 0xFFFE)


BACK = {ord(_stand_in(code)): chr(code) for code in (*range(0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)}
"""For str.translate: from the stand-ins to the characters."""


def mended(data: bytes) -> bytes | None:
    """The document in UTF-8 with stand-ins for what XML forbids; None where that is not what is wrong with it."""
    text = _decoded(data)
    if text is None or _STAND_INS.search(text):
        return None
    better = _MARKUP.sub(_referred, text)
    better = _FORBIDDEN.sub(lambda match: _stand_in(ord(match[0])), better)
    return None if better == text else _DECLARATION.sub("", better).encode()


def _referred(match: re.Match[str]) -> str:
    """A reference to a character that XML allows, or to an entity of its own, as it is; others as what they name."""
    whole, hexadecimal, decimal, entity = match[0], match[1], match[2], match[3]
    if whole.startswith("<") or entity:
        return whole
    digits = (hexadecimal or decimal or "").lstrip("0")
    if not (hexadecimal or decimal) or len(digits) > 7:
        return _stand_in(_NO_MARKUP) + whole[1:]
    code = int(digits or "0", 16 if hexadecimal else 10)
    if code > 0x10FFFF:
        return _stand_in(_NO_MARKUP) + whole[1:]
    forbidden = (code < 0x20 and code not in (9, 10, 13)) or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF)
    return _stand_in(code) if forbidden else whole


def _decoded(data: bytes) -> str | None:
    """As text; bytes that are none become halves of surrogate pairs. None where it says that it is in other letters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, errors = "utf-16", "surrogatepass"
    else:
        encoding, errors = "utf-8-sig", "strict" if _OTHER_ENCODING.match(data) else "surrogateescape"
    try:
        return data.decode(encoding, errors)
    except UnicodeDecodeError:
        return None
