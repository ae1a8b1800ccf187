# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Push from the controller to an administrative share with smbprotocol: the fastest way (SMB 2.0.2 on NT 6.0).

Several writes are under way at once, as far as the server's credits go: one at a time costs a round trip each 64 KB.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar

from ..._wsman.watchdog import Abandoned, abandonable
from ..target import Target
from .common import Payload, ProgressHook, TransferError, WayUnavailableError

CHUNK = 1024 * 1024
CREDIT_BYTES = 65536
"""One credit is good for so many bytes of a write (MS-SMB2 3.1.5.2); SMB 2.0.2 writes no more at once."""

WINDOW = 4 * 1024 * 1024
"""Bytes under way. After a break the server may have stored some of them and not others before them: a resumed push
writes the last WINDOW bytes of what is there again."""

MORE_CREDITS = 16
ANSWER_DEADLINE = 60.0
SILENCE = 90.0
"""Seconds without a byte stored after which a server is given up."""

SMB_PORT = 445


@dataclass(frozen=True)
class SmbTarget:
    """The host's SMB server, the account, and the share that is the Windows folder (ADMIN$)."""

    server: str
    user: str
    password: str = field(repr=False)
    port: int = SMB_PORT
    share: str = "ADMIN$"
    timeout: float = 10.0


class SmbUnavailableError(WayUnavailableError):
    """SMB cannot be used: the library is missing here, or the host does not answer on its port."""


class SmbRefusedError(SmbUnavailableError):
    """The server answered and gave no session or no file: wrong password, missing rights, no such share."""


def _words(error: BaseException, target: SmbTarget) -> str:
    """What a library said, on one line and without the password, whatever it quoted."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text.replace(target.password, "********") if target.password else text


def _library() -> Any:
    try:
        import smbclient
    except ImportError as error:
        text = "transfer: smb needs the Python package smbprotocol on the controller (pip install smbprotocol)"
        raise SmbUnavailableError(text) from error
    return smbclient


@contextmanager
def _session(target: SmbTarget) -> Iterator[tuple[Any, dict[str, Any]]]:
    smbclient = _library()
    cache: dict[str, Any] = {}
    options = {"port": target.port, "connection_cache": cache}
    try:
        try:
            smbclient.register_session(
                target.server,
                username=target.user,
                password=target.password,
                connection_timeout=target.timeout,
                require_signing=True,
                **options,
            )
        except (OSError, ValueError) as error:
            text = f"no SMB session with {target.server} port {target.port}: {_words(error, target)}"
            raise SmbUnavailableError(text) from None
        except Exception as error:  # noqa: BLE001 - smbprotocol and spnego have trees of their own
            text = f"{target.server} gave {target.user} no SMB session: {_words(error, target)}"
            raise SmbRefusedError(text) from None
        yield smbclient, options
    finally:
        smbclient.reset_connection_cache(connection_cache=cache, fail_on_error=False)


def push(
    target: SmbTarget,
    payload: Payload,
    relative: str,
    *,
    progress: ProgressHook,
    deadline: float = 7200.0,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Write the payload to a file below the share, resuming at what the file holds already.

    relative: path below the share. deadline: seconds; a server that stores nothing for SILENCE seconds is given up
    before, whatever it does (smbprotocol waits for some answers without a time-out of its own).
    The caller checks size and hash on the target, so a resumed wrong prefix is caught.
    Raises SmbUnavailableError (another way may work) and TransferError.
    """
    begun = clock()
    heard = [begun]

    def noted(done: int, whole: int) -> None:
        heard[0] = clock()
        progress(done, whole)

    def left() -> float:
        return min(begun + deadline + ANSWER_DEADLINE, heard[0] + SILENCE) - clock()

    try:
        abandonable(lambda: _push(target, payload, relative, noted, lambda: clock() < begun + deadline), left)
    except Abandoned:
        if heard[0] == begun:
            text = f"{target.server} port {target.port} accepts connections and does not speak SMB in {SILENCE:.0f} s"
            raise SmbUnavailableError(text) from None
        raise TransferError(f"the SMB server {target.server} went silent; run again to resume") from None


def _push(
    target: SmbTarget,
    payload: Payload,
    relative: str,
    progress: ProgressHook,
    in_time: Callable[[], bool],
) -> None:
    path = f"\\\\{target.server}\\{target.share}\\{relative}"
    with payload.open() as source, _session(target) as (smbclient, options):
        try:
            opened = smbclient.open_file(path, mode="ab", buffering=0, **options)
        except Exception as error:  # noqa: BLE001 - smbprotocol has a tree of its own
            raise SmbRefusedError(f"opening {path} over SMB: {_words(error, target)}") from None
        try:
            with opened:
                there = int(opened.fd.end_of_file)
                if there > payload.size:
                    opened.truncate(0)
                    there = 0
                writer = _Writer(opened.fd, source, payload.size, progress, in_time)
                writer.write_from(max(0, there - WINDOW))
        except TransferError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            raise TransferError(f"writing {path} over SMB: {_words(error, target)}") from None


@dataclass(frozen=True)
class SmbWay:
    """See TransferWay: a push over SMB, into the share that is the Windows folder."""

    name: ClassVar[str] = "smb"
    server: SmbTarget

    def carry(self, target: Target, payload: Payload, progress: ProgressHook, deadline: float) -> None:
        """See TransferWay."""
        relative = f"{target.layout.payload}.tmp".removeprefix(f"{target.layout.windows}\\")
        push(self.server, payload, relative, progress=progress, deadline=deadline)


class _Writer:
    """Writes the rest of a file with as many writes under way as credits and WINDOW allow."""

    def __init__(
        self, file: Any, source: BinaryIO, size: int, progress: ProgressHook, in_time: Callable[[], bool]
    ) -> None:
        self._file = file
        self._connection = file.connection
        self._source = source
        self._size = size
        self._progress = progress
        self._in_time = in_time
        self._under_way: deque[tuple[Any, int]] = deque()
        self._stored = 0

    def write_from(self, offset: int) -> None:
        """Send everything from offset on, and wait until all of it is stored."""
        self._stored = offset
        self._progress(offset, self._size)
        self._source.seek(offset)
        largest = min(CHUNK, int(self._connection.max_write_size))
        while offset < self._size:
            while self._under_way and (self._credits() * CREDIT_BYTES < largest or offset - self._stored >= WINDOW):
                self._confirm()
            length = min(largest, self._size - offset, max(1, self._credits()) * CREDIT_BYTES)
            data = self._source.read(length)
            if not data:
                raise TransferError("the package on the controller became shorter while it was read")
            self._send(data, offset)
            offset += len(data)
        while self._under_way:
            self._confirm()

    def _credits(self) -> int:
        window = self._connection.sequence_window
        return int(window["high"] - window["low"])

    def _send(self, data: bytes, offset: int) -> None:
        message, _unpack = self._file.write(data, offset=offset, send=False)
        tree = self._file.tree_connect
        request = self._connection.send(
            message,
            sid=tree.session.session_id,
            tid=tree.tree_connect_id,
            credit_request=-(-len(data) // CREDIT_BYTES) + MORE_CREDITS,
        )
        self._under_way.append((request, len(data)))

    def _confirm(self) -> None:
        """Wait for the oldest write."""
        if not self._in_time():
            text = f"transfer_timeout was over at byte {self._stored} of {self._size}; run again to resume there"
            raise TransferError(text)
        request, length = self._under_way.popleft()
        answer = self._connection.receive(request, timeout=ANSWER_DEADLINE)
        stored = int.from_bytes(answer["data"].get_value()[4:8], "little")  # MS-SMB2 2.2.22: Count
        if stored != length:
            raise TransferError(f"the server stored {stored} of {length} bytes at byte {self._stored}: disk full?")
        self._stored += length
        self._progress(self._stored, self._size)
