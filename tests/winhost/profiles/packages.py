# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages that every such Windows has: features, language packs, and some years of other updates."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winhost.machine.profile import Profile

TOKEN = "31bf3856ad364e35"
_FEATURES = (
    "Foundation",
    "Client-Features",
    "Client-Drivers",
    "Common-Drivers",
    "Backup",
    "BLB-Client",
    "Branding",
    "Disk-Diagnosis",
    "IIS-WebServer",
    "IIS-WebServer-Core",
    "InternetExplorer",
    "MediaPlayer",
    "MSMQ-Client",
    "NetworkDiagnosis",
    "NFS-ClientSKU",
    "PeerDist-Client",
    "Printing-Foundation",
    "Printing-InternetPrinting",
    "RasCMAK",
    "RasRip",
    "RemoteAssistance",
    "Security-SPP",
    "ServerCore-WOW64",
    "ShadowCopy",
    "SNMP",
    "SimpleTCP",
    "SystemRestore",
    "Telnet-Client",
    "Telnet-Server",
    "TFTP-Client",
    "TerminalServices-Client",
    "UltimateExtras",
    "WindowsMail",
    "WindowsMediaCenter",
    "WinPE-Setup",
    "WMI-SNMP-Provider",
    "Xps-Foundation",
)
_KBS = (
    905866,
    935509,
    937287,
    938371,
    938464,
    938979,
    940349,
    940510,
    941229,
    941569,
    941600,
    941644,
    941649,
    941651,
    941693,
    942615,
    942624,
    942763,
    943055,
    943078,
    943302,
    943899,
    944533,
    946026,
    946041,
    946456,
    947562,
    947864,
    948590,
    948609,
    948610,
    948881,
    949939,
    950124,
    950126,
    950582,
    950759,
    950760,
    950762,
    950974,
    951066,
    951072,
    951376,
    951618,
    951698,
    951978,
    952069,
    952287,
    952709,
    953155,
    953733,
    953838,
    953839,
    954154,
    954211,
    954366,
    954459,
    955020,
    955069,
    955302,
    955430,
    955839,
    956250,
    956390,
    956391,
    956572,
    956802,
    956841,
    957095,
    957097,
    957200,
    957321,
    957388,
    958215,
    958481,
    958483,
    958623,
    958624,
    958644,
    958687,
    958690,
    958869,
    959130,
    959426,
    959772,
    960225,
    960544,
    960714,
    960715,
    960803,
    961260,
    961371,
    961501,
    963027,
    967190,
    967632,
    967723,
    968389,
    968816,
    969058,
    969897,
    969947,
    970238,
    970653,
)


def identities(profile: Profile) -> Iterator[str]:
    """Identities of packages that have nothing to do with the kernel, all installed."""
    arch = profile.architecture
    version = f"{profile.version}.{18000 if profile.build == 6001 else 16386 if profile.build == 6000 else 18005}"
    for feature in _FEATURES:
        yield f"Microsoft-Windows-{feature}-Package~{TOKEN}~{arch}~~{version}"
        yield f"Microsoft-Windows-{feature}-Package~{TOKEN}~{arch}~{profile.language}~{version}"
    for kb in _KBS:
        number = zlib.crc32(f"{kb}{profile.build}".encode())
        if kb == 952876 or number % 3 == 0:
            continue
        release = f"6.0.1.{number % 4}"
        yield f"Package_for_KB{kb}~{TOKEN}~{arch}~~{release}"
        kind = "client" if profile.product_type == 1 else "server"
        yield f"Package_for_KB{kb}_{kind}~{TOKEN}~{arch}~~{release}"
        for part in range(1, 2 + number % 3):
            yield f"Package_{part}_for_KB{kb}~{TOKEN}~{arch}~~{release}"


def kb_of(identity: str) -> str:
    """``KB950974`` for a root update package, else empty."""
    name = identity.partition("~")[0]
    return (
        name.removeprefix("Package_for_")
        if name.startswith("Package_for_KB") and "_" not in name.removeprefix("Package_for_")
        else ""
    )
