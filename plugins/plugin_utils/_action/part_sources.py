# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where parts are found: files, folders that ansible-runner left, variables that set_stats made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._model.plain import plain
from .._rollout.part import MARK, Part
from .._rollout.part_read import LARGEST, PartError, decoded, parts_in, read
from .._text.visible import visible
from .local_files import local
from .variables import BadInput

MOST_PARTS, MOST_FILES = 1_000, 200_000
"""Parts of one merge, and files that are looked at for them."""

_EVENTS, _LAST = "job_events", "playbook_on_stats"
"""The folder of a run's events, and the event that has what set_stats was given."""

_RUNS = tuple("*/" * depth + _EVENTS for depth in range(4))
"""Where it is below the folder that was named: a run, its artifacts, its private data, or several of these."""


@dataclass
class Sources:
    """What was found. refused: where, and why it is not used. cut_off: runs that left events and no end."""

    parts: list[Part] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)

    def _add(self, given: Any, source: str, name: str) -> None:
        if len(self.parts) >= MOST_PARTS:
            raise BadInput(f"parts: there are more than {MOST_PARTS} of them")
        try:
            self.parts.append(read(given, source, name))
        except PartError as error:
            self._refuse(f"{source}: {name}" if name and name not in source else source, error)

    def _refuse(self, source: str, error: PartError) -> None:
        self.refused.append({"source": visible(source), "field": error.field, "reason": error.reason})

    def variables(self, variables: Mapping[str, Any]) -> None:
        """Every variable that begins as those of parts do, as it was given: what hosts said is no template."""
        for key in sorted(str(one) for one in variables if str(one).startswith(f"{MARK}_")):
            name = key.removeprefix(f"{MARK}_")
            try:
                value = plain(variables[key])
            except ValueError as error:
                self._refuse(key, PartError("the variable", str(error)))
                continue
            self._add(value, f"variable {key}", name)

    def files(self, paths: Sequence[str]) -> None:
        """Each file, and the runs and parts in each folder. Raises BadInput for a path where nothing is."""
        for path in map(local, paths):
            if path.is_dir():
                self._folder(path)
            elif path.is_file():
                self._file(path)
            else:
                raise BadInput(f"parts: there is no file and no folder {path}")

    def _folder(self, folder: Path) -> None:
        """A folder of parts, or one of runs. What else lies in it is no matter of ours."""
        before, left = self._count, MOST_FILES
        runs = [] if folder.name == _EVENTS else [one for pattern in _RUNS for one in sorted(folder.glob(pattern))]
        for place in (folder, *runs):
            files = _json(place)
            left -= len(files)
            if left < 0:
                raise BadInput(f"parts: there are more than {MOST_FILES} files in {folder}")
            if place.name == _EVENTS:
                self._run(place, files)
                continue
            for file in files:
                self._file(file, chosen=False)
        if before == self._count:
            raise BadInput(f"parts: there is no part, and no run of ansible-runner, in {folder}")

    @property
    def _count(self) -> int:
        return len(self.parts) + len(self.refused) + len(self.cut_off)

    def _run(self, events: Path, files: Sequence[Path]) -> None:
        """What a run gave to set_stats stands in its last event; a run that was killed has none."""
        run, before, ended = events.parent.name, self._count, False
        for file in files:
            content = _content(file)
            if _LAST.encode() not in content:
                continue
            try:
                document = decoded(content, "the event")
            except PartError as error:
                self._refuse(str(file), error)
                continue
            if isinstance(document, Mapping) and document.get("event") == _LAST:
                ended = True
                self._document(document, file)
        if ended and before == self._count:
            why = "the run came to its end and gave no part to set_stats: the setting part makes one"
            self._refuse(str(events), PartError("artifact_data", why))
        elif files and not ended:
            why = f"{visible(str(events))} has events and not its end"
            self.cut_off.append(f"The run {visible(run)} was cut off: {why}.")

    def _file(self, path: Path, *, chosen: bool = True) -> None:
        """chosen: by its name, and not by its folder's."""
        try:
            found = self._document(_content(path), path)
        except PartError as error:
            self._refuse(str(path), error)
            return
        if not found and chosen:
            self._refuse(str(path), PartError("the document", f"it has no part ({MARK}, or {MARK}_NAME in set_stats)"))

    def _document(self, given: bytes | Mapping[str, Any], path: Path) -> int:
        """Take the parts of a document; how many there are. Raises PartError where it is no document."""
        found = parts_in(given)
        for name, value in found.items():
            self._add(value, visible(str(path)), name)
        return len(found)


def _json(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.suffix == ".json" and one.is_file())
    except OSError as error:
        raise BadInput(f"parts: {folder} cannot be read: {error.strerror or error}") from None


def _content(path: Path) -> bytes:
    """A file's bytes; of one that is larger than any part a byte more than that, which is refused then."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BadInput(f"parts: {path} cannot be read: {error.strerror or error}") from None
