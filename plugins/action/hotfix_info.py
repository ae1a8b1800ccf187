# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of hotfix_info: one host's assessment as a task result."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import HOTFIX_INFO, HOTFIX_INFO_RULES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.assessment import Wanted
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client


class ActionModule(HostAction):
    """Asks whether a hotfix is needed; changes nothing and starts no process on the host."""

    NAME = "hotfix_info"
    SPEC = HOTFIX_INFO
    RULES = HOTFIX_INFO_RULES

    def prepare(self, arguments: dict[str, Any]) -> Wanted:
        """What is asked for. Raises BadInput."""
        return Wanted.of(arguments, self._find_needle)

    def deadline(self, request: Wanted) -> float:
        return request.options.deadline

    def perform(self, client: Client, request: Wanted) -> dict[str, Any]:
        """The assessment, as documented."""
        return request.ask(client)
