# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that a file tells: which ones Windows could take to another place than they say, and how one is shown."""

from __future__ import annotations

import re

from .errors import HostilePackage

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
NAME_MAX = 1024


def shown(name: str) -> str:
    """A name from a file in a form that can stand in a message: no control characters, not too long."""
    return ascii(name if len(name) <= 100 else name[:97] + "...")


def is_safe(name: str) -> bool:
    """Whether a relative name with backslashes stays in its folder and names neither a device nor a stream."""
    return len(name) <= NAME_MAX and not any(
        not part or part.endswith((".", " ")) or _FORBIDDEN.search(part) or _DEVICE.fullmatch(part)
        for part in name.split("\\")  # "", ".." and "." are among what is refused
    )


def safe_name(name: str, what: str) -> str:
    """The name with backslashes. Raises HostilePackage for one that is_safe refuses; `what` says where it stands."""
    normal = name.replace("/", "\\")
    if not is_safe(normal):
        raise HostilePackage(f"{what}: the name {shown(name)} leaves the folder or is none that Windows can have")
    return normal
