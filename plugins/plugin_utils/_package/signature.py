# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Authenticode signature of a .msu or .cab, judged by osslsigncode where that is installed.

Nothing is fetched from the network: revocation is not checked. osslsigncode's exit code decides `valid`; the two
digests that it prints and the cabinet's own header decide between the other states. Its English text is only quoted.
"""

from __future__ import annotations

import enum
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import PackageError
from .names import shown

TOOL = "osslsigncode"
_OLDEST = (2, 9)  # knows -ignore-crl, without which it asks the network
_SAFE = (2, 13)  # its authors' own advice: earlier ones can be attacked by the file that they verify
_OUTPUT_MAX = 256 * 1024
_VERSION = re.compile(r"osslsigncode ([0-9]+)\.([0-9]+)")
_DIGESTS = re.compile(r"^(Current|Calculated) message digest\s*: ([0-9A-F]{32,128})\b", re.MULTILINE)
_BROKEN = re.compile(r":(?:signature|digest) failure:")
_VERIFY_ERROR = re.compile(r"Verify error: ?([^\n:]{1,120})")
_SUBJECT = re.compile(r"^\s*Subject: ?(.{1,200})$", re.MULTILINE)
_CAUSES = (
    ("expired", re.compile(r"has expired")),
    ("not_yet_valid", re.compile(r"not yet valid")),
    ("issuer_unknown", re.compile(r"issuer certificate|self.signed|first certificate")),
    ("weak_algorithm", re.compile(r"too weak|too small")),
)


class SignatureState(enum.Enum):
    """VALID: digest, chain and time are proven against the given certificates. UNTRUSTED: only the digest is.

    INVALID: the digest or the signature is wrong. UNSIGNED: there is none. NOT_CHECKED: nothing could be said.
    """

    VALID = "valid"
    UNTRUSTED = "untrusted"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class Signature:
    """The state, its machine-readable reasons (empty when valid), one sentence, the signer's name, the tool's version.

    warning: something about the tool that an operator should know, as a sentence.
    """

    state: SignatureState
    reasons: tuple[str, ...] = ()
    detail: str = ""
    signer: str | None = None
    tool: str | None = None
    warning: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "state": self.state.value,
            "reasons": list(self.reasons),
            "detail": self.detail,
            "signer": self.signer,
            "tool": self.tool,
        }


def check_ca_file(path: Path) -> None:
    """Raises PackageError unless the file holds certificates in PEM form."""
    try:
        text = path.read_bytes()[: 16 * 1024 * 1024]
    except OSError as error:
        raise PackageError(f"ca_file {path} cannot be read: {error.strerror}") from error
    if b"-----BEGIN CERTIFICATE-----" not in text and b"-----BEGIN TRUSTED CERTIFICATE-----" not in text:
        raise PackageError(f"ca_file {path} holds no certificate: PEM form was expected (-----BEGIN CERTIFICATE-----)")


def check_signature(
    path: Path, *, signature_size: int, ca_file: Path | None, timeout: float = 120.0, tool: str | None = None
) -> Signature:
    """Judge the signature of a cabinet whose header claims a signature of that size in bytes (0: none).

    ca_file: trusted roots for signer and time stamp, PEM. tool: path of osslsigncode; None: found on PATH.
    Never raises for a bad signature; PackageError for a ca_file that is none.
    """
    if ca_file is not None:
        check_ca_file(ca_file)
    if not signature_size:
        return Signature(SignatureState.UNSIGNED, ("unsigned",), "the file carries no signature")
    program = tool or shutil.which(TOOL)
    if program is None:
        return _not_checked("tool_missing", f"{TOOL} is not installed on the controller")
    try:
        return _Checker(program, path.absolute(), ca_file, timeout).check()
    except subprocess.TimeoutExpired:
        return _not_checked("timeout", f"{TOOL} did not end within {timeout:g} s")
    except OSError as error:
        return _not_checked("tool_failed", f"{TOOL} could not be run: {error.strerror or error}")


def _not_checked(reason: str, detail: str, tool: str | None = None) -> Signature:
    return Signature(SignatureState.NOT_CHECKED, (reason,), detail, tool=tool)


class _Checker:
    def __init__(self, program: str, path: Path, ca_file: Path | None, timeout: float) -> None:
        self._program = program
        self._path = path
        self._ca_file = ca_file
        self._timeout = timeout

    def _run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, output and errors; both cut at a bound."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            done = subprocess.run(  # noqa: S603 - a list, no shell; the file's path is absolute
                [self._program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment,
                timeout=self._timeout,
                check=False,
            )
            texts = []
            for stream in (output, errors):
                stream.seek(0)
                texts.append(stream.read(_OUTPUT_MAX).decode("utf-8", "replace"))
        return done.returncode, texts[0], texts[1]

    def check(self) -> Signature:
        _code, output, errors = self._run("--version")
        match = _VERSION.search(output + errors)
        if match is None:
            return _not_checked("tool_failed", f"{self._program} does not tell its version as {TOOL} does")
        version, tool = (int(match[1]), int(match[2])), match[0]
        if version < _OLDEST:
            return _not_checked("tool_too_old", f"{tool} is too old: 2.9 or later is needed", tool)
        trusted = str(self._ca_file or os.devnull)
        code, output, errors = self._run(
            "verify", "-ignore-crl", "-CAfile", trusted, "-TSA-CAfile", trusted, "-in", str(self._path)
        )
        state, reasons, detail = self._judge(code, output, errors)
        warning = ""
        if version < _SAFE:
            warning = f"{tool} has known faults in reading hostile files: install 2.13 or later"
        signer = _SUBJECT.search(output)
        return Signature(state, reasons, detail, shown(signer[1].strip())[1:-1] if signer else None, tool, warning)

    def _judge(self, code: int, output: str, errors: str) -> tuple[SignatureState, tuple[str, ...], str]:
        digests: list[tuple[str, str]] = _DIGESTS.findall(output)
        pairs = list(zip(digests[::2], digests[1::2], strict=False))
        paired = bool(pairs) and all((a, b) == ("Current", "Calculated") for (a, _unused), (b, _unused) in pairs)
        if code < 0:
            return SignatureState.NOT_CHECKED, ("tool_failed",), f"{TOOL} was ended by signal {-code}"
        if paired and any(told != true for (_unused, told), (_unused, true) in pairs):
            return SignatureState.INVALID, ("digest_mismatch",), "the file was changed after it was signed"
        if code == 0 and paired and self._ca_file is not None:
            return SignatureState.VALID, (), "digest, chain and time are proven; revocation was not looked up"
        if not paired:
            return self._without_digests()
        if _BROKEN.search(errors):
            return SignatureState.INVALID, ("signature_broken",), "the signature itself was damaged or forged"
        if self._ca_file is None:
            return SignatureState.UNTRUSTED, ("no_ca_file",), "the digest matches; no ca_file was given to prove more"
        return SignatureState.UNTRUSTED, *self._causes(output, errors)

    def _without_digests(self) -> tuple[SignatureState, tuple[str, ...], str]:
        """No digest was told: either the signature is no signature, or the tool is at fault."""
        with tempfile.TemporaryDirectory() as folder:
            target = str(Path(folder) / "signature")
            code, _output, _errors = self._run("extract-signature", "-in", str(self._path), "-out", target)
        if code > 0:
            return SignatureState.INVALID, ("unreadable",), "the signature that the file carries cannot be read"
        return SignatureState.NOT_CHECKED, ("tool_failed",), f"{TOOL} told no digest of the file"

    @staticmethod
    def _causes(output: str, errors: str) -> tuple[tuple[str, ...], str]:
        told = _VERIFY_ERROR.findall(errors)  # the time stamp's own errors come first
        text = told[-1].strip() if told else "no further reason was told"
        reasons = [code for code, pattern in _CAUSES if pattern.search(text)] or ["chain_unproven"]
        if "Timestamp Server Signature verification: failed" in output:
            reasons.append("timestamp_unproven")
        elif "Timestamp is not available" in output:
            reasons.append("no_timestamp")
        return tuple(reasons), f"the digest matches; the chain is not proven: {text}"
