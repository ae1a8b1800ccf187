# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest of a staging: what was staged, its hashes and when. Written last: when it is there, all of it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import OperationError

FORMAT = 1
_FIELDS = (("kb", str), ("source_name", str), ("size", int), ("sha1", str), ("sha256", str), ("expanded", dict))


class ManifestError(OperationError, ValueError):
    """The manifest on the host is not one of ours, or is cut: the staging counts as not there."""


@dataclass(frozen=True)
class Manifest:
    """What was staged: the operator's file name, size in bytes, hashes; SHA-1 of each expanded file by its name.

    staged: the host's own clock, ISO 8601. run: the run that staged it.
    """

    kb: str
    source_name: str
    size: int
    sha1: str
    sha256: str
    expanded: Mapping[str, str]
    staged: str
    run: str

    def dump(self) -> str:
        """ASCII text, one item a line (it is written with echo)."""
        return json.dumps(
            {
                "format": FORMAT,
                "kb": self.kb,
                "source_name": self.source_name,
                "size": self.size,
                "sha1": self.sha1,
                "sha256": self.sha256,
                "expanded": dict(self.expanded),
                "staged": self.staged,
                "run": self.run,
            },
            indent=1,
            ensure_ascii=True,
        )


def load(text: str) -> Manifest:
    """Read a manifest; ManifestError names the field that is wrong."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ManifestError(f"the manifest is not JSON: {error}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ManifestError(f"the manifest is not of format {FORMAT}")
    for name, kind in _FIELDS:
        if not isinstance(data.get(name), kind):
            raise ManifestError(f"the manifest's {name} is missing or no {kind.__name__}")
    return Manifest(
        kb=data["kb"],
        source_name=data["source_name"],
        size=data["size"],
        sha1=data["sha1"],
        sha256=data["sha256"],
        expanded={str(name): str(digest) for name, digest in data["expanded"].items()},
        staged=str(data.get("staged", "")),
        run=str(data.get("run", "")),
    )
