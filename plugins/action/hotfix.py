# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of hotfix: stage, install or remove, on a host without PowerShell."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.module_utils._change_specs import HOTFIX, HOTFIX_RULES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.base import HostAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.definitions import definition_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.hotfix_request import build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_keep import run_keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, local_path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.window_gate import permit, read_windows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import brief
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import (
    Hotfix,
    HotfixError,
    HotfixRequest,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.ending import ending
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.errors import OperationError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.errors import HostError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client

_FAILURES = (OperationError, HostError, PackageError)


class ActionModule(HostAction):
    """Brings a host to staged, present or absent, and says whether a restart is required. It never restarts."""

    NAME = "hotfix"
    SPEC = HOTFIX
    RULES = HOTFIX_RULES
    _supports_diff = True
    _details = False
    """Whether the result shows both assessments whole."""

    def prepare(self, arguments: dict[str, Any]) -> tuple[Definition, HotfixRequest]:
        """The definition and what is asked for. Raises BadInput."""
        self._details = bool(arguments["details"])
        definition = definition_of(arguments, self._find_needle)
        self.windows = read_windows(arguments)
        for name in ("path", "package_dir", "ca_file"):
            arguments[name] = local_path(self._find_needle, name, arguments[name])
        try:
            request = build(
                arguments,
                run=uuid.uuid4().hex,
                check=bool(self._task.check_mode),
                login=self._login(),
            )
        except PackageError as error:
            raise BadInput(str(error)) from None
        return definition, request

    def deadline(self, request: tuple[Definition, HotfixRequest]) -> float:
        return request[1].seconds

    def perform(self, client: Client, request: tuple[Definition, HotfixRequest]) -> dict[str, Any]:
        """The run, its result as documented; failures keep what was learnt until then."""
        with run_keep() as keep:
            return self._perform(client, request[0], request[1].keeping(keep))

    def _perform(self, client: Client, definition: Definition, wanted: HotfixRequest) -> dict[str, Any]:
        run = Hotfix(client, definition, wanted, say=self.say, permit=permit(client, *self.windows))
        outcome: dict[str, Any] = {"failed": False}  # said outright: Ansible takes any other rc than 0 for a failure
        try:
            result = run.run()
        except HotfixError as error:
            result = error.result
            outcome = {"failed": True, "msg": str(error)}
        except _FAILURES as error:
            if run.result is None:
                return self._shaped({"failed": True, "changed": False, "msg": str(error)}, client)
            result = run.result
            outcome = {"failed": True, "msg": str(error)}
        except errors.WSManError as error:
            if run.result is not None:
                run.result.ended = ending(error)
                error.learnt = self._shaped(run.result.as_dict(failed=True, details=self._details), client)
            elif error.learnt:  # lost while it was assessed: what was learnt is an assessment, and nothing was done
                error.learnt = self._shaped(self._assessed(error.learnt), client)
            raise
        for warning in result.package.judged.warnings if result.package else ():
            self.warn(warning)
        told = result.as_dict(failed=outcome["failed"], details=self._details)
        shaped = self._shaped({**told, **outcome}, client)
        if self._play_context.diff:
            shaped["diff"] = result.plan.diff() if self._details else {"prepared": result.plan.diff_line()}
            if not self._details:
                shaped.pop("steps", None)  # the diff names them, and what is shown stays short
        return shaped

    def _assessed(self, learnt: Mapping[str, object]) -> dict[str, Any]:
        short: dict[str, Any] = brief(learnt)
        if self._details:
            short = {**short, "ended": learnt.get("ended"), "before": dict(learnt)}
        told = ("before",) if self._details else ("summary", "windows", "kernel", "files")
        return {name: short[name] for name in ("kb", "status", "next", "ended", *told) if name in short}

    def _shaped(self, result: dict[str, Any], client: Client) -> dict[str, Any]:
        return {**result, "messages": client.messages} if self._details else result

    def _login(self) -> tuple[str, str, str]:
        """Server, user and password of the connection, for a push over SMB; empty where it has none."""
        found = []
        for name in ("remote_addr", "remote_user", ("remote_password", "password")):
            names = (name,) if isinstance(name, str) else name
            found.append(next((str(value) for value in map(self._option, names) if value), ""))
        return found[0], found[1], found[2]

    def _option(self, name: str) -> object:
        try:
            return plain(self._connection.get_option(name))
        except KeyError:
            return None
