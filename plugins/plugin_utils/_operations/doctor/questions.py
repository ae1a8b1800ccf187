# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions to a host that was logged in to. Each costs its own answer only; none starts a process or a shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from ..._doctor import host as judge
from ..._doctor.course import Course
from ..._doctor.finding import Check, Finding
from ..._doctor.host import ShellsSeen
from ..._doctor.seen import ClockSeen
from ..._model.answer import Answer, Cause
from ..._model.facts import Driver, Facts, KernelFile, OperatingSystem, RebootIndicator
from ..._windows import operating_system, properties, reboot_pending, registry
from ..._windows.architecture import architecture
from ..._windows.driver import drivers
from ..._windows.wmi import ask, ask_one_row, ask_rows, literal
from ..._wsman.client import Client
from ..._wsman.service_config import winrs_config
from ..._wsman.shell_list import ListedShell, list_shells
from ..._wsman.values import Row
from ..assess.windows_folder import windows_directory
from ..stage import ROOM_MARGIN

POLICIES = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
SCRIPT_HOST = "SOFTWARE\\Microsoft\\Windows Script Host\\Settings"
_SERVICES = ("Schedule", "TrustedInstaller")


class HostQuestions:
    """Asks in the order of the way. now: this controller's clock. Raises the wire's errors where the host is lost."""

    def __init__(
        self,
        client: Client,
        user: str,
        now: Callable[[], datetime],
        *,
        kerberos: bool,
        before: ClockSeen | None = None,
    ) -> None:
        """before: the host's clock as the service told it without credentials."""
        self._client, self._user, self._now, self._kerberos, self._before = client, user, now, kerberos, before
        self._row: Answer[Row] = Answer()
        self._os: Answer[OperatingSystem] = Answer()
        self._files: Answer[dict[str, Row]] = Answer()
        self._folder = ""
        self._here, self._within = now(), timedelta(0)
        self._services: dict[str, Answer[Driver]] = {}

    def run(self, course: Course) -> None:
        """All of them, as far as each one's needs are well."""
        for check, look in self._steps():
            if course.opens(check) and not course.has(check):
                course.add(look())

    def _steps(self) -> Iterator[tuple[Check, Callable[[], Iterator[Finding]]]]:
        yield Check.WMI, self._wmi
        yield Check.TOKEN, self._token
        yield Check.CLOCK, lambda: judge.judge_clock(self._clock(), self._before, kerberos=self._kerberos)
        yield Check.CODE_PAGE, self._code_page
        yield Check.REGISTRY, lambda: judge.judge_registry(architecture(self._client))
        yield Check.SHELLS, lambda: judge.judge_shells(self._shells())
        yield Check.TASK_SERVICE, lambda: judge.judge_task_service(self._service("Schedule"))
        yield Check.SCRIPT_HOST, lambda: judge.judge_script_host(self._scripts(), self._cscript())
        yield Check.FREE_SPACE, self._free_space
        yield Check.SERVICING, lambda: judge.judge_servicing(self._service("TrustedInstaller"), self._restart())

    # --- WMI ----------------------------------------------------------------------------------------------------

    def _wmi(self) -> Iterator[Finding]:
        before = self._now()
        self._row = ask_one_row(self._client, operating_system.QUERY, what="Win32_OperatingSystem")
        after = self._now()
        self._within = (after - before) / 2
        self._here = before + self._within
        row = self._row.value
        self._os = operating_system.read(row) if row is not None else Answer(None, self._row.cause, self._row.detail)
        return judge.judge_wmi(self._os)

    def _of_row(self, name: str, read: Callable[[Row, str], Answer[properties.T]]) -> Answer[properties.T]:
        row = self._row.value
        return read(row, name) if row is not None else Answer(None, self._row.cause, self._row.detail)

    def _code_page(self) -> Iterator[Finding]:
        code_set, language = self._of_row("CodeSet", properties.text), self._of_row("OSLanguage", properties.integer)
        return judge.judge_code_page(code_set, language)

    def _clock(self) -> Answer[ClockSeen]:
        moment = self._of_row("LocalDateTime", properties.moment)
        return moment.map(lambda told: ClockSeen(told, self._here, self._within))

    def _token(self) -> Iterator[Finding]:
        """By the rows of the system and of its kernel's file; the policy is asked for only where something lacks."""
        folder = windows_directory(self._client, self._os)
        self._folder = folder.value or ""
        facts = Facts(os=self._os)
        if self._folder:
            self._files = self._file_rows(f"{self._folder}\\System32", ("ntoskrnl.exe", "cscript.exe"))
            facts = replace(facts, disk_kernel=self._kernel())
        lacks = Cause.PROPERTY_MISSING in {facts.os.cause, facts.disk_kernel.cause}
        policy = registry.get_dword(self._client, POLICIES, "LocalAccountTokenFilterPolicy") if lacks else Answer[int]()
        return judge.judge_token(facts, policy)

    def _file_rows(self, folder: str, names: tuple[str, ...]) -> Answer[dict[str, Row]]:
        paths = [f"{folder}\\{name}" for name in names]
        where = " OR ".join(f"Name={literal(path)}" for path in paths)
        rows = ask_rows(self._client, f"SELECT * FROM CIM_DataFile WHERE {where}")  # noqa: S608 - WQL, escaped

        def name(row: Row) -> str:
            return (properties.text(row, "Name").value or "").rpartition("\\")[2].casefold()

        return rows.map(lambda found: {name(row): row for row in found})

    def _kernel(self) -> Answer[tuple[KernelFile, ...]]:
        """Whether the kernel's row has its version; the version itself is no matter here."""
        if self._files.value is None:
            return Answer(None, self._files.cause, self._files.detail)
        row = self._files.value.get("ntoskrnl.exe")
        if row is None:
            return Answer.unknown(Cause.EMPTY, "CIM_DataFile lists no ntoskrnl.exe")
        version = properties.text(row, "Version")
        return version.map(lambda _version: ()) if version.is_known else Answer(
            None, version.cause, f"CIM_DataFile of ntoskrnl.exe: {version.detail}"
        )  # fmt: skip

    # --- the service --------------------------------------------------------------------------------------------

    def _shells(self) -> Answer[ShellsSeen]:
        listed = ask(lambda: list_shells(self._client))
        if listed.value is None:
            return Answer(None, listed.cause, listed.detail)
        config = ask(lambda: winrs_config(self._client))
        row = config.value or {}
        mine = sum(1 for one in listed.value if self._is_mine(one))
        return Answer.known(
            ShellsSeen(
                mine,
                properties.integer(row, "MaxShellsPerUser").value,
                properties.boolean(row, "AllowRemoteShellAccess").value,
            )
        )

    def _is_mine(self, shell: ListedShell) -> bool:
        """WinRM 1.1 lists the caller's own without owners; later ones name them, as DOMAIN\\user or user@domain."""

        def account(text: str) -> str:
            return text.rpartition("\\")[2].partition("@")[0].casefold()

        return not shell.owner or account(shell.owner) == account(self._user)

    # --- services, scripts, disk, servicing ---------------------------------------------------------------------

    def _service(self, name: str) -> Answer[Driver]:
        if not self._services:
            self._services = drivers(self._client, _SERVICES, "Win32_Service")
        return self._services[name]

    def _scripts(self) -> Answer[bool]:
        """The value Enabled, a number or its text; Windows has none of its own, and scripts run then."""
        number = registry.get_dword(self._client, SCRIPT_HOST, "Enabled")
        if number.value is not None:
            return Answer.known(number.value != 0)
        if number.cause is Cause.VALUE_MISSING:
            return Answer.known(True)
        return registry.get_string(self._client, SCRIPT_HOST, "Enabled").map(lambda text: text.strip() != "0")

    def _cscript(self) -> Answer[bool]:
        if not self._files.was_asked:
            return Answer.unknown(Cause.VALUE_MISSING, "the Windows folder is not known")
        return self._files.map(lambda rows: "cscript.exe" in rows)

    def _free_space(self) -> Iterator[Finding]:
        os = self._os.value
        drive = self._folder[:2] or (os.system_drive if os is not None else None) or ""
        if not drive:
            nowhere = Answer[int].unknown(Cause.VALUE_MISSING, "it is not known which it is")
            return judge.judge_free_space("the drive of Windows", nowhere, 0)
        wql = f"SELECT FreeSpace FROM Win32_LogicalDisk WHERE DeviceID={literal(drive)}"  # noqa: S608 - WQL, escaped
        row = ask_one_row(self._client, wql, what=f"drive {drive}")
        free = properties.integer(row.value, "FreeSpace") if row.value is not None else Answer[int](
            None, row.cause, row.detail
        )  # fmt: skip
        return judge.judge_free_space(drive, free, ROOM_MARGIN)

    def _restart(self) -> Facts:
        found = dict(reboot_pending.servicing(self._client))
        works = found[RebootIndicator.CBS_REBOOT_PENDING].is_known
        found[RebootIndicator.WINDOWS_UPDATE] = reboot_pending.windows_update(self._client, lists_work=works)
        found[RebootIndicator.FILE_RENAME] = reboot_pending.file_rename(self._client)
        found[RebootIndicator.COMPUTER_RENAME] = reboot_pending.computer_rename(self._client)
        return Facts(reboot=found)
