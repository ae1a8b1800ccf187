# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where servicing leaves its marks: the side-by-side store, System32, servicing\\Packages and the package keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from winhost.machine import applicability, cbs_keys, kernel, locations, paths
from winhost.machine.cbs_model import Known, Placed
from winhost.machine.cbs_state import State, state_named
from winhost.machine.content import Body, VersionInfo, body_of
from winhost.machine.errors import Win32Error
from winhost.machine.winsxs import component_folder

if TYPE_CHECKING:
    from winhost.machine.machine import Machine
    from winhost.machine.package import Package

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

    def new_package(self, found: Package, state: State, on_ldr: frozenset[str]) -> Known:
        """A package that is about to be staged, with the part of its payload that is for this machine."""
        machine, profile = self._machine, self._machine.profile
        picked = applicability.chosen(found, profile, on_ldr)
        payload: dict[str, tuple[Body, VersionInfo]] = {}
        folders: dict[str, str] = {}
        others: list[Placed] = []
        for _update, brought in picked:
            for file in brought.files:
                target, name = applicability.target_of(brought.component, file, profile), file.name.lower()
                own = target is not None and target.lower() == f"{kernel.SYSTEM32}\\{name}".lower()
                if own and file.version is not None and name in profile.kernel_files:
                    payload[name] = (file.body, file.version)
                    folders[name] = file.folder
                else:
                    others.append(Placed(file.folder, file.name, target, file.body, file.version))
        kb = found.identity.partition("~")[0].removeprefix("Package_for_").upper()
        shown = cbs_keys.shown_identity(found.identity, machine.doubt["root_package_identity"])
        subs = dict.fromkeys(above.text for update, _brought in picked for above in update.above)
        return Known(
            found.identity,
            shown,
            state,
            machine.clock.now(),
            kb if kb.startswith("KB") else "",
            tuple(subs),
            payload,
            folders,
            others=others,
            on_ldr=frozenset(brought.component.name.lower() for update, brought in picked if update.branch == "LDR"),
        )

    def stage(self, known: Known, found: Package) -> None:
        """Payload into winsxs, descriptions into servicing\\Packages. Win32Error 112 when the disk is full."""
        files = self._machine.files
        if self._machine.doubt["winsxs_while_pending"] == "present":
            for name, (body, version) in known.payload.items():
                self._component(known.folders[name], name, body, version)
            for other in known.others:
                self._component(other.folder, other.name, other.body, other.version)
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
        for other in known.others:
            self._component(other.folder, other.name, other.body, other.version)

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
            for other in known.others:
                self._delete(f"{_WINSXS}\\{other.folder}\\{other.name}")
        self._give_back(known)

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

    def place_others(self, known: Known) -> None:
        """Every file of a package that is no kernel comes to its place, unless a later one lies there."""
        files = self._machine.files
        for other in known.others:
            if other.target is None or other.is_there:
                continue
            node = files.get(other.target)
            if node is not None and node.version and other.version and node.version.quad > other.version.quad:
                continue
            other.before = (body_of(files.read(other.target)), node.version) if node is not None else None
            if not files.is_dir(paths.parent_of(other.target)):
                files.mkdir(paths.parent_of(other.target), parents=True)
            files.write(other.target, other.body, version=other.version)
            other.is_there = True

    def _give_back(self, known: Known) -> None:
        """What lay there before a package was installed."""
        for other in known.others:
            if other.is_there and other.target is not None:
                if other.before is None:
                    self._delete(other.target)
                else:
                    self._machine.files.write(other.target, other.before[0], version=other.before[1])
                other.is_there = False

    def _keys(self, known: Known) -> list[str]:
        return [*([known.shown] if known.shown else []), *known.subpackages]

    def _component(self, folder: str, name: str, body: Body, version: VersionInfo | None) -> None:
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
