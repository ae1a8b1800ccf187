# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WMI service of one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from winhost import wql
from winhost.wmi import file_classes, instances, methods, schema, sharing, stdregprov, system
from winhost.wmi.model import (
    ACCESS_DENIED,
    INVALID_CLASS,
    INVALID_METHOD,
    INVALID_NAMESPACE,
    INVALID_QUERY,
    PROVIDER_NOT_CAPABLE,
    UNPARSABLE_QUERY,
    ClassInfo,
    QueryResult,
    WmiError,
)

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

Row = dict[str, object]
_PLAIN: Mapping[str, Callable[[Machine, Token], Iterator[Row]]] = {
    "win32_operatingsystem": system.operating_system,
    "win32_computersystem": system.computer_system,
    "win32_processor": system.processor,
    "win32_bios": system.bios,
    "win32_battery": system.battery,
    "win32_timezone": system.time_zone,
    "win32_logicaldisk": system.logical_disk,
    "win32_environment": system.environment,
    "win32_share": sharing.share,
    "win32_useraccount": sharing.user_account,
    "win32_systemdriver": instances.system_driver,
    "win32_service": instances.service,
    "win32_quickfixengineering": instances.quick_fix,
    "win32_ntlogevent": instances.nt_log_event,
    "win32_process": instances.process,
}
_BY_CONDITION: Mapping[str, Callable[[Machine, Token, wql.Condition | None], Iterator[Row]]] = {
    "cim_datafile": file_classes.data_file,
    "win32_directory": file_classes.directory,
    "cim_directory": file_classes.directory,
    "win32_logicalfilesecuritysetting": instances.file_security,
    "win32_sid": instances.sid,
}
_SUBCLASSES = {
    "cim_logicalfile": ("cim_datafile", "win32_directory"),
    "win32_baseservice": ("win32_service", "win32_systemdriver"),
}
# What somebody without an administrator's rights does not get: whole classes, or single properties of their rows.
_ADMIN_CLASSES = frozenset(
    {"win32_systemdriver", "win32_ntlogevent", "win32_logicalfilesecuritysetting", "win32_share"}
)
_ADMIN_PROPERTIES = {
    "win32_operatingsystem": frozenset(
        {"LastBootUpTime", "PAEEnabled", "OperatingSystemSKU", "SuiteMask", "InstallDate", "EncryptionLevel"}
    ),
    "cim_datafile": frozenset({"Version", "FileSize", "Manufacturer", "AccessMask", "LastModified"}),
    "win32_process": frozenset({"CommandLine", "ExecutablePath", "HandleCount"}),
    "win32_quickfixengineering": frozenset({"InstalledBy", "InstalledOn"}),
    "win32_processor": frozenset({"Architecture", "ProcessorId"}),
}
# Seconds that a query takes on real hardware when it cannot use the key.
_SLOW_WALK = 180.0
_SLOW_EVENTS = 20.0


class WmiProvider:
    """Classes, instances and methods of one machine, for one caller's token at a time."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def class_info(self, namespace: str, class_name: str) -> ClassInfo | None:
        """The class as this machine has it; None when it has none. WmiError for a namespace that does not exist."""
        normal = schema.normal_namespace(namespace)
        if normal not in schema.NAMESPACES:
            raise WmiError(INVALID_NAMESPACE, namespace)
        return schema.class_info(self._machine.profile, self._machine.doubt, normal, class_name)

    def instances(
        self, namespace: str, class_name: str, token: Token, where: wql.Condition | None = None
    ) -> Iterable[Row]:
        """All instances (those of a file class that ``where`` names, at best).

        Every property of the class is a key: None is NULL, a property withheld is absent.
        """
        info = self._class(namespace, class_name)
        folded = info.name.casefold()
        if folded in self._machine.profile.denied_classes or (not token.administrator and folded in _ADMIN_CLASSES):
            raise WmiError(ACCESS_DENIED, info.name)
        return self._rows(info, folded, token, where)

    async def query(self, namespace: str, text: str, token: Token) -> QueryResult:
        """Run WQL; takes the (simulated) time that such a query takes.

        WmiError for everything that is wrong with it.
        """
        try:
            select = wql.parse(text)
        except wql.WqlError as error:
            raise WmiError(UNPARSABLE_QUERY if error.kind == "unparsable" else INVALID_QUERY, str(error)) from None
        info = self._class(namespace, select.from_)
        delay = self.delay(info, select.where)
        if delay:
            await self._machine.clock.sleep(delay)
        try:
            rows = wql.evaluate(select, self.instances(namespace, select.from_, token, select.where), info)
        except wql.WqlError as error:
            raise WmiError(INVALID_QUERY, str(error)) from None
        return QueryResult(info, select.fields is not None, rows)

    def delay(self, info: ClassInfo, where: wql.Condition | None) -> float:
        """Simulated seconds.

        A file query without exact names walks the disk, an event query without a time bound reads all.
        """
        folded = info.name.casefold()
        seconds = self._machine.profile.wmi_delays.get(info.name, 0.0)
        walks = folded in ("cim_datafile", "win32_directory", "cim_directory", "cim_logicalfile")
        if walks and file_classes.exact_names(where) is None and file_classes.folder_of(where) is None:
            seconds += _SLOW_WALK
        if folded == "win32_ntlogevent" and not _mentions(where, "timegenerated"):
            seconds += _SLOW_EVENTS
        return seconds

    async def invoke(  # noqa: PLR0917
        self,
        namespace: str,
        class_name: str,
        method: str,
        params: Mapping[str, object],
        token: Token,
        selectors: Mapping[str, str] | None = None,
    ) -> Row:
        """Call a method; the result has ReturnValue and the parameters that go out.

        WmiError: class or method missing, access denied …
        """
        info = self._class(namespace, class_name)
        if method.casefold() not in info.methods:
            raise WmiError(INVALID_METHOD, f"{info.name}.{method}")
        if info.name.casefold() in self._machine.profile.denied_classes:
            raise WmiError(ACCESS_DENIED, info.name)
        if info.name == "StdRegProv":
            return stdregprov.invoke(self._machine, method, params, token)
        return await methods.invoke(self._machine, info.name, method, params, token, selectors or {})

    def _class(self, namespace: str, class_name: str) -> ClassInfo:
        info = self.class_info(namespace, class_name)
        if info is None:
            raise WmiError(INVALID_CLASS, class_name)
        return info

    def _rows(self, info: ClassInfo, folded: str, token: Token, where: wql.Condition | None) -> Iterator[Row]:
        if folded in _SUBCLASSES:
            for sub in _SUBCLASSES[folded]:
                part = self.class_info(info.namespace, sub)
                if part is not None:
                    yield from self._rows(part, sub, token, where)
            return
        if folded in _PLAIN:
            found = _PLAIN[folded](self._machine, token)
        elif folded in _BY_CONDITION:
            found = _BY_CONDITION[folded](self._machine, token, where)
        elif info.abstract or info.methods or not info.keys:
            return
        else:
            raise WmiError(PROVIDER_NOT_CAPABLE, info.name)
        withheld = frozenset[str]() if token.administrator else _ADMIN_PROPERTIES.get(folded, frozenset())
        nulls = self._machine.profile.null_properties.get(folded, frozenset())
        names = [item.name for item in info.properties if item.name not in withheld]
        empty = {name for name in names if name.casefold() in nulls}
        for row in found:
            yield {name: None if name in empty else row.get(name) for name in names}


def _mentions(where: wql.Condition | None, name: str) -> bool:
    if isinstance(where, wql.Comparison | wql.Null):
        return where.name.casefold() == name
    if isinstance(where, wql.Not):
        return _mentions(where.inner, name)
    return where is not None and any(_mentions(part, name) for part in where.parts)
