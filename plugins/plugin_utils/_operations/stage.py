# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage the verified payload on the host: a secured folder, the transfer, the check of size and hash, the expansion.

CBS is not touched. The manifest is written last, so a staging that broke anywhere is simply not there yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PureWindowsPath

from .._model.facts import Staging
from .._windows import files, folder, together
from .._windows.command import CommandError, Result, Step, program, quote, run_checked
from .._windows.errors import HostError
from .errors import OperationError
from .lock import LockLostError
from .manifest import Manifest, ManifestError, load
from .target import Target
from .transfer.common import Payload, TransferError

ROOM_FACTOR = 4
"""Of the package: parts, joined payload and expanded cabinets may exist at once, and CBS copies the payload."""

EXPANDED_FACTOR = 2
"""Of what the package installs: CBS makes the files in a folder of its own and copies them to the component store."""

ROOM_MARGIN = 100 * 1024 * 1024
_EXPAND_DEADLINE = 900.0
"""Seconds for hashing the payload, expanding it, and hashing what came of it."""

_EXPANDED = "*"
"""What the command prints when it has expanded: no word of certutil's."""

Bring = Callable[[], None]
"""Brings the payload to layout.payload + '.tmp' by the way of transfer that was chosen."""


class StagingError(OperationError):
    """The payload could not be staged: what was found and what to do. What was there before is untouched or removed."""


@dataclass(frozen=True)
class Delivery:
    """What is to be staged: the payload, the operator's name for it, SHA-1 and size of each file directly inside it.

    expanded_size: bytes of all files that it installs.
    """

    payload: Payload
    name: str
    members: Mapping[str, tuple[str, int]]
    expanded_size: int = 0


def already(target: Target, delivery: Delivery, seen: Staging | None) -> Manifest | None:
    """The manifest of a whole staging of just this payload, or None.

    seen: what WMI showed of the folder under this lock; None: nothing. The manifest is read only where that fits.
    """
    if seen is None or not seen.present or seen.payload_size != delivery.payload.size:
        return None
    manifest = current(target)
    return manifest if manifest is not None and manifest.sha256 == delivery.payload.sha256 else None


def current(target: Target) -> Manifest | None:
    """The manifest on the host, or None when there is none that can be read."""
    text = files.read_text(target.shell, target.layout.manifest)
    if text is None:
        return None
    try:
        return load(text)
    except ManifestError as error:
        target.say(f"{target.layout.manifest}: {error}")
        return None


def prepare(target: Target) -> None:
    """The staging folder, proven to be one that only administrators can write. FolderRefusedError, CommandError."""
    layout = target.layout
    folder.prepare(
        target.client,
        target.shell,
        layout.folder,
        parents=[layout.windows, layout.parent],
        is_ours=layout.is_ours,
    )
    target.proven = True


def check_room(target: Target, delivery: Delivery) -> None:
    """StagingError when the drive has too little free space, or the host does not say how much it has."""
    drive = PureWindowsPath(target.layout.windows).drive
    free = files.free_space(target.client, drive)
    needed = delivery.payload.size * ROOM_FACTOR + delivery.expanded_size * EXPANDED_FACTOR + ROOM_MARGIN
    if free is None:
        raise StagingError(f"the host does not tell the free space of {drive} (Win32_LogicalDisk); nothing was written")
    if free < needed:
        text = f"{drive} has {free // 2**20} MB free, {needed // 2**20} MB are needed; nothing was written"
        raise StagingError(text)


def stage(
    target: Target, delivery: Delivery, bring: Bring, *, staged_at: str, run: str, seen: Staging | None = None
) -> Manifest:
    """Bring, check, expand, check again, and write the manifest. The caller prepared the folder and holds the lock.

    seen: as in already(): where it shows that there is no manifest, none is deleted first.
    Raises StagingError, TransferError, CommandError, HashUnavailableError; then there is no manifest.
    """
    layout = target.layout
    if seen is None or seen.manifest_size is not None:
        files.delete(target.shell, [layout.manifest])
    temporary = layout.payload + ".tmp"
    bring()
    try:
        _check_size(target, temporary, delivery.payload.size)
        expanded = _expand(target, temporary, delivery)
        return _finish(target, _manifest(target, delivery, expanded, staged_at, run))
    except (HostError, OperationError):
        lost = None
        with suppress(Exception):  # why it is refused is what the caller must see
            try:
                _undo(target)
            except LockLostError as error:
                lost = error
        if lost is not None:  # what was found is another run's work
            raise lost from None
        raise


def _manifest(target: Target, delivery: Delivery, expanded: dict[str, str], staged_at: str, run: str) -> Manifest:
    return Manifest(
        kb=target.layout.kb,
        source_name=delivery.name,
        size=delivery.payload.size,
        sha1=delivery.payload.sha1,
        sha256=delivery.payload.sha256,
        expanded=expanded,
        staged=staged_at,
        run=run,
    )


def _finish(target: Target, manifest: Manifest) -> Manifest:
    """The payload into place, what brought it away, and the manifest last: in one command line where it fits."""
    layout = target.layout
    parts = [
        together.moving(layout.payload + ".tmp", layout.payload),
        together.removing(layout.parts),
        together.deleting([layout.path(name) for name in ("receive.js", "copy_from_share.js")]),
    ]
    together.write_all(target.shell, parts, {layout.manifest: manifest.dump()})
    return manifest


def _undo(target: Target) -> None:
    """Remove what was brought and is refused, and nothing that was staged before. CommandError when something stays."""
    layout = target.layout
    brought = (layout.payload + ".tmp", layout.path("receive.js"), layout.path("copy_from_share.js"))
    files.delete(target.shell, brought)
    for one in (layout.parts, layout.expanded):
        files.remove_folder(target.shell, one)


def _check_size(target: Target, path: str, size: int) -> None:
    found = target.sizes([path]).get(path)
    if found != size:
        raise TransferError(f"{path} has {found} bytes on the host, the package has {size}; it was removed, run again")


def _check_sha1(target: Target, path: str, sha1: str) -> None:
    digest = files.sha1(target.shell, path)
    if digest != sha1:
        raise TransferError(f"{path} has the SHA-1 {digest} on the host, the package {sha1}; it was removed, run again")


def _expand(target: Target, source: str, delivery: Delivery) -> dict[str, str]:
    """Expand the .msu, and prove each file that the installer will use against the package on the controller."""
    into = target.layout.expanded
    paths = {f"{into}\\{name}": expected for name, expected in delivery.members.items()}
    result = _expanded(target, source, delivery.payload.sha1, [*paths])
    there = target.sizes(paths)
    for path, (_sha1, size) in paths.items():
        if there.get(path) != size:
            raise StagingError(f"{path} has {there.get(path)} bytes after expand, {size} were expected")
    if result.exit_code != 0:
        raise CommandError(f"hashing {', '.join(paths)}", "certutil", result)
    proven = {}
    digests = files.read_sha1s(result, [*paths]) if paths else []
    for (path, (sha1, _size)), digest in zip(paths.items(), digests, strict=True):
        if digest != sha1:
            raise StagingError(f"{path} has the SHA-1 {digest} after expand, {sha1} was expected")
        proven[path.rsplit("\\", 1)[1]] = digest
    return proven


def _expanded(target: Target, source: str, sha1: str, paths: Sequence[str]) -> Result:
    """Expand what has this SHA-1, and nothing else, and hash these files of it. TransferError, CommandError.

    The exit code is the hashes' own: where it expanded, it says so.
    """
    shell, into = target.shell, quote(target.layout.expanded)
    expand = f"{program('expand')} -f:* {quote(source)} {into} >nul && echo({_EXPANDED}"
    hashes = f" && {files.hashing(paths)}" if paths else ""
    command = f"(if exist {into} rd /s /q {into}) & md {into} && {expand}{hashes}"
    result = shell.run(files.only_with_sha1(source, sha1) + command, deadline=_EXPAND_DEADLINE)
    if result.exit_code == files.ANOTHER_SHA1:
        _check_sha1(target, source, sha1)
        result = shell.run(command, deadline=_EXPAND_DEADLINE)
    if result.exit_code != 0 and _EXPANDED.encode() not in result.stdout.split():
        raise CommandError("expanding the payload", command, result)
    return result


def remove(target: Target) -> None:
    """Remove all that is staged but the lock, which the caller holds and gives back. CommandError when something stays.

    The folders themselves go with the lock (lock.release).
    """
    folder_, lock = target.layout.folder, target.layout.lock.rpartition("\\")[2]
    others = f'for /d %d in ({quote(folder_ + chr(92) + "*")}) do @if /i not "%~nxd"=="{lock}"'
    command = f'({others} rd /s /q "%d") & del /f /q {quote(folder_ + chr(92) + "*")} 2>nul & exit 0'
    run_checked(target.shell, Step(f"removing what is in {folder_}", command))
    names = (name.casefold() for name in folder.names_in(target.shell, folder_))
    left = [name for name in names if name != lock and not name.startswith("shell.")]  # the holder's, in another since
    if left:
        raise StagingError(f"{folder_} could not be emptied: {', '.join(left[:10])} stayed")
