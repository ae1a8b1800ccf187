# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The head of a plain HTTP answer, from the bytes that came first; whatever is not plain is http.client's to read.

http.client makes a file of the socket for each answer, reads line by line, and gives the headers to the parser of
e-mail: that cost an assessment more than encryption and XML together. Plain is what every WinRM sends nearly always:
HTTP/1.1, a status with a body, header lines in visible ASCII, one length. A test compares what both read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2})(?: [\t -~]*)?")
_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\t -~]*[\x21-\x7e])?)?")
_LENGTH = re.compile(r"[0-9]{1,8}", re.ASCII)
_MOST = 99
"""Header lines, as http.client counts them."""

_LONGEST = 32768
"""Bytes of a plain head: no line of it is longer than http.client takes."""

_WITHOUT_BODY = frozenset({204, 304})


@dataclass(frozen=True)
class Head:
    """headers: by their names in lower case, each value. length: of the body. size: of the head itself, in bytes."""

    status: int
    headers: dict[str, list[str]]
    length: int
    size: int

    @property
    def is_last(self) -> bool:
        """Whether the host closes the connection after this answer."""
        return "close" in self.headers.get("connection", [""])[0].lower()


def head_of(data: bytes) -> Head | None:
    """The head that an answer begins with; None where it is not whole yet, or not plain."""
    end = data.find(b"\r\n\r\n", 0, _LONGEST)
    first, *lines = data[: max(0, end)].split(b"\r\n")
    status = _STATUS.fullmatch(first)
    if status is None or len(lines) > _MOST:
        return None
    headers: dict[str, list[str]] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        headers.setdefault(match[1].decode().lower(), []).append((match[2] or b"").decode())
    lengths = headers.get("content-length", [])
    if len(lengths) != 1 or _LENGTH.fullmatch(lengths[0]) is None or "transfer-encoding" in headers:
        return None
    code = int(status[1])
    return None if code in _WITHOUT_BODY else Head(code, headers, int(lengths[0]), end + 4)
