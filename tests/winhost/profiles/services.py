# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services and drivers that a Windows of that time has."""

from __future__ import annotations

from winhost.machine.services import Service

_S = "C:\\Windows\\system32\\svchost.exe -k "


def _driver(
    name: str, display: str, mode: str = "System", state: str = "Running", file: str = "", *, stop: bool = True
) -> Service:
    return Service(
        name,
        display,
        "Kernel Driver",
        state,
        mode,
        f"C:\\Windows\\system32\\drivers\\{file or name.lower() + '.sys'}",
        "",
        accept_stop=stop,
    )


def _service(  # noqa: PLR0917
    name: str, display: str, mode: str = "Auto", state: str = "Running", group: str = "netsvcs", pid: int = 984
) -> Service:
    return Service(name, display, "Share Process", state, mode, _S + group, process_id=pid if state == "Running" else 0)


SERVICES: tuple[Service, ...] = (
    _driver("tcpipreg", "TCP/IP Registry Compatibility", "Auto", file="tcpipreg.sys"),
    _driver("Tcpip", "TCP/IP Protocol Driver", "Boot", file="tcpip.sys", stop=False),
    _driver("AFD", "Ancilliary Function Driver for Winsock", "System", file="afd.sys"),
    _driver("tdx", "NetIO Legacy TDI Support Driver", "System"),
    _driver("NetBT", "NetBT", "System", file="netbt.sys"),
    _driver("NDIS", "NDIS System Driver", "Boot", file="ndis.sys", stop=False),
    _driver("ACPI", "Microsoft ACPI Driver", "Boot", stop=False),
    _driver("atapi", "IDE Channel", "Boot", stop=False),
    _driver("Beep", "Beep", "System"),
    _driver("cdrom", "CD-ROM Driver", "System", stop=False),
    _driver("disk", "Disk Driver", "Boot", stop=False),
    _driver("HTTP", "HTTP", "Manual"),
    _driver("i8042prt", "i8042 Keyboard and PS/2 Mouse Port Driver", "Manual", stop=False),
    _driver("kbdclass", "Keyboard Class Driver", "Manual", stop=False),
    _driver("KSecDD", "KSecDD", "Boot", stop=False),
    _driver("mouclass", "Mouse Class Driver", "Manual", stop=False),
    _driver("mpsdrv", "Windows Firewall Authorization Driver", "Manual"),
    _driver("Null", "Null", "System"),
    _driver("partmgr", "Partition Manager", "Boot", stop=False),
    _driver("pci", "PCI Bus Driver", "Boot", stop=False),
    _driver("rdbss", "Redirected Buffering Sub Sysytem", "System"),
    _driver("secdrv", "Security Driver", "Auto"),
    _driver("Serial", "Serial port driver", "Disabled", "Stopped"),
    _driver("srv", "srv", "Manual"),
    _driver("srv2", "srv2", "Manual"),
    _driver("usbhub", "Microsoft USB Standard Hub Driver", "Manual", stop=False),
    _driver("volmgr", "Volume Manager Driver", "Boot", stop=False),
    _driver("vga", "vga", "Manual", "Stopped"),
    Service(
        "NTFS", "NTFS", "File System Driver", "Running", "Disabled", "C:\\Windows\\system32\\drivers\\ntfs.sys", ""
    ),
    Service(
        "MRxSmb",
        "SMB MiniRedirector Wrapper and Engine",
        "File System Driver",
        "Running",
        "Manual",
        "C:\\Windows\\system32\\drivers\\mrxsmb.sys",
        "",
    ),
    Service("Mup", "Mup", "File System Driver", "Running", "Boot", "C:\\Windows\\system32\\drivers\\mup.sys", ""),
    Service(
        "fastfat",
        "FAT12/16/32 File System Driver",
        "File System Driver",
        "Stopped",
        "Manual",
        "C:\\Windows\\system32\\drivers\\fastfat.sys",
        "",
    ),
    _service("BFE", "Base Filtering Engine", group="LocalServiceNoNetwork"),
    _service("BITS", "Background Intelligent Transfer Service"),
    _service("CryptSvc", "Cryptographic Services", group="NetworkService", pid=1104),
    _service("DcomLaunch", "DCOM Server Process Launcher", group="DcomLaunch", pid=780),
    _service("Dhcp", "DHCP Client", group="LocalServiceNetworkRestricted"),
    _service("Dnscache", "DNS Client", group="NetworkService", pid=1104),
    _service("EventLog", "Windows Event Log", group="LocalServiceNetworkRestricted"),
    _service("iphlpsvc", "IP Helper", group="NetSvcs"),
    _service("LanmanServer", "Server"),
    _service("LanmanWorkstation", "Workstation", group="LocalService"),
    _service("lmhosts", "TCP/IP NetBIOS Helper", group="LocalServiceNetworkRestricted"),
    _service("MpsSvc", "Windows Firewall", group="LocalServiceNoNetwork"),
    _service("Netman", "Network Connections", "Manual", "Stopped"),
    _service("nsi", "Network Store Interface Service", group="LocalService"),
    _service("PlugPlay", "Plug and Play", group="DcomLaunch", pid=780),
    _service("RemoteRegistry", "Remote Registry", "Manual", "Stopped", "regsvc"),
    _service("RpcSs", "Remote Procedure Call (RPC)", group="rpcss", pid=844),
    Service(
        "SamSs",
        "Security Accounts Manager",
        "Share Process",
        "Running",
        "Auto",
        "C:\\Windows\\system32\\lsass.exe",
        process_id=600,
    ),
    Service("Netlogon", "Netlogon", "Share Process", "Stopped", "Manual", "C:\\Windows\\system32\\lsass.exe"),
    _service("Schedule", "Task Scheduler"),
    _service("seclogon", "Secondary Logon"),
    Service(
        "Spooler",
        "Print Spooler",
        "Own Process",
        "Running",
        "Auto",
        "C:\\Windows\\System32\\spoolsv.exe",
        process_id=1480,
    ),
    _service("Themes", "Themes", "Manual", "Stopped"),
    Service(
        "TrustedInstaller",
        "Windows Modules Installer",
        "Own Process",
        "Stopped",
        "Auto",
        "C:\\Windows\\servicing\\TrustedInstaller.exe",
    ),
    _service("W32Time", "Windows Time", group="LocalService"),
    _service("Winmgmt", "Windows Management Instrumentation"),
    _service("WinRM", "Windows Remote Management (WS-Management)", group="NetworkService", pid=1104),
    _service("wuauserv", "Windows Update"),
)
