# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WMI plug-in: resource URIs to namespaces and classes, WQL to rows, WMI's errors to provider faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from winhost.wsman import faults
from winhost.wsman import names as ns
from winhost.wsman.faults import Fault
from winhost.wsman.stacks import Stack

PLUGIN_PATH = "%systemroot%\\system32\\WsmWmiPl.dll"
INVALID_CLASS = 0x80041010
INVALID_NAMESPACE = 0x8004100E
INVALID_QUERY = 0x80041017
UNPARSABLE_QUERY = 0x80041058
NOT_FOUND = 0x80041002
WBEM_ACCESS_DENIED = 0x80041003
INVALID_METHOD = 0x8004102E
METHOD_NOT_IMPLEMENTED = 0x80041055
METHOD_DISABLED = 0x80041056
INVALID_METHOD_PARAMETERS = 0x8004102F
INVALID_PARAMETER = 0x80041008
PROVIDER_FAILURE = 0x80041004
PRIVILEGE_NOT_HELD = 0x80041062

_TEXTS = {
    INVALID_CLASS: "The specified class does not exist in the given namespace.",
    INVALID_NAMESPACE: "The namespace does not exist (HRESULT 0x8004100e).",
    INVALID_QUERY: "The query is not valid WQL (HRESULT 0x80041017).",
    UNPARSABLE_QUERY: "The query cannot be parsed (HRESULT 0x80041058).",
    NOT_FOUND: "No instance has these keys.",
    WBEM_ACCESS_DENIED: "WMI refused access.",
    INVALID_METHOD: "The class has no such method.",
    METHOD_NOT_IMPLEMENTED: "The method is not implemented.",
    METHOD_DISABLED: "The method is disabled.",
    INVALID_METHOD_PARAMETERS: "The parameters do not match the method.",
    INVALID_PARAMETER: "A parameter is not valid.",
    PRIVILEGE_NOT_HELD: "A required privilege is not held.",
}


class WmiProvider(Protocol):
    """What wmi/provider.py offers."""

    def class_info(self, namespace: str, class_name: str) -> Any:
        ...

    def instances(self, namespace: str, class_name: str, token: Any) -> Any:
        ...

    async def query(self, namespace: str, text: str, token: Any) -> Any:
        ...

    async def invoke(  # noqa: PLR0917
        self,
        namespace: str,
        class_name: str,
        method: str,
        params: dict[str, object],
        token: Any,
        selectors: dict[str, str],
    ) -> dict[str, object]:
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """One WMI resource: ``root/cimv2`` and a class name or ``*``."""

    namespace: str
    class_name: str
    uri: str


def target(uri: str, selectors: Mapping[str, str]) -> Target | None:
    """What a resource URI names in WMI, or None when it is no WMI resource."""
    if uri.startswith(ns.WMI_ROOT):
        namespace, _unused, class_name = uri[len(ns.WMI_ROOT) :].rstrip("/").rpartition("/")
        if not namespace or not class_name or "?" in class_name:
            raise faults.Fault(
                "w:InvalidResourceURI", faults.INVALID_RESOURCE_URI, "The resource URI names no namespace and class."
            )
        chosen = selectors.get("__cimnamespace")
        if chosen is not None and chosen.replace("\\", "/").casefold() != namespace.casefold():
            raise faults.internal(
                faults.INVALID_SELECTORS, "The selector __cimnamespace and the resource URI name different namespaces."
            )
        return Target(namespace, class_name, uri)
    if uri.startswith(ns.DMTF_CLASSES) or uri == ns.DMTF_ALL:
        class_name = "*" if uri == ns.DMTF_ALL else uri[len(ns.DMTF_CLASSES) :]
        return Target(selectors.get("__cimnamespace", "root/hardware").replace("\\", "/"), class_name, uri)
    return None


class Winmgmt:
    """One machine's WMI behind the plug-in."""

    def __init__(self, provider: WmiProvider, stack: Stack) -> None:
        self.provider = provider
        self.stack = stack

    def fault(self, code: int, *, query: str | None = None, text: str | None = None, resource: bool = False) -> Fault:
        """WMI's error as this stack's plug-in words it."""
        inner = text or _TEXTS.get(code) or f"The WMI service or provider returned HRESULT 0x{code:08x}."
        extended: tuple[tuple[str, str | None], ...] = (
            (
                ("Description", None),
                ("Operation", "ExecQuery"),
                ("ParameterInfo", query),
                ("ProviderName", "WinMgmt"),
                ("StatusCode", None),
            )
            if query is not None
            else ()
        )
        common: dict[str, Any] = {
            "provider": self.stack.wmi_provider,
            "provider_path": PLUGIN_PATH,
            "provider_text": inner,
            "extended": extended,
        }
        if query is not None and code in (INVALID_CLASS, INVALID_QUERY, UNPARSABLE_QUERY):
            return Fault(
                "n:CannotProcessFilter",
                faults.CANNOT_PROCESS_FILTER,
                "The data source could not process the filter.",
                **common,
            )
        if code in (INVALID_CLASS, NOT_FOUND, INVALID_NAMESPACE) or resource:
            common["provider_text"] = inner
            return Fault(
                "a:DestinationUnreachable",
                faults.RESOURCE_NOT_FOUND,
                "The resource URI and the selectors find no resource.",
                detail="InvalidResourceURI",
                **common,
            )
        if code == WBEM_ACCESS_DENIED:
            return Fault("w:AccessDenied", faults.ACCESS_DENIED, "Access is denied.", **common)
        if code in (INVALID_METHOD, METHOD_NOT_IMPLEMENTED, METHOD_DISABLED):
            return Fault(
                "a:ActionNotSupported",
                faults.ACTION_NOT_SUPPORTED,
                "The action is not supported for this resource.",
                **common,
            )
        if code in (INVALID_METHOD_PARAMETERS, INVALID_PARAMETER):
            return Fault(
                "w:InvalidParameter", faults.INVALID_PARAMETER, "A parameter of the operation is not valid.", **common
            )
        return Fault("w:InternalError", code, inner, receiver=True, **common)

    def class_info(self, where: Target) -> Any:
        """The class, or the fault of a resource that is not there."""
        info = self._call(self.provider.class_info, where.namespace, where.class_name)
        if info is None:
            raise self.fault(INVALID_CLASS)
        return info

    async def query(self, wql: str, namespace: str, token: Any) -> tuple[Any, bool, Sequence[Mapping[str, object]]]:
        """(class, is it a projection, rows) of one WQL text."""
        try:
            result = await self.provider.query(namespace, wql, token)
        except Exception as error:
            raise self._translated(error, query=wql) from error
        return result.info, result.projection, result.rows

    def instances(self, where: Target, token: Any) -> Iterator[Mapping[str, object]]:
        return iter(list(self._call(self.provider.instances, where.namespace, where.class_name, token)))

    async def invoke(
        self, where: Target, method: str, params: dict[str, object], token: Any, selectors: dict[str, str]
    ) -> dict[str, object]:
        try:
            return await self.provider.invoke(where.namespace, where.class_name, method, params, token, selectors)
        except Exception as error:
            raise self._translated(error) from error

    def _call(self, function: Any, *arguments: Any, query: str | None = None) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            raise self._translated(error, query=query) from error

    def _translated(self, error: Exception, *, query: str | None = None) -> Exception:
        if isinstance(error, Fault):
            return error
        code = getattr(error, "code", None)
        if isinstance(code, int):
            return self.fault(code & 0xFFFFFFFF, query=query)
        return error
