# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of Python that begin with libraries loaded: a helper has imported them, and forks for each program.

A third of the processor time of a short playbook, and nearly all of a small fleet's, went into importing the same
libraries again. A fork runs the same file with the same arguments, environment, folder and streams as a new process.
What reads its environment while it is imported, as Ansible and this collection do, is never imported beforehand.

Only between begin() and end() (tests/conftest.py); outside, and for what cannot be forked, start() is subprocess.Popen.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

LIBRARIES = {
    "fleets": ("winhost.fleet", "winhost.spec", "yaml", "esprima"),
    "programs": (
        "cryptography.hazmat.primitives.asymmetric.rsa",
        "cryptography.hazmat.primitives.serialization.pkcs7",
        "encodings.idna",
        "encodings.utf_16_le",
        "html.parser",
        "importlib.metadata",
        "jinja2.nativetypes",
        "multiprocessing.queues",
        "packaging.version",
        "pypsrp.host",
        "requests_credssp",
        "requests_ntlm",
        "tarfile",
        "yaml",
    ),
}
"""By kind of helper, what it imports. Not pywinrm, which tests take away from a program."""

READ_AT_THE_START = ("LC_", "LD_", "OPENSSL_", "PYTHON", "SSL_")
"""Variables that an interpreter or a library has read by then: a program with others of them is not forked."""

_LARGEST = 150_000
_HERE = Path(__file__).resolve().parent
_helpers: dict[str, Helper] = {}
_starting = threading.Lock()
_begun = False


class Forked:
    """One program: what the tests use of subprocess.Popen, for a process that is another's child."""

    def __init__(self, command: Sequence[str], status: IO[str], stdout: IO[str] | None) -> None:
        self.args = list(command)
        self.stdout = stdout
        self.returncode: int | None = None
        self._status = status
        self.pid = int(status.readline())

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code; subprocess.TimeoutExpired when there is none in time."""
        if self.returncode is None:
            with selectors.DefaultSelector() as waiting:
                waiting.register(self._status, selectors.EVENT_READ)
                if not waiting.select(timeout):
                    raise subprocess.TimeoutExpired(self.args, timeout or 0)
            told = self._status.readline()
            self._status.close()
            self.returncode = int(told) if told else -signal.SIGKILL  # no word: the helper is gone, and it with it
        return self.returncode

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


Process = subprocess.Popen[Any] | Forked


class Helper:
    """The process that forks, and how it is asked."""

    def __init__(self, kind: str) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(_HERE / "warm.py"), kind, str(theirs.fileno())],
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._socket = ours
        self._lock = threading.Lock()

    def ask(self, message: bytes, streams: Sequence[int]) -> IO[str]:
        """What tells the number of the process, and its exit code at the end."""
        reading, writing = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._socket, [message], [*streams, writing])
        finally:
            os.close(writing)
        return os.fdopen(reading, encoding="ascii")

    def end(self) -> None:
        self._socket.close()
        self._process.wait()


def begin() -> None:
    """From now on programs are forked."""
    global _begun  # noqa: PLW0603
    _begun = True


def end() -> None:
    """End the helpers."""
    global _begun  # noqa: PLW0603
    _begun = False
    while _helpers:
        _helpers.popitem()[1].end()


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    kind: str = "programs",
    cwd: Path | None = None,
    stdout: int | IO[Any] = subprocess.PIPE,
    stderr: int | IO[Any] = subprocess.STDOUT,
    session: bool = False,
) -> Process:
    """Start `python FILE ARGUMENTS` or `python -m MODULE ARGUMENTS`, without standard input. A pipe is of text.

    session: in a process group of its own.
    """
    message = _message(command, env, cwd, session)
    if not message:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            text=True,
            start_new_session=session,
        )
    reading = writing = None
    if stdout == subprocess.PIPE:
        reading, writing = os.pipe()
    try:
        out = writing if writing is not None else _number(stdout)
        streams = (out, out if stderr == subprocess.STDOUT else _number(stderr))
        with _starting:
            if kind not in _helpers:
                _helpers[kind] = Helper(kind)
        status = _helpers[kind].ask(message, streams)
    finally:
        if writing is not None:
            os.close(writing)
    return Forked(command, status, None if reading is None else os.fdopen(reading, encoding="utf-8"))


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Start it and wait: its exit code, and all that it printed. One that takes longer is killed: TimeoutExpired."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as sink:
        process = start(command, env=env, cwd=cwd, stdout=sink)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
            process.wait()
        sink.seek(0)
        printed = sink.read()
    for listener in listeners:
        listener(f"the process {command[1:]}"[:200], printed)
    return subprocess.CompletedProcess(list(command), code, printed, "")


listeners: list[Callable[[str, str], None]] = []
"""Told of each program that run() ran, and what it printed."""


def _number(stream: int | IO[Any]) -> int:
    return stream if isinstance(stream, int) else stream.fileno()


def _message(command: Sequence[str], env: Mapping[str, str], cwd: Path | None, session: bool) -> bytes:
    """What the helper is told; empty for a program that is to have a process of its own."""
    program = Path(command[0])
    ours = program.parent == _PROGRAMS and program.resolve() == Path(sys.executable).resolve()
    a_file = command[1] == "-m" or not command[1].startswith("-")
    alike = all(env.get(key) == os.environ.get(key) for key in {*env, *os.environ} if _early(key))
    if not (_begun and ours and a_file and alike):
        return b""
    told = {"argv": list(command[1:]), "env": dict(env), "cwd": str(cwd or Path.cwd()), "session": session}
    message = json.dumps(told).encode()
    return message if len(message) < _LARGEST else b""


_PROGRAMS = Path(sys.executable).parent
_PATH = "PYTHONPATH"


def _early(key: str) -> bool:
    """Whether a variable has an effect before the program begins: of Python's own, the path alone is made up for."""
    return key.startswith(READ_AT_THE_START) and not key.startswith("PYTHON")


# In the helper, from here on.


def _serve(kind: str, control: socket.socket) -> dict[str, Any] | None:
    """Fork for each that is asked for, until nobody can ask; in a fork, what it is to run."""
    for name in LIBRARIES[kind]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    woken, wake = os.pipe()
    for number in (woken, wake):
        os.set_blocking(number, False)
    signal.signal(signal.SIGCHLD, lambda *_unused: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, int] = {}
    with selectors.DefaultSelector() as waiting:
        waiting.register(control, selectors.EVENT_READ)
        waiting.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _events in waiting.select()}
            if woken in ready:
                os.read(woken, 4096)
                _reap(running)
            if control.fileno() in ready:
                message, streams, _flags, _address = socket.recv_fds(control, _LARGEST, 3)
                if not message:
                    return None
                status = streams.pop()
                pid = os.fork()
                if not pid:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for number in (woken, wake, status, *running.values()):
                        os.close(number)
                    break
                running[pid] = status
                os.write(status, f"{pid}\n".encode())
                for number in streams:
                    os.close(number)
    control.close()
    told: dict[str, Any] = json.loads(message)
    _become(told, streams)
    return told


def _reap(running: dict[int, int]) -> None:
    """Tell the exit codes of those that have ended."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            status = running.pop(ended[0])
            with contextlib.suppress(BrokenPipeError):  # nobody waits for it
                os.write(status, f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())
            os.close(status)


def _become(told: Mapping[str, Any], streams: Sequence[int]) -> None:
    """What a new process would have: group, folder, environment, streams, arguments, and the path of modules."""
    if told["session"]:
        os.setsid()
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(told["env"])
    time.tzset()
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
        os.close(stream)
    words = told["argv"]
    module = words[0] == "-m"
    sys.argv = words[1:] if module else words
    sys.path[0] = told["cwd"] if module else str(Path(words[0]).parent)
    sys.path[1:1] = [path for path in told["env"].get(_PATH, "").split(os.pathsep) if path]


def _main() -> None:
    told = _serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
    if told is None:
        return
    if told["argv"][0] == "-m":
        runpy.run_module(told["argv"][1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(told["argv"][0], run_name="__main__")


if __name__ == "__main__":
    _main()
