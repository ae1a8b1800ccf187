# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as data: the states that may be wanted, the steps, and what a run with them says of itself. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .plan_code import PlanCode
from .status import Status


class DesiredState(enum.Enum):
    """What the user asks for."""

    STAGED = "staged"
    PRESENT = "present"
    ABSENT = "absent"


class Step(enum.Enum):
    """What is done to the host, in this order; the values are part of the results and the diff."""

    CHECK_FREE_SPACE = "check_free_space"
    MAKE_FOLDER = "make_folder"
    TRANSFER_PAYLOAD = "transfer_payload"
    EXPAND_PAYLOAD = "expand_payload"
    WRITE_MANIFEST = "write_manifest"
    VERIFY_PAYLOAD = "verify_payload"
    INSTALL_PACKAGE = "install_package"
    UNINSTALL_PACKAGE = "uninstall_package"
    VERIFY_SERVICING = "verify_servicing"
    REMOVE_TASK = "remove_task"
    REMOVE_STAGING = "remove_staging"


class Outlook(enum.Enum):
    """do: there are steps. met: nothing to do. skip: the user's own condition says no. blocked: it must not be done."""

    DO = "do"
    MET = "met"
    SKIP = "skip"
    BLOCKED = "blocked"


class RestartNeed(enum.Enum):
    """Which restart the state takes.

    first: before its steps may be done. after: after them, or now where none are left. unknown: that cannot be told.
    """

    NONE = "none"
    FIRST = "first"
    AFTER = "after"
    UNKNOWN = "unknown"


_CHANGES_WINDOWS = frozenset({Step.INSTALL_PACKAGE, Step.UNINSTALL_PACKAGE})


@dataclass(frozen=True)
class PlanOptions:
    """only_if_symptomatic: stage and install only where the symptom was seen (the article's advice).

    fail_if_not_applicable: a host that the hotfix is not for blocks the plan instead of meeting it.
    """

    only_if_symptomatic: bool = False
    fail_if_not_applicable: bool = False


@dataclass(frozen=True)
class Plan:
    """What a run would do. Check mode reports it, a real run follows it.

    reboot_required: whether this hotfix will need a restart after the steps; None where that is not known.
    restart: which restart the state takes, from where the host stands. identities: the root packages to uninstall, as
    the host itself names them. leftovers: staged files are on the host that the state, which is there, needs no more.
    provable: whether there is anything of the hotfix to prove; False where the fix came with another update.
    done: what is to be said once the steps are done, a sentence without its end; empty without steps.
    """

    desired: DesiredState
    outlook: Outlook
    code: PlanCode
    text: str
    steps: tuple[Step, ...]
    status_before: Status
    status_after: Status
    reboot_required_before: bool | None
    reboot_required: bool | None
    restart: RestartNeed
    identities: tuple[str, ...] = ()
    leftovers: bool = False
    provable: bool = True
    done: str = ""

    def said_after(self, *, restart: bool | None) -> str:
        """What is to be said after the run. restart: whether this hotfix waits for one now; None: not known."""
        if not self.done:
            return self.text
        return f"{self.done} and waits for a restart." if restart and self.changes_windows else f"{self.done}."

    @property
    def changes_windows(self) -> bool:
        """Whether a step changes Windows itself, and not only files of ours."""
        return not _CHANGES_WINDOWS.isdisjoint(self.steps)

    @property
    def uses_package(self) -> bool:
        """Whether the package on the controller matters: to be staged, to be installed, or to be the one staged."""
        return self.code in (PlanCode.STAGE, PlanCode.INSTALL, PlanCode.ALREADY_STAGED)

    @property
    def reached(self) -> bool:
        """Nothing to do and no restart to wait for."""
        return self.outlook is Outlook.MET and self.restart is RestartNeed.NONE

    @property
    def changed(self) -> bool:
        return bool(self.steps)

    @property
    def blocked(self) -> bool:
        return self.outlook is Outlook.BLOCKED

    def as_dict(self) -> dict[str, object]:
        """The plan as a part of the assessment's result."""
        return {
            "outlook": self.outlook.value,
            "code": self.code.value,
            "text": self.text,
            "steps": [step.value for step in self.steps],
            "changes_windows": self.changes_windows,
            "restart": self.restart.value,
            "reached": self.reached,
            "provable": self.provable,
            "leftovers": self.leftovers,
        }

    def diff_line(self) -> str:
        """The same as diff() in one line, for people; empty where there is nothing to do."""
        if not self.steps:
            return ""
        known = {True: "; restart required", None: "; a restart may be required"}
        steps = ", ".join(step.value for step in self.steps)
        return f"{self.status_before.value} -> {self.status_after.value}{known.get(self.reboot_required, '')}: {steps}"

    def diff(self) -> dict[str, dict[str, object]]:
        """before and after, for Ansible's diff mode."""
        steps = [step.value for step in self.steps]
        return {
            "before": _side(self.status_before, self.reboot_required_before, []),
            "after": _side(self.status_after, self.reboot_required, steps),
        }


def _side(status: Status, reboot_required: bool | None, steps: list[str]) -> dict[str, object]:
    return {"status": status.value, "reboot_required": reboot_required, "steps": steps}
