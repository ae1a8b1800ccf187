# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where well-known files of Windows lie and what they are while Windows runs. Article and package tell no roles.

Only files are here that lie in that one place wherever an NT 6.0 or 6.1 has them: an article never says a path, and a
guess would ask hosts for a file that is not there.
"""

from __future__ import annotations

from ..._model.facts import Architecture

SYSTEM, DRIVERS, GUESTS = "System32", "System32\\drivers", "SysWOW64"
KERNELS = {"ntoskrnl.exe": False, "ntkrnlpa.exe": True}
"""By name, whether it is the one that runs with PAE."""
KERNEL_COMPONENT = "microsoft-windows-os-kernel"
"""Its version is that of its files, as every article about a kernel shows."""

# fmt: off
_IN_DRIVERS = frozenset(
    (
        "acpi.sys", "afd.sys", "atapi.sys", "cdrom.sys", "classpnp.sys", "cng.sys", "disk.sys", "dxgkrnl.sys",
        "fltmgr.sys", "http.sys", "hidclass.sys", "ksecdd.sys", "ksecpkg.sys", "mountmgr.sys", "mrxsmb.sys",
        "mrxsmb10.sys", "mrxsmb20.sys", "msfs.sys", "mup.sys", "ndis.sys", "netbt.sys", "netio.sys", "npfs.sys",
        "ntfs.sys", "partmgr.sys", "pci.sys", "rdbss.sys", "rdpwd.sys", "srv.sys", "srv2.sys", "srvnet.sys",
        "storport.sys", "tcpip.sys", "tcpipreg.sys", "tdx.sys", "termdd.sys", "usbehci.sys", "usbhub.sys",
        "usbport.sys", "volmgr.sys", "volsnap.sys", "wdf01000.sys", "winusb.sys"
    )
)
# fmt: on
# fmt: off
_IN_SYSTEM = frozenset(
    (
        "advapi32.dll", "bcrypt.dll", "cmd.exe", "crypt32.dll", "csrss.exe", "dnsapi.dll", "dnsrslvr.dll",
        "gdi32.dll", "gpsvc.dll", "iphlpapi.dll", "kerberos.dll", "kernel32.dll", "lsasrv.dll", "lsass.exe",
        "lsm.exe", "msi.dll", "msiexec.exe", "msihnd.dll", "msv1_0.dll", "netapi32.dll", "netlogon.dll", "ntdll.dll",
        "ntkrnlpa.exe", "ntoskrnl.exe", "ole32.dll", "oleaut32.dll", "rpcrt4.dll", "rpcss.dll", "schannel.dll",
        "schedsvc.dll", "secur32.dll", "services.exe", "shell32.dll", "smss.exe", "spoolsv.exe", "sspicli.dll",
        "sspisrv.dll", "svchost.exe", "taskeng.exe", "termsrv.dll", "user32.dll", "userenv.dll", "vssapi.dll",
        "vssvc.exe", "wevtsvc.dll", "win32k.sys", "winhttp.dll", "wininet.dll", "wininit.exe", "winlogon.exe",
        "winsrv.dll", "winmm.dll", "wkssvc.dll", "ws2_32.dll", "wuaueng.dll"
    )
)
# fmt: on


def known_path(name: str, *, guest: bool = False) -> str | None:
    """Where a file lies, relative to the Windows folder; None where that is not known.

    guest: it is the 32-bit copy on a 64-bit Windows.
    """
    key = name.lower()
    if key in _IN_SYSTEM:
        return None if guest and key.endswith(".sys") else f"{GUESTS if guest else SYSTEM}\\{name}"
    return f"{DRIVERS}\\{name}" if key in _IN_DRIVERS and not guest else None


def as_guest(path: str) -> str:
    """A path of the user's, for the 32-bit copy: what lies in System32 lies in SysWOW64."""
    head, separator, rest = path.partition("\\")
    return f"{GUESTS}\\{rest}" if separator and head.lower() == SYSTEM.lower() else path


def role_of(name: str, path: str | None) -> str:
    """`kernel`, `driver` or `none`: what loads at boot is told by the kernel's name, and by the ending .sys."""
    if name.lower() in KERNELS and (path or "").lower() == f"{SYSTEM}\\{name}".lower():
        return "kernel"
    return "driver" if name.lower().endswith(".sys") else "none"


def pae_of(name: str, kernels: set[str], architecture: Architecture) -> bool | None:
    """Of two kernels, whether this is the one that runs with PAE; None where there is no choice."""
    if architecture is not Architecture.X86 or len(kernels) < len(KERNELS):
        return None
    return KERNELS.get(name.lower())
