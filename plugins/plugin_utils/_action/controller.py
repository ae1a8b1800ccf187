# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of action plugins that work on the controller alone: no connection is opened, whatever the host's is."""

from __future__ import annotations

import gc
import multiprocessing
import traceback
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from .._model.plain import plain
from .._text.visible import visible
from .misspelt import strange_options
from .variables import BadInput

display = Display()


class ControllerAction(ActionBase):  # type: ignore[misc]
    """Validate, work, shape the result. A subclass sets SPEC and NAME and implements work().

    Errors of ours fail the task with one sentence; an unexpected one too, with its traceback at -vvv only.
    """

    NAME: ClassVar[str]
    SPEC: ClassVar[Mapping[str, Any]]
    RULES: ClassVar[Mapping[str, Any]] = {}

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = False

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """The result's keys, from validated arguments and the task's variables. Raises BadInput or a ValueError."""
        raise NotImplementedError

    def shaped(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """The same in plain values."""
        made: dict[str, Any] = plain(outcome)
        return made

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task. Only Ansible's own exceptions leave this method."""
        if multiprocessing.parent_process() is not None:
            gc.freeze()  # one task a worker: to look through what Ansible has loaded frees nothing, but copies it
        if self._task.async_val:
            why = f"{self.NAME} runs on the controller and cannot run async: remove async and poll"
            return {"changed": False, "failed": True, "msg": why}
        result: dict[str, Any] = super().run(tmp, task_vars)
        strange = strange_options(self.NAME, self._task.args, self.SPEC)
        if strange:
            return {**result, "changed": False, "failed": True, "msg": strange}
        try:
            _unused, arguments = self.validate_argument_spec(dict(self.SPEC), **self.RULES)
        except AnsibleActionFail as error:  # returned and not raised: 2.16 would announce a traceback
            said = str(error).replace(f"({self._load_name}) module", self.NAME)
            return {**result, "changed": False, "failed": True, "msg": said}
        try:
            wanted = {name: plain(value) for name, value in arguments.items() if name in self.SPEC}
            result.update({"changed": False, **self.shaped(self.work(wanted, task_vars or {}))})
        except BadInput as error:
            result.update(failed=True, changed=False, msg=visible(str(error)))
        except AnsibleError:
            raise
        except Exception as error:  # noqa: BLE001 - a user never sees a traceback
            display.vvv(visible(traceback.format_exc()))
            kind = type(error).__name__
            said = visible(f"{self.NAME} failed unexpectedly: {kind}: {error} (-vvv shows where)")
            result.update(failed=True, msg=said)
        return result
