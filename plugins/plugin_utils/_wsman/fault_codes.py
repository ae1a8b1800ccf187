# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes of WS-Management faults and the registry that chooses one: numeric code first, SOAP subcode else.

Codes: the Windows SDK's wsmerror.h (0x8033xxxx), wbemcli.h (0x8004xxxx), winerror.h. What a code means to a caller is
the class; callers never look at texts, which are localised.
"""

from __future__ import annotations

from . import errors


class WSManFault(errors.WSManError):
    """A SOAP fault. `detail` is the innermost provider text, the one worth reading.

    code: the code that chose the class, else the outermost; None where the host sends none (OMI, openwsman).
    codes: every code, innermost first. subcode: without its prefix ("CannotProcessFilter"), "" when absent.
    """

    def __init__(
        self,
        reason: str,
        *,
        code: int | None = None,
        codes: tuple[int, ...] = (),
        subcode: str = "",
        detail: str = "",
        detail_uri: str = "",
    ) -> None:
        shown = detail or reason or "no text"
        number = f" {code} (0x{code:08X})" if code is not None else ""
        super().__init__(f"the host answered with fault{f' {subcode}' if subcode else ''}{number}: {shown}")
        self.reason = reason
        self.code = code
        self.codes = codes
        self.subcode = subcode
        self.detail = detail
        self.detail_uri = detail_uri


class AccessDenied(WSManFault):
    """The account may not do this."""


class FilterRejected(WSManFault):
    """The query was not accepted."""


class ClassNotFound(FilterRejected):
    """The class is not there. Windows sends the same code for other queries it cannot process (2150858778)."""


class InvalidQuery(FilterRejected):
    """WMI says that the query itself is wrong: bad syntax, or a property that the class does not have."""


class InvalidNamespace(WSManFault):
    """The WMI namespace is not there."""


class ResourceNotFound(WSManFault):
    """No such resource: class, namespace or instance; Windows does not say which."""


class InstanceNotFound(ResourceNotFound):
    """WMI: no instance with these keys."""


class MethodNotFound(WSManFault):
    """The class has no such method, or the service does not support the action."""


class InvalidParameter(WSManFault):
    """A method parameter or an option is wrong."""


class InvalidSelectors(WSManFault):
    """The selectors do not name one resource."""


class ShellNotFound(InvalidSelectors):
    """The shell is gone: closed, idle for too long, or the service restarted."""


class ShellOrCommandUnknown(ShellNotFound):
    """No such shell, or no such command in a shell that lives (captures: Signal and Delete of it succeed afterwards).

    It proves neither that the shell is gone nor that the host did nothing.
    """


class OperationAborted(WSManFault):
    """The operation was broken off (995): at the closing Signal of a finished command its result stands."""


class OperationTimeout(WSManFault):
    """Nothing to say within OperationTimeout: ask again (MS-WSMV 3.1.4.14 for Receive)."""


class InvalidEnumerationContext(WSManFault):
    """The enumeration is gone: idle for too long, finished, or the service restarted."""


class QuotaExceeded(WSManFault):
    """A quota of the host: shells, operations, users, memory."""


class ShellQuotaExceeded(QuotaExceeded):
    """Too many shells of this user."""


class OperationQuotaExceeded(QuotaExceeded):
    """Too many operations of this user; on stacks below 3.0 only closing the shell gives them back."""


class EnvelopeLimit(WSManFault, errors.EnvelopeTooLarge):
    """The answer (or the request) does not fit the envelope size: ask for less at once."""


class Concurrency(WSManFault):
    """The resource is in use: on WinRM 1.1 a second command in one shell."""


class CommandFailed(WSManFault):
    """The command could not be started or was ended by the service."""


class ShellsNotAllowed(WSManFault):
    """Remote shells are switched off on the host."""


class UnsupportedFeature(WSManFault):
    """The service does not know an option, a header or a feature of the request."""


class SchemaError(WSManFault):
    """The service could not make sense of the request's XML."""


class ProviderFailure(WSManFault):
    """The provider behind the service failed."""


BY_CODE: dict[int, type[WSManFault]] = {
    5: AccessDenied,
    0x80070005: AccessDenied,
    0x80041003: AccessDenied,  # WBEM_E_ACCESS_DENIED
    2150859012: AccessDenied,  # WMI_SVC_ACCESS_DENIED
    2150859013: AccessDenied,  # WMI_PROVIDER_ACCESS_DENIED
    2150859014: AccessDenied,  # WMI_CANNOT_CONNECT_ACCESS_DENIED
    2150858778: ClassNotFound,  # ENUMERATE_CANNOT_PROCESS_FILTER
    2150859042: FilterRejected,  # CANNOT_PROCESS_FILTER
    2150858776: FilterRejected,  # ENUMERATE_FILTERING_NOT_SUPPORTED
    2150858777: FilterRejected,  # ENUMERATE_FILTER_DIALECT_REQUESTED_UNAVAILABLE
    0x80041010: ClassNotFound,  # WBEM_E_INVALID_CLASS
    0x80041017: InvalidQuery,  # WBEM_E_INVALID_QUERY
    0x80041058: InvalidQuery,  # WBEM_E_UNPARSABLE_QUERY
    0x8004100E: InvalidNamespace,  # WBEM_E_INVALID_NAMESPACE
    2150858752: ResourceNotFound,  # RESOURCE_NOT_FOUND
    2150858770: ResourceNotFound,  # DESTINATION_UNREACHABLE
    2150858811: ResourceNotFound,  # INVALID_RESOURCE_URI
    0x80041002: InstanceNotFound,  # WBEM_E_NOT_FOUND
    2150858753: MethodNotFound,  # INVALID_ACTIONURI
    2150858771: MethodNotFound,  # ACTION_NOT_SUPPORTED
    0x8004102E: MethodNotFound,  # WBEM_E_INVALID_METHOD
    0x80041055: MethodNotFound,  # WBEM_E_METHOD_NOT_IMPLEMENTED
    0x80041056: MethodNotFound,  # WBEM_E_METHOD_DISABLED
    0x8004102F: InvalidParameter,  # WBEM_E_INVALID_METHOD_PARAMETERS
    0x80041008: InvalidParameter,  # WBEM_E_INVALID_PARAMETER
    2150858810: InvalidParameter,  # INVALID_PARAMETER
    2150858837: InvalidParameter,  # INVALID_PARAMETER_NAME
    2150858836: InvalidParameter,  # PARAMETER_TYPE_MISMATCH
    2150858834: InvalidParameter,  # OPTIONS_INVALID_NAME
    2150858835: InvalidParameter,  # OPTIONS_INVALID_VALUE
    2150859011: InvalidParameter,  # WMI_INVALID_VALUE
    2150859038: InvalidParameter,  # WMI_PROVIDER_INVALID_PARAMETER
    2150858813: InvalidSelectors,
    2150858842: InvalidSelectors,  # INSUFFCIENT_SELECTORS
    2150858844: InvalidSelectors,  # SELECTOR_TYPEMISMATCH
    2150858845: InvalidSelectors,  # INVALID_SELECTOR_VALUE
    2150858846: InvalidSelectors,  # AMBIGUOUS_SELECTORS
    2150858847: InvalidSelectors,  # DUPLICATE_SELECTORS
    2150859032: InvalidSelectors,  # INVALID_SELECTOR_NAME
    2150858843: ShellOrCommandUnknown,  # UNEXPECTED_SELECTORS
    995: OperationAborted,  # ERROR_OPERATION_ABORTED
    0x800703E3: OperationAborted,
    2147943418: ShellNotFound,  # ERROR_KEY_DELETED
    2150859082: ShellNotFound,  # SHELL_ALREADY_CLOSED
    2150859084: ShellNotFound,  # SHELL_INVALID_SHELL_HANDLE
    2150858793: OperationTimeout,  # OPERATION_TIMEDOUT
    2150858779: InvalidEnumerationContext,
    2150858780: InvalidEnumerationContext,  # ENUMERATE_TIMED_OUT: idle between two Pulls
    2150858759: InvalidEnumerationContext,  # ENUMERATION_CLOSED
    2150858815: QuotaExceeded,  # QUOTA_LIMIT
    2150859173: ShellQuotaExceeded,  # QUOTA_MAX_SHELLS
    2150859236: ShellQuotaExceeded,
    2150859238: ShellQuotaExceeded,
    2150859174: OperationQuotaExceeded,  # QUOTA_MAX_OPERATIONS
    2150859240: OperationQuotaExceeded,
    2150859241: OperationQuotaExceeded,
    2150859175: QuotaExceeded,  # QUOTA_USER
    2150859176: QuotaExceeded,  # QUOTA_SYSTEM
    2150859179: QuotaExceeded,  # QUOTA_MAX_USERS
    2150859237: QuotaExceeded,
    2150859239: QuotaExceeded,
    2150859242: QuotaExceeded,
    0x8004106C: QuotaExceeded,  # WBEM_E_QUOTA_VIOLATION
    2150858790: EnvelopeLimit,  # ENVELOPE_TOO_LARGE
    2150858805: EnvelopeLimit,  # ENCODING_LIMIT
    2150858823: EnvelopeLimit,  # MAX_ENVELOPE_SIZE
    2150858824: EnvelopeLimit,  # MAX_ENVELOPE_SIZE_EXCEEDED
    2150858825: EnvelopeLimit,  # SERVER_ENVELOPE_LIMIT
    2150859025: EnvelopeLimit,  # HTTP_REQUEST_TOO_LARGE_STATUS
    2150858802: Concurrency,  # CONCURRENCY
    170: Concurrency,  # ERROR_BUSY
    0x800700AA: Concurrency,
    2150859212: CommandFailed,  # COMMAND_TERMINATED
    0x800700CE: CommandFailed,  # ERROR_FILENAME_EXCED_RANGE: the command line is too long
    2150859180: ShellsNotAllowed,  # REMOTESHELLS_NOT_ALLOWED
    2150858818: UnsupportedFeature,
    2150858768: UnsupportedFeature,  # SOAP_FAULT_MUST_UNDERSTAND
    2150858887: UnsupportedFeature,  # MUSTUNDERSTAND_ON_LOCALE_UNSUPPORTED
    2150858833: UnsupportedFeature,  # OPTIONS_NOT_SUPPORTED
    2150858817: SchemaError,  # SCHEMA_VALIDATION_ERROR
    2150858791: SchemaError,  # INVALID_SOAP_BODY
    2150858819: SchemaError,  # INVALID_XML
    2150858755: ProviderFailure,  # PROVIDER_FAILURE
    2150858883: ProviderFailure,  # PLUGIN_FAILED
    2150858906: ProviderFailure,  # PROVIDER_LOAD_FAILED
    2150859010: ProviderFailure,  # WMI_PROVIDER_NOT_CAPABLE
    0x80041001: ProviderFailure,  # WBEM_E_FAILED
    0x80041013: ProviderFailure,  # WBEM_E_PROVIDER_LOAD_FAILURE
    0x80041024: ProviderFailure,  # WBEM_E_PROVIDER_NOT_CAPABLE
}

# SOAP subcodes of DSP0226 14.6, WS-Enumeration and WS-Addressing: for hosts that send no code.
BY_SUBCODE: dict[str, type[WSManFault]] = {
    "AccessDenied": AccessDenied,
    "CannotProcessFilter": FilterRejected,
    "FilteringNotSupported": FilterRejected,
    "FilterDialectRequestedUnavailable": FilterRejected,
    "DestinationUnreachable": ResourceNotFound,
    "ActionNotSupported": MethodNotFound,
    "InvalidParameter": InvalidParameter,
    "InvalidOptions": InvalidParameter,
    "InvalidSelectors": InvalidSelectors,
    "TimedOut": OperationTimeout,
    "InvalidEnumerationContext": InvalidEnumerationContext,
    "QuotaLimit": QuotaExceeded,
    "EncodingLimit": EnvelopeLimit,
    "Concurrency": Concurrency,
    "UnsupportedFeature": UnsupportedFeature,
    "SchemaValidationError": SchemaError,
    "MustUnderstand": UnsupportedFeature,
}


VAGUE = frozenset({2150858778, 2150859042, 2150858752, 2150858770, 2150858755, 2150858883, 2150859010, 0x80041001})
"""Codes with which the service passes on another's error: which one it was may stand as a number in the text only."""


def _is_wmi(code: int) -> bool:
    return 0x80041000 <= code <= 0x800410FF or code == 0x80070005


def classify(
    codes: tuple[int, ...], subcode: str, told: frozenset[int] = frozenset()
) -> tuple[type[WSManFault], int | None]:
    """The class and the code that chose it. `codes` come innermost first: the provider knows best.

    told: numbers found in texts. The one of WMI among them counts where every code is vague or unknown, or there is
    none; several that differ contradict each other, and none counts.
    """
    plain = next((code for code in codes if code in BY_CODE), None)
    hints = [code for code in told if _is_wmi(code) and code in BY_CODE]
    if len(hints) == 1 and not any(code in BY_CODE and code not in VAGUE for code in codes):
        return BY_CODE[hints[0]], hints[0]
    if plain is not None:
        return BY_CODE[plain], plain
    return BY_SUBCODE.get(subcode, WSManFault), codes[-1] if codes else None
