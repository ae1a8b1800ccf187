# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install and remove on a staged host: the right command line, the wait, the exit code and its meaning, the log."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .._hotfix.exit_codes import ExitCode, explain
from .._windows.files import delete, remove_folder
from .._windows.values import moment
from . import install as running
from .lock import BOOT_TOLERANCE
from .permission import Permit, always
from .stage import StagingError, current
from .target import Target
from .transfer.common import LOST

_LIMIT_FACTOR = 2
"""The task's time limit is this many deadlines: an installer is left running at the deadline, and not for ever."""

_STEPS = {"installs": "installation", "removes": "removal"}
_IDENTITY = re.compile(r"[A-Za-z0-9_.-]+~[A-Za-z0-9]+~[A-Za-z0-9]+~[A-Za-z0-9-]*~[0-9.]+")


class Installer(enum.Enum):
    """pkgmgr with the answer file (Microsoft's documented way) or with the cabinet, or wusa with the package."""

    PKGMGR = "pkgmgr"
    PKGMGR_PACKAGE = "pkgmgr_package"
    WUSA = "wusa"


@dataclass(frozen=True)
class InstallOptions:
    """deadline: seconds for one run of the installer. retries: further runs after an exit code that says busy."""

    installer: Installer = Installer.PKGMGR
    deadline: float = 3600.0
    retries: int = 3
    retry_pause: float = 15.0


@dataclass
class Installing:
    """Runs the installer on one host; log holds the last lines of its log when it did not claim success.

    permit: asked before every run of the installer, a repeated one included.
    """

    target: Target
    options: InstallOptions
    permit: Permit = always
    log: list[str] = field(default_factory=list)

    def install(self) -> ExitCode:
        """Install what is staged. Raises StagingError, InstallerError, CommandError, NotPermittedError."""
        command, expected = self._install_command()
        return self._run(command, expected, "installs")

    def remove(self, identity: str) -> ExitCode:
        """Remove a package by the identity that the host lists. Raises InstallerError, CommandError."""
        if not _IDENTITY.fullmatch(identity):
            raise running.InstallerError(f"the host lists the package as {identity!r}, which is no identity to act on")
        return self._run(running.pkgmgr_remove(self.target.layout.log, identity), {}, "removes")

    def adopt(self) -> ExitCode | None:
        """The end of an installer that an earlier run began: its exit code, or None when it never ran to its end."""
        try:
            outcome = running.wait(self.target, deadline=self.options.deadline, lost=LOST, booted=self._booted())
        except running.TamperedError:
            self._disown()
            raise
        except running.AbandonedError as error:
            self.target.say(str(error))
            return None
        finally:
            if not self.target.installer_runs():
                running.clear(self.target)
        return explain(outcome.exit_code)

    def _install_command(self) -> tuple[str, Mapping[str, str]]:
        layout = self.target.layout
        manifest = current(self.target)
        if manifest is None:
            raise StagingError(f"{layout.manifest} is gone or cannot be read; stage the package again")
        if self.options.installer is Installer.WUSA:
            return running.wusa(layout.payload), {layout.payload: manifest.sha1}
        expected = {f"{layout.expanded}\\{name}": digest for name, digest in manifest.expanded.items()}
        cabinets = [path for path in expected if path.lower().endswith(".cab")]
        answers = [path for path in expected if path.lower().endswith(".xml")]
        if self.options.installer is Installer.PKGMGR and answers:
            return running.pkgmgr_answer_file(layout.log, answers[0]), expected
        if not cabinets:
            raise StagingError(f"{layout.expanded} holds no package for pkgmgr; stage the package again")
        sandbox = layout.path("sandbox")
        remove_folder(self.target.shell, sandbox)
        self.target.shell.run(f'md "{sandbox}"')
        return running.pkgmgr_package(layout.log, cabinets[0], sandbox), {cabinets[0]: expected[cabinets[0]]}

    def _run(self, command: str, expected: Mapping[str, str], verb: str) -> ExitCode:
        for attempt in range(self.options.retries + 1):
            code = self._run_once(command, expected, verb)
            if not code.may_retry or attempt == self.options.retries:
                break
            self.target.say(f"{code.text} Trying again in {self.options.retry_pause:.0f} s")
            self.target.sleep(self.options.retry_pause)
        return code

    def _run_once(self, command: str, expected: Mapping[str, str], verb: str) -> ExitCode:
        self.permit(_STEPS[verb])
        booted = self._booted()
        description = f"{verb} {self.target.layout.kb}; removed when it has ended"
        limit = _LIMIT_FACTOR * self.options.deadline
        running.begin(self.target, command, expected, description=description, time_limit=limit)
        try:
            outcome = running.wait(self.target, deadline=self.options.deadline, lost=LOST, booted=booted)
            code = explain(outcome.exit_code)
            self.log = [] if code.claims_success else running.log_tail(self.target)
        except running.TamperedError:
            self._disown()
            running.clear(self.target)
            raise
        except running.AbandonedError:
            running.clear(self.target)
            raise
        running.clear(self.target)
        return code

    def _disown(self) -> None:
        """Take the manifest from a staging whose files were changed, so that it counts as staged no more."""
        delete(self.target.shell, [self.target.layout.manifest])

    def _booted(self) -> running.Booted:
        """Tells whether the host booted since now: its boot time moved by more than the tolerance."""
        before = self._boot_time()

        def booted() -> bool:
            now = self._boot_time()
            return before is not None and now is not None and abs(now - before) > BOOT_TOLERANCE

        return booted

    def _boot_time(self) -> datetime | None:
        rows = self.target.client.query("SELECT LastBootUpTime FROM Win32_OperatingSystem")
        return moment(rows[0], "LastBootUpTime").value if rows else None
