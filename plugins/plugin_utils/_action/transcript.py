# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transcript option of a task: records the task's messages, asks the open questions, leaves one file.

An action with the options transcript (path) and transcript_overwrite (bool) switches it on with these lines:

    def prepare(self, arguments):
        self.recording = Recording.of(arguments, self.host)  # None without the option
    def perform(self, client, request):
        ...
        if self.recording is not None:
            outcome["transcript"] = self.recording.finish(client, definition, self._connection)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .._catalogue.definition import Definition
from .._operations.ending import ending
from .._operations.open_questions import public_names, record
from .._transcript import document
from .._transcript.checked import BadTranscript
from .._transcript.leaks import leaked
from .._transcript.tape import RecordingChannel, Tape
from .._wsman.channel import Channel
from .._wsman.client import Client
from .._wsman.errors import WSManError
from .private_file import put, refuse
from .run_record import RunRecord
from .variables import BadInput

_ROOT = Path(__file__).parents[3]


class Recording:
    """One task's messages, and where they go. overwrite: whether a file there may be replaced."""

    def __init__(self, path: Path, *, overwrite: bool = False) -> None:
        self.path = path
        self.overwrite = overwrite
        self.tape = Tape()

    @classmethod
    def of(cls, arguments: Mapping[str, Any], host: str | None = None) -> Recording | None:
        """From a task's validated arguments; None where no transcript is asked for.

        Raises BadInput where the file could not be written, or is another host's in this run, before the host is asked.
        """
        named = arguments.get("transcript")
        if named is None:
            return None
        if not str(named).strip():
            raise BadInput("transcript is empty: name a file, or leave the option out")
        path = Path(str(named)).expanduser().absolute()
        overwrite = bool(arguments.get("transcript_overwrite"))
        refuse(path, overwrite=overwrite)
        _claim(path, str(host or ""))
        return cls(path, overwrite=overwrite)

    def over(self, channel: Channel) -> Channel:
        """The channel, recorded from here on."""
        return RecordingChannel(channel, self.tape)

    def would_write(self) -> dict[str, Any]:
        """The result's entry in check mode, where no file is written and nothing more is asked."""
        there = self.path.exists()
        what = f"{'replace' if there else 'write'} {self.path}"
        return {"path": str(self.path), "written": False, "would": f"{what} with the host's redacted answers"}

    def finish(self, client: Client, definition: Definition, connection: Any = None) -> dict[str, Any]:
        """Ask the rest, then write the file. Returns the result's entry: path, written, exchanges, left_out, removed,
        ended.

        What cannot be asked any more is left out, and said in `ended`. connection: the task's, whose password may be
        nowhere. Raises BadInput where the file cannot be written.
        """
        ended: dict[str, object] | None = None
        try:
            record(client, definition)
        except WSManError as error:
            ended = ending(error)
        return {**self.write([definition], passwords(connection)), "ended": ended}

    def write(self, definitions: Iterable[Definition], secrets: Iterable[str] = ()) -> dict[str, Any]:
        """Write what was recorded so far."""
        return write_transcript(self.path, self.tape, definitions, secrets=secrets, overwrite=self.overwrite)


def _claim(path: Path, host: str) -> None:
    """A file is one host's in a run, however its path is written: a second host's would take its place."""
    record, key = RunRecord(), ("transcript", str(path.parent.resolve() / path.name))
    with record.turn(*key):
        owner = record.get(*key)
        if owner is None:
            record.put({"host": host}, *key)
        elif owner["host"] != host:
            raise BadInput(
                f"transcript is {path} for {owner['host']} and for {host}, and a file is one host's: put the host's"
                " name into it, as transcripts/{{ inventory_hostname }}.json"
            )


def write_transcript(
    path: Path,
    tape: Tape,
    definitions: Iterable[Definition],
    *,
    secrets: Iterable[str] = (),
    overwrite: bool = False,
    simulated: bool = False,
) -> dict[str, Any]:
    """Redact a tape and put it into a file of mode 600, whole or not at all.

    secrets: texts of which a trace in the file means that it is not written. Raises BadInput.
    """
    made = document.make(
        tape,
        public=public_names(list(definitions)),
        simulated=simulated,
        collection=collection_version(),
    )
    text = document.text_of(made)
    if leaked(text, secrets):
        raise BadInput(
            f"{path} is not written: the connection's password would be in it, or is a word that every transcript has."
        )
    try:
        document.parse(text.encode())
    except BadTranscript as error:
        raise BadInput(f"{path} is not written, as nobody could read it: {error}") from None
    put(path, [text], overwrite=overwrite)
    return {
        "path": str(path),
        "written": True,
        "exchanges": len(tape.exchanges),
        "left_out": tape.left_out,
        "removed": made["removed"],
    }


def passwords(connection: Any) -> list[str]:
    """The connection's password, if it has one."""
    found = _option(connection, "remote_password")
    return [found] if found else []


def _option(connection: Any, name: str) -> str | None:
    try:
        value = None if connection is None else connection.get_option(name)
    except (KeyError, AttributeError):
        return None
    return None if value is None else str(value)


def collection_version() -> str:
    """Of this collection, by the manifest of an installed one or a work tree's galaxy.yml; "" where neither tells."""
    try:
        manifest = json.loads((_ROOT / "MANIFEST.json").read_text(encoding="utf-8"))
        return str(manifest["collection_info"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        match = re.search(r"^version: *(\S+)", (_ROOT / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return ""
    return match[1] if match else ""
