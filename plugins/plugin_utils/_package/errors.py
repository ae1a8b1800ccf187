# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a package file. Every text is one sentence for a person: what, where, what to do."""

from __future__ import annotations


class PackageError(ValueError):
    """The file cannot be used as a package: missing, unreadable, broken or hostile."""


class ChecksumMismatch(PackageError):
    """The file is not the one that a checksum pins, or the pin itself is unreadable."""


class HostilePackage(PackageError):
    """The file claims something that no genuine package claims: a name outside its folder, a size beyond all bounds."""


class DecoderMissing(PackageError):
    """The compression needs a library that is not installed. The text names it."""


class SelectionError(PackageError):
    """No package of a folder, or more than one, is the wanted one. The text lists what was found."""


class DefinitionError(PackageError):
    """No definition can be made of these packages and this article. The text says which file and field, and why."""
