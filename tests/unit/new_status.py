# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by test_one_decision.py over a changed copy of the collection: what one host's new status becomes everywhere."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

COPY = Path(sys.argv[1])
sys.path[:0] = [str(COPY), str(Path(__file__).resolve().parents[1])]

from ansible_collections.winlegacy.servicing.plugins.filter.rollout import rollout_work  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.result import Assessment  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_html import as_html  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_json import as_json  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_junit import as_junit  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import inventory  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict import status  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide  # noqa: E402
from unit.plugins.plugin_utils._verdict.hosts import candidate  # noqa: E402


def work(result: Any) -> list[str]:
    """The states for which the role has work."""
    return [state for state in ("staged", "present", "absent") if rollout_work(result, state)]


facts = replace(candidate(), disk_kernel=Answer.unknown(Cause.EMPTY))
seen = Assessment(load(), facts, decide(load(), facts)).as_dict()
table = rows({"host": seen})
about = About(kb="KB952876", generated=datetime.now(UTC), title="A title")
report = json.loads(as_json(table, about))
shown: Any = {
    "domain": status.__file__,
    "status": seen["status"],
    "summary": seen["summary"],
    "plan": {name: plan["outlook"] for name, plan in seen["plan"].items()},  # type: ignore[attr-defined]
    "unmet": seen["unmet"],
    "recommendation": seen["next"]["code"],  # type: ignore[index]
    "row": table[0]["status"],
    "counts": report["counts"],
    "groups": inventory(table, "kb952876"),
    "junit": as_junit(table, about),
    "html": as_html(table, about),
    "work": work(seen),
}
sys.stdout.write(json.dumps(shown))
