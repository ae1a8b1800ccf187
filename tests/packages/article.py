# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What KB952876's packages hold, as the knowledge base article's file tables tell it: names and sizes in bytes.

Kept apart from the collection's catalogue on purpose: the tests compare the two.
"""

from __future__ import annotations

# Package manifests (*.mum) of each architecture; the prefix and suffix are the same in all names but update.mum.
MUMS: dict[str, tuple[tuple[str, int], ...]] = {
    "x86": (
        ("package_1_for_kb952876~31bf3856ad364e35~x86~~6.0.1.0.mum", 1777),
        ("package_2_for_kb952876~31bf3856ad364e35~x86~~6.0.1.0.mum", 1944),
        ("package_3_for_kb952876~31bf3856ad364e35~x86~~6.0.1.0.mum", 1782),
        ("package_4_for_kb952876~31bf3856ad364e35~x86~~6.0.1.0.mum", 1782),
        ("package_5_for_kb952876~31bf3856ad364e35~x86~~6.0.1.0.mum", 1782),
        ("package_6_for_kb952876~31bf3856ad364e35~x86~~6.0.1.0.mum", 1778),
        ("package_for_kb952876_client_0~31bf3856ad364e35~x86~~6.0.1.0.mum", 1426),
        ("package_for_kb952876_client_1~31bf3856ad364e35~x86~~6.0.1.0.mum", 1367),
        ("package_for_kb952876_client~31bf3856ad364e35~x86~~6.0.1.0.mum", 1713),
        ("package_for_kb952876_sc_0~31bf3856ad364e35~x86~~6.0.1.0.mum", 1421),
        ("package_for_kb952876_sc~31bf3856ad364e35~x86~~6.0.1.0.mum", 1423),
        ("package_for_kb952876_server_0~31bf3856ad364e35~x86~~6.0.1.0.mum", 1425),
        ("package_for_kb952876_server~31bf3856ad364e35~x86~~6.0.1.0.mum", 1431),
        ("package_for_kb952876_winpesrv_0~31bf3856ad364e35~x86~~6.0.1.0.mum", 1422),
        ("package_for_kb952876_winpesrv~31bf3856ad364e35~x86~~6.0.1.0.mum", 1430),
        ("package_for_kb952876_winpe_0~31bf3856ad364e35~x86~~6.0.1.0.mum", 1420),
        ("package_for_kb952876_winpe~31bf3856ad364e35~x86~~6.0.1.0.mum", 1424),
        ("update.mum", 3571),
    ),
    "x64": (
        ("package_1_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1787),
        ("package_2_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1956),
        ("package_3_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1792),
        ("package_4_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1792),
        ("package_5_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1792),
        ("package_6_for_kb952876~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1788),
        ("package_for_kb952876_client_0~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1434),
        ("package_for_kb952876_client_1~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1375),
        ("package_for_kb952876_client~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1723),
        ("package_for_kb952876_sc_0~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1429),
        ("package_for_kb952876_sc~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1431),
        ("package_for_kb952876_server_0~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1433),
        ("package_for_kb952876_server~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1439),
        ("package_for_kb952876_winpesrv_0~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1430),
        ("package_for_kb952876_winpesrv~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1438),
        ("package_for_kb952876_winpe_0~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1428),
        ("package_for_kb952876_winpe~31bf3856ad364e35~amd64~~6.0.1.0.mum", 1432),
        ("update.mum", 3597),
    ),
    "ia64": (
        ("package_1_for_kb952876~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1782),
        ("package_2_for_kb952876~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1787),
        ("package_3_for_kb952876~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1787),
        ("package_for_kb952876_sc_0~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1425),
        ("package_for_kb952876_sc~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1426),
        ("package_for_kb952876_server_0~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1429),
        ("package_for_kb952876_server~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1434),
        ("package_for_kb952876_winpesrv_0~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1426),
        ("package_for_kb952876_winpesrv~31bf3856ad364e35~ia64~~6.0.1.0.mum", 1433),
        ("update.mum", 2423),
    ),
}

# Component manifests of each architecture and build: the policy first, the kernel component second.
MANIFESTS: dict[tuple[str, int], tuple[tuple[str, int], ...]] = {
    ("x86", 6000): (
        ("x86_78058696b20528e0f3fd5a19c89f85fc_31bf3856ad364e35_6.0.6000.20846_none_a2fc58a526aeace3.manifest", 697),
        ("x86_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6000.20846_none_6aae83b7d0352636.manifest", 17806),
    ),
    ("x86", 6001): (
        ("x86_b7e2eb8442b2b38898eaf5d8ce118a10_31bf3856ad364e35_6.0.6001.22191_none_550dbfc8da2e4605.manifest", 697),
        ("x86_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_6c59af69cd88c702.manifest", 17806),
    ),
    ("x64", 6000): (
        ("amd64_87e497d229c9ca9ae4e1ee20b0c78069_31bf3856ad364e35_6.0.6000.20846_none_8e17bbc38cf8080a.manifest", 701),
        ("amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6000.20846_none_c6cd1f3b8892976c.manifest", 16512),
    ),
    ("x64", 6001): (
        ("amd64_d57b6eb14aa4c027f9e7febd51563adb_31bf3856ad364e35_6.0.6001.22191_none_ce97bb7810ff7c52.manifest", 701),
        ("amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_c8784aed85e63838.manifest", 16512),
    ),
    ("ia64", 6001): (
        ("ia64_b894135fddfd051f89e810bcf6c8a926_31bf3856ad364e35_6.0.6001.22191_none_197f14bfbbac6012.manifest", 699),
        ("ia64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_6c5b535fcd86cffe.manifest", 16819),
    ),
}

# Kernel images of each architecture and build: name, file version, size.
KERNELS: dict[tuple[str, int], tuple[tuple[str, tuple[int, int, int, int], int], ...]] = {
    ("x86", 6000): (
        ("ntkrnlpa.exe", (6, 0, 6000, 20846), 3506744),
        ("ntoskrnl.exe", (6, 0, 6000, 20846), 3472952),
    ),
    ("x86", 6001): (
        ("ntkrnlpa.exe", (6, 0, 6001, 22191), 3601464),
        ("ntoskrnl.exe", (6, 0, 6001, 22191), 3549240),
    ),
    ("x64", 6000): (("ntoskrnl.exe", (6, 0, 6000, 20846), 4416568),),
    ("x64", 6001): (("ntoskrnl.exe", (6, 0, 6001, 22191), 4694072),),
    ("ia64", 6001): (("ntoskrnl.exe", (6, 0, 6001, 22191), 9501752),),
}
