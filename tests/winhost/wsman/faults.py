# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SOAP faults: what a WinRM service says when it refuses (codes: wsmerror.h; shapes: MS-WSMV 4.10 and captures)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)
class Fault(Exception):
    """One refusal. ``subcode`` carries its prefix (w, a, n, x); ``provider`` wraps the text as a plug-in's fault."""

    subcode: str
    code: int
    text: str
    receiver: bool = False
    detail: str | None = None
    provider: str | None = None
    provider_path: str | None = None
    provider_code: int | None = None
    provider_text: str | None = None
    extended: tuple[tuple[str, str | None], ...] = field(default=())
    wmi_error: bool = False
    not_understood: str | None = None
    http_status: int = 500
    encrypted_ok: bool = True

    def __str__(self) -> str:
        return f"{self.subcode} {self.code}: {self.text}"


RESOURCE_NOT_FOUND = 0x80338000
PULL_IN_PROGRESS = 0x80338006
INVALID_HEADER = 0x8033800F
MUST_UNDERSTAND = 0x80338010
HEADER_REQUIRED = 0x80338011
DESTINATION_UNREACHABLE = 0x80338012
ACTION_NOT_SUPPORTED = 0x80338013
FILTERING_NOT_SUPPORTED = 0x80338018
DIALECT_UNAVAILABLE = 0x80338019
CANNOT_PROCESS_FILTER = 0x8033801A
INVALID_CONTEXT = 0x8033801B
INVALID_BODY = 0x80338027
OPERATION_TIMED_OUT = 0x80338029
UNSUPPORTED_ENCODING = 0x8033802C
CONCURRENCY = 0x80338032
ENCODING_LIMIT = 0x80338035
INVALID_OPTIONS = 0x80338039
INVALID_PARAMETER = 0x8033803A
INVALID_RESOURCE_URI = 0x8033803B
INVALID_SELECTORS = 0x8033803D
SCHEMA_VALIDATION = 0x80338041
UNSUPPORTED_FEATURE = 0x80338042
INVALID_XML = 0x80338043
ENVELOPE_EXCEEDED = 0x80338048
INSUFFICIENT_SELECTORS = 0x8033805A
UNEXPECTED_SELECTORS = 0x8033805B
SELECTOR_VALUE = 0x8033805D
AMBIGUOUS_SELECTORS = 0x8033805E
DUPLICATE_SELECTORS = 0x8033805F
ADDRESSING_MODE = 0x80338076
FRAGMENT_TRANSFER = 0x80338077
MIN_ENVELOPE = 0x8033807E
TIMEOUT_HEADER = 0x80338081
ENUMERATION_MODE = 0x80338086
LOCALE_MUST_UNDERSTAND = 0x80338087
SHELLS_QUOTA = 0x803381A5
OPERATIONS_QUOTA = 0x803381A6
REQUEST_NOT_SUPPORTED = 50
ACCESS_DENIED = 5
INVALID_PARAMETER_WIN32 = 87
OPERATION_ABORTED = 995
OUT_OF_MEMORY_QUOTA = 1816


def invalid_header(text: str) -> Fault:
    return Fault("a:InvalidMessageInformationHeader", INVALID_HEADER, text)


def missing_header(name: str) -> Fault:
    return Fault(
        "a:MessageInformationHeaderRequired", HEADER_REQUIRED, f"The SOAP header {name} is expected and missing."
    )


def not_found(
    text: str = "No resource answers to this resource URI and these selectors.", detail: str = "InvalidResourceURI"
) -> Fault:
    return Fault("a:DestinationUnreachable", RESOURCE_NOT_FOUND, text, detail=detail)


def action_not_supported(action: str) -> Fault:
    return Fault(
        "a:ActionNotSupported", ACTION_NOT_SUPPORTED, f"The action {action[:300]} is not supported for this resource."
    )


def invalid_xml(text: str) -> Fault:
    return Fault("w:SchemaValidationError", INVALID_XML, text)


def schema(text: str) -> Fault:
    return Fault("w:SchemaValidationError", SCHEMA_VALIDATION, text)


def internal(code: int, text: str) -> Fault:
    return Fault("w:InternalError", code, text, receiver=True)


def access_denied() -> Fault:
    return Fault("w:AccessDenied", ACCESS_DENIED, "Access is denied.")


def selectors(code: int, text: str) -> Fault:
    detail = {
        AMBIGUOUS_SELECTORS: "AmbiguousSelectors",
        DUPLICATE_SELECTORS: "DuplicateSelectors",
        INSUFFICIENT_SELECTORS: "InsufficientSelectors",
        SELECTOR_VALUE: "InvalidValue",
    }.get(code, "UnexpectedSelectors")
    return Fault("w:InvalidSelectors", code, text, detail=detail)


def stale_context() -> Fault:
    return Fault(
        "n:InvalidEnumerationContext",
        INVALID_CONTEXT,
        "The enumeration context is finished, released, timed out or was never given.",
        receiver=True,
    )


def timed_out() -> Fault:
    return Fault(
        "w:TimedOut", OPERATION_TIMED_OUT, "The operation did not complete within its OperationTimeout.", receiver=True
    )


def response_too_large(size: int, limit: int) -> Fault:
    return Fault(
        "w:EncodingLimit",
        ENVELOPE_EXCEEDED,
        f"The response needs {size} octets; the request's MaxEnvelopeSize allows {limit}.",
        detail="MaxEnvelopeSizeExceeded",
    )
