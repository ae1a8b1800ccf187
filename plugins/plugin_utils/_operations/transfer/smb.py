# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Push from the controller to an administrative share with smbprotocol: the fastest way (SMB 2.0.2 on NT 6.0)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .common import Payload, ProgressHook, TransferError

CHUNK = 1024 * 1024
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


class SmbUnavailableError(TransferError):
    """SMB cannot be used: the library is missing here, or the host does not answer on its port."""


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
            raise SmbUnavailableError(f"no SMB session with {target.server} port {target.port}: {error}") from error
        except Exception as error:  # smbprotocol and spnego have trees of their own
            raise TransferError(f"{target.server} refused the SMB session of {target.user}: {error}") from error
        yield smbclient, options
    finally:
        smbclient.reset_connection_cache(connection_cache=cache, fail_on_error=False)


def push(target: SmbTarget, payload: Payload, relative: str, *, progress: ProgressHook) -> None:
    """Write the payload to a file below the share, resuming at the size that the file has already.

    relative: path below the share. The caller checks size and hash on the target, so a resumed wrong prefix is caught.
    Raises SmbUnavailableError (another way may work) and TransferError.
    """
    path = f"\\\\{target.server}\\{target.share}\\{relative}"
    with _session(target) as (smbclient, options):
        try:
            try:
                there = int(smbclient.stat(path, **options).st_size)
            except FileNotFoundError:
                there = 0
            if there > payload.size:
                smbclient.remove(path, **options)
                there = 0
            opened = smbclient.open_file(path, mode="ab", buffering=0, **options)
            with payload.path.open("rb") as source, opened as sink:
                source.seek(there)
                progress(there, payload.size)
                while data := source.read(CHUNK):
                    view = memoryview(data)
                    while view:
                        written = sink.write(view)
                        view = view[written:]
                        there += written
                    progress(there, payload.size)
        except TransferError:
            raise
        except Exception as error:  # smbprotocol has a tree of its own; OSError with NtStatus otherwise
            raise TransferError(f"writing {path} over SMB: {error}") from error
