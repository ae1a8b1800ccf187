# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file is that is no cabinet, by its first bytes: what people have in hand instead of a package."""

from __future__ import annotations

from typing import BinaryIO

_START = 512
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<script", b"<!--")


def instead_of_cabinet(file: BinaryIO) -> str:
    """A clause for people: what the file is and what to do. Its position is moved."""
    file.seek(0)
    start = file.read(_START)
    if not start:
        return "it is empty: get the file again"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "it is a zip archive: unpack it and give the .msu that is in it"
    if start.startswith(b"MZ"):
        return "it is a program (.exe): hotfixes for Windows Vista and Server 2008 are .msu files"
    text = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()  # UTF-16 without its zeros
    if text.startswith(_PAGES) or (text.startswith(b"<?xml") and b"<html" in text):
        return "it is a web page that was saved in its place: get the file again, with its own link"
    return "it does not start as a cabinet does"
