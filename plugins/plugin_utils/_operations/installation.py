# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install and remove on a staged host: the right command line, the wait, the exit code and its meaning, the log."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .._model.exit_codes import ExitCode, explain
from .._windows.command import Step, quote, run_checked
from .._windows.files import delete, remove_folder
from . import installer_commands as commands
from . import installer_task as running
from .boot import BootWatch
from .permission import Permit, always
from .stage import Delivery, StagingError
from .target import Target

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

    permit: asked before every run of the installer, a repeated one included. wanted: whether servicing still asks for
    it, by its own state: asked anew before it is repeated, since another installer may have done it meanwhile.
    """

    target: Target
    options: InstallOptions
    watch: BootWatch
    delivery: Delivery | None = None
    """What the controller has read of its own package: the only source of names and hashes."""
    permit: Permit = always
    wanted: Callable[[], bool] = lambda: True
    log: list[str] = field(default_factory=list)

    def install(self) -> ExitCode | None:
        """Install what is staged; None where another installer has done it meanwhile.

        Raises StagingError, InstallerError, CommandError, NotPermittedError.
        """
        command, expected = self._install_command()
        return self._run(command, expected, "installs")

    def remove(self, identity: str) -> ExitCode | None:
        """Remove a package by the identity that the host lists; None where another installer has done it meanwhile.

        Raises InstallerError, CommandError, NotPermittedError.
        """
        if not _IDENTITY.fullmatch(identity):
            raise running.InstallerError(f"the host lists the package as {identity!r}, which is no identity to act on")
        return self._run(commands.pkgmgr_remove(self.target.layout, identity), {}, "removes")

    def adopt(self) -> ExitCode | None:
        """The end of an installer that an earlier run began: its exit code, or None when it never ran to its end.

        What it left is cleared away only where its end is known.
        """
        record = running.recorded(self.target)
        try:
            outcome = running.wait(self.target, deadline=self.options.deadline, record=record)
        except running.TamperedError:
            self._disown()
            running.clear(self.target)
            raise
        except (running.AbandonedError, running.EndedError) as error:
            self.target.say(str(error))
            running.clear(self.target)
            return None
        running.clear(self.target)
        return explain(outcome.exit_code)

    def _install_command(self) -> tuple[str, Mapping[str, str]]:
        layout, delivery = self.target.layout, self.delivery
        if delivery is None:
            raise StagingError("there is no package on the controller that what is staged could be proven against")
        if self.options.installer is Installer.WUSA:
            return commands.wusa(layout), {layout.payload: delivery.payload.sha1}
        expected = {f"{layout.expanded}\\{name}": sha1 for name, (sha1, _size) in delivery.members.items()}
        cabinets = [path for path in expected if path.lower().endswith(".cab")]
        answers = [path for path in expected if path.lower().endswith(".xml")]
        if self.options.installer is Installer.PKGMGR and answers:
            return commands.pkgmgr_answer_file(layout, answers[0]), expected
        if not cabinets:
            raise StagingError(f"{delivery.name} holds no package for pkgmgr")
        sandbox = layout.path("sandbox")
        remove_folder(self.target.shell, sandbox)
        run_checked(self.target.shell, Step("making a folder for pkgmgr", f"md {quote(sandbox)}"))
        return commands.pkgmgr_package(layout, cabinets[0], sandbox), {cabinets[0]: expected[cabinets[0]]}

    def _run(self, command: str, expected: Mapping[str, str], verb: str) -> ExitCode | None:
        for attempt in range(self.options.retries + 1):
            last = attempt == self.options.retries
            try:
                code = self._run_once(command, expected, verb)
            except running.BusyError as error:
                if last:
                    raise
                why = str(error)
            else:
                if not code.may_retry or last:
                    return code
                why = code.text
            self.target.say(f"{why} Trying again in {self.options.retry_pause:.0f} s")
            self.target.sleep(self.options.retry_pause)
            if not self.wanted():
                return None
        raise AssertionError("unreachable")

    def _run_once(self, command: str, expected: Mapping[str, str], verb: str) -> ExitCode:
        self.permit(_STEPS[verb])
        description = f"{verb} {self.target.layout.kb}; removed when it has ended"
        limit = _LIMIT_FACTOR * self.options.deadline
        record = self.watch.record
        try:
            running.begin(
                self.target, command, expected, record=record, description=description, time_limit=limit
            )
        except running.TamperedError:
            self._disown()
            raise
        elapsed = self.watch.clock() - self.watch.begun
        try:
            outcome = running.wait(
                self.target, deadline=self.options.deadline, record=record, elapsed=elapsed
            )
            code = explain(outcome.exit_code)
            self.log = [] if code.claims_success else running.log_tail(self.target)
        except running.TamperedError:
            self._disown()
            running.clear(self.target)
            raise
        except (running.AbandonedError, running.EndedError):
            running.clear(self.target)
            raise
        running.clear(self.target)
        return code

    def _disown(self) -> None:
        """Take the manifest from a staging whose files were changed, so that it counts as staged no more."""
        delete(self.target.shell, [self.target.layout.manifest])
