# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An assessment of a scripted host, whose result is held against the documented shape."""

from __future__ import annotations

from typing import Any

import yaml
from ansible_collections.winlegacy.servicing.plugins.modules import hotfix_info
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import faults
from unit.plugins.plugin_utils._windows.scripted import (
    ScriptedClient,
)

FULL = AssessOptions(depth=Depth.FULL, events=True)
FAULT = faults.WSManFault("the provider failed")


def result(client: ScriptedClient, options: AssessOptions | None = None) -> dict[str, Any]:
    before = client.messages
    outcome: dict[str, Any] = assess(client, load(), options).as_dict(evidence=True)
    assert outcome["details"]["messages"] == client.messages - before
    same(outcome, DOCUMENTED, "")
    return outcome


# --- the documented shape -----------------------------------------------------------------------------------------

WHOLE: dict[str, Any] = yaml.safe_load(hotfix_info.RETURN)
DOCUMENTED = {name: entry for name, entry in WHOLE.items() if name not in ("hotfixes", "symptom")}
WITH_DETAILS = {".restart.reasons": ("list", "str"), ".unknown": ("list", "dict"), ".ended": ("dict", "dict")}
"""What is text where no details are asked for (test_brief.py), and so `raw` in the documentation; and its elements."""


def same(value: dict[str, Any], documented: dict[str, Any], where: str) -> None:
    """Exactly the documented keys, recursively, each null or of the documented type."""
    assert set(value) == set(documented), f"{where}: {set(value) ^ set(documented)}"
    for key, entry in documented.items():
        found, here = value[key], f"{where}.{key}"
        if found is None:
            continue
        kind, elements = WITH_DETAILS.get(here, (entry["type"], entry.get("elements")))
        assert (entry["type"] == "raw") is (here in WITH_DETAILS), here
        assert type(found).__name__ == kind, f"{here} is {found!r}"
        items: list[Any] = found if isinstance(found, list) else [found]
        for item in items:
            if "contains" in entry:
                same(item, entry["contains"], here)
            elif elements:
                assert type(item).__name__ == elements, f"{here} holds {item!r}"
