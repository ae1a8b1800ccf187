# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power: shutdowns with their delay, boots with their duration, and the power source of a laptop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from winhost.machine import errors
from winhost.machine.clock import Clock


@dataclass(slots=True)
class PowerSettings:
    """Durations in simulated seconds. ``never_returns``: the next shutdown is the last one."""

    shutdown_seconds: float = 10.0
    boot_seconds: float = 60.0
    services_seconds: float = 5.0  # from the kernel's start until WinRM listens
    servicing_seconds: float = 30.0  # added to each boot that completes an installation
    listens_between_boots: bool = False  # WinRM answers for a moment between the two boots of a servicing
    never_returns: bool = False


@dataclass(slots=True)
class Shutdown:
    """A shutdown that was asked for."""

    reboot: bool
    delay: float
    reason: str
    comment: str
    requested_by: str
    at: float  # Clock.monotonic() of the request
    begun: bool = False


@dataclass
class Power:
    """The machine's power state."""

    clock: Clock
    settings: PowerSettings
    state: str = "running"  # running | shutting_down | off | booting
    generation: int = 1  # boots so far
    pending: Shutdown | None = None
    listening: bool = True
    log: list[Shutdown] = field(default_factory=list)
    on_shutdown: list[Callable[[], None]] = field(
        default_factory=list
    )  # called when the shutdown begins: shells and connections die
    on_boot: list[Callable[[], None]] = field(default_factory=list)  # called when the kernel starts
    on_listening: list[Callable[[], None]] = field(default_factory=list)
    # How many boots the work at hand takes (servicing may boot twice); asked once per shutdown.
    boots_needed: Callable[[], int] = lambda: 1
    servicing_due: Callable[[], bool] = lambda: False
    _task: asyncio.Task[None] | None = None

    def request_shutdown(
        self, delay: float = 30.0, *, reboot: bool = True, reason: str = "", comment: str = "", requested_by: str = ""
    ) -> int:
        """As InitiateSystemShutdownEx: 0, 1190 when one is scheduled already, 1115 when it has begun.

        Needs a running event loop.
        """
        if self.pending is not None:
            return errors.SHUTDOWN_IN_PROGRESS if self.pending.begun else errors.SHUTDOWN_IS_SCHEDULED
        if self.state != "running":
            return errors.SHUTDOWN_IN_PROGRESS
        self.pending = Shutdown(reboot, delay, reason, comment, requested_by, self.clock.monotonic())
        self.log.append(self.pending)
        self._task = asyncio.get_running_loop().create_task(self._carry_out(self.pending))
        return errors.SUCCESS

    def abort(self) -> int:
        """As AbortSystemShutdown: 0, 1116 when none is scheduled, 1115 when it is too late."""
        if self.pending is None:
            return errors.NO_SHUTDOWN_IN_PROGRESS
        if self.pending.begun:
            return errors.SHUTDOWN_IN_PROGRESS
        if self._task is not None:
            self._task.cancel()
        self.pending = None
        return errors.SUCCESS

    async def reboot(self, reason: str = "", delay: float = 0.0) -> int:
        """Ask for a restart and wait until WinRM listens again. Not for a caller that dies with the machine."""
        code = self.request_shutdown(delay, reason=reason)
        if code == errors.SUCCESS and self._task is not None:
            await asyncio.shield(self._task)
        return code

    async def wait_until_done(self) -> None:
        """Until the shutdown under way (if any) has been carried out."""
        if self._task is not None:
            await asyncio.shield(self._task)

    def crash(self) -> None:
        """The power fails now, and comes back: as a reboot without a shutdown phase. Needs a running event loop."""
        if self._task is not None:
            self._task.cancel()
        self.pending = Shutdown(True, 0.0, "power failure", "", "", self.clock.monotonic(), begun=True)
        self.log.append(self.pending)
        self._go_down()
        self._task = asyncio.get_running_loop().create_task(self._come_back(self.pending))

    def boot_now(self) -> None:
        """Shut down and boot in no time, without an event loop (for setting up a machine, and for unit tests)."""
        self._go_down()
        for _unused in range(max(1, self.boots_needed())):
            self._kernel_starts()
        self._listen()

    async def _carry_out(self, shutdown: Shutdown) -> None:
        await self.clock.sleep(shutdown.delay)
        shutdown.begun = True
        self.state = "shutting_down"
        await self.clock.sleep(self.settings.shutdown_seconds / 2)
        self._go_down()
        await self.clock.sleep(self.settings.shutdown_seconds / 2)
        await self._come_back(shutdown)

    async def _come_back(self, shutdown: Shutdown) -> None:
        self.state = "off"
        if not shutdown.reboot or self.settings.never_returns:
            return
        boots = max(1, self.boots_needed())
        for boot in range(boots):
            self.state = "booting"
            extra = self.settings.servicing_seconds if self.servicing_due() else 0.0
            await self.clock.sleep(self.settings.boot_seconds + extra)
            self._kernel_starts()
            if boot + 1 < boots and self.settings.listens_between_boots:
                self.listening = True
                await self.clock.sleep(self.settings.services_seconds)
                self.listening = False
        await self.clock.sleep(self.settings.services_seconds)
        self._listen()

    def _go_down(self) -> None:
        self.listening = False
        for hook in list(self.on_shutdown):
            hook()

    def _kernel_starts(self) -> None:
        self.generation += 1
        self.clock.mark_boot()
        for hook in list(self.on_boot):
            hook()

    def _listen(self) -> None:
        self.state = "running"
        self.pending = None
        self.listening = True
        for hook in list(self.on_listening):
            hook()


@dataclass
class PowerSource:
    """Mains or battery."""

    has_battery: bool = False
    on_mains: bool = True
    charge_percent: int = 80
    on_unplugged: list[Callable[[], None]] = field(default_factory=list)

    @property
    def on_battery(self) -> bool:
        return self.has_battery and not self.on_mains

    def unplug(self) -> None:
        """Someone pulls the plug. On a machine without a battery nothing is simulated."""
        if self.has_battery and self.on_mains:
            self.on_mains = False
            for hook in list(self.on_unplugged):
                hook()

    def plug_in(self) -> None:
        self.on_mains = True
