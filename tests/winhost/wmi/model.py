# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WMI classes look like, and WMI's errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FAILED = 0x80041001
NOT_FOUND = 0x80041002
ACCESS_DENIED = 0x80041003
INVALID_PARAMETER = 0x80041008
INVALID_NAMESPACE = 0x8004100E
INVALID_CLASS = 0x80041010
INVALID_QUERY = 0x80041017
NOT_SUPPORTED = 0x8004100C
PROVIDER_NOT_CAPABLE = 0x80041024
INVALID_METHOD = 0x8004102E
INVALID_METHOD_PARAMETERS = 0x8004102F
METHOD_NOT_IMPLEMENTED = 0x80041055
UNPARSABLE_QUERY = 0x80041058
PRIVILEGE_NOT_HELD = 0x80041062

_NAMES = {
    FAILED: "WBEM_E_FAILED",
    NOT_FOUND: "WBEM_E_NOT_FOUND",
    ACCESS_DENIED: "WBEM_E_ACCESS_DENIED",
    INVALID_PARAMETER: "WBEM_E_INVALID_PARAMETER",
    INVALID_NAMESPACE: "WBEM_E_INVALID_NAMESPACE",
    INVALID_CLASS: "WBEM_E_INVALID_CLASS",
    INVALID_QUERY: "WBEM_E_INVALID_QUERY",
    NOT_SUPPORTED: "WBEM_E_NOT_SUPPORTED",
    PROVIDER_NOT_CAPABLE: "WBEM_E_PROVIDER_NOT_CAPABLE",
    INVALID_METHOD: "WBEM_E_INVALID_METHOD",
    INVALID_METHOD_PARAMETERS: "WBEM_E_INVALID_METHOD_PARAMETERS",
    METHOD_NOT_IMPLEMENTED: "WBEM_E_METHOD_NOT_IMPLEMENTED",
    UNPARSABLE_QUERY: "WBEM_E_UNPARSABLE_QUERY",
    PRIVILEGE_NOT_HELD: "WBEM_E_PRIVILEGE_NOT_HELD",
}


class WmiError(Exception):
    """WMI refuses; ``code`` is the HRESULT (unsigned)."""

    def __init__(self, code: int, what: str = "") -> None:
        super().__init__(f"0x{code:08X} {_NAMES.get(code, '')}: {what}")
        self.code = code
        self.what = what


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its name, its CIM type (``uint32``, ``string``, ``datetime`` …), whether it is an array."""

    name: str
    cim_type: str
    is_array: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """A method and its parameters that go in."""

    name: str
    parameters: tuple[Property, ...]


@dataclass(frozen=True)
class ClassInfo:
    """A class as this machine has it. Properties are in alphabetical order."""

    name: str
    namespace: str
    properties: tuple[Property, ...]
    keys: tuple[str, ...] = ()
    methods: Mapping[str, Method] = field(default_factory=dict)  # by casefolded name
    ancestry: tuple[str, ...] = ()  # the class itself first, then its parents
    abstract: bool = False

    def property(self, name: str) -> Property | None:
        folded = name.casefold()
        return next((item for item in self.properties if item.name.casefold() == folded), None)


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows of one query. ``projection``: a property list was asked for, not ``*``."""

    info: ClassInfo
    projection: bool
    rows: list[dict[str, object]]
