# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a result is shown where nobody asked for details: what matters, in at most LINES lines of a terminal.

Ansible shows a value inside a list or a mapping on a line of its own. So what may be long is one line of text here,
whatever the host says, and stands in full where details are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LINES = 30
"""Ad hoc output of one host, with what Ansible adds to it (`changed`, and of a failure `msg` and `unreachable`)."""

NAMED = 3
"""Unknown answers that the line names; of the others it says how many there are."""

_LONGEST_WHY = 160
_LONG = ("plan", "unmet", "details")
_OF_HOTFIX = ("kb", "changed", "state", "outlook", "msg", "status", "was", "predicted", "reboot_required", "rc", "next")


def brief(result: Mapping[str, object]) -> dict[str, object]:
    """The short form of an assessment (Assessment.as_dict()). An empty mapping stays empty."""
    shown = {name: value for name, value in result.items() if name not in _LONG}
    if "kernel" in shown:
        shown["kernel"] = _but(result["kernel"], "branch")
    if shown.get("files") is None:
        shown.pop("files", None)
    else:
        shown["files"] = _but(result["files"], "below", "absent")
        if _mapping(result.get("kernel")).get("fixed") is None:
            shown.pop("kernel", None)
    if "restart" in shown:
        restart = _mapping(result["restart"])
        shown["restart"] = {**restart, "reasons": in_line(restart.get("reasons"))}
    if "unknown" in shown:
        shown["unknown"] = unknown_line(result["unknown"])
    symptom = _mapping(_mapping(result.get("details")).get("symptom"))
    if symptom.get("seen") is True and result.get("applicable") is True and not result.get("ended"):
        shown["symptom"] = symptom.get("status")
    if "ended" in shown:
        shown["ended"] = ended_line(result["ended"])
    return shown


def brief_change(result: Mapping[str, object], seen: Mapping[str, object]) -> dict[str, object]:
    """The short form of a run of hotfix. seen: the last assessment, in full.

    What the installer said stays where it did not claim success: nobody can ask for it again.
    """
    short = brief(seen)
    exit_code = _mapping(result.get("exit"))
    said = {"exit": exit_code.get("text"), "log": result["log"]} if result.get("log") else {}
    return {
        **{name: result[name] for name in _OF_HOTFIX if name in result},
        "summary": short["summary"],
        "windows": short["windows"],
        **{name: short[name] for name in ("kernel", "files") if name in short},
        "reboot_reasons": in_line(result.get("reboot_reasons")),
        "steps": in_line(result.get("steps")),
        "ended": ended_line(result.get("ended")),
        **said,
    }


def unknown_line(entries: object) -> str:
    """Questions without an answer as one line: the first few with their causes, and how many more there are."""
    found = [one for one in _items(entries) if isinstance(one, Mapping)]
    named = ", ".join(f"{one.get('question')} ({one.get('cause')}{_why(one)})" for one in found[:NAMED])
    more = len(found) - NAMED
    return f"{named} and {more} more" if more > 0 else named


def _why(entry: Mapping[str, object]) -> str:
    """What was wrong with the very first answer, a bound that it broke for instance: it explains all that follows."""
    if (entry.get("question"), entry.get("cause")) != ("identity", "unparsable") or not entry.get("detail"):
        return ""
    said = " ".join(str(entry["detail"]).split())
    return f": {said if len(said) <= _LONGEST_WHY else said[: _LONGEST_WHY - 1] + '…'}"


def ended_line(ended: object) -> str | None:
    """What ended a task early as one line; None where nothing did."""
    if not isinstance(ended, Mapping):
        return None
    return f"{ended.get('by')} during {ended.get('during')}" if ended.get("during") else str(ended.get("by"))


def in_line(values: object) -> str:
    """Names as one line; empty where there are none."""
    return ", ".join(str(one) for one in _items(values))


def _items(values: object) -> Sequence[object]:
    return values if isinstance(values, (list, tuple)) else ()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _but(value: object, *names: str) -> dict[str, object]:
    return {key: item for key, item in _mapping(value).items() if key not in names}
