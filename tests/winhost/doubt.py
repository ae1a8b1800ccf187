# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fact about Windows that nobody here has seen proven, as a switch with each plausible alternative.

A switch's first alternative is what the reference holds most likely; the scenarios run under each of them, and whoever
asks the host must then answer rightly or not at all. ``marks`` name the lines of the reference (section, digest) that
carry a [C] mark; a test compares them with the reference when it is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """One uncertain fact. The first alternative is the default."""

    id: str
    section: str
    question: str
    alternatives: tuple[str, ...]
    marks: tuple[str, ...] = ()

    @property
    def default(self) -> str:
        return self.alternatives[0]


_RTM = "cc4db43d1659"
_PENDING = "7be5036de7e7"
_STATE = "65c68e5a708d"
_CODES = "a4db4c3b313f"
_SHUTDOWN = "d5131144e92c"
_STDIN = "371f0e6ebded"
_RUNNING = "8c44a1b97e97"

SWITCHES: tuple[Switch, ...] = (
    # section 1: WinRM by version
    Switch(
        "vista_rtm_shell",
        "1",
        "Does WinRM on Vista RTM (6000) have the cmd shell that 1.1 has?",
        ("like_1.1", "no_shell"),
        (_RTM,),
    ),
    Switch(
        "vista_rtm_identify",
        "1",
        "What does Identify say as ProductVersion on Vista RTM?",
        ("stack_1.0", "stack_1.1", "stack_1.0_no_space", "no_product_version", "os_zero"),
        (_RTM,),
    ),
    Switch(
        "pull_context",
        "1",
        "Does a PullResponse that is not the last carry a context, and is it a new one?",
        ("new", "same", "absent"),  # a new one: 15 of 15 middle pages of 2008 R2 and 2012 (captures)
    ),
    Switch(
        "filtered_logon",
        "1",
        "What does a UAC-filtered administrator get: the service with less in its answers, or nothing?",
        ("partial", "denied"),
    ),
    Switch(
        "stdregprov_absent_value",
        "1",
        "What does StdRegProv return for a value that is absent from a key that is there?",
        ("1", "2"),
    ),
    # section 2: what a host says of itself
    Switch(
        "processor_architecture_registry",
        "2",
        "Is PROCESSOR_ARCHITECTURE in Session Manager\\Environment, and in which case?",
        ("upper", "lower", "absent"),
    ),
    Switch(
        "processor_architecture_wmi",
        "2",
        "What does Win32_Processor.Architecture hold?",
        ("number", "null", "absent", "class_absent"),
    ),
    Switch(
        "buildlabex_on_6000",
        "2",
        "Does Vista RTM write BuildLabEx at boot?",
        ("present", "absent", "buildlab_only"),
        (),
    ),
    Switch(
        "system32_while_pending",
        "2",
        "Which kernel file does System32 hold between an install and the boot that completes it?",
        ("old", "new", "absent"),
        (_PENDING,),
    ),
    Switch(
        "winsxs_while_pending",
        "2",
        "Is the new file already in winsxs while an install is pending?",
        ("present", "absent"),
        (_PENDING,),
    ),
    Switch("pae_enabled", "2", "What is Win32_OperatingSystem.PAEEnabled on x86?", ("boolean", "null", "absent"), ()),
    Switch("os_architecture", "2", "What is Win32_OperatingSystem.OSArchitecture?", ("text", "null", "absent"), ()),
    Switch(
        "file_version_form",
        "2",
        "Does CIM_DataFile.Version carry the lab after the quad?",
        ("plain", "with_lab", "null"),
        (),
    ),
    Switch(
        "qfe_installed_on",
        "2",
        "How does Win32_QuickFixEngineering.InstalledOn look?",
        ("filetime_hex", "date", "empty"),
        (),
    ),
    # section 4: CBS
    Switch(
        "root_package_identity",
        "4",
        "How is the hotfix's root package named below Packages?",
        ("package_for", "lower_case", "other_version", "subpackages_only"),
    ),
    Switch(
        "current_state_encoding",
        "4",
        "Does CurrentState hold the documented bytes (0x70) or the raw 0 to 8?",
        ("documented", "raw", "absent", "string"),
        (_STATE,),
    ),
    Switch(
        "cbs_pending_keys",
        "4",
        "Which keys below Component Based Servicing say that a restart is due?",
        ("both", "reboot_pending_only", "packages_pending_only"),
        (),
    ),
    Switch(
        "uninstalled_package",
        "4",
        "What is left of a package's key after its removal?",
        ("removed", "state_absent", "state_staged"),
    ),
    # section 5: packages and installing
    Switch(
        "pkgmgr_reboot_code",
        "5",
        "What does pkgmgr return for a success that needs a restart?",
        ("3010", "0", "2359301"),
        (_CODES,),
    ),
    Switch(
        "pkgmgr_already_installed_code",
        "5",
        "What does pkgmgr return when the package is already installed?",
        ("0x800F081E", "0", "2359302"),
        (_CODES,),
    ),
    Switch(
        "pkgmgr_not_applicable_code",
        "5",
        "What does pkgmgr return when the package does not apply?",
        ("0x800F081E", "0x80240017"),
        (_CODES,),
    ),
    Switch(
        "pkgmgr_restart_pending_code",
        "5",
        "What does pkgmgr return while another restart is pending?",
        ("0x800F0816", "0x80240016", "proceeds"),
        (_CODES,),
    ),
    Switch(
        "pkgmgr_invalid_package_code",
        "5",
        "What does pkgmgr return for something that is no package?",
        ("0x800F0805", "0x8007000D", "0x80070002"),
        (_CODES,),
    ),
    Switch(
        "pkgmgr_not_uninstallable_code",
        "5",
        "What does pkgmgr return for a package that cannot be removed?",
        ("0x800F0825", "0x800F0805", "0x80070005"),
        (_CODES,),
    ),
    Switch(
        "reboot_privilege",
        "5",
        "Does a WinRM caller hold the shutdown privilege in Win32Shutdown and Reboot?",
        ("held", "fault_privilege_not_held", "return_1314"),
        (_SHUTDOWN,),
    ),
    Switch(
        "gui_without_start_wait",
        "5",
        "Does cmd.exe wait for a GUI program without start /w (its help: not at the prompt, but in a script)?",
        ("returns_at_once", "waits_in_scripts", "waits"),
    ),
    Switch(
        "configsetroot",
        "5",
        "What is %configsetroot% in a package's answer file for pkgmgr, when its environment does not say?",
        ("own_folder", "nothing"),
    ),
    Switch("servicing_boots", "5", "How often does the machine boot to complete this install?", ("once", "twice"), ()),
    Switch("pkgmgr_log_name", "5", "Does pkgmgr /l:NAME write NAME itself, or NAME.txt?", ("exact", "with_txt"), ()),
    Switch(
        "expand_delta_container",
        "5",
        "Does expand undo the deltas of a package's payload cabinet, or give its members as they lie in it?",
        ("undone", "members"),
    ),
    # section 5: whether it booted, whether it runs
    Switch(
        "hardware_value",
        "5",
        "May an administrator set a value below HKLM\\HARDWARE over WMI, and does a boot take it away?",
        ("written", "denied", "survives"),
    ),
    Switch(
        "process_creation",
        "5",
        "Is the CreationDate of a process fixed when it is made, or does it move with a stepped clock?",
        ("fixed", "moves_with_clock"),
        (_SHUTDOWN,),
    ),
    Switch(
        "process_ids_after_boot",
        "5",
        "Do services.exe and wininit.exe get other process ids at the next boot?",
        ("same", "differ"),
    ),
    Switch(
        "system_process_rows",
        "5",
        "Does Win32_Process list services.exe and wininit.exe for this caller?",
        ("listed", "absent"),
    ),
    Switch("last_boot_time", "5", "Is LastBootUpTime right?", ("right", "hour_early", "old")),
    Switch("uptime_asleep", "5", "Does the uptime count the time that a laptop slept?", ("not_counted", "counted")),
    Switch(
        "redirected_file",
        "5",
        "May a second cmd.exe open a file for writing that a redirection of another one holds open?",
        ("refused", "shared"),
        (_RUNNING,),
    ),
    # section 7: getting the package there
    Switch("cscript_error_code", "7", "What does cscript exit with after an error of the script?", ("1", "0"), ()),
    Switch(
        "icacls_inheritance",
        "7",
        "Since when does icacls on NT 6.0 know /inheritance (its help on Vista RTM does not list it)?",
        ("from_6001", "absent", "present"),
        (),
    ),
    Switch(
        "stdin_end_closes",
        "7",
        'Does End="true" on the last Send close the command\'s stdin on stack 1.1?',
        ("closes", "ignored", "fault"),
        (_STDIN,),
    ),
    Switch(
        "certutil_format",
        "7",
        "How does certutil -hashfile print a hash?",
        ("spaced", "compact", "spaced_to_the_end"),
        (),
    ),
)

BY_ID: Mapping[str, Switch] = {switch.id: switch for switch in SWITCHES}


class Doubt(Mapping[str, str]):
    """What one machine holds for true: the defaults, and the alternatives chosen for it."""

    __slots__ = ("_chosen",)

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._chosen: dict[str, str] = {}
        for name, value in (chosen or {}).items():
            self.choose(name, value)

    def choose(self, name: str, value: str) -> None:
        """Set one switch; ValueError names the switch or its alternatives when there is no such thing."""
        switch = BY_ID.get(name)
        if switch is None:
            raise ValueError(f"no doubt switch {name!r}; there are: {', '.join(BY_ID)}")
        if value not in switch.alternatives:
            raise ValueError(
                f"doubt switch {name!r} has no alternative {value!r}; there are: {', '.join(switch.alternatives)}"
            )
        self._chosen[name] = value

    def __getitem__(self, name: str) -> str:
        return self._chosen[name] if name in self._chosen else BY_ID[name].default

    def __iter__(self) -> Iterator[str]:
        return iter(BY_ID)

    def __len__(self) -> int:
        return len(BY_ID)
