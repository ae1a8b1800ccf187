# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a SOAP fault, Windows' or another server's, into the exception that the registry names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from .fault_codes import (
    BY_CODE,
    BY_SUBCODE,
    AccessDenied,
    ClassNotFound,
    CommandFailed,
    Concurrency,
    EnvelopeLimit,
    FilterRejected,
    InstanceNotFound,
    InvalidEnumerationContext,
    InvalidNamespace,
    InvalidParameter,
    InvalidQuery,
    InvalidSelectors,
    MethodNotFound,
    OperationAborted,
    OperationQuotaExceeded,
    OperationTimeout,
    ProviderFailure,
    QuotaExceeded,
    ResourceNotFound,
    SchemaError,
    ShellNotFound,
    ShellOrCommandUnknown,
    ShellQuotaExceeded,
    ShellsNotAllowed,
    UnsupportedFeature,
    WSManFault,
    classify,
)
from .xmlread import descend, local, text_of

__all__ = [
    "BY_CODE",
    "BY_SUBCODE",
    "AccessDenied",
    "ClassNotFound",
    "CommandFailed",
    "Concurrency",
    "EnvelopeLimit",
    "FilterRejected",
    "InstanceNotFound",
    "InvalidEnumerationContext",
    "InvalidNamespace",
    "InvalidParameter",
    "InvalidQuery",
    "InvalidSelectors",
    "MethodNotFound",
    "OperationAborted",
    "OperationQuotaExceeded",
    "OperationTimeout",
    "ProviderFailure",
    "QuotaExceeded",
    "ResourceNotFound",
    "SchemaError",
    "ShellNotFound",
    "ShellOrCommandUnknown",
    "ShellQuotaExceeded",
    "ShellsNotAllowed",
    "UnsupportedFeature",
    "WSManFault",
    "parse_fault",
]

_TEXT_LIMIT = 1000
_CODE_ELEMENTS = frozenset({"error_Code", "StatusCode", "MessageID"})
_CODE = re.compile(r"(?:HRESULT )?(0x[0-9a-f]{1,8}|-?[0-9]{1,10})", re.IGNORECASE | re.ASCII)

_TOLD = re.compile(r"(?<![0-9A-Za-z_])0x[0-9a-f]{8}(?![0-9A-Za-z_])", re.IGNORECASE | re.ASCII)


def _number(text: str | None) -> int | None:
    match = _CODE.fullmatch((text or "").strip())
    if match is None:
        return None
    digits = match[1]
    return (int(digits, 16) if digits[:2].lower() == "0x" else int(digits)) & 0xFFFFFFFF


def _texts_and_codes(detail: ET.Element | None) -> tuple[list[str], list[int]]:
    """Texts and codes of a fault's detail, outermost first (document order is nesting order in all known forms)."""
    texts: list[str] = []
    codes: list[int] = []
    if detail is None:
        return texts, codes
    for element in detail.iter():
        name, text = local(element), text_of(element)
        number = _number(element.get("Code") if name == "WSManFault" else text if name in _CODE_ELEMENTS else None)
        if number:
            codes.append(number)
        if text and name in {"Message", "ProviderFault", "error_WindowsErrorMessage"}:
            texts.append(text)
    return texts, codes


def _description(detail: ET.Element | None) -> str:
    """WMI's own description of an extended error, where a provider gave one."""
    if detail is None:
        return ""
    status = next((element for element in detail.iter() if local(element) == "__ExtendedStatus"), None)
    return text_of(descend(status, "Description"))


def _detail_text(detail: ET.Element | None, texts: list[str]) -> str:
    innermost = texts[-1] if texts else ""
    described = _description(detail)
    if described and described not in innermost:
        return f"{innermost} {described}".strip()
    return innermost


def _told(texts: list[str], sent: bytes) -> frozenset[int]:
    """HRESULTs that texts tell, in whatever language, but for those that stand in what was sent: an echo is no answer.

    The innermost text that tells one counts.
    """
    ours = sent.lower()
    for text in reversed(texts):
        numbers = {found.lower() for found in _TOLD.findall(text)}
        told = frozenset(int(number, 16) for number in numbers if number.encode() not in ours)
        if told:
            return told
    return frozenset()


def parse_fault(fault: ET.Element, sent: bytes = b"") -> WSManFault:
    """The exception for a Fault element, whatever the HTTP status that carried it. Never raises.

    sent: the request, whose own numbers may be repeated in a text.
    """
    detail = descend(fault, "Detail")
    texts, codes = _texts_and_codes(detail)
    innermost_first = tuple(dict.fromkeys(reversed(codes)))
    subcode = text_of(descend(fault, "Code", "Subcode", "Value")).rpartition(":")[2]
    if not subcode:  # MustUnderstand is a code of SOAP itself and has no subcode
        subcode = text_of(descend(fault, "Code", "Value")).rpartition(":")[2]
    reason = text_of(descend(fault, "Reason", "Text")) or text_of(descend(fault, "faultstring"))
    kind, code = classify(innermost_first, subcode, _told([reason, *texts, _description(detail)], sent))
    return kind(
        reason[:_TEXT_LIMIT],
        code=code,
        codes=innermost_first,
        subcode=subcode,
        detail=(_detail_text(detail, texts) or reason)[:_TEXT_LIMIT],
        detail_uri=text_of(descend(detail, "FaultDetail")),
    )
