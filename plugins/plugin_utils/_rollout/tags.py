# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags: whether the work is chosen by --tags and --skip-tags, and whether one of them names a step of ours."""

from __future__ import annotations

from collections.abc import Collection

from .settings import Naming

_HINT = (
    "the steps have no tags: {0}state (assessed, staged, present, absent, restarted), {0}reboot and {0}cleanup "
    "say what is done, or the playbooks assess, stage, remediate, restart and rollback"
)


def chosen(tags: Collection[str], run: Collection[str], skip: Collection[str]) -> bool:
    """Whether Ansible runs what has these tags, of its own or of the play around it; `always` not counted."""
    own = set(tags) - {"always"}
    wanted = set(run) or {"all"}
    runs = "all" in wanted or bool(own & wanted) or ("tagged" if own else "untagged") in wanted
    skipped = bool(own & set(skip)) or "all" in skip or ("tagged" if own else "untagged") in skip
    return runs and not skipped


def problems(naming: Naming, tags: Collection[str], run: Collection[str], skip: Collection[str]) -> list[str]:
    """A sentence for each tag that looks like one of ours and chooses nothing: no run may do nothing without a word."""
    own = set(tags)
    strange = [("--tags", one) for one in run] + [("--skip-tags", one) for one in skip]
    return [
        f"{option} {tag}: {_HINT.format(naming.prefix)}"
        for option, tag in strange
        if tag.lower().startswith(naming.prefix) and tag not in own
    ]
