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

from ..target import Target
from .common import Payload, ProgressHook, TransferError, WayUnavailableError
from .host_path import HostPathWay, ShareCredentials
from .smb import SmbTarget, SmbWay
from .way import TransferWay
from .winrm_certutil import CertutilWay
from .winrm_script import ScriptWay


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
    credentials: ShareCredentials | None = None
    smb: SmbTarget | None = None
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
    way = _carried(candidates(options), target, payload, options, progress)
    return Transferred(way.name, clock() - begun, payload.size)


def _carried(
    ways: tuple[TransferWay, ...], target: Target, payload: Payload, options: TransferOptions, progress: ProgressHook
) -> TransferWay:
    """The first way that can be used here, after it has done its work."""
    *others, last = ways
    for way, following in zip(others, ways[1:], strict=True):
        try:
            way.carry(target, payload, progress, options.deadline)
        except WayUnavailableError as error:
            target.say(f"{error}; going the way {following.name}")
        else:
            return way
    last.carry(target, payload, progress, options.deadline)
    return last


def candidates(options: TransferOptions) -> tuple[TransferWay, ...]:
    """The ways to try, in this order; the next one where the one before cannot be used. Never empty. TransferError."""
    if options.way is Way.PATH or (options.way is Way.AUTO and options.source_path):
        if not options.source_path:
            raise TransferError("transfer: path needs source_path, the package's path as the host sees it")
        return (HostPathWay(options.source_path, options.credentials),)
    over_winrm = (ScriptWay(), CertutilWay())
    if options.way is Way.WINRM or (options.way is Way.AUTO and not _smb_usable(options)):
        return over_winrm
    if options.smb is None:
        raise TransferError("transfer: smb needs a user and a password (smb_user, smb_password)")
    push = SmbWay(options.smb)
    return (push,) if options.way is Way.SMB else (push, *over_winrm)


def _smb_usable(options: TransferOptions) -> bool:
    return options.smb is not None and importlib.util.find_spec("smbclient") is not None
