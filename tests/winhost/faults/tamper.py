# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault does to an answer: pages of servers that are no WinRM, and damage to an envelope."""

from __future__ import annotations

import re

from winhost.faults.plan import FaultSpec

_RELATES = re.compile(rb"<a:RelatesTo>[^<]*</a:RelatesTo>")
_PAGE = b"<html><head><title>Welcome</title></head><body><h1>It works</h1></body></html>"


def page(spec: FaultSpec) -> tuple[int, list[tuple[str, str]], bytes]:
    """(status, headers, body) of a server that is not, or not now, a WinRM service."""
    html = [("Content-Type", "text/html")]
    return {
        "html": (200, html, _PAGE),
        "not_found": (404, html, b"<html><body>Not Found</body></html>"),
        "redirect": (302, [("Location", str(spec.options.get("location", "https://127.0.0.1/login")))], b""),
        "too_large": (413, html, b"<html><body>Request Entity Too Large</body></html>"),
        "busy": (503, html, b"<html><body>Service Unavailable</body></html>"),
        "unauthorized": (401, [("WWW-Authenticate", "Negotiate")], b""),
        "error_page": (500, html, b"<html><body>Internal Server Error</body></html>"),
    }[spec.kind]


def damage(body: bytes, kind: str) -> bytes:
    """The envelope after ``kind`` has struck it."""
    if kind == "garbled":
        middle = len(body) // 2
        return body[:middle] + b"\x00\xff<<&" + body[middle + 5 :]
    if kind == "truncated_xml":
        return body[: len(body) * 2 // 3]
    if kind == "wrong_relates_to":
        return _RELATES.sub(b"<a:RelatesTo>uuid:00000000-0000-4000-8000-000000000000</a:RelatesTo>", body)
    if kind == "no_relates_to":
        return _RELATES.sub(b"", body)
    if kind == "empty":
        return b""
    return body
