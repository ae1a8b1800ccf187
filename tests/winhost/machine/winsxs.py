# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of component folders in the side-by-side store."""

from __future__ import annotations

import hashlib

_TOKEN = "31bf3856ad364e35"
# Published names of the kernel's component: (architecture, version) -> hash.
_KNOWN = {
    ("x86", "6.0.6000.20846"): "6aae83b7d0352636",
    ("x86", "6.0.6001.22191"): "6c59af69cd88c702",
    ("amd64", "6.0.6000.20846"): "c6cd1f3b8892976c",
}


def component_folder(architecture: str, version: str, component: str = "microsoft-windows-os-kernel") -> str:
    """``x86_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6001.22191_none_6c59af69cd88c702``"""
    digest = (
        _KNOWN.get((architecture, version))
        or hashlib.sha256(f"{component}{architecture}{version}".encode()).hexdigest()[:16]
    )
    return f"{architecture}_{component}_{_TOKEN}_{version}_none_{digest}"
