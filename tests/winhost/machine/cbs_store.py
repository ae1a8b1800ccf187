# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where servicing leaves its marks: the side-by-side store, System32, servicing\\Packages and the package keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from winhost.machine import cbs_keys, kernel, locations, paths
from winhost.machine.cbs_model import Known
from winhost.machine.cbs_state import State, state_named
from winhost.machine.content import Body, VersionInfo, body_of
from winhost.machine.errors import Win32Error
from winhost.machine.winsxs import component_folder

if TYPE_CHECKING:
    from winhost.machine.machine import Machine
    from winhost.machine.package import Package, PayloadFile

_WINSXS = r"C:\Windows\winsxs"
_MUMS = r"C:\Windows\servicing\Packages"


def of_profile(machine: Machine) -> list[Known]:
    """The packages that the machine's profile brings."""
    profile, now = machine.profile, machine.clock.now()
    found = []
    for update in profile.updates:
        payload = (
            {name: kernel.synthetic(profile, update, name) for name in profile.kernel_files} if update.kernel else {}
        )
        shown = cbs_keys.shown_identity(update.identity, machine.doubt["root_package_identity"])
        subs = update.subpackages or tuple(cbs_keys.usual_subpackages(update.identity, profile.product_type))
        found.append(
            Known(
                update.identity,
                shown if update.identity else None,
                state_named(update.state),
                now - timedelta(days=update.days_ago),
                update.kb,
                subs,
                payload,
                {},
                update.listed,
            )
        )
    return found


class Store:
    """Writes what the servicing stack decides."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def new_package(self, found: Package, state: State) -> Known:
        """A package that is about to be staged, with the part of its payload that is for this build."""
        machine = self._machine
        chosen = [file for file in found.files if self._fits(file)]
        payload: dict[str, tuple[Body, VersionInfo]] = {}
        folders: dict[str, str] = {}
        for file in chosen:
            if file.version is not None and file.name.lower() in machine.profile.kernel_files:
                payload[file.name.lower()] = (body_of(file.data), file.version)
                folders[file.name.lower()] = file.folder.rpartition("\\")[2] or component_folder(
                    machine.profile.architecture, file.version.number
                )
        kb = found.identity.partition("~")[0].removeprefix("Package_for_").upper()
        shown = cbs_keys.shown_identity(found.identity, machine.doubt["root_package_identity"])
        subs = found.subpackages or tuple(cbs_keys.usual_subpackages(found.identity, machine.profile.product_type))
        return Known(
            found.identity, shown, state, machine.clock.now(), kb if kb.startswith("KB") else "", subs, payload, folders
        )

    def stage(self, known: Known, found: Package) -> None:
        """Payload into winsxs, descriptions into servicing\\Packages. Win32Error 112 when the disk is full."""
        files = self._machine.files
        for name, (body, version) in known.payload.items():
            if self._machine.doubt["winsxs_while_pending"] == "present":
                self._component(known.folders[name], name, body, version)
        if known.shown is not None:
            for suffix in ("mum", "cat"):
                files.write(f"{_MUMS}\\{known.shown}.{suffix}", f"{known.identity}.{suffix}".encode())

    def unstage(self, known: Known, found: Package) -> None:
        """Undo what was begun."""
        self.forget(known, rolled_back=True)

    def complete(self, known: Known) -> None:
        """The boot: what was left out of winsxs is there now."""
        for name, (body, version) in known.payload.items():
            folder = known.folders.get(name) or component_folder(self._machine.profile.architecture, version.number)
            self._component(folder, name, body, version)

    def forget(self, known: Known, *, rolled_back: bool = False) -> None:
        """A package that is no longer installed.

        What its key shows is in doubt after a removal, not after a roll-back.
        """
        doubt = "removed" if rolled_back else self._machine.doubt["uninstalled_package"]
        if doubt == "removed":
            for identity in self._keys(known):
                self._machine.registry.delete("HKLM", f"{locations.PACKAGES}\\{identity}", recursive=True)
        else:
            known.state = State.ABSENT if doubt == "state_absent" else State.STAGED
            self.write_state(known)
        for suffix in ("mum", "cat"):
            self._delete(f"{_MUMS}\\{known.shown}.{suffix}")
        if rolled_back:
            for name, folder in known.folders.items():
                self._delete(f"{_WINSXS}\\{folder}\\{name}")

    def write_state(self, known: Known) -> None:
        """The package's keys (its own and those of its sub-packages)."""
        encoding = self._machine.doubt["current_state_encoding"]
        for identity in self._keys(known):
            cbs_keys.write_package(
                self._machine.registry,
                identity,
                known.state,
                encoding,
                when=known.installed,
                sub=identity != known.shown,
                client="Package Manager",
            )

    def show_pending(self, known: Known, best: Known) -> None:
        """What System32 holds until the boot: the old kernel, unless a doubt says otherwise."""
        doubt = self._machine.doubt["system32_while_pending"]
        if not known.payload or doubt == "old":
            return
        for name, (body, version) in known.payload.items():
            if doubt == "absent":
                self._delete(f"{kernel.SYSTEM32}\\{name}")
            elif version.quad > best.payload[name][1].quad:
                self._machine.files.write(f"{kernel.SYSTEM32}\\{name}", body, version=version)

    def place(self, best: Known) -> None:
        """System32 gets the kernel of this package."""
        for name, (body, version) in best.payload.items():
            path = f"{kernel.SYSTEM32}\\{name}"
            node = self._machine.files.get(path)
            if node is None or node.version is None or node.version.quad != version.quad:
                self._machine.files.write(path, body, version=version)

    def _fits(self, file: PayloadFile) -> bool:
        return file.version is None or file.version.quad[2] == self._machine.profile.build

    def _keys(self, known: Known) -> list[str]:
        return [*([known.shown] if known.shown else []), *known.subpackages]

    def _component(self, folder: str, name: str, body: Body, version: VersionInfo) -> None:
        path = f"{_WINSXS}\\{folder}"
        if not self._machine.files.is_dir(path):
            self._machine.files.mkdir(path, parents=True)
        if not self._machine.files.exists(paths.join(path, name)):
            self._machine.files.write(paths.join(path, name), body, version=version)

    def _delete(self, path: str) -> None:
        try:
            self._machine.files.delete(path)
        except Win32Error:
            return  # it is not there: nothing to delete
