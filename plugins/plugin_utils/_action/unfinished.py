# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interrupted sweep leaves: a JSON report of what was learnt, and one sentence that says where.

The sweep runs in a worker, and Ansible shows nothing more of a worker once a run is being ended. So the worker notes
the sentence for this run, and Ansible's main process, which has loaded the action as well, says it as the last of all.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import multiprocessing
import os
import stat
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.utils.display import Display

from .._report.about import About
from .._report.formats import FORMATS
from .._report.rows import lean_rows
from .._rollout.collect import unpacked
from .._text.visible import visible
from .local_files import local, write
from .private_file import put
from .run_record import RunRecord
from .variables import BadInput

display = Display()
_NOT_ASKED = {"status": "unknown", "summary": "Not assessed: the task was interrupted before."}
_FOLDER, _SUFFIX = "winlegacy.servicing", ".interrupted.json"
_MOST = 20
"""Files that are kept in the private folder, the newest: one for each set of hosts."""

_WAIT = 10.0
"""Seconds at the end of a run in which its workers may write what they have learnt."""

_NOTE = "sweep"
_BEGUN, _OVER = "begun", "over"


class Unfinished:
    """Of one sweep. named: the file that the user named, or an empty text. hosts: all that are asked."""

    def __init__(self, named: str, kb: str, hosts: Sequence[str]) -> None:
        self._kb, self._hosts = kb, hosts
        self._named = local(named) if named else None

    def begin(self) -> None:
        """From here on the end of the run waits for what is left behind."""
        _note({"state": _BEGUN})

    def keep(self, found: Mapping[str, Any], told: str) -> str:
        """Write what was learnt, by host, and note the sentence, which is returned. told: its beginning."""
        sentence = f"Interrupted: {told}"
        if found:
            sentence += f". {self._written(found)}"
        _note({"state": _OVER, "sentence": sentence})
        return sentence

    def forget(self) -> None:
        """The sweep is complete: an earlier one's file about these hosts, in the same places, is out of date."""
        _note({"state": _OVER})
        with contextlib.suppress(OSError):
            self._private.unlink(missing_ok=True)
        if self._named is not None and self._covers(_hosts_of(self._named)):
            with contextlib.suppress(OSError):
                self._named.unlink()

    def _covers(self, hosts: frozenset[str] | None) -> bool:
        """Whether a file of an interrupted sweep, with these hosts, tells of no others than this one asks."""
        return hosts is not None and hosts <= set(map(visible, self._hosts))

    def _written(self, found: Mapping[str, Any]) -> str:
        about = About(kb=self._kb, generated=datetime.now(UTC), title=f"{self._kb} report, interrupted")
        rows = lean_rows((name, unpacked(found.get(name, _NOT_ASKED))) for name in self._hosts)
        there = None if self._named is None else _hosts_of(self._named)
        ways = [(self._named, write)] if self._named is not None and (there is None or self._covers(there)) else []
        trouble = []
        for path, put_there in (*ways, (self._private, _put_private)):
            try:
                put_there(path, FORMATS["json"].pieces(rows, about))
            except (BadInput, OSError) as error:
                trouble.append(str(error))
            else:
                return "; ".join([*trouble, f"What was learnt is in {path}, as the JSON report has it"])
        return f"What was learnt is lost: {'; '.join(trouble)}"

    @property
    def _private(self) -> Path:
        """One for each hotfix and set of hosts."""
        folder = Path(str(constants.config.get_config_value("ANSIBLE_HOME"))).expanduser() / _FOLDER
        of_hosts = hashlib.blake2b("\n".join(sorted(self._hosts)).encode("utf-8", "surrogateescape"), digest_size=4)
        return folder / f"{self._kb.lower()}-{of_hosts.hexdigest()}{_SUFFIX}"


def tell_at_end() -> None:
    """Let Ansible's main process say at its end what an interrupted sweep has left. In a worker it means nothing."""
    if multiprocessing.parent_process() is None:
        atexit.register(_tell)


def _tell() -> None:
    noted = _noted()
    until = time.monotonic() + _WAIT
    if noted.get("state") == _BEGUN:
        with contextlib.suppress(KeyboardInterrupt):  # whoever does not wait is told what there is
            for worker in multiprocessing.active_children():
                worker.join(max(0.0, until - time.monotonic()))
        noted = _noted()
    if "sentence" in noted:
        display.display(visible(str(noted["sentence"])), stderr=True)


def _note(value: Mapping[str, Any]) -> None:
    with contextlib.suppress(BadInput, OSError):
        RunRecord().put(value, _NOTE)


def _noted() -> Mapping[str, Any]:
    with contextlib.suppress(BadInput, OSError, ValueError):
        return RunRecord().get(_NOTE) or {}
    return {}


def _put_private(path: Path, pieces: Iterable[str]) -> None:
    """Raises BadInput where others than its user can reach the folder; OSError."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise BadInput(f"{folder} is no folder that only its own user can reach")
    put(path, pieces, overwrite=True)
    _prune(folder)


def _hosts_of(path: Path) -> frozenset[str] | None:
    """The hosts of a report of an interrupted sweep; None where a file is none, as one that a user keeps there."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if not str(told["title"]).endswith("report, interrupted"):
            return None
        return frozenset(str(row["host"]) for row in told["hosts"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _prune(folder: Path) -> None:
    files = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.lstat().st_mtime)
    for path in files[:-_MOST]:
        path.unlink(missing_ok=True)
