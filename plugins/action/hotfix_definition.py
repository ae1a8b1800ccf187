# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of hotfix_definition: writes a definition from packages and an article. It asks no host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.winlegacy.servicing.plugins.module_utils._authoring_specs import (
    HOTFIX_DEFINITION,
    HOTFIX_DEFINITION_RULES,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.run_keep import run_keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput, local_path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.request import (
    DefinitionRequest,
    Written,
    write,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.policy import SignaturePolicy
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import all_visible, visible

display = Display()


class ActionModule(ControllerAction):
    """Reads, composes, checks, writes. Whatever the task's connection is, it stays unused."""

    NAME = "hotfix_definition"
    SPEC = HOTFIX_DEFINITION
    RULES = HOTFIX_DEFINITION_RULES

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """What was written. Raises BadInput where package, article and options give no definition."""
        try:
            with run_keep() as keep:
                written = write(self._request(arguments, keep), check_only=bool(self._task.check_mode))
        except (CatalogueError, PackageError) as error:
            raise BadInput(str(error)) from error
        return self._shown(written, whole=bool(arguments["details"]))

    @staticmethod
    def _shown(written: Written, *, whole: bool) -> dict[str, Any]:
        """The definition itself is in the file, and thousands of lines."""
        for warning in written.warnings:
            display.warning(visible(warning))
        shown: Any = all_visible(plain(written.as_dict()))
        return {name: value for name, value in shown.items() if whole or name != "definition"}

    def _request(self, wanted: dict[str, Any], keep: Keep) -> DefinitionRequest:
        def found(name: str, text: str | None) -> Path | None:
            return local_path(self._find_needle, name, text)

        told = str(wanted["dest"])
        if not told.strip():
            raise BadInput("dest: it is empty: name the file to write, or a folder for it")
        dest = Path(told)
        if not dest.is_absolute():
            dest = Path(self._loader.get_basedir()) / dest
        packages = [found(f"packages[{number}]", text) for number, text in enumerate(wanted["packages"])]
        return DefinitionRequest(
            dest=dest,
            into_folder=told.rpartition("/")[2] in ("", ".", ".."),
            packages=tuple(path for path in packages if path is not None),
            article=found("article", wanted["article"]),
            kb=wanted["kb"],
            title=wanted["title"],
            paths=wanted["paths"],
            pins=tuple(wanted["checksum"]),
            policy=SignaturePolicy(wanted["signature"]),
            ca_file=found("ca_file", wanted["ca_file"]),
            keep=keep,
        )
