# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos tickets of a sweep: KRB5CCNAME belongs to a whole process, so a process serves hosts of one identity only.

Its ticket is got once, with the first of them, and not once a host. A refusal is told for all of them, and the KDC is
not asked again: a wrong password tried for a thousand hosts locks an account.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from typing import Any

from ansible import constants

from .._wsman import errors
from .connection import winrm_methods
from .kerberos_ticket import obtain
from .winrm_options import extras, managed_kerberos

_PARTS = ("remote_user", "remote_password", "kerberos_command", "kinit_args", "kinit_env_vars")


def identity(connection: Any, salt: bytes) -> str:
    """Whose ticket a connection needs, as a digest that says nothing; empty where it gets none of its own."""
    if str(getattr(connection, "transport", "")).rpartition(".")[2] != "winrm":
        return ""  # psrp's library keeps its tickets in memory, each apart
    said = connection.get_option("transport")
    if said and "kerberos" not in said:
        return ""
    if "kerberos" not in winrm_methods(connection) or not managed_kerberos(connection):
        return ""
    told = [str(connection.get_option(name)) for name in _PARTS]
    told.append(str(extras(connection).get("ansible_winrm_kerberos_delegation")))
    return hashlib.blake2b("\0".join(told).encode("utf-8", "surrogateescape"), key=salt).hexdigest()


class Ticket:
    """Of one process, which makes its temporary files in Ansible's folder of the run from here on.

    Its cache goes with close(), or with the run where the process is killed.
    """

    def __init__(self) -> None:
        tempfile.tempdir = str(constants.DEFAULT_LOCAL_TMP)
        self._lock = threading.Lock()
        self._holder: Any = None
        self._refusal: errors.AuthenticationRefused | None = None

    def serve(self, connection: Any) -> None:
        """Let a connection use this process's ticket; its other methods where there is none.

        Raises errors.AuthenticationRefused where it has no other.
        """
        with self._lock:
            if self._holder is None:
                self._holder = connection
                try:
                    obtain(connection, extras(connection))
                except errors.AuthenticationRefused as error:
                    self._refusal = error
        if self._refusal is None:
            connection.set_option("kerberos_mode", "manual")
            return
        others = [name for name in winrm_methods(connection) if name != "kerberos"]
        if not others:
            raise errors.AuthenticationRefused(self._refusal.reported, do=self._refusal.do)
        connection.set_option("transport", others)

    def close(self) -> None:
        """Forget the ticket."""
        cache = getattr(self._holder, "_winlegacy_ccache", None)
        if cache is not None:
            cache.close()
