# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugin of fleet_report: reports and an inventory of verdicts, written on the controller."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.winlegacy.servicing.plugins.module_utils.rollout_specs import FLEET_REPORT
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.controller import ControllerAction
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.local_files import local, write
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.registered import registered
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.variables import BadInput
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About, kb_name
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.select import select_rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.collect import host_results
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import inventory

_SUFFIXES = {"junit": "junit.xml"}


class ActionModule(ControllerAction):
    """Collects the results once, whatever the number of hosts and formats. In check mode too."""

    NAME = "fleet_report"
    SPEC = FLEET_REPORT

    def work(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Write what is asked for; the result lists the files. Raises BadInput where that is not possible."""
        told, known = variables["hostvars"], set(variables["groups"]["all"])
        strange = [host for host in arguments["hosts"] if host not in known]
        if strange:
            raise BadInput(f"hosts: {strange[0]!r} is no host of the inventory")
        kb = kb_name(arguments["kb"])
        found = rows(host_results({host: registered(told, host) for host in arguments["hosts"]}, arguments["hosts"]))
        texts: dict[Path, str] = {}
        if arguments["folder"]:
            query = arguments["query"] or None
            chosen = select_rows(found, query) if query else found
            about = About(kb=kb, generated=datetime.now(UTC), title=f"{kb} report", query=query)
            for name in arguments["formats"]:
                path = local(arguments["folder"]) / f"{kb.lower()}.{_SUFFIXES.get(name, name)}"
                texts[path] = FORMATS[name].write(chosen, about)
        if arguments["inventory_file"]:
            groups = inventory(found, kb.lower())
            texts[local(arguments["inventory_file"])] = yaml.safe_dump(groups, sort_keys=False, allow_unicode=True)
        changed = [str(path) for path, text in texts.items() if write(path, text)]
        return {"changed": bool(changed), "files": [str(path) for path in texts]}
