# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to network shares, with credentials: what `net use` and WScript.Network make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winhost.machine import paths
from winhost.machine.errors import Win32Error

if TYPE_CHECKING:
    from winhost.cmd.session import Session
    from winhost.machine.machine import Machine

BAD_NET_NAME, NO_NETWORK_PATH, LOGON_FAILURE, NOT_CONNECTED, IN_USE, CONFLICT, ACCESS_DENIED = (
    67,
    53,
    1326,
    2250,
    85,
    1219,
    5,
)


class ShareError(Exception):
    """A Win32 code of the network redirector."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def connect(machine: Machine, session: Session, target: str, *, letter: str, user: str, password: str) -> None:
    """Connect a share (and map a drive). The files of a share are those below its UNC root in the file system.

    Its accounts are those of machine.share_credentials (server in lower case -> user name -> password).
    """
    try:
        root = paths.parts_of(paths.normalise(target))[0]
    except Win32Error as error:
        raise ShareError(BAD_NET_NAME) from error
    if not target.startswith("\\\\"):
        raise ShareError(BAD_NET_NAME)
    server = root[2:].partition("\\")[0].lower()
    known = machine.share_credentials.get(server)
    if known is None and machine.files.get(root) is None:
        raise ShareError(NO_NETWORK_PATH)
    if not user and session.token.network:
        raise ShareError(ACCESS_DENIED)
    if known is not None:
        wanted = {name.lower(): secret for name, secret in known.items()}.get(user.lower())
        if wanted is None or wanted != password:
            raise ShareError(LOGON_FAILURE)
    if any(held != user for place, held in session.connections.items() if place.startswith("\\\\" + server + "\\")):
        raise ShareError(CONFLICT)
    share = root.rpartition("\\")[2].lower()
    if machine.files.get(root) is None and share != "ipc$":
        raise ShareError(BAD_NET_NAME)
    if letter == "*":
        letter = next(
            chr(code) + ":" for code in range(ord("Z"), ord("D"), -1) if chr(code) + ":" not in session.drives
        )
    if letter:
        if letter in session.drives or letter in machine.files.drives:
            raise ShareError(IN_USE)
        session.drives[letter] = root
    session.connections[root.lower()] = user or session.token.account


def disconnect(session: Session, what: str) -> None:
    """Take a connection or a drive letter away."""
    if what.upper() in session.drives:
        root = session.drives.pop(what.upper())
        session.connections.pop(root.lower(), None)
    elif what.lower() in session.connections:
        session.connections.pop(what.lower())
    elif what == "*":
        session.connections.clear()
        session.drives.clear()
    else:
        raise ShareError(NOT_CONNECTED)
