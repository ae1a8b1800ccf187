# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that a transcript asks besides an assessment's: each settles a guess about Windows, none changes it.

SETTLED and NOT_ASKED name every fact that the tests hold as doubtful (tests/winhost/doubt.py): what settles it, or why
nothing that only reads does. docs/docsite/rst/guide_transcript.rst shows both to people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .._catalogue.definition import Definition
from .._doctor.course import Course
from .._windows import architecture, boot_signs, files, kernel, operating_system, package_keys, registry
from .._windows.wmi import ask, ask_rows, literal
from .._wsman import messages, uris
from .._wsman.client import Client
from .assess.interview import AssessOptions, Depth, assess
from .doctor.questions import HostQuestions

_POLICY = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
_ABSENT = "winlegacy-absent"
_KEY_SET_VALUE = 2
_CONFIGURATION = uris.WMI.removesuffix("/wmi") + "/config"
_SERVICES = ("Schedule", "TrustedInstaller", "wuauserv", "WinRM")
_PACKAGES_OF_OTHERS = 6
"""Packages at either end of the list whose state is read: they show how CurrentState is written on any host."""


@dataclass(frozen=True)
class OpenQuestion:
    """What is asked, in a clause, and the doubtful facts that the answer settles or helps to settle."""

    what: str
    settles: tuple[str, ...]
    ask: Callable[[Client, Definition], object]


def record(client: Client, definition: Definition) -> None:
    """Ask an assessment's questions, all of them, then the open ones. Their answers are for the channel that records.

    Nothing is changed and no process is started. A question that fails costs its own answer. Raises the wire's errors
    where the host is lost or the client's deadline is over.
    """
    for question in QUESTIONS:
        question.ask(client, definition)


def public_names(definitions: Sequence[Definition]) -> set[str]:
    """Names that definitions bring into questions and answers: of files and folders, drivers, services, packages,
    hotfixes, and the files' versions."""
    names: set[str] = set()
    for one in definitions:
        names.add(one.kb)
        if one.watched is not None:
            names.add(one.watched.name)
        for target in one.targets:
            for file in target.files:
                names.update((file.path or file.name).split("\\"))
                names.update(branch.store_folder for branch in file.branches if branch.store_folder)
                names.update(str(branch.version) for branch in file.branches if branch.version is not None)
        for package in one.packages:
            names.update((package.identity, *package.sub_packages))
    return names


def _lab(client: Client, _definition: Definition) -> object:
    return registry.get_string(client, kernel.CURRENT_VERSION, "BuildLab")


def _absence(client: Client, _definition: Definition) -> object:
    return (
        registry.get_string(client, kernel.CURRENT_VERSION, _ABSENT),
        registry.enum_key(client, f"SOFTWARE\\{_ABSENT}"),
    )


def _package_states(client: Client, _definition: Definition) -> object:
    listed = package_keys.listed(client).value or ()
    some = dict.fromkeys((*listed[:_PACKAGES_OF_OTHERS], *listed[-_PACKAGES_OF_OTHERS:]))
    if listed:
        registry.enum_values(client, f"{package_keys.PACKAGES}\\{listed[0]}")
    return package_keys.states(client, list(some), lambda: True)


def _architecture(client: Client, _definition: Definition) -> object:
    return architecture.architecture(client), architecture.processor(client)


def _assessment(client: Client, definition: Definition) -> object:
    return assess(client, definition, AssessOptions(depth=Depth.FULL, all_files=True))


def _doctor(client: Client, _definition: Definition) -> object:
    """What the doctor asks of a host that lets it in; a replay comes to the same findings."""
    course = Course()
    HostQuestions(client, "", lambda: datetime.now(UTC), kerberos=False).run(course)
    return course.findings


def _stored_files(client: Client, definition: Definition) -> object:
    """The fixed kernels where servicing stores them, by their exact names."""
    os = operating_system.operating_system(client).value
    if os is None or os.windows_directory is None:
        return None
    found = [
        f"{os.windows_directory}\\winsxs\\{branch.store_folder}\\{file.name}"
        for target in definition.targets
        if target.os_version == os.version
        for file in target.kernels
        for branch in file.branches
        if branch.store_folder
    ]
    return [
        ask_rows(client, f"SELECT Name, Version, FileSize FROM CIM_DataFile WHERE Name={literal(one)}")  # noqa: S608
        for one in found
    ]


def _updates(client: Client, _definition: Definition) -> object:
    return ask_rows(client, "SELECT HotFixID, InstalledOn, ServicePackInEffect FROM Win32_QuickFixEngineering")


def _volatile_key(client: Client, _definition: Definition) -> object:
    params: dict[str, messages.ParamValue] = {
        "hDefKey": registry.HKEY_LOCAL_MACHINE,
        "sSubKeyName": boot_signs.VOLATILE_KEY,
        "uRequired": _KEY_SET_VALUE,
    }
    registry.enum_values(client, boot_signs.VOLATILE_KEY)
    return ask(lambda: client.invoke(registry.STD_REG_PROV, "CheckAccess", params, idempotent=True))


def _births(client: Client, _definition: Definition) -> object:
    return boot_signs.births(client)


def _refusals(client: Client, _definition: Definition) -> object:
    return [
        ask_rows(client, "SELECT Name FROM Winlegacy_Absent"),
        ask_rows(client, "SELECT WinlegacyAbsent FROM Win32_OperatingSystem"),
        ask_rows(client, "SELECT Name FROM Win32_Service", namespace="root/absent"),
    ]


def _configuration(client: Client, _definition: Definition) -> object:
    return ask(lambda: client.exchange(messages.get(_CONFIGURATION, {}), idempotent=True))


def _token(client: Client, _definition: Definition) -> object:
    return registry.get_dword(client, _POLICY, "LocalAccountTokenFilterPolicy")


def _services(client: Client, _definition: Definition) -> object:
    where = " OR ".join(f"Name={literal(name)}" for name in _SERVICES)
    return ask_rows(client, f"SELECT Name, State, StartMode, Started FROM Win32_Service WHERE {where}")  # noqa: S608


def _space(client: Client, _definition: Definition) -> object:
    return files.free_space(client, "C:")


QUESTIONS = (
    OpenQuestion(
        "what an assessment asks, all of it",
        ("vista_rtm_identify", "pae_enabled", "os_architecture", "file_version_form", "last_boot_time"),
        _assessment,
    ),
    OpenQuestion("the lab of the build, apart from its revision", ("buildlabex_on_6000",), _lab),
    OpenQuestion("a value and a key that are not there", ("stdregprov_absent_value",), _absence),
    OpenQuestion(
        "the state of packages at both ends of the list",
        ("current_state_encoding", "root_package_identity", "uninstalled_package", "cbs_pending_keys"),
        _package_states,
    ),
    OpenQuestion(
        "the architecture by registry and by WMI",
        ("processor_architecture_registry", "processor_architecture_wmi"),
        _architecture,
    ),
    OpenQuestion(
        "the fixed kernels in the component store", ("system32_while_pending", "winsxs_while_pending"), _stored_files
    ),
    OpenQuestion("the list of updates, in pages", ("qfe_installed_on", "pull_context"), _updates),
    OpenQuestion("the right to set a value below HARDWARE", ("hardware_value",), _volatile_key),
    OpenQuestion(
        "when services.exe and wininit.exe began",
        ("system_process_rows", "process_ids_after_boot", "process_creation"),
        _births,
    ),
    OpenQuestion("what a missing class, property and namespace are answered with", (), _refusals),
    OpenQuestion("the service's own configuration, with its limits", (), _configuration),
    OpenQuestion("the policy for tokens of local accounts", ("filtered_logon",), _token),
    OpenQuestion("services that an installation needs", (), _services),
    OpenQuestion("free space of the system drive", (), _space),
    OpenQuestion("what the doctor asks of a host", (), _doctor),
)

_SHELL = "needs a command shell, which starts a process"
_INSTALL = "needs an installation or a removal"
_CHANGE = "needs a change of the host"
NOT_ASKED: Mapping[str, str] = {
    **dict.fromkeys(("vista_rtm_shell", "redirected_file", "stdin_end_closes", "certutil_format"), _SHELL),
    **dict.fromkeys(("gui_without_start_wait", "cscript_error_code", "icacls_inheritance"), _SHELL),
    **dict.fromkeys(("pkgmgr_reboot_code", "pkgmgr_already_installed_code", "pkgmgr_not_applicable_code"), _INSTALL),
    **dict.fromkeys(("pkgmgr_restart_pending_code", "pkgmgr_invalid_package_code"), _INSTALL),
    **dict.fromkeys(("pkgmgr_not_uninstallable_code", "pkgmgr_log_name", "configsetroot"), _INSTALL),
    **dict.fromkeys(("servicing_boots", "expand_delta_container"), _INSTALL),
    "reboot_privilege": _CHANGE,
    "uptime_asleep": "needs the host to sleep",
}
SETTLED: Mapping[str, tuple[str, ...]] = {
    name: tuple(one.what for one in QUESTIONS if name in one.settles) for one in QUESTIONS for name in one.settles
}
