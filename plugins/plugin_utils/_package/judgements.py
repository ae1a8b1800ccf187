# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run knows of one file, found by its SHA-256: what it holds, why it cannot be read, what its signature is.

Each part has a key of all that it depends on. The file's name is in it, since reports and refusals tell it.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from . import errors
from .checksums import Checksums
from .errors import PackageError
from .keep import Keep, file_stamp
from .limits import Limits
from .osslsigncode import TOOL
from .report import PackageReport
from .signature import Signature, SignatureState

NOT_WANTED = Signature(SignatureState.NOT_CHECKED, ("not_wanted",), "it was not to be checked")


@dataclass(frozen=True)
class Unreadable:
    """Why a file cannot be read as a package: the name of the error's class, and its text."""

    kind: str
    text: str

    @property
    def error(self) -> PackageError:
        kinds = {one.__name__: one for one in vars(errors).values() if isinstance(one, type)}
        kind = kinds.get(self.kind, PackageError)
        return kind(self.text) if issubclass(kind, PackageError) else PackageError(self.text)


@dataclass(frozen=True)
class Trust:
    """Whose signatures count: the user's ca_file with the bytes that it had, and whether Microsoft's do beside it."""

    ca_file: Path | None
    pem: bytes
    microsoft_too: bool

    @property
    def key(self) -> str:
        kind = "" if self.ca_file is None else hashlib.sha256(self.pem).hexdigest()
        return f"{kind} {self.microsoft_too}"


class Judgements:
    """The parts of a judgement in the keep. trust: None leaves the signature out."""

    def __init__(self, keep: Keep, checksums: Checksums, name: str, limits: Limits, trust: Trust | None) -> None:
        self._keep = keep
        self._contents = (checksums.sha256, name, limits)
        self._signature = None if trust is None else (checksums.sha256, trust.key, tool_stamp())

    def report(self) -> PackageReport | None:
        """The whole report, where all its parts are known. Raises as contents() does."""
        contents, signature = self.contents(), self.signature()
        return None if contents is None or signature is None else replace(contents, signature=signature)

    def contents(self) -> PackageReport | None:
        """The report without its signature. Raises the PackageError that reading the file ended with before."""
        unreadable = self._keep.recall(Unreadable, *self._contents)
        if unreadable is not None:
            raise unreadable.error
        return self._keep.recall(PackageReport, *self._contents)

    def note_contents(self, report: PackageReport) -> None:
        self._keep.remember(report, *self._contents)

    @contextlib.contextmanager
    def noting_refusal(self) -> Iterator[None]:
        """A file that cannot be read is not tried again for the next host."""
        try:
            yield
        except PackageError as error:
            self._keep.remember(Unreadable(type(error).__name__, str(error)), *self._contents)
            raise

    def signature(self) -> Signature | None:
        """NOT_WANTED where it is to be left out."""
        return NOT_WANTED if self._signature is None else self._keep.recall(Signature, *self._signature)

    def note_signature(self, signature: Signature) -> None:
        if self._signature is not None:
            self._keep.remember(signature, *self._signature)


def tool_stamp() -> str:
    """Which program verifies signatures here; empty when there is none."""
    found = shutil.which(TOOL)
    return file_stamp(Path(found).resolve()) if found else ""
