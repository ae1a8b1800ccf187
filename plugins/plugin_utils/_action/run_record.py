# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this very run has checked and chosen, in Ansible's own local temporary folder of the run.

Variables cannot tell: an earlier play, an inventory or a skipped tag leaves them. Only actions of ours write here.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible import constants

from .._package.keep import Keep
from .variables import BadInput

_NAME = "winlegacy-record"
_ROLES = ("winlegacy.servicing.hotfix", "winlegacy.servicing.kb952876")
_TURN = 600.0
UNCHECKED = (
    "the settings were not checked in this play, so the host is not asked: --skip-tags left the check out, or a"
    " condition leaves the role out for the first host of the play (use include_role, or give the hosts a play of their"
    " own)"
)


class RunRecord:
    """Notes by key, shared by all workers of the run, gone with it. Raises BadInput where they cannot be kept."""

    def __init__(self) -> None:
        folder = Path(str(constants.DEFAULT_LOCAL_TMP)) / _NAME
        try:
            self._keep = Keep.private(folder)
        except OSError as error:
            raise BadInput(f"what this run checks cannot be kept in {folder}: {error}") from None

    def get(self, *key: str) -> dict[str, Any] | None:
        """What was noted under just this key; None when nothing was."""
        try:
            found: dict[str, Any] = json.loads(self._path(key).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found

    def put(self, value: Mapping[str, Any], *key: str) -> None:
        """Note it, whole or not at all."""
        descriptor, name = tempfile.mkstemp(dir=self._keep.folder, prefix="note-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(value, file)
        Path(name).replace(self._path(key))

    @contextmanager
    def turn(self, *key: str) -> Iterator[None]:
        """Of several workers one after the other."""
        with self._keep.turn(self._path(key).stem, _TURN):
            yield

    def _path(self, key: tuple[str, ...]) -> Path:
        return self._keep.folder / (
            hashlib.sha256("\n".join(key).encode("utf-8", "surrogateescape")).hexdigest() + ".note"
        )

    # --- what is noted ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The run begins now, unless it has begun before."""
        if self.get("began") is None:
            self.put({"at": datetime.now(UTC).isoformat()}, "began")

    @property
    def began(self) -> datetime | None:
        """When the first settings of this run were checked, in UTC; None where none were."""
        noted = self.get("began")
        return None if noted is None else datetime.fromisoformat(noted["at"])

    def allow(self, task: Any, hosts: Iterable[str], playbook: str = "") -> None:
        """Tasks of the role may ask these hosts in the task's play. playbook: which one began a batch of it."""
        play = play_of(task)
        with self.turn("play", play):
            before = self.get("play", play) or {"hosts": [], "playbook": ""}
            told = list(dict.fromkeys([*before["hosts"], *hosts]))
            self.put({"hosts": told, "playbook": playbook or before["playbook"]}, "play", play)

    def allowed(self, task: Any) -> dict[str, Any]:
        """The hosts of the task's play that were allowed, and the playbook that began its batches, if one did."""
        return self.get("play", play_of(task)) or {"hosts": [], "playbook": ""}


def play_of(task: Any) -> str:
    """The identity of the play that a task belongs to; empty for a task without one."""
    play = play_itself(task)
    return "" if play is None else str(play._uuid)  # noqa: SLF001 - Ansible has no other name for it


def play_itself(task: Any) -> Any:
    """The play that a task belongs to; None for a task without one."""
    node = task
    while node is not None:
        play = getattr(node, "_play", None)
        if play is not None:
            return play
        node = getattr(node, "_parent", None)
    return None


def insist_on_check(task: Any, hosts: Iterable[str | None]) -> None:
    """A task of the role asks only hosts that this run's own check allowed. Raises BadInput.

    Tasks of users, with modules of the collection, are their own matter.
    """
    role = getattr(task, "_role", None)
    if role is None or role.get_name() not in _ROLES:
        return
    allowed = set(RunRecord().allowed(task)["hosts"])
    if not allowed.issuperset(hosts):
        raise BadInput(UNCHECKED)
