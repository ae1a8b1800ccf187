# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the numbers of faults mean, for people (wsmerror.h, wbemcli.h, winerror.h of the Windows SDK)."""

from __future__ import annotations

_MEANINGS = {
    5: "access denied",
    995: "the operation was broken off",
    1722: "the RPC server is not available",
    0x80070005: "access denied",
    0x80041001: "WBEM_E_FAILED: the provider failed",
    0x80041002: "WBEM_E_NOT_FOUND: no such object",
    0x80041003: "WBEM_E_ACCESS_DENIED: this user may not read it",
    0x80041004: "WBEM_E_PROVIDER_FAILURE: the provider failed after it was started",
    0x80041006: "WBEM_E_OUT_OF_MEMORY: WMI is out of memory",
    0x80041008: "WBEM_E_INVALID_PARAMETER: a parameter is wrong",
    0x8004100E: "WBEM_E_INVALID_NAMESPACE: there is no such namespace",
    0x80041010: "WBEM_E_INVALID_CLASS: there is no such class",
    0x80041013: "WBEM_E_PROVIDER_LOAD_FAILURE: the provider of this class cannot be loaded",
    0x80041017: "WBEM_E_INVALID_QUERY: the query is wrong, in its syntax or in a property that the class has not",
    0x80041024: "WBEM_E_PROVIDER_NOT_CAPABLE: the provider cannot do that",
    0x8004102E: "WBEM_E_INVALID_METHOD: there is no such method",
    0x8004102F: "WBEM_E_INVALID_METHOD_PARAMETERS: the parameters do not fit the method",
    0x80041032: "WBEM_E_CALL_CANCELLED: the call was cancelled",
    0x80041033: "WBEM_E_SHUTTING_DOWN: WMI is shutting down",
    0x80041055: "WBEM_E_METHOD_NOT_IMPLEMENTED: the method is not implemented",
    0x80041058: "WBEM_E_UNPARSABLE_QUERY: the query cannot be parsed",
    0x8004106C: "WBEM_E_QUOTA_VIOLATION: WMI's quota is used up",
    0x800706BA: "the RPC server is not available",
    2150858752: "WSMAN: there is no such resource: class, namespace or object",
    2150858770: "WSMAN: the class or the namespace cannot be reached",
    2150858778: "WSMAN: the query cannot be processed; there may be no such class",
    2150858793: "WSMAN: the operation timed out on the host",
    2150858802: "WSMAN: the resource is in use",
    2150858811: "WSMAN: the resource URI is not valid",
    2150858815: "WSMAN: a quota of the service is used up",
    2150858824: "WSMAN: the answer is larger than the envelope may be",
    2150859012: "WSMAN: the WMI service refuses this user",
    2150859013: "WSMAN: the WMI provider refuses this user",
    2150859042: "WSMAN: the filter cannot be processed",
    2150859174: "WSMAN: this user has too many operations",
}


def meaning_of(code: int | None) -> str | None:
    """The meaning of a code, one clause; None for one that is not known here."""
    return None if code is None else _MEANINGS.get(code & 0xFFFFFFFF)
