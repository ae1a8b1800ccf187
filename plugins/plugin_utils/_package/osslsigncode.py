# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs osslsigncode: with a configuration of OpenSSL of our own, without the caller's environment, and not for ever."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

TOOL = "osslsigncode"
OLDEST = (2, 9)  # knows -ignore-crl, without which it asks the network
SAFE = (2, 13)  # its authors' own advice: earlier ones can be attacked by the file that they verify
NEWER = "2.13 or later has none of these (https://github.com/mtrojnar/osslsigncode/releases)"
INSTALL = (
    "install the system package osslsigncode (Debian and Ubuntu: osslsigncode, on Debian 12 from bookworm-backports;"
    " Enterprise Linux: osslsigncode from EPEL), 2.9 or later"
)
_OUTPUT_MAX = 256 * 1024
_VERSION = re.compile(r"osslsigncode ([0-9]+)\.([0-9]+)")
_CONFIGURATION = Path(__file__).resolve().parent / "trust" / "openssl.cnf"


@dataclass(frozen=True)
class Ran:
    """Exit code (negative: the signal that ended it), output and errors, both cut at a bound."""

    code: int
    output: str
    errors: str


class Tool:
    """One osslsigncode. Its methods raise subprocess.TimeoutExpired and OSError."""

    def __init__(self, program: str, timeout: float) -> None:
        self.program = program
        self._timeout = timeout

    def version(self) -> tuple[tuple[int, int], str] | None:
        """(2, 9) and `osslsigncode 2.9`; None when it tells none."""
        ran = self._run("--version")
        match = _VERSION.search(ran.output + ran.errors)
        return None if match is None else ((int(match[1]), int(match[2])), match[0])

    def verify(self, path: Path, roots: Path, stamp_roots: Path) -> Ran:
        """Verify the primary signature of a file: the first one, which is all that Windows Vista looks at."""
        return self._run(
            "verify",
            *("-ignore-crl", "-index", "0"),
            *("-CAfile", str(roots), "-TSA-CAfile", str(stamp_roots)),
            *("-in", str(path)),
        )

    def _run(self, *arguments: str) -> Ran:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "OPENSSL_CONF": str(_CONFIGURATION),
        }
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # noqa: S603 - a list, no shell; the file's path is absolute
                [self.program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment,
                start_new_session=True,
            )
            try:
                process.wait(self._timeout)
            except BaseException:  # also an interrupted run leaves nothing behind
                _end_group(process)
                raise
            texts = []
            for stream in (output, errors):
                stream.seek(0)
                texts.append(stream.read(_OUTPUT_MAX).decode("utf-8", "replace"))
        return Ran(process.returncode, texts[0], texts[1])


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started. Its session is its own, so the group bears its number."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
