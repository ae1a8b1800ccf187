# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who signs for Microsoft: roots, the authorities that issue its code-signing certificates, and the withdrawn ones.

A chain to one of Microsoft's roots is not enough: the forged signature of 2012 had one, through authorities that issue
certificates for other ends (Microsoft Security Advisory 2718704).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "trust"
ROOTS = _FOLDER / "microsoft_roots.pem"
"""Microsoft Root Certificate Authority of 2001, 2010 and 2011."""
TIME_STAMP_ROOTS = _FOLDER / "microsoft_time_stamp_roots.pem"
"""The same and Microsoft Root Authority of 1997, which countersigns and does not sign."""

ORGANIZATION = "Microsoft Corporation"
CODE_SIGNING = frozenset(
    {
        "930c1e42359239558adce064b019473db84dd09b9f3fc6586d099dc222a5a392",
        "9cbf22fae0dd53a7395556ce6154aa14a0d03360aa8c51cfea05d1fd8819e043",
        "9aad6c1a83a1b974ba574a995af35b8ca772da919270db1605a8b81e1bbc896f",
        "56da8722afd94066ffe1e4595473a4854892b843a0827d53fb7d8f4aeed1e18b",
    }
)
"""SHA-256 of authorities named Microsoft Code Signing PCA: serials 6115082700000000000C (2006) and
6133261A000000000031 (2010), both read in genuine packages, of 2008 and 2009, and of 2012 to 2015; and Microsoft Code
Signing PCA 2010 and 2011, serials 610C524C000000000003 and 610E90D2000000000003, read in Microsoft's own images and
signed by the roots of those years."""

DISTRUSTED = frozenset(
    {
        "2a83e9020591a55fc6ddad3fb102794c52b24e70",
        "3a850044d8a195cd401a680c012cb0a3b5f8dc08",
        "fa6660a94ab45f6a88c0d7874d89a863d74dee97",
    }
)
"""SHA-1 thumbprints of advisory 2718704: Microsoft Enforced Licensing Intermediate PCA (two), and Microsoft Enforced
Licensing Registration Authority CA (SHA1)."""


def distrusted(certificates: Sequence[bytes]) -> bool:
    """Whether one of the certificates (DER) is one that Microsoft withdrew."""
    return any(hashlib.sha1(one, usedforsecurity=False).hexdigest() in DISTRUSTED for one in certificates)


def may_sign_code(authority: bytes) -> bool:
    """Whether this certificate (DER) is of an authority that issues Microsoft's code-signing certificates."""
    return hashlib.sha256(authority).hexdigest() in CODE_SIGNING
