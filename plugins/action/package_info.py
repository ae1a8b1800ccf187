# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of package_info: what a package file is. It reads files on the controller and asks no host."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display
from ansible_collections.winlegacy.servicing.plugins.module_utils._package_specs import PACKAGE_INFO, PACKAGE_INFO_RULES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.definitions import definition_of
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


class ActionModule(ControllerAction):
    """Reads and judges a package. Whatever the task's connection is, it stays unused."""

    NAME = "package_info"
    SPEC = PACKAGE_INFO
    RULES = PACKAGE_INFO_RULES

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """What the package is. Raises BadInput for one that cannot be read, and for options that cannot be used."""
        try:
            judged = self._judge(arguments)
        except PackageError as error:
            raise BadInput(str(error)) from error
        for warning in judged.warnings:
            display.warning(visible(warning))
        shown: Any = all_visible(plain(judged.as_dict(details=arguments["details"])))
        if judged.refusals and arguments["fail_on_refusal"]:
            shown.update(failed=True, msg=visible("; ".join(one.text for one in judged.refusals)))
            if not arguments["details"]:  # the message has the texts
                shown["refusals"] = [{"code": one.code} for one in judged.refusals]
        return dict(shown)

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
