# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The header rules of MS-WSMV 3.1.4.1: what must be there, what is refused, what is clamped or ignored."""

from __future__ import annotations

from lxml import etree

from winhost.wsman import faults
from winhost.wsman import names as ns
from winhost.wsman.request import Request, duration, text_of, truth
from winhost.wsman.stacks import Stack

_MIN_ENVELOPE = 8192
_MAX_MESSAGE_ID = 2048
_MUST_UNDERSTAND = f"{{{ns.SOAP}}}mustUnderstand"

_UNDERSTOOD = frozenset(
    {f"{{{ns.ADDRESSING}}}{name}" for name in ("To", "Action", "MessageID", "ReplyTo", "FaultTo", "From", "RelatesTo")}
    | {
        f"{{{ns.WSMAN}}}{name}"
        for name in (
            "ResourceURI",
            "SelectorSet",
            "OptionSet",
            "OperationTimeout",
            "MaxEnvelopeSize",
            "Locale",
            "FragmentTransfer",
            "RequestEPR",
            "RequestTotalItemsCountEstimate",
        )
    }
)
_SINCE_2_0 = frozenset(f"{{{ns.WSMV}}}{name}" for name in ("DataLocale", "ActivityId", "CompressionType"))
_SINCE_3_0 = frozenset(f"{{{ns.WSMV}}}{name}" for name in ("SessionId", "OperationID", "SequenceId", "SequenceID"))


def check(request: Request, stack: Stack) -> None:
    """Refuse what a service of this version refuses, and fill in the clamped timeout and envelope size."""
    _must_understand(request, stack)
    if not request.message_id:
        raise faults.invalid_header("The header MessageID is missing or empty.")
    if len(request.message_id) > _MAX_MESSAGE_ID:
        raise faults.invalid_header("The header MessageID is longer than 2048 characters.")
    if not request.action:
        raise faults.missing_header("Action")
    if not text_of(request.headers.get(f"{{{ns.ADDRESSING}}}To")):
        raise faults.missing_header("To")
    _addressing(request)
    _locale(request, stack)
    _timeout(request, stack)
    _envelope_size(request, stack)
    _fragment(request)


def _must_understand(request: Request, stack: Stack) -> None:
    known = _UNDERSTOOD
    if stack.credssp:
        known |= _SINCE_2_0
    if stack.robust_connections:
        known |= _SINCE_3_0
    for tag, element in request.headers.items():
        if truth(element.get(_MUST_UNDERSTAND)) and tag not in known:
            name = etree.QName(tag)
            raise faults.Fault(
                "s:MustUnderstand",
                faults.MUST_UNDERSTAND,
                f"The header {name.localname} is marked as mustUnderstand and is not understood.",
                not_understood=str(tag),
            )


def _addressing(request: Request) -> None:
    reply_to = request.headers.get(f"{{{ns.ADDRESSING}}}ReplyTo")
    if reply_to is None:
        raise faults.missing_header("ReplyTo")
    fault_to = request.headers.get(f"{{{ns.ADDRESSING}}}FaultTo")
    for endpoint in (reply_to, fault_to):
        if endpoint is None:
            continue
        if text_of(endpoint.find(f"{{{ns.ADDRESSING}}}Address")).rstrip("/") != ns.ANONYMOUS:
            raise faults.Fault(
                "w:UnsupportedFeature",
                faults.ADDRESSING_MODE,
                "Answers go back over the same connection only.",
                detail="AddressingMode",
            )


def _locale(request: Request, stack: Stack) -> None:
    data_locale = request.headers.get(f"{{{ns.WSMV}}}DataLocale")
    if data_locale is not None and stack.credssp and truth(data_locale.get(_MUST_UNDERSTAND)):
        raise faults.Fault(
            "w:UnsupportedFeature",
            faults.LOCALE_MUST_UNDERSTAND,
            "The data locale can be a hint only.",
            detail="DataLocale",
        )
    locale = request.headers.get(f"{{{ns.WSMAN}}}Locale")
    if locale is not None and truth(locale.get(_MUST_UNDERSTAND)):
        raise faults.Fault(
            "w:UnsupportedFeature",
            faults.LOCALE_MUST_UNDERSTAND,
            "The locale can be a hint only (mustUnderstand is true).",
            detail="Locale",
        )


def _timeout(request: Request, stack: Stack) -> None:
    limit = stack.max_timeout_ms / 1000
    element = request.headers.get(f"{{{ns.WSMAN}}}OperationTimeout")
    if element is None:
        request.operation_timeout = limit
        return
    seconds = duration(text_of(element))
    if seconds is None:
        raise faults.Fault("w:InvalidTimeout", faults.TIMEOUT_HEADER, "The OperationTimeout is no duration.")
    request.operation_timeout = min(seconds, limit)


def _envelope_size(request: Request, stack: Stack) -> None:
    limit = stack.max_envelope_kb * 1024
    element = request.headers.get(f"{{{ns.WSMAN}}}MaxEnvelopeSize")
    if element is None:
        request.max_envelope_size = limit
        return
    text = text_of(element)
    if not text.isascii() or not text.isdigit():
        raise faults.invalid_header("The MaxEnvelopeSize is no number.")
    size = int(text)
    if size < _MIN_ENVELOPE:
        raise faults.Fault(
            "w:EncodingLimit",
            faults.MIN_ENVELOPE,
            f"A MaxEnvelopeSize of {size} is below {_MIN_ENVELOPE}.",
            detail="MinimumEnvelopeLimit",
        )
    request.max_envelope_size = min(size, limit)


def _fragment(request: Request) -> None:
    element = request.headers.get(f"{{{ns.WSMAN}}}FragmentTransfer")
    if element is not None and not truth(element.get(_MUST_UNDERSTAND)):
        raise faults.invalid_header("FragmentTransfer must be marked as mustUnderstand.")
