# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that the machines of one profile share."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from winhost.machine import kernel, security
from winhost.machine.cbs_keys import shown_identity
from winhost.machine.cbs_state import State, state_named
from winhost.machine.content import Synthetic, VersionInfo
from winhost.machine.files import Drive, FileAttributes, FileSystem
from winhost.machine.nodes import Node
from winhost.machine.winsxs import component_folder
from winhost.profiles import packages

if TYPE_CHECKING:
    from winhost.doubt import Doubt
    from winhost.machine.profile import Profile, Update

_TI = security.TRUSTED_INSTALLER
_ROOT = f"O:{_TI}G:{_TI}D:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)(A;OICIIO;0x1301bf;;;AU)(A;;LC;;;AU)"
_PROTECTED = (
    f"O:{_TI}G:{_TI}D:PAI(A;;FA;;;{_TI})(A;CIIO;GA;;;{_TI})(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)"
    "(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)(A;OICIIO;GA;;;CO)"
)
_TEMP = "O:SYG:SYD:PAI(A;OICIIO;FA;;;CO)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;CI;0x100026;;;BU)"
_SYSTEM_FILE = f"O:{_TI}G:{_TI}D:PAI(A;;FA;;;{_TI})(A;;0x1200a9;;;BA)(A;;0x1200a9;;;SY)(A;;0x1200a9;;;BU)"
_USERS = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;OICI;0x1200a9;;;WD)"

_PROGRAMS = (
    "attrib.exe",
    "bcdedit.exe",
    "certutil.exe",
    "cmd.exe",
    "cscript.exe",
    "expand.exe",
    "find.exe",
    "findstr.exe",
    "icacls.exe",
    "ipconfig.exe",
    "net.exe",
    "net1.exe",
    "netstat.exe",
    "pkgmgr.exe",
    "powercfg.exe",
    "reg.exe",
    "regsvr32.exe",
    "robocopy.exe",
    "rundll32.exe",
    "sc.exe",
    "schtasks.exe",
    "shutdown.exe",
    "svchost.exe",
    "taskkill.exe",
    "tasklist.exe",
    "takeown.exe",
    "timeout.exe",
    "ver.dll",
    "wevtutil.exe",
    "where.exe",
    "whoami.exe",
    "winlogon.exe",
    "wscript.exe",
    "wusa.exe",
    "xcopy.exe",
    "hal.dll",
    "kernel32.dll",
    "ntdll.dll",
    "user32.dll",
    "advapi32.dll",
    "wsmsvc.dll",
    "scrobj.dll",
    "lsass.exe",
    "services.exe",
    "smss.exe",
    "csrss.exe",
    "wininit.exe",
    "spoolsv.exe",
    "msxml3.dll",
    "winrm.cmd",
    "winrm.vbs",
    "wmi.dll",
    "chcp.com",
)
_FOLDERS = (
    "Windows",
    "Windows\\System32",
    "Windows\\System32\\drivers",
    "Windows\\System32\\wbem",
    "Windows\\System32\\Tasks",
    "Windows\\System32\\config",
    "Windows\\System32\\config\\systemprofile",
    "Windows\\System32\\LogFiles",
    "Windows\\Temp",
    "Windows\\winsxs",
    "Windows\\winsxs\\Manifests",
    "Windows\\servicing",
    "Windows\\servicing\\Packages",
    "Windows\\Logs",
    "Windows\\Logs\\CBS",
    "Windows\\SoftwareDistribution",
    "Windows\\SoftwareDistribution\\Download",
    "Program Files",
    "Program Files\\Common Files",
    "ProgramData",
    "Users",
    "Users\\Public",
    "PerfLogs",
)
_RELEASED = {
    6000: datetime(2006, 11, 2, 9, 45, tzinfo=UTC),
    6001: datetime(2008, 1, 19, 7, 33, tzinfo=UTC),
}
_HELD = (State.INSTALLED, State.PERMANENT, State.UNINSTALL_PENDING, State.SUPERSEDED, State.PARTIALLY_INSTALLED)


def build_files(profile: Profile, doubt: Doubt) -> Node:
    """The tree; the caller shares it and never changes it."""
    released = _RELEASED.get(profile.build, datetime(2009, 4, 11, 6, 0, tzinfo=UTC))
    files = FileSystem(now=lambda: released)
    files.drives = {"C:": Drive("C:", 2**60, 0)}
    _root(files)
    folders = [*_FOLDERS, *(f"Users\\{user.name}\\AppData\\Local\\Temp" for user in profile.users)]
    if profile.architecture == "amd64":
        folders += ["Windows\\SysWOW64", "Program Files (x86)"]
    for folder in folders:
        if not files.exists(f"C:\\{folder}"):
            files.mkdir(f"C:\\{folder}", parents=True)
    for path, sddl in (
        ("Windows", _PROTECTED),
        ("Windows\\Temp", _TEMP),
        ("Program Files", _PROTECTED),
        ("Users", _USERS),
        ("Windows\\servicing", _PROTECTED),
        ("Windows\\winsxs", _PROTECTED),
    ):
        files.set_security(f"C:\\{path}", security.from_sddl(sddl))
    files.make_junction("C:\\Documents and Settings", "C:\\Users")
    _system32(files, profile)
    _kernels(files, profile, doubt)
    _mums(files, profile, doubt)
    return files.freeze()


def write_entry(files: FileSystem, entry: object) -> None:
    """One entry of a profile's ``files``.

    Path with text | size | junction | directory, owner/SDDL; or ``absent: true``.
    """
    if not isinstance(entry, dict):
        raise ValueError("files entry of a profile: not a mapping")
    path = entry["path"]
    if entry.get("absent"):
        files.delete(path, recursive=True)
        return
    if "junction" in entry:
        files.make_junction(path, entry["junction"])
    elif entry.get("directory"):
        if not files.exists(path):
            files.mkdir(path, parents=True)
    elif "size" in entry:
        quad = tuple(int(part) for part in str(entry.get("version", "0.0.0.0")).split("."))
        version = VersionInfo((quad[0], quad[1], quad[2], quad[3]), entry["version"]) if "version" in entry else None
        files.write(path, Synthetic(path, int(entry["size"])), version=version)
    else:
        files.write(path, str(entry.get("text", "")).encode())
    if "sddl" in entry:
        files.set_security(path, security.from_sddl(entry["sddl"]))


def _root(files: FileSystem) -> None:
    drive = files.make_root("C:\\", security.from_sddl(_ROOT))
    drive.attributes |= FileAttributes.HIDDEN | FileAttributes.SYSTEM


def _system32(files: FileSystem, profile: Profile) -> None:
    revision = int(profile.updates[0].kernel.rpartition(".")[2])
    quad = (profile.major, profile.minor, profile.build, revision)
    info = VersionInfo(quad, f"{'.'.join(map(str, quad))} ({profile.updates[0].lab})")
    protected = security.from_sddl(_SYSTEM_FILE)
    names = [f"System32\\{name}" for name in _PROGRAMS if profile.programs.get(name.removesuffix(".exe")) != "missing"]
    names += ["explorer.exe", "regedit.exe", "servicing\\TrustedInstaller.exe", "System32\\wbem\\WMIC.exe"]
    names += [
        f"System32\\drivers\\{name}"
        for name in ("tcpip.sys", "tcpipreg.sys", "ndis.sys", "afd.sys", "http.sys", "ntfs.sys", "tdx.sys")
    ]
    if profile.build >= 7600:
        names += ["System32\\dism.exe", "System32\\WindowsPowerShell\\v1.0\\powershell.exe"]
        files.mkdir("C:\\Windows\\System32\\WindowsPowerShell\\v1.0", parents=True)
    for name in names:
        path = f"C:\\Windows\\{name}"
        size = 20000 + zlib.crc32(f"{name}{quad}".encode()) % 400000
        files.write(path, Synthetic(f"{name} {info.number}", size), version=info)
        files.set_security(path, protected)


def _kernels(files: FileSystem, profile: Profile, doubt: Doubt) -> None:
    with_kernel = [update for update in profile.updates if update.kernel]
    active = [update for update in with_kernel if state_named(update.state) in _HELD]
    pending = [update for update in with_kernel if state_named(update.state) is State.INSTALL_PENDING]
    in_system32 = _best(active)
    if pending and doubt["system32_while_pending"] == "new":
        in_system32 = _best(active + pending)
    lacking = bool(pending) and doubt["system32_while_pending"] == "absent"
    for name in profile.kernel_files:
        for update in with_kernel:
            if update in pending and doubt["winsxs_while_pending"] == "absent":
                continue
            folder = f"C:\\Windows\\winsxs\\{component_folder(profile.architecture, update.kernel)}"
            if not files.exists(folder):
                files.mkdir(folder)
            _kernel_file(files, profile, update, f"{folder}\\{name}")
        if not lacking:
            _kernel_file(files, profile, in_system32, f"{kernel.SYSTEM32}\\{name}")
            files.set_security(f"{kernel.SYSTEM32}\\{name}", security.from_sddl(_SYSTEM_FILE))


def _best(updates: list[Update]) -> Update:
    return max(updates, key=lambda update: tuple(map(int, update.kernel.split("."))))


def _kernel_file(files: FileSystem, profile: Profile, update: Update, path: str) -> None:
    body, version = kernel.synthetic(profile, update, path.rpartition("\\")[2])
    files.write(path, body, version=version)


def _mums(files: FileSystem, profile: Profile, doubt: Doubt) -> None:
    known = [update.identity for update in profile.updates if update.identity]
    shown = [name for name in (shown_identity(identity, doubt["root_package_identity"]) for identity in known) if name]
    for identity in [*packages.identities(profile), *shown]:
        for suffix, size in (("mum", 2400), ("cat", 9200)):
            files.write(
                f"C:\\Windows\\servicing\\Packages\\{identity}.{suffix}", Synthetic(f"{identity}.{suffix}", size)
            )
