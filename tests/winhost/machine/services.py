# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and drivers, with the control codes of the service manager."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from winhost.machine import errors


@dataclass(slots=True)
class Service:
    """A service or a driver.

    Words as WMI shows them: state ``Running``, ``Stopped``, ``Stop Pending`` …; start mode ``Boot``, ``System``,
    ``Auto``, ``Manual``, ``Disabled``.
    """

    name: str
    display_name: str
    kind: str = "Share Process"  # Own Process | Share Process | Kernel Driver | File System Driver
    state: str = "Stopped"
    start_mode: str = "Manual"
    path_name: str = ""
    account: str = "LocalSystem"
    error_control: str = "Normal"
    process_id: int = 0
    accept_stop: bool = True
    description: str = ""
    exit_code: int = 0
    hangs_at_stop: bool = False
    depends_on: tuple[str, ...] = ()

    @property
    def driver(self) -> bool:
        return self.kind.endswith("Driver")

    @property
    def started(self) -> bool:
        return self.state != "Stopped"


class Services:
    """All services of one machine; shared defaults are copied when one changes."""

    def __init__(self, defaults: Iterable[Service] = ()) -> None:
        self._shared = {service.name.casefold(): service for service in defaults}
        self._own: dict[str, Service] = {}

    def __iter__(self) -> Iterator[Service]:
        for name in self._shared.keys() | self._own.keys():
            service = self.get(name)
            if service is not None:
                yield service

    def all(self) -> list[Service]:
        """Every service and driver, sorted by name."""
        return sorted(self, key=lambda service: service.name.casefold())

    def get(self, name: str) -> Service | None:
        folded = name.casefold()
        return self._own.get(folded) or self._shared.get(folded)

    def change(self, name: str) -> Service:
        """A service of this machine alone, free to be changed. KeyError when there is none."""
        folded = name.casefold()
        if folded not in self._own:
            self._own[folded] = replace(self._shared[folded])
        return self._own[folded]

    def add(self, service: Service) -> None:
        self._own[service.name.casefold()] = service

    def running(self, name: str) -> bool:
        service = self.get(name)
        return service is not None and service.state == "Running"

    def start(self, name: str) -> int:
        """Win32 code: 0, 1056 running already, 1058 disabled, 1060 unknown, 1061 busy."""
        service = self.get(name)
        if service is None:
            return errors.SERVICE_DOES_NOT_EXIST
        if service.state == "Running":
            return errors.SERVICE_ALREADY_RUNNING
        if service.start_mode == "Disabled":
            return errors.SERVICE_DISABLED
        if service.state.endswith("Pending"):
            return errors.SERVICE_CANNOT_ACCEPT_CTRL
        self.change(name).state = "Running"
        return errors.SUCCESS

    def stop(self, name: str) -> int:
        """Win32 code: 0, 1053 (it hangs and stays ``Stop Pending``), 1060, 1061 (pending already), 1062 not started."""
        service = self.get(name)
        if service is None:
            return errors.SERVICE_DOES_NOT_EXIST
        if service.state == "Stopped":
            return errors.SERVICE_NOT_ACTIVE
        if service.state.endswith("Pending") or not service.accept_stop:
            return errors.SERVICE_CANNOT_ACCEPT_CTRL
        own = self.change(name)
        if own.hangs_at_stop:
            own.state = "Stop Pending"
            return errors.SERVICE_REQUEST_TIMEOUT
        own.state = "Stopped"
        own.process_id = 0
        return errors.SUCCESS

    def after_boot(self) -> None:
        """Pending states do not outlive a boot; what starts by itself is running again."""
        for service in list(self):
            wanted = "Running" if service.start_mode in ("Boot", "System", "Auto") else "Stopped"
            if service.name.casefold() in self._own or service.state.endswith("Pending"):
                original = self._shared.get(service.name.casefold())
                if service.start_mode == "Manual" and original is not None and original.state == "Running":
                    wanted = "Running"
                if service.state != wanted:
                    self.change(service.name).state = wanted
