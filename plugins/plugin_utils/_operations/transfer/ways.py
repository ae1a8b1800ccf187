# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way the payload goes: as asked, or the best that works here."""

from __future__ import annotations

import enum
import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..._wsman import errors, faults
from ..layout import PRODUCT
from ..target import Target
from . import host_path, smb, winrm_certutil, winrm_script
from .common import Payload, ProgressHook, ScriptHostUnavailableError, TransferError

LOST = (
    errors.ConnectionLost,
    errors.ServiceBusy,
    errors.Unreachable,
    errors.MalformedResponse,
    errors.WrongRelatesTo,
    faults.ShellNotFound,
)
"""After these the transfer goes on with a new connection and a new shell, from the byte that the host has."""


class Way(enum.Enum):
    """auto: a path when one is given, else SMB where it can be used, else WinRM."""

    AUTO = "auto"
    SMB = "smb"
    WINRM = "winrm"
    PATH = "path"


@dataclass(frozen=True)
class TransferOptions:
    """source_path: as the host sees it, with credentials for a share. smb: the target of a push. deadline: seconds."""

    way: Way = Way.AUTO
    source_path: str | None = None
    credentials: host_path.ShareCredentials | None = None
    smb: smb.SmbTarget | None = None
    deadline: float = 7200.0


@dataclass(frozen=True)
class Transferred:
    """How the payload went: the way that worked, and seconds."""

    way: str
    seconds: float
    bytes: int

    def as_dict(self) -> dict[str, object]:
        return {"way": self.way, "seconds": round(self.seconds, 1), "bytes": self.bytes}


def bring(
    target: Target,
    payload: Payload,
    options: TransferOptions,
    progress: ProgressHook,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Transferred:
    """Bring the payload to the staging folder under its temporary name. TransferError, CommandError, wire errors."""
    if payload.size <= 0:
        raise TransferError(f"{payload.path.name} is empty: there is nothing to transfer")
    begun = clock()
    way = _bring(target, payload, options, progress)
    return Transferred(way, clock() - begun, payload.size)


def _bring(target: Target, payload: Payload, options: TransferOptions, progress: ProgressHook) -> str:
    if options.way is Way.PATH or (options.way is Way.AUTO and options.source_path):
        if not options.source_path:
            raise TransferError("transfer: path needs source_path, the package's path as the host sees it")
        host_path.fetch(
            target.shell, options.source_path, target.layout, options.credentials, deadline=options.deadline
        )
        return Way.PATH.value
    if options.way is Way.SMB or (options.way is Way.AUTO and _smb_usable(options)):
        if options.smb is None:
            raise TransferError("transfer: smb needs a user and a password (smb_user, smb_password)")
        try:
            relative = f"{PRODUCT}\\{target.layout.kb}\\payload.msu.tmp"
            smb.push(options.smb, payload, relative, progress=progress, deadline=options.deadline)
        except smb.SmbUnavailableError as error:
            if options.way is Way.SMB:
                raise
            target.say(f"{error}; going over WinRM")
        else:
            return Way.SMB.value
    return _over_winrm(target, payload, options, progress)


def _smb_usable(options: TransferOptions) -> bool:
    return options.smb is not None and importlib.util.find_spec("smbclient") is not None


def _over_winrm(target: Target, payload: Payload, options: TransferOptions, progress: ProgressHook) -> str:
    try:
        winrm_script.push(
            target.shell, payload, target.layout, progress=progress, lost=LOST, deadline=options.deadline
        )
    except ScriptHostUnavailableError as error:
        target.say(f"Windows Script Host cannot be used ({error}); going through certutil")
    else:
        return "winrm"
    winrm_certutil.push(
        target.shell,
        payload,
        target.layout,
        existing=lambda paths: dict(target.sizes(paths)),
        progress=progress,
        lost=LOST,
        stuck=(errors.DeadlineExceeded, faults.WSManFault),
        deadline=options.deadline,
    )
    return "winrm_certutil"
