# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kerberos ticket of this process's own for mechanism B, as the winrm plugin gets it: kinit, password on stdin."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from typing import Any

from .._text.private import hider, user_shown
from .._wsman import errors
from .._wsman.http_errors import scrub

_TIMEOUT = 60.0


def _command(connection: Any, principal: str, extras: Mapping[str, Any]) -> list[str]:
    command = [str(connection.get_option("kerberos_command") or "kinit")]
    arguments = connection.get_option("kinit_args")
    delegate = extras.get("ansible_winrm_kerberos_delegation", False)
    if arguments:
        command += [part for part in shlex.split(str(arguments)) if part.strip()]
    elif str(delegate).strip().lower() in {"true", "yes", "on", "y", "t", "1"}:
        command.append("-f")
    return [*command, principal]


def obtain(connection: Any, extras: Mapping[str, Any]) -> None:
    """Run kinit for the connection's user and point KRB5CCNAME of this process at the ticket.

    The ticket's file lives as long as the connection object. Raises errors.AuthenticationRefused, whose text never
    holds the password.
    """
    principal = str(connection.get_option("remote_user") or "")
    password = str(connection.get_option("remote_password") or "")
    cache = tempfile.NamedTemporaryFile()  # noqa: SIM115 - kept open for the connection's life
    connection._winlegacy_ccache = cache
    name = f"FILE:{cache.name}"
    environment = {"PATH": os.environ.get("PATH", ""), "KRB5CCNAME": name}
    for variable in connection.get_option("kinit_env_vars") or []:
        if variable in os.environ:
            environment.setdefault(str(variable), os.environ[variable])
    command = _command(connection, principal, extras)
    hide = hider([password], user=principal)
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own kerberos_command, no shell
            command,
            input=password.encode() + b"\n",
            capture_output=True,
            check=False,
            env=environment,
            start_new_session=True,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise errors.AuthenticationRefused(
            f"{command[0]} could not be run: {scrub(hide(str(exc)), [password])}", do="Install krb5-user or its like."
        ) from None
    if done.returncode != 0:
        said = scrub(hide(done.stderr.decode(errors="replace")), [password])
        raise errors.AuthenticationRefused(
            f"no Kerberos ticket for {user_shown(principal)}: {said}", do="Check user and realm."
        )
    os.environ["KRB5CCNAME"] = name
