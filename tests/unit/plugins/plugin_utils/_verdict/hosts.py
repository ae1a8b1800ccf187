# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of hosts for the domain's tests: known answers by plain values, None for a question that nobody asked."""

from __future__ import annotations

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer, Cause
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import (
    Architecture,
    Driver,
    Facts,
    HostIdentity,
    KernelFile,
    OperatingSystem,
    PackageRecord,
    RebootIndicator,
    RunningKernel,
    Staging,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion

X86, X64, IA64 = Architecture.X86, Architecture.X64, Architecture.IA64
NAMES = {X86: "x86", X64: "amd64", IA64: "ia64"}
SYSTEM32 = "C:\\Windows\\System32\\"
QUIET = {
    RebootIndicator.CBS_REBOOT_PENDING: Answer.known(False),
    RebootIndicator.CBS_REBOOT_IN_PROGRESS: Answer.known(False),
    RebootIndicator.CBS_PACKAGES_PENDING: Answer.known(False),
}
PENDING = {**QUIET, RebootIndicator.CBS_REBOOT_PENDING: Answer.known(True)}


def identity(build: int | None) -> Answer[HostIdentity]:
    version = None if build is None else (6, 0, build)
    return Answer.known(HostIdentity("Microsoft Corporation", f"OS: {version}", version, None, (1, 1)))


def operating_system(build: int, *, sku: int | None = 6, pae: bool | None = None) -> Answer[OperatingSystem]:
    return Answer.known(
        OperatingSystem((6, 0, build), "caption", build - 6000, 1, sku, "C:\\Windows", "C:", pae, None, None)
    )


def running(version: str, architecture: Architecture = X64, kind: str = "fre") -> Answer[RunningKernel]:
    quad = FileVersion.parse(version)
    raw = f"{quad.build}.{quad.revision}.{NAMES[architecture]}{kind}.lab.080118-1840"
    return Answer.known(RunningKernel(quad, architecture, "lab.080118-1840", raw))


def disk(**versions: str) -> Answer[tuple[KernelFile, ...]]:
    """ntoskrnl="6.0.6001.18000", ntkrnlpa=…"""
    files = (KernelFile(f"{SYSTEM32}{name}.exe", FileVersion.parse(text), text, 1) for name, text in versions.items())
    return Answer.known(tuple(files))


def package(state: int | None, architecture: Architecture = X64, name: str = "Package_for_KB952876") -> PackageRecord:
    return PackageRecord(f"{name}~31bf3856ad364e35~{NAMES[architecture]}~~6.0.1.0", state)


def packages(*records: PackageRecord) -> Answer[tuple[PackageRecord, ...]]:
    return Answer.known(records)


def staging(manifest: int | None = 900, payload: int | None = 9000) -> Answer[Staging]:
    return Answer.known(Staging("C:\\Windows\\winlegacy.servicing\\KB952876", manifest, payload))


def driver(state: str, start_mode: str = "Manual", repeated_after: float | None = None) -> Answer[Driver]:
    return Answer.known(Driver("tcpipreg", state, start_mode, state == "Running", repeated_after))


def candidate(
    running_kernel: str = "6.0.6001.18000", disk_kernel: str = "6.0.6001.18000", state: int | None = 0
) -> Facts:
    """A host of build 6001 x64 whose answers are all known; state 0 stands for no package of the hotfix at all.

    A pending install or removal sets servicing's indicators.
    """
    return Facts(
        identity=identity(6001),
        os=operating_system(6001),
        architecture=Answer.known(X64),
        running_kernel=running(running_kernel),
        disk_kernel=disk(ntoskrnl=disk_kernel),
        packages=packages(*([package(state)] if state != 0 else [])),
        staging=staging(None, None),
        driver=driver("Running"),
        reboot=PENDING if state in (0x60, 6, 0x5) else QUIET,
    )


def no_answer(cause: Cause = Cause.FAULT) -> Answer[object]:
    return Answer.unknown(cause, "no")
