# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service says of itself (DSP0226 clause 11, MS-WSMV 3.1.4.1.23)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from . import errors
from .response import expect
from .xmlread import child, local, text_of

_LONGEST = 256
_OS = re.compile(r"\bOS:\s*(\d{1,5})\.(\d{1,5})\.(\d{1,7})(?![\d.])", re.ASCII)
_SERVICE_PACK = re.compile(r"\bSP:\s*(\d{1,5})\.(\d{1,5})(?![\d.])", re.ASCII)
_STACK = re.compile(r"\bStack:\s*(\d{1,5})\.(\d{1,5})(?![\d.])", re.ASCII)


@dataclass(frozen=True)
class IdentifyResponse:
    """What came back. os_version and service_pack are None when the host did not say (0.0.0: unauthenticated)."""

    vendor: str
    product_version: str
    os_version: tuple[int, int, int] | None
    service_pack: tuple[int, int] | None
    stack: tuple[int, int] | None


def _pair(pattern: re.Pattern[str], text: str) -> tuple[int, int] | None:
    match = pattern.search(text)
    return (int(match[1]), int(match[2])) if match else None


def _os_version(text: str) -> tuple[int, int, int] | None:
    match = _OS.search(text)
    version = (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)
    return version if version != (0, 0, 0) else None


def read_identify_response(body: ET.Element) -> IdentifyResponse:
    """The answer in a body; IdentifyResponse and its children count in any namespace (OMI uses SOAP's own).

    ContradictoryResponse where it names several product versions that differ.
    """
    answer = expect(body, "IdentifyResponse")
    told = list(dict.fromkeys(text_of(one) for one in answer if local(one) == "ProductVersion"))
    if len(told) > 1:
        said = " and ".join(repr(one[:60]) for one in told[:2])
        raise errors.ContradictoryResponse(f"Identify names {len(told)} product versions: {said}")
    product = "".join(told)[:_LONGEST]
    os_version = _os_version(product)
    return IdentifyResponse(
        vendor=text_of(child(answer, "ProductVendor"))[:_LONGEST],
        product_version=product,
        os_version=os_version,
        service_pack=_pair(_SERVICE_PACK, product) if os_version else None,
        stack=_pair(_STACK, product),
    )
