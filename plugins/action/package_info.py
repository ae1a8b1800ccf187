# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of package_info: what a package file is. It reads files on the controller and asks no host."""

from __future__ import annotations

import traceback
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.winlegacy.servicing.plugins.module_utils._package_specs import PACKAGE_INFO, PACKAGE_INFO_RULES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.definitions import definition_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.misspelt import strange_options
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_keep import run_keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, local_path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.policy import SignaturePolicy
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.request import Judged, PackageRequest, obtain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import all_visible, visible

display = Display()


class ActionModule(ActionBase):  # type: ignore[misc]
    """Reads and judges a package. Whatever the task's connection is, it stays unused."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task. Only Ansible's own exceptions leave this method."""
        if self._task.async_val:
            raise AnsibleActionFail("package_info runs on the controller and cannot run async: remove async and poll")
        result: dict[str, Any] = super().run(tmp, task_vars)
        strange = strange_options("package_info", self._task.args, PACKAGE_INFO)
        if strange:
            raise AnsibleActionFail(strange)
        _unused, arguments = self.validate_argument_spec(dict(PACKAGE_INFO), **PACKAGE_INFO_RULES)
        wanted = {name: plain(value) for name, value in arguments.items() if name in PACKAGE_INFO}
        try:
            judged = self._judge(wanted)
        except (PackageError, BadInput) as error:
            result.update(failed=True, msg=visible(str(error)))
        except AnsibleError:
            raise
        except Exception as error:  # noqa: BLE001 - a user never sees a traceback
            display.vvv(visible(traceback.format_exc()))
            kind = type(error).__name__
            said = visible(f"package_info failed unexpectedly: {kind}: {error} (-vvv shows where)")
            result.update(failed=True, msg=said)
        else:
            shown: Any = all_visible(plain(judged.as_dict(details=wanted["details"])))
            result.update(changed=False, **shown)
            for warning in judged.warnings:
                display.warning(visible(warning))
            if judged.refusals and wanted["fail_on_refusal"]:
                result.update(failed=True, msg=visible("; ".join(one.text for one in judged.refusals)))
        return result

    def _judge(self, wanted: dict[str, Any]) -> Judged:
        definition = definition_of(wanted, self._find_needle)
        architecture = Architecture(wanted["architecture"]) if wanted["architecture"] else None
        with run_keep() as keep:
            return obtain(self._request(wanted, keep), definition, architecture)

    def _request(self, wanted: dict[str, Any], keep: Keep) -> PackageRequest:
        return PackageRequest(
            path=local_path(self._find_needle, "path", wanted["path"]),
            folder=local_path(self._find_needle, "package_dir", wanted["package_dir"]),
            pins=tuple(wanted["checksum"]),
            policy=SignaturePolicy(wanted["signature"]),
            ca_file=local_path(self._find_needle, "ca_file", wanted["ca_file"]),
            allow_later=wanted["allow_later"],
            keep=keep,
        )
