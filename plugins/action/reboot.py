# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of reboot: a restart without PowerShell, and the proof of a boot."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._change_specs import REBOOT, REBOOT_RULES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.definitions import definition_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, bounded
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.window_gate import permit, read_windows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.boot_wait import (
    RebootError,
    RebootOptions,
    shutdown_command,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.ending import ending
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.permission import NotPermittedError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.restart import Rebooting, RebootRequest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import (
    ShellQuotaError,
    ShellUnsupportedError,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client


class ActionModule(HostAction):
    """Restarts a host, always or where it is required, and waits until it has booted."""

    NAME = "reboot"
    SPEC = REBOOT
    RULES = REBOOT_RULES

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
        definition = definition_of(arguments, self._find_needle)
        try:
            shutdown_command(options)
        except ValueError as error:
            raise BadInput(str(error)) from None
        self.windows = read_windows(arguments)
        only_if = tuple(arguments["required_reasons"]) if arguments["only_if_required"] else None
        overall = arguments["deadline"]
        if overall is not None:
            overall = bounded("deadline", overall, least=10, most=604800)
        return definition, RebootRequest(options, only_if, bool(self._task.check_mode), overall)

    def deadline(self, request: tuple[Definition, RebootRequest]) -> float:
        return request[1].seconds

    def perform(self, client: Client, request: tuple[Definition, RebootRequest]) -> dict[str, Any]:
        """Restart and wait; a host that was not seen to boot fails the task."""
        definition, wanted = request
        rebooting = Rebooting(
            client,
            definition,
            say=self.say,
            sleep=client.deadline.pausing(time.sleep),
            permit=permit(client, *self.windows),
        )
        try:
            result = rebooting.run(wanted).as_dict()
        except (RebootError, NotPermittedError, CommandError, ShellQuotaError, ShellUnsupportedError) as error:
            asked = {"changed": rebooting.asked, "ended": None}
            return {"failed": True, "msg": str(error), "messages": client.messages, **asked}
        except errors.WSManError as error:
            error.learnt = {"changed": rebooting.asked, "ended": ending(error), "messages": client.messages}
            raise
        if result["preempted"]:
            self.warn(f"reboot: {self.host}: a restart that was scheduled there was cancelled; it restarted now")
        return {**result, "ended": None, "messages": client.messages}
