# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Component-based servicing: installs and removes packages; what is pending is carried out by a boot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from winhost.machine import applicability, cbs_keys, errors, locations, package, paths
from winhost.machine.cbs_model import FAULT_CODES, FAULTS, Known, ListedUpdate, Outcome
from winhost.machine.cbs_state import State
from winhost.machine.cbs_store import Store, of_profile
from winhost.machine.errors import Win32Error
from winhost.machine.package import Package, PackageError

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.machine import Machine

__all__ = ["FAULTS", "ListedUpdate", "Outcome", "ServicingStack"]

_INSTALLER = r"C:\Windows\servicing\TrustedInstaller.exe"
_LOG = r"C:\Windows\Logs\CBS\CBS.log"
_CONFIGSET = re.compile("%configsetroot%", re.IGNORECASE)
_NOT_APPLICABLE_WUSA = 0x80240017
_ALREADY_WUSA = 2359302


class ServicingStack:
    """One machine's packages. ``fault`` makes the next operations go wrong, by a name of ``FAULTS``."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.fault: str = str(machine.profile.servicing.get("fault", ""))
        self.install_seconds = float(machine.profile.servicing.get("install_seconds", 20.0))
        self._store = Store(machine)
        self._lock = asyncio.Lock()
        self._running: set[asyncio.Task[Outcome]] = set()
        self._boots_left = 0
        self._restart_due = False
        self._known = {known.identity.casefold(): known for known in of_profile(machine)}
        machine.power.on_shutdown.append(self._interrupt)

    # -- asking ----------------------------------------------------------------------------------------------------

    @property
    def restart_due(self) -> bool:
        """Is something waiting for a boot?"""
        return any(known.pending for known in self._known.values())

    def state(self, identity: str) -> State:
        """The true state of a package (whatever the registry's encoding shows), ABSENT when it is not known."""
        known = self._known.get(identity.casefold())
        return known.state if known else State.ABSENT

    def packages(self) -> dict[str, State]:
        """The packages that this machine's profile or history brought, by identity."""
        return {known.identity: known.state for known in self._known.values() if known.identity}

    def listed_updates(self) -> list[ListedUpdate]:
        """What Win32_QuickFixEngineering shows."""
        crowd = [
            ListedUpdate(kb, identity, self._machine.events.installed)
            for kb, identity in self._machine.profile.other_updates()
        ]
        own = [
            ListedUpdate(known.kb, known.identity, known.installed)
            for known in self._known.values()
            if known.kb and known.listed and known.held
        ]
        return [*crowd, *own]

    # -- operations ------------------------------------------------------------------------------------------------

    async def install_cab(self, path: str, token: Token) -> Outcome:
        """As ``pkgmgr /ip /m:PATH``. Goes on when the caller is cancelled, as the servicing process does."""
        return await self._carry_on(self._install_from(path, token))

    async def apply_answer_file(self, path: str, token: Token, configset: str | None = None) -> Outcome:
        """As ``pkgmgr /n:PATH``. configset: what ``%configsetroot%`` is in the caller's environment, if it is there."""
        return await self._carry_on(self._apply(path, token, configset))

    async def install_msu(self, path: str, token: Token) -> Outcome:
        """As ``wusa PATH``, with wusa's codes. (The caller refuses a network logon before.)"""
        return await self._carry_on(self._install_msu(path, token))

    async def uninstall(self, identity: str, token: Token) -> Outcome:
        """As ``pkgmgr /up:IDENTITY``: the case must be that of the package's key."""
        return await self._carry_on(self._remove(identity, token))

    async def _carry_on(self, work: Coroutine[None, None, Outcome]) -> Outcome:
        async def locked() -> Outcome:
            try:
                async with self._lock:
                    return await work
            finally:
                work.close()

        task = asyncio.get_running_loop().create_task(locked())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        machine = self._machine
        process = machine.processes.start("TrustedInstaller.exe", _INSTALLER, machine.system_token)
        task.add_done_callback(lambda _done: machine.processes.end(process.pid))
        return await asyncio.shield(task)

    async def _install_from(self, path: str, token: Token) -> Outcome:
        if not token.administrator:
            return Outcome(0x80070005)
        try:
            content = self._machine.files.read(path, token)
        except Win32Error as error:
            return Outcome(0x80070000 | error.code)
        return await self._install_bytes(content)

    async def _install_bytes(self, content: bytes) -> Outcome:
        try:
            found = await asyncio.to_thread(package.read_package, content)
        except PackageError as error:
            self._log(f"invalid package: {error}")
            return Outcome(self._code("pkgmgr_invalid_package_code"))
        return await self._install(found)

    async def _apply(self, path: str, token: Token, configset: str | None) -> Outcome:
        if not token.administrator:
            return Outcome(0x80070005)
        try:
            steps = package.read_answer_file(self._machine.files.read(path, token))
        except Win32Error as error:
            return Outcome(0x80070000 | error.code)
        except PackageError as error:
            self._log(f"invalid answer file: {error}")
            return Outcome(self._code("pkgmgr_invalid_package_code"))
        folder = paths.parent_of(paths.normalise(path))
        if configset is None and self._machine.doubt["configsetroot"] == "own_folder":
            configset = folder
        outcome = Outcome(0)
        for step in steps:
            if step.action in ("remove", "uninstall"):
                outcome = await self._remove(step.identity, token)
            else:
                location = step.location
                if configset is not None:
                    location = _CONFIGSET.sub(lambda _unused: configset, location)
                outcome = await self._install_from(paths.normalise(location, folder), token)
            if outcome.code not in (0, errors.REBOOT_REQUIRED, 2359301):
                return outcome
        return outcome

    async def _install_msu(self, path: str, token: Token) -> Outcome:
        if not token.administrator:
            return Outcome(errors.ACCESS_DENIED)
        try:
            found = package.read_update(self._machine.files.read(path, token))
        except Win32Error as error:
            return Outcome(error.code)
        except PackageError:
            return Outcome(0x80070000 | errors.INVALID_DATA)
        if found is None:
            return Outcome(_NOT_APPLICABLE_WUSA)
        if self.state(found.identity) in (State.INSTALLED, State.PERMANENT, State.INSTALL_PENDING):
            return Outcome(_ALREADY_WUSA, identity=found.identity)
        if not self._applies(found):
            return Outcome(_NOT_APPLICABLE_WUSA, identity=found.identity)
        outcome = await self._install(found)
        return Outcome(errors.REBOOT_REQUIRED, True, found.identity) if outcome.reboot_required else outcome

    async def _install(self, found: Package) -> Outcome:
        identity = found.identity
        state = self.state(identity)
        if state in (State.INSTALLED, State.PERMANENT, State.SUPERSEDED, State.INSTALL_PENDING):
            return Outcome(self._code("pkgmgr_already_installed_code"), identity=identity)
        if not self._applies(found):
            self._log(f"{identity} is not applicable to this machine")
            return Outcome(self._code("pkgmgr_not_applicable_code"), identity=identity)
        if self.restart_due and (
            state is State.UNINSTALL_PENDING or self._machine.doubt["pkgmgr_restart_pending_code"] != "proceeds"
        ):
            return Outcome(self._code("pkgmgr_restart_pending_code"), identity=identity)
        if self.fault in ("noop_zero", "noop_3010"):
            await self._machine.clock.sleep(self.install_seconds)
            return Outcome(0 if self.fault == "noop_zero" else errors.REBOOT_REQUIRED, identity=identity)
        known = self._store.new_package(found, state, self._on_ldr())
        self._known[identity.casefold()] = known
        self._set(known, State.STAGING)
        try:
            await self._misfortune()
            self._store.stage(known, found)
            self._set(known, State.STAGED)
            await self._machine.clock.sleep(self.install_seconds / 2)
            if self.fault == "fails_late":
                raise Win32Error(FAULT_CODES["fails_late"])
        except (Win32Error, asyncio.CancelledError) as error:
            self._store.unstage(known, found)
            del self._known[identity.casefold()]
            if not isinstance(error, Win32Error):
                raise
            return Outcome(error.code if error.code > 0xFFFF else 0x80070000 | error.code, identity=identity)
        known.vanishes = self.fault == "vanishes"
        if not found.restart and not known.payload and not known.vanishes:
            self._finish(known)
            return Outcome(0, identity=identity)
        self._set(known, State.INSTALL_PENDING)
        self._store.show_pending(known, self._best())
        return self._pending(known)

    def _finish(self, known: Known) -> None:
        """The package is installed: all its files are in their places but the kernels."""
        self._store.complete(known)
        self._store.place_others(known)
        known.installed = self._machine.clock.now()
        self._set(known, State.INSTALLED)

    async def _remove(self, identity: str, token: Token) -> Outcome:
        if not token.administrator:
            return Outcome(0x80070005)
        known = next(
            (item for item in self._known.values() if item.identity and identity in (item.shown, item.identity)), None
        )
        if known is None or known.state in (State.ABSENT, State.STAGED):
            crowd = any(identity == other for _unused, other in self._machine.profile.other_updates())
            return Outcome(
                self._code("pkgmgr_not_uninstallable_code" if crowd else "pkgmgr_invalid_package_code"),
                identity=identity,
            )
        if known.shown is not None and identity != known.shown:
            return Outcome(self._code("pkgmgr_invalid_package_code"), identity=identity)
        if known.pending:
            return Outcome(self._restart_pending(), identity=identity)
        if known.state is State.PERMANENT:
            return Outcome(self._code("pkgmgr_not_uninstallable_code"), identity=identity)
        if self.fault in ("noop_zero", "noop_3010"):
            await self._machine.clock.sleep(self.install_seconds)
            return Outcome(0 if self.fault == "noop_zero" else errors.REBOOT_REQUIRED, identity=identity)
        try:
            await self._misfortune()
        except Win32Error as error:
            return Outcome(error.code if error.code > 0xFFFF else 0x80070000 | error.code, identity=identity)
        known.vanishes = self.fault == "vanishes"
        self._set(known, State.UNINSTALL_PENDING)
        return self._pending(known)

    def _pending(self, known: Known) -> Outcome:
        cbs_keys.write_pending(self._machine.registry, self._machine.doubt["cbs_pending_keys"])
        self._log(f"{known.identity}: {known.state.name}, a restart is required")
        code = self._code("pkgmgr_reboot_code")
        return Outcome(code, reboot_required=True, identity=known.identity)

    async def _misfortune(self) -> None:
        """The first half of an operation's time, and what may go wrong in it."""
        await self._machine.clock.sleep(self.install_seconds / 2)
        if self.fault == "hang":
            await asyncio.Event().wait()
        if self.fault == "reboot_midway":
            self.fault = ""
            self._machine.power.crash()
            await asyncio.Event().wait()
        if self.fault in FAULT_CODES and self.fault != "fails_late":
            raise Win32Error(FAULT_CODES[self.fault])

    # -- the boot --------------------------------------------------------------------------------------------------

    def boots_needed(self) -> int:
        """How often the machine boots for what is pending now."""
        twice = self._machine.doubt["servicing_boots"] == "twice" or self._machine.profile.servicing.get("boots") == 2
        self._boots_left = 2 if self.restart_due and twice else 1
        return self._boots_left

    def boot_begins(self) -> None:
        """The kernel starts; servicing is not done yet."""
        self._lock = asyncio.Lock()

    def carry_out_pending(self) -> None:
        """The boot's own part: finish or undo what is pending."""
        if not self.restart_due:
            cbs_keys.clear_pending(self._machine.registry)
            return
        self._boots_left -= 1
        if self._boots_left > 0:
            self._machine.registry.create("HKLM", locations.CBS + r"\RebootInProgress")
            return
        for known in [item for item in self._known.values() if item.pending]:
            installing = known.state is State.INSTALL_PENDING
            stays = installing != known.vanishes
            if stays:
                self._finish(known)
            else:
                if installing:
                    self._store.complete(known)
                known.state = State.ABSENT
                self._store.forget(known)
                del self._known[known.identity.casefold()]
            known.vanishes = False
        self._store.place(self._best())
        cbs_keys.clear_pending(self._machine.registry)

    def _interrupt(self) -> None:
        """The machine goes down: an operation that runs is undone."""
        for task in list(self._running):
            task.cancel()

    # -- within ----------------------------------------------------------------------------------------------------

    def _applies(self, found: Package) -> bool:
        return bool(applicability.chosen(found, self._machine.profile, self._on_ldr()))

    def _on_ldr(self) -> frozenset[str]:
        """Components whose files come from the LDR branch by now."""
        held = [known for known in self._known.values() if known.held]
        names = [name for known in held for name in known.on_ldr]
        if any(applicability.is_ldr(info.quad[3]) for known in held for _body, info in known.payload.values()):
            names.append(applicability.KERNEL)
        return frozenset(names)

    def _best(self) -> Known:
        """Whose kernel System32 is to hold: the highest of all that count."""
        return max((known for known in self._known.values() if known.held and known.payload), key=_highest)

    def _set(self, known: Known, state: State) -> None:
        known.state = state
        self._store.write_state(known)

    def _code(self, switch: str) -> int:
        return int(self._machine.doubt[switch], 0)

    def _restart_pending(self) -> int:
        chosen = self._machine.doubt["pkgmgr_restart_pending_code"]
        return 0x800F0816 if chosen == "proceeds" else int(chosen, 0)

    def _log(self, text: str) -> None:
        line = f"{self._machine.clock.now():%Y-%m-%d %H:%M:%S}, Info                  CBS    {text}\r\n"
        try:
            self._machine.files.append(_LOG, line.encode())
        except Win32Error:
            return  # a log that cannot be written stops nothing


def _highest(known: Known) -> tuple[int, ...]:
    return max((info.quad for _unused, info in known.payload.values()), default=(0,))
