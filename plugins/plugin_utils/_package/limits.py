# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much a package may claim or cost. Microsoft's hotfixes for NT 6.0 are far below each of these."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .errors import HostilePackage, PackageError

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds for one package, in bytes, counts and seconds. A cabinet in an .msu is the deepest that is opened."""

    package_size: int = 1024 * MIB
    member_size: int = 1024 * MIB
    total_size: int = 1536 * MIB
    """Of all members of one cabinet together, unpacked."""
    ratio: int = 100
    ratio_allowance: int = 64 * MIB
    """A cabinet may claim `ratio` times its own size and this much more."""
    members: int = 20_000
    folders: int = 4_096
    text_size: int = 1 * MIB
    """Of an answer file, a properties file or a manifest."""
    texts_size: int = 64 * MIB
    """Of all manifests of one payload together."""
    index_size: int = 8 * MIB
    """Of a container's index: some 400 bytes for each file."""
    statements: int = 40_000
    """Packages, updates, parents, components and files that the manifests of one payload name; sources and bases that
    its index names."""
    told_size: int = 8 * MIB
    """Of memory for the texts that the manifests of one payload tell, and as much for those of its index."""
    cabinets: int = 4
    """Payload cabinets that are unpacked from one .msu."""
    folder_files: int = 200
    """Files that are looked at in a folder of packages."""
    ca_file_size: int = 16 * MIB
    """Of the trusted roots that are read; more is refused with the signature."""
    seconds: float = 300.0


@dataclass(frozen=True)
class Budget:
    """Limits with the moment (time.monotonic) at which the reading has to be over."""

    limits: Limits
    ends: float

    @classmethod
    def start(cls, limits: Limits) -> Budget:
        return cls(limits, time.monotonic() + limits.seconds)

    def check_time(self, what: str) -> None:
        """Raises PackageError when the time is used up."""
        if time.monotonic() > self.ends:
            raise PackageError(f"{what}: reading it took longer than {self.limits.seconds:g} s and was given up")

    def check_ratio(self, what: str, packed: int, unpacked: int) -> None:
        """Raises HostilePackage when a cabinet of `packed` bytes claims to hold `unpacked` bytes and that is absurd."""
        if unpacked > self.limits.total_size:
            raise HostilePackage(
                f"{what}: its members claim {unpacked} bytes together; at most {self.limits.total_size} are accepted"
            )
        if unpacked > packed * self.limits.ratio + self.limits.ratio_allowance:
            raise HostilePackage(f"{what}: it has {packed} bytes and claims to hold {unpacked}, as no package does")
