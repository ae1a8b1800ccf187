# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""http.client's answer with another reader of plain headers, in Python's own parser of status line, length and chunks.

http.client gives them to the parser of e-mail, which looks for parts where it reads `multipart/encrypted`: in an
assessment that cost more than the messages' encryption. Whatever is not plain goes to that parser still.
"""

from __future__ import annotations

import http.client
import io
import re
import types
from collections.abc import Callable
from typing import Any

_PLAIN = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\t -~]*[\x21-\x7e])?)?\r\n")
_MOST = 100
"""Lines of an answer's headers, as http.client counts them: the empty one too."""

_LONGEST = 65537
"""Bytes of a line and one more: http.client's limit."""


def fields(stream: Any) -> http.client.HTTPMessage:
    """The headers up to the empty line, as http.client.parse_headers() reads them, which raises for what is too much.

    stream: with readline().
    """
    lines: list[bytes] = []
    message = http.client.HTTPMessage()
    plain = True
    while len(lines) <= _MOST:
        line = stream.readline(_LONGEST)
        lines.append(line)
        if line in (b"\r\n", b"\n", b"") or len(line) >= _LONGEST:
            break
        match = _PLAIN.fullmatch(line)
        if match is None:
            plain = False
        elif plain:
            message[match[1].decode()] = (match[2] or b"").decode()
    if plain and lines[-1] == b"\r\n" and len(lines) <= _MOST:
        return message
    return http.client.parse_headers(io.BytesIO(b"".join(lines)))


def _with(reader: Callable[[Any], http.client.HTTPMessage]) -> Callable[[http.client.HTTPResponse], None]:
    """HTTPResponse.begin() of this Python, with this reader in the place of parse_headers()."""
    begin = http.client.HTTPResponse.begin
    names = {**vars(http.client), "parse_headers": reader}
    made: Any = types.FunctionType(begin.__code__, names, "begin", begin.__defaults__, begin.__closure__)
    return made  # type: ignore[no-any-return]


begin = _with(fields)
"""For a subclass of HTTPResponse."""
