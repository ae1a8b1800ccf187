# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of reboot: a restart without PowerShell, and the proof of a boot."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display
from ansible_collections.winlegacy.servicing.plugins.module_utils.change_specs import REBOOT
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.values import BadInput, bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._hotfix.catalogue import CatalogueError, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._hotfix.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.reboot import (
    RebootError,
    RebootOptions,
    shutdown_command,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.rebooting import Rebooting, RebootRequest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import (
    ShellQuotaError,
    ShellUnsupportedError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client

display = Display()


class ActionModule(HostAction):
    """Restarts a host, always or where it is required, and waits until it has booted."""

    NAME = "reboot"
    SPEC = REBOOT

    def prepare(self, arguments: dict[str, Any]) -> tuple[Definition, RebootRequest]:
        """The definition and what is asked for. Raises BadInput."""
        options = RebootOptions(
            message=arguments["msg"],
            delay=int(bounded("delay", arguments["delay"], least=0, most=600)),
            reason=arguments["reason"],
            deadline=bounded("timeout", arguments["timeout"], least=10, most=86400),
            random_start=bounded("random_start", arguments["random_start"], least=0, most=86400),
            settle=bounded("settle", arguments["settle"], least=0, most=3600),
        )
        try:
            definition = load(arguments["kb"])
            shutdown_command(options)
        except CatalogueError as error:
            raise BadInput(f"kb: {error}") from None
        except ValueError as error:
            raise BadInput(str(error)) from None
        only_if = tuple(arguments["required_reasons"]) if arguments["only_if_required"] else None
        return definition, RebootRequest(options, only_if, bool(self._task.check_mode))

    def perform(self, client: Client, request: tuple[Definition, RebootRequest]) -> dict[str, Any]:
        """Restart and wait; a host that was not seen to boot fails the task."""
        definition, wanted = request
        rebooting = Rebooting(client, definition, say=lambda line: display.vv(f"reboot: {line}", host=self.host))
        try:
            result = rebooting.run(wanted).as_dict()
        except (RebootError, CommandError, ShellQuotaError, ShellUnsupportedError) as error:
            changed = isinstance(error, RebootError) and error.requested
            return {"failed": True, "changed": changed, "msg": str(error), "messages": client.messages}
        if result["preempted"]:
            display.warning(f"reboot: {self.host}: a restart that was scheduled there was cancelled; it restarted now")
        return {**result, "messages": client.messages}
