# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an assessment must say of each profile, written from the profiles' descriptions and the facts of Windows.

`HOSTS` is the truth about the simulated machines: the verdicts of the scenarios are held against it.
"""

from __future__ import annotations

from dataclasses import dataclass

VISTA_RTM, VISTA_SP1, SRV2008 = "6.0.6000.16386", "6.0.6001.18000", "6.0.6001.18000"
FIX_6000, FIX_6001 = "6.0.6000.20846", "6.0.6001.22191"
CBS_PENDING = ("cbs_reboot_pending", "cbs_packages_pending")


@dataclass(frozen=True)
class Truth:
    """One machine. running, disk: kernels (disk None: as running). reboot: indicators set. kb_reboot: for this hotfix.

    servicing: what the servicing stack holds of the hotfix. symptom: as one look at the driver shows it. unknown:
    questions that this machine cannot answer.
    """

    status: str = "needs_fix"
    reason: str = "kernel_gdr"
    running: str | None = VISTA_SP1
    disk: str | None = None
    reboot: tuple[str, ...] = ()
    kb_reboot: bool | None = False
    symptom: str = "not_observed"
    servicing: str = "absent"
    name: str = "Windows Vista SP1"
    architecture: str | None = "x64"
    candidate: bool = True
    unknown: tuple[str, ...] = ()


def _sp1_x86(**values: object) -> Truth:
    return Truth(architecture="x86", **values)  # type: ignore[arg-type]


def _rtm(**values: object) -> Truth:
    return Truth(**{"name": "Windows Vista", "running": VISTA_RTM, **values})  # type: ignore[arg-type]


def _server(**values: object) -> Truth:
    return Truth(**{"name": "Windows Server 2008", "running": SRV2008, **values})  # type: ignore[arg-type]


def _ruled_out(name: str, reason: str) -> Truth:
    return Truth("not_applicable", reason, None, name=name, architecture=None, candidate=False)


_FIXED = {"status": "fixed", "reason": "kernel_fixed"}
_PENDING = {
    "status": "install_pending",
    "reason": "package_install_pending",
    "servicing": "install_pending",
    "reboot": CBS_PENDING,
    "kb_reboot": True,
}
_REGISTRY_QUESTIONS = (
    "architecture",
    "running_kernel",
    "packages",
    "reboot.cbs_reboot_pending",
    "reboot.cbs_reboot_in_progress",
    "reboot.cbs_packages_pending",
    "reboot.windows_update",
    "reboot.file_rename",
)

HOSTS: dict[str, Truth] = {
    # build 6000
    "vista_rtm_x86": _rtm(architecture="x86"),
    "vista_rtm_x64": _rtm(),
    "vista_rtm_fixed": _rtm(architecture="x86", running=FIX_6000, servicing="installed", **_FIXED),
    "vista_rtm_x64_pending": _rtm(**_PENDING),
    "vista_rtm_unauthenticated_looking": _rtm(architecture="x86", unknown=("identity",)),
    "vista_rtm_no_shell": _rtm(architecture="x86"),
    # Vista SP1: build 6001
    "vista_sp1_x86": _sp1_x86(),
    "vista_sp1_x86_pae": _sp1_x86(),
    "vista_sp1_x64": Truth(),
    "vista_sp1_x86_fixed": _sp1_x86(running=FIX_6001, servicing="installed", **_FIXED),
    "vista_sp1_stack2": _sp1_x86(),
    "vista_starter_x86": _sp1_x86(),
    "vista_pending": Truth(**_PENDING),  # type: ignore[arg-type]
    "vista_removal_pending": Truth(
        "removal_pending",
        "package_uninstall_pending",
        FIX_6001,
        reboot=CBS_PENDING,
        kb_reboot=True,
        servicing="uninstall_pending",
    ),
    "vista_cbs_staged": _sp1_x86(servicing="staged"),
    "vista_uac_filtered": Truth(),  # the built-in Administrator, who asks here, is not filtered
    "vista_hung_tcpipreg": _sp1_x86(symptom="suspected"),
    "vista_tcpipreg_disabled": _sp1_x86(),
    "vista_de": Truth(),
    "vista_ja": _sp1_x86(),
    "vista_laptop": _sp1_x86(),
    "vista_laptop_on_battery": _sp1_x86(),
    "vista_low_disk": _sp1_x86(),
    "vista_other_reboot_pending": Truth(reboot=("windows_update", "file_rename")),
    "vista_rename_pending": Truth(),  # only full depth asks for a computer's rename
    "vista_wsh_disabled": _sp1_x86(),
    "vista_task_service_off": _sp1_x86(),
    "vista_junction": _sp1_x86(),
    "vista_foreign_folder": _sp1_x86(),
    # Server 2008 starts at build 6001
    "srv2008_rtm_x64": _server(),
    "srv2008_core_x64": _server(),
    "srv2008_dc_x64": _server(),
    "srv2008_ia64": _server(architecture="ia64"),
    "srv2008_rtm_x64_gdr_newer": _server(running="6.0.6001.18538"),
    "srv2008_fixed": _server(running=FIX_6001, servicing="installed", **_FIXED),
    "srv2008_superseded": _server(running="6.0.6001.22636", servicing="superseded", **_FIXED),
    "srv2008_fixed_later_ldr": _server(running="6.0.6001.22636", **_FIXED),
    # later ones
    "vista_sp2_6002": _ruled_out("Windows Vista SP2 or Server 2008 SP2", "service_pack_2_includes_fix"),
    "srv2008_6003": _ruled_out("Windows Vista SP2 or Server 2008 SP2", "service_pack_2_includes_fix"),
    "srv2008r2": _ruled_out("Windows 7 SP1 or Server 2008 R2 SP1", "build_not_listed"),
    "win2012r2": _ruled_out("Windows 8.1 or Server 2012 R2", "build_not_listed"),
    "win2019": _ruled_out("Windows 10 or Server 2019", "build_not_listed"),
    # something is missing
    "no_system_driver": Truth(symptom="unknown", unknown=("driver",)),
    "no_dword_method": Truth(),  # nothing of the hotfix is listed, so no state is asked for
    "no_stdregprov": Truth(
        "unknown", "running_kernel_unknown", None, VISTA_SP1, (), None, architecture=None, unknown=_REGISTRY_QUESTIONS
    ),
    "no_data_file": Truth(kb_reboot=None, unknown=("disk_kernel", "staging")),
    "no_sku": Truth(),
    "null_boot_time": Truth(),
    "pkgmgr_missing": Truth(),
    "pkgmgr_empty": Truth(),
}

ALSO: dict[str, set[str]] = {
    # reasons that must stand beside the first
    "vista_starter_x86": {"edition_not_listed"},
    "vista_cbs_staged": {"cbs_staged"},
    "srv2008_superseded": {"package_superseded"},
    "srv2008_fixed": {"package_installed"},
    "no_data_file": {"disk_kernel_unknown", "staging_unknown"},
}

TRUE_STATUS = {name: truth.status for name, truth in HOSTS.items()} | {"no_stdregprov": "needs_fix"}
"""What is true of the machine, where that differs from what it lets anybody see."""


def servicing_status(servicing: str, kernel_fixed: bool) -> str:
    """The true status by what servicing holds and the kernel that runs: written apart from the collection's rules."""
    if servicing == "uninstall_pending":
        return "removal_pending"
    if kernel_fixed:
        return "fixed"
    return "install_pending" if servicing == "install_pending" else "needs_fix"
