# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last look at a transcript: is a secret in it, in any spelling?"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Iterator
from urllib.parse import quote

SHORTEST = 4
"""Characters of a secret that is looked for; shorter ones are in any text."""


def leaked(text: str, secrets: Iterable[str]) -> list[str]:
    """The secrets of which a spelling is in the text, without case."""
    told = text.casefold()
    return [one for one in secrets if len(one) >= SHORTEST and any(found in told for found in spellings(one))]


def spellings(secret: str) -> set[str]:
    """How a text may be written: plain, escaped for XML, JSON and URIs, in hexadecimal and base64, in UTF-8 and -16."""
    made = {secret, html.escape(secret), html.escape(html.escape(secret)), quote(secret), repr(secret)[1:-1]}
    made.add("".join(f"\\u{ord(one):04x}" for one in secret))
    for data in (secret.encode("utf-8", "replace"), secret.encode("utf-16-le", "replace")):
        made.update((data.hex(), *_in_base64(data)))
    return {one.casefold() for one in made}


def _in_base64(data: bytes) -> Iterator[str]:
    """What is in base64 wherever in a longer text the data begins: without the digits that its neighbours share."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        whole = coded[(0, 2, 3)[before] : len(coded) - 1]
        if len(whole) >= SHORTEST:
            yield whole
