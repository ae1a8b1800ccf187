# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential store that pyspnego's NTLM acceptor reads: one private file for each distinct set of accounts."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol


class Account(Protocol):
    name: str
    password: str
    domain: str
    disabled: bool


class NtlmStore:
    """Files below a directory that only this user may read; removed at the end."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._known: set[str] = set()

    def select(self, accounts: Iterable[Account], computer_name: str) -> None:
        """Make pyspnego (which reads NTLM_USER_FILE at the last step of a handshake) see these accounts."""
        lines = "\n".join(
            line for account in accounts if not account.disabled for line in _lines(account, computer_name)
        )
        name = hashlib.sha256(lines.encode()).hexdigest()
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="winhost-"))
        path = self._folder / name
        if name not in self._known:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(lines + "\n")
            self._known.add(name)
        os.environ["NTLM_USER_FILE"] = str(path)

    def close(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            self._known.clear()


@contextlib.contextmanager
def named(computer_name: str) -> Iterator[None]:
    """The name that pyspnego's NTLM challenge gives as the target and the computer: clients that were given no domain
    take it for theirs, so it has to be the simulated computer's. pyspnego asks the socket module for it."""
    ntlm: Any = importlib.import_module("spnego._ntlm")
    real = ntlm.socket
    ntlm.socket = SimpleNamespace(gethostname=lambda: computer_name)
    try:
        yield
    finally:
        ntlm.socket = real


def _lines(account: Account, computer_name: str) -> Iterable[str]:
    from spnego._ntlm_raw.crypto import ntowfv1

    digest = ntowfv1(account.password).hex().upper()
    if account.domain:
        short = account.domain.split(".")[0]
        names = [
            f"{short}\\{account.name}",
            f"{account.domain}\\{account.name}",
            f"{account.name}@{account.domain}",
            f"{account.name}@{short}",
        ]
    else:
        names = [account.name, f"{computer_name}\\{account.name}", f".\\{account.name}"]
    for name in dict.fromkeys(name.casefold() for name in names):
        yield f"{name}:1000:{'0' * 32}:{digest}:[U]:LCT-0"
