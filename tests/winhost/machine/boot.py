# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shutdown and a boot do to the machine's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.machine import kernel, locations
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.machine.machine import Machine

_RENAMES = "PendingFileRenameOperations"


class Boot:
    """Hooks the machine's parts into its power."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        machine.power.on_shutdown.append(self._shut_down)
        machine.power.on_boot.append(self._start)
        machine.power.boots_needed = machine.cbs.boots_needed
        machine.power.servicing_due = lambda: machine.cbs.restart_due

    def _shut_down(self) -> None:
        machine = self._machine
        machine.events.write("EventLog", 6006)
        machine.tasks.machine_stops()
        machine.processes.kill_all()
        machine.files.in_use.clear()
        machine.files.writers.clear()

    def _start(self) -> None:
        machine = self._machine
        machine.cbs.boot_begins()
        rename_pending(machine)
        machine.cbs.carry_out_pending()
        machine.registry.drop_volatile()
        if machine.doubt["hardware_value"] != "survives":
            machine.registry.rebuild_hardware()
        machine.processes.boot()
        kernel.write_build(machine)
        machine.services.after_boot()
        name = machine.registry.value("HKLM", locations.COMPUTER_NAME, "ComputerName", machine.computer_name)
        machine.registry.set("HKLM", locations.ACTIVE_COMPUTER_NAME, "ComputerName", str(name))
        machine.computer_name = str(name)
        machine.events.write("EventLog", 6009)
        machine.events.write("EventLog", 6005)


def rename_pending(machine: Machine) -> None:
    """The session manager's renames: pairs of NT paths; an empty target deletes, a leading ``!`` replaces."""
    key = machine.registry.key("HKLM", locations.SESSION_MANAGER)
    pending = key.data(_RENAMES) if key else None
    if key is None or not isinstance(pending, list):
        return
    for source, target in zip(pending[::2], pending[1::2], strict=False):
        try:
            if not target:
                machine.files.delete(source)
            else:
                machine.files.move(source, target.lstrip("!"), replace=True)
        except Win32Error:
            continue  # the session manager goes on with the next pair
    key.remove(_RENAMES)
