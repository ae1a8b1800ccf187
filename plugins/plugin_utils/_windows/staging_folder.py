# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a hotfix is staged on a host: folder, files and task, all derived from the Windows folder and the KB."""

from __future__ import annotations

import re
from dataclasses import dataclass

PRODUCT = "winlegacy.servicing"

_STAGED = ("payload.msu", "manifest.json")
_FILES = (*_STAGED, "run.cmd", "run.rc", "run.json", "task.xml", "receive.js", "copy_from_share.js")
_OUR_FILES = re.compile(
    rf"(?:{'|'.join(map(re.escape, _FILES))})(?:\.tmp(?:\.\d+)?)?"
    r"|shell\.[0-9a-f]{32}|run\.lock(?:\.tmp)?|run\.log(?:\.txt)?|.+\.acl\.tmp",
    re.IGNORECASE,
)
_OUR_FOLDERS = re.compile(r"parts|expanded|sandbox|lock(?:\.[0-9a-f]{32})?", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Names on the target. windows: the host's own Windows folder (Win32_OperatingSystem.WindowsDirectory)."""

    windows: str
    kb: str

    def for_system(self, path: str) -> str:
        """A path below the Windows folder as a task's definition names it, in ASCII: by %SystemRoot%."""
        return "%SystemRoot%" + path.removeprefix(self.windows)

    @property
    def parent(self) -> str:
        return f"{self.windows}\\{PRODUCT}"

    @property
    def folder(self) -> str:
        return f"{self.parent}\\{self.kb}"

    def path(self, name: str) -> str:
        """A file or folder directly below the staging folder."""
        return f"{self.folder}\\{name}"

    @property
    def manifest(self) -> str:
        return self.path("manifest.json")

    @property
    def payload(self) -> str:
        return self.path("payload.msu")

    @property
    def parts(self) -> str:
        return self.path("parts")

    @property
    def expanded(self) -> str:
        return self.path("expanded")

    @property
    def lock(self) -> str:
        return self.path("lock")

    def lock_record(self, token: str) -> str:
        """The record of the lock's holder."""
        return f"{self.lock}\\{token}.json"

    def lock_prepared(self, token: str) -> str:
        """A folder that becomes the lock."""
        return f"{self.lock}.{token}"

    def shell_record(self, token: str) -> str:
        """The id of the remote shell that the lock's holder works in."""
        return self.path(f"shell.{token}")

    @property
    def script(self) -> str:
        return self.path("run.cmd")

    @property
    def run_lock(self) -> str:
        """Held open by the script from its start to its end; a script that finds it does not begin."""
        return self.path("run.lock")

    @property
    def run_record(self) -> str:
        """The host's signs of a boot when the installer was begun."""
        return self.path("run.json")

    @property
    def exit_code(self) -> str:
        return self.path("run.rc")

    @property
    def log(self) -> str:
        return self.path("run.log")

    @property
    def logs(self) -> tuple[str, str]:
        """Where the installer's log may be: whether pkgmgr adds .txt to the name that it is given is not known."""
        return self.log, self.log + ".txt"

    @property
    def task_xml(self) -> str:
        return self.path("task.xml")

    @property
    def run_files(self) -> tuple[str, ...]:
        """What a run of the installer needs, whole or half written; all but run.lock, which stands for a script."""
        whole = (self.script, self.task_xml, self.exit_code, self.run_record)
        return (*whole, *(f"{path}.tmp" for path in whole))

    def is_ours(self, name: str, *, folder: bool) -> bool:
        """Whether a file or a folder of that name in the staging folder is one that the writing operations make."""
        return (_OUR_FOLDERS if folder else _OUR_FILES).fullmatch(name) is not None

    @property
    def task(self) -> str:
        return f"{PRODUCT} {self.kb}"

    @property
    def task_file(self) -> str:
        """Task Scheduler 2.0 keeps each task's definition as a file of its name: seen through WMI, no process."""
        return f"{self.windows}\\System32\\Tasks\\{self.task}"
