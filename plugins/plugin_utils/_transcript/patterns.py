# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes of texts: of those that may stay, closed ones in which no name and no longer number has room; and of what is
replaced by its like."""

from __future__ import annotations

import re

from .._model.kb import DIGITS

# --- what is replaced by its like -------------------------------------------------------------------------------------

GUID = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
BARE_GUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?![0-9A-Za-z])")
SID = re.compile(r"(S-1-5-21-)([0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10})-([0-9]{1,10})(?![0-9])", re.IGNORECASE)
MAC = re.compile(r"(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])")
IPV4 = re.compile(
    r"(?<![0-9.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9.])"
)
IPV6 = re.compile(
    r"(?<![0-9A-Za-z:])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::"
    r"(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)(?![0-9A-Za-z:])"
)
NOBODYS = frozenset({"127.0.0.1", "0.0.0.0", "255.255.255.255", "255.255.255.0", "::1", "::"})  # noqa: S104
"""Addresses that every machine has."""

# --- what may stay ----------------------------------------------------------------------------------------------------

BOOLEAN = re.compile("true|false", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?[0-9]{1,5}")
LIMIT = re.compile(r"[0-9]{1,8}|2147483647|4294967295")
SIZE = re.compile(r"[0-9]{1,15}")
VERSION = re.compile(r"(?:5\.[0-2]|6\.[0-4]|10\.0)(?:\.[0-9]{4,5}(?:\.[0-9]{1,5})?)?")
FILE_VERSION = re.compile(r"[0-9]{1,2}\.[0-9]{1,3}\.[0-9]{4,5}\.[0-9]{1,5}")
"""The third number has four digits or more, so that no address is one."""

_LAB = r"([a-z0-9_]{1,40})\.[0-9]{6}-[0-9]{4}"
LAB = re.compile(rf"[0-9]{{4,5}}\.(?:[0-9]{{1,5}}\.)?(?:(?:x86|amd64|ia64)(?:fre|chk)\.)?{_LAB}", re.IGNORECASE)
FILE_LAB = re.compile(rf"{FILE_VERSION.pattern} \({_LAB}\)", re.IGNORECASE)
LAB_WORD = re.compile(
    "(?:(?:vista|longhorn|lh|winblue|winmain|win|rtm|gdr|ldr|qfe|escrow|sp|oob|lab|beta|rc|rs|th|release|refresh|svc|prod|r)"
    "[0-9]{0,2}){1,6}",
    re.IGNORECASE,
)

_KEY = "31bf3856ad364e35"
_ENDS = r"~(?:x86|amd64|ia64|wow64)?~(?:[a-z]{2}-[A-Z]{2})?~[0-9]{1,2}(?:\.[0-9]{1,5}){3}"
_BRANCH = "client|server|winpe|winpesrv|rtm|sp[0-9]|bf|gdr|ldr|qfe|[0-9]{1,3}"
_OF_UPDATE = rf"Package(?:_[0-9]{{1,4}})?_for_KB{DIGITS}(?:_(?:{_BRANCH}))*"
_OF_PRODUCT = r"(?:Microsoft|VistaSP[12]|WindowsServer|WUClient|Networking|Server)-[A-Za-z0-9.-]{1,120}"
PACKAGE = re.compile(rf"(?:{_OF_UPDATE}|{_OF_PRODUCT})~{_KEY}{_ENDS}", re.ASCII)
COMPONENT = re.compile(
    rf"(?:x86|amd64|ia64|wow64|msil)_microsoft-[a-z0-9.-]{{1,120}}_{_KEY}_[0-9]{{1,2}}(?:\.[0-9]{{1,5}}){{3}}_"
    r"(?:none|[a-z]{2}-[a-z]{2})_[0-9a-f]{16}",
    re.ASCII | re.IGNORECASE,
)
"""Packages and components that Microsoft named: signed with its own key, and named as it names them."""

HOTFIX = re.compile(rf"(?:KB|Q){DIGITS}(?:-v[0-9])?", re.IGNORECASE)
DURATION = re.compile(r"P(?:[0-9]{1,4}D)?(?:T(?:[0-9]{1,5}H)?(?:[0-9]{1,5}M)?(?:[0-9]{1,6}(?:\.[0-9]{1,7})?S)?)?")
QNAME = re.compile(r"(?:([A-Za-z][\w-]{0,20}):)?([A-Za-z_][\w.-]{0,80})", re.ASCII)
PRODUCT = re.compile(r"OS: ?(?:0\.0\.0|(?:5\.[0-2]|6\.[0-4]|10\.0)\.[0-9]{4,5}) SP: ?[0-9]\.[0-9] Stack: ?[0-9]\.[0-9]")
MEDIA = re.compile(
    r"(?:application/(?:soap\+xml|xml|octet-stream|HTTP-(?:SPNEGO|Kerberos|CredSSP)-session-encrypted)|text/(?:xml|html|plain)"
    r"|multipart/(?:x-multi-)?encrypted)"
    r"(?: ?; ?(?:charset=\"?(?:utf-8|utf-16|us-ascii|iso-8859-1)\"?"
    r"|protocol=\"application/HTTP-(?:SPNEGO|Kerberos|CredSSP)-session-encrypted\""
    r"|boundary=\"?Encrypted Boundary\"?))*",
    re.IGNORECASE,
)
ARTICLE = re.compile(
    rf"http://(?:go|support)\.microsoft\.com/(?:\?kbid={DIGITS}|fwlink/\?LinkId=[0-9]{{4,7}})", re.IGNORECASE
)
SCHEMA = re.compile(
    r"(http://(?:schemas\.(?:microsoft\.com|dmtf\.org|xmlsoap\.org)|www\.w3\.org)/)([\w./*-]{1,200})", re.ASCII
)
ENDPOINT = re.compile(r"(https?://)(\[[^\]]*\]|[^/:]+)(?::([0-9]{1,5}))?(/.*)?", re.DOTALL)
PORTS = frozenset({"80", "443", "5985", "5986"})
DRIVE = re.compile("[A-Za-z]:")

# --- codes ------------------------------------------------------------------------------------------------------------

TOLD = re.compile(r"(?<![0-9A-Za-z_])(?:HRESULT )?(?:0x[0-9A-Fa-f]{8}|2[0-9]{9})(?![0-9A-Za-z_.,-]*[0-9A-Za-z_])")
"""An HRESULT in a text: in hexadecimal, or of ten digits that begin as those of errors do."""

_HKEYS = range(0x80000000, 0x80000007)
_RANGES = (
    range(0x80004001, 0x80004006),
    range(0x80005000, 0x80005020),
    range(0x8000FFFF, 0x80010000),
    range(0x80010001, 0x80010160),  # RPC
    range(0x80041001, 0x80041100),  # WMI: wbemcli.h
    range(0x80042001, 0x80042010),
    range(0x80044001, 0x80044010),
    range(0x80070000, 0x80073000),  # Win32
    range(0x80080005, 0x80080016),
    range(0x80090001, 0x80090400),  # SSPI, schannel
    range(0x800B0001, 0x800B0120),
    range(0x800F0800, 0x800F0A00),  # servicing
    range(0x80240001, 0x80250000),  # Windows Update
    range(0x80338000, 0x80338200),  # WS-Management: wsmerror.h
    range(0x803D0000, 0x803D0030),
)


def is_code(number: int) -> bool:
    """Whether a number is one of Windows' errors, by the ranges that its headers use: no telephone number is."""
    return number in _HKEYS or any(number in one for one in _RANGES)


def code_of(text: str) -> int | None:
    """The number of a code, in hexadecimal, decimal or as HRESULT; None where the text is none."""
    bare = text.strip().removeprefix("HRESULT ").strip()
    if re.fullmatch("0x[0-9A-Fa-f]{1,8}", bare):
        return int(bare, 16)
    return int(bare) & 0xFFFFFFFF if re.fullmatch("-?[0-9]{1,10}", bare) else None
