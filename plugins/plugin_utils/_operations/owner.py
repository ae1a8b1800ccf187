# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a host: a record for people, and an identity that no host name and no reused process id can fake.

A process is named by the boot of its kernel, its PID namespace, its thread and that thread's start: two containers with
one host name, or a process id that was given out again, are told apart. What cannot be named so is unknown, and then
only the host is asked.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .boot import BootRecord, parse_record

RECORD_LIMIT = 4096
"""Bytes of a record that are read: ours has some hundred."""

_LONGEST = 160
_PROC = Path("/proc")


@dataclass(frozen=True)
class ControllerProcess:
    """kernel: the boot id. namespace: the PID namespace. thread, started: the task in it, started in clock ticks."""

    kernel: str
    namespace: str
    thread: int
    started: int


@dataclass(frozen=True)
class Owner:
    """Who holds a host: owner and run for people; shell: its remote shell, for a successor to end."""

    owner: str
    run: str
    process: ControllerProcess | None = None
    boot: BootRecord | None = None
    shell: str = ""

    def dump(self) -> str:
        """ASCII, an item a line: it is written with echo."""
        one = self.process
        process = None if one is None else [one.kernel, one.namespace, one.thread, one.started]
        boot = None if self.boot is None else self.boot.as_dict()
        items = {"owner": self.owner, "run": self.run, "process": process, "boot": boot, "shell": self.shell}
        return json.dumps(items, indent=1, ensure_ascii=True)

    def with_boot(self, boot: BootRecord | None) -> Owner:
        """The same with the host's signs as this run found them."""
        return replace(self, boot=boot)


def parse_owner(text: str | None) -> Owner | None:
    """The owner in a record, or None when it is missing, cut, too large or not ours. Never raises."""
    if not text or len(text) > RECORD_LIMIT:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, Mapping) or not isinstance(data.get("owner"), str) or not isinstance(data.get("run"), str):
        return None
    return Owner(
        owner=_plain(data["owner"]) or "somebody",
        run=_plain(data["run"]),
        process=_process(data.get("process")),
        boot=parse_record(data.get("boot")),
        shell=_plain(data.get("shell")),
    )


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(character for character in text[:_LONGEST] if character.isprintable())


def _process(value: object) -> ControllerProcess | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    kernel, namespace, thread, started = value
    numbers = all(isinstance(one, int) and not isinstance(one, bool) for one in (thread, started))
    if not numbers or not _plain(kernel) or not _plain(namespace) or not 0 < thread < 2**31 or not 0 <= started < 2**63:
        return None
    return ControllerProcess(_plain(kernel), _plain(namespace), thread, started)


def owner_name() -> str:
    """Who this run is, for people: user, controller and process. A uid may have no name (containers)."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"uid {os.getuid()}" if hasattr(os, "getuid") else "somebody"
    return f"{user}@{socket.gethostname()}:{os.getpid()}"


def this_process() -> ControllerProcess | None:
    """This thread of this process; None where the system does not tell (no /proc)."""
    thread = threading.get_native_id()
    try:
        kernel = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = str((_PROC / "self/ns/pid").readlink())
        return ControllerProcess(kernel, namespace, thread, _started(thread))
    except (OSError, ValueError, IndexError):
        return None


def lives(process: ControllerProcess | None) -> bool | None:
    """Whether a holder's process lives; None where this controller cannot know: then only the host is asked.

    A record of this very thread is of an earlier run of it that did not end well: it is not at work any more.
    """
    here = this_process()
    if process is None or here is None or (process.kernel, process.namespace) != (here.kernel, here.namespace):
        return None
    if process == here:
        return False
    try:
        return _started(process.thread) == process.started
    except FileNotFoundError:
        return False
    except (OSError, ValueError, IndexError):
        return None


def _started(thread: int) -> int:
    """Field 22 of /proc/PID/stat (proc(5)); the name before it may hold spaces and brackets."""
    text = (_PROC / str(thread) / "stat").read_text(encoding="utf-8", errors="replace")
    return int(text.rpartition(")")[2].split()[19])
