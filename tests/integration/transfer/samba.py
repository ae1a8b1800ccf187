# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private Samba server for the tests: loopback, a high port, its own state; shares named as a Windows host has them.

with running_samba(folder, dialect="SMB2_02") as samba: samba.port, samba.windows (what ADMIN$ shows)
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

USER = "daemon"
"""An account that every Debian has: Samba wants a Unix account behind each of its own."""

PASSWORD = "S4mba-pass word"  # noqa: S105 - the private server's own
_START_SECONDS = 20.0
_CONFIGURATION = """
[global]
  interfaces = 127.0.0.1/8
  bind interfaces only = yes
  smb ports = {port}
  server min protocol = SMB2_02
  server max protocol = {dialect}
  server signing = mandatory
  server role = standalone server
  map to guest = never
  disable netbios = yes
  load printers = no
  printcap name = /dev/null
  disable spoolss = yes
  passdb backend = tdbsam:{state}/passdb.tdb
  private dir = {state}
  lock directory = {state}
  state directory = {state}
  cache directory = {state}
  pid directory = {state}
  ncalrpc dir = {state}/ncalrpc
  log file = {state}/log
  log level = 1
[ADMIN$]
  path = {windows}
  read only = no
  force user = root
[READONLY$]
  path = {windows}
  read only = yes
  force user = root
"""


@dataclass(frozen=True)
class Samba:
    """A running server: its port, the folder behind ADMIN$, its log's folder and its process."""

    port: int
    windows: Path
    state: Path
    process: subprocess.Popen[bytes]


def unavailable() -> str:
    """Why there can be no Samba server here; an empty text when there can."""
    missing = [name for name in ("smbd", "pdbedit") if _tool(name) is None]
    if missing:
        return f"the Debian package samba is missing ({', '.join(missing)})"
    if os.geteuid() != 0:
        return "smbd changes to its users' accounts, which only root can do"
    return ""


def _tool(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def free_port() -> int:
    """A free loopback port below 32768."""
    start = os.getpid() * 13 % 6000
    for attempt in range(6000):
        port = 15000 + (start + attempt) % 6000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port below 32768 on 127.0.0.1")


@contextlib.contextmanager
def running_samba(folder: Path, *, dialect: str) -> Iterator[Samba]:
    """Start a server with state below folder, wait until it answers, and stop it at the end."""
    windows, state = folder / "Windows", folder / "state"
    for path in (windows, state, state / "ncalrpc"):
        path.mkdir(parents=True)
    port = free_port()
    configuration = folder / "smb.conf"
    configuration.write_text(_CONFIGURATION.format(port=port, dialect=dialect, windows=windows, state=state))
    smbd, pdbedit = _tool("smbd"), _tool("pdbedit")
    assert smbd is not None and pdbedit is not None
    subprocess.run(
        [pdbedit, "-s", str(configuration), "-a", "-t", "-u", USER],
        input=f"{PASSWORD}\n{PASSWORD}\n".encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    output = folder / "smbd.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [smbd, "-s", str(configuration), "--foreground", "--no-process-group", "--debug-stdout"],
            stdin=subprocess.PIPE,  # smbd in the foreground ends when its input does: no server outlives its test
            stdout=log,
            stderr=log,
            start_new_session=True,  # at its end smbd signals its process group: it gets one of its own
        )
    try:
        _wait(port, process, output)
        yield Samba(port, windows, state, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _wait(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"smbd did not start: {output.read_text(errors='replace')[-800:]}")
