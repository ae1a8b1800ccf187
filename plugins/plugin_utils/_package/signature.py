# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Authenticode signature of a .msu or .cab: is the file as it was signed, and by whom?

osslsigncode proves digest, chain and time against given roots; what the certificates are is read here. Nothing is
fetched from the network: revocation is not checked. The tool's exit code decides `valid`; the two digests that it
prints decide between the other states. Its English text is only quoted.
"""

from __future__ import annotations

import enum
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import certificates, microsoft
from .authenticode import Embedded, SignatureUnreadableError, read_embedded
from .certificates import Signer
from .osslsigncode import INSTALL, NEWER, OLDEST, SAFE, TOOL, Ran, Tool

_DIGESTS = re.compile(r"^(Current|Calculated) message digest\s*: ([0-9A-F]{32,128})\b", re.MULTILINE)
_BROKEN = re.compile(r":(?:signature|digest) failure:")
_VERIFY_ERROR = re.compile(r"Verify error: ?([^\n:]{1,120})")
_STAMP = re.compile(r"^Timestamp Server Signature verification: (ok|failed)$", re.MULTILINE)
_NO_STAMP = "Timestamp is not available"
_NO_HASH = "Unable to set the message digest"  # OpenSSL here has no SHA-1, in FIPS mode for example
_CRASHES = {4, 6, 7, 8, 11}  # SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: not what ends a process from outside
_CAUSES = (
    ("expired", re.compile(r"has expired")),
    ("not_yet_valid", re.compile(r"not yet valid")),
    ("issuer_unknown", re.compile(r"issuer certificate|self.signed|first certificate")),
    ("weak_algorithm", re.compile(r"too weak|too small")),
)


class SignatureState(enum.Enum):
    """VALID: digest, chain and time are proven, and the chain is of those that count. UNTRUSTED: only the digest is.

    INVALID: the digest or the signature is wrong, or made by a withdrawn authority. UNSIGNED: there is none.
    NOT_CHECKED: nothing could be said.
    """

    VALID = "valid"
    UNTRUSTED = "untrusted"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    NOT_CHECKED = "not_checked"


class ProvenBy(enum.Enum):
    """Whose roots made a signature valid: those of the collection, or those of the user's ca_file."""

    MICROSOFT = "microsoft"
    CA_FILE = "ca_file"


@dataclass(frozen=True)
class Signature:
    """The state, its machine-readable reasons (empty when valid), one sentence, and the tool's version.

    What only a valid one has: proven_by; signer, the name of its certificate; time_stamp (ISO 8601, UTC), when that is
    proven; expired, whether the signer's certificate has run out since, so that the time stamp alone carries it.
    advice: something about the tool that an operator may want to know, as a sentence.
    """

    state: SignatureState
    reasons: tuple[str, ...] = ()
    detail: str = ""
    signer: str | None = None
    tool: str | None = None
    advice: str = ""
    proven_by: ProvenBy | None = None
    time_stamp: str | None = None
    expired: bool = False

    def as_dict(self, *, details: bool = True) -> dict[str, Any]:
        """details: with how it came about, which a refusal says in its own text too."""
        told = {
            "state": self.state.value,
            "proven_by": self.proven_by.value if self.proven_by else None,
            "signer": self.signer,
            "time_stamp": self.time_stamp,
            "tool_advice": self.advice or None,
        }
        if not details:
            return told
        return {
            **told,
            "reasons": list(self.reasons),
            "detail": self.detail,
            "expired": self.expired,
            "tool": self.tool,
        }


def check_signature(
    path: Path,
    *,
    signature_size: int,
    ca_file: Path | None,
    microsoft_too: bool = False,
    timeout: float = 120.0,
    tool: str | None = None,
) -> Signature:
    """Judge the primary signature of a cabinet whose header claims a signature of that size in bytes (0: none).

    ca_file: trusted roots for signer and time stamp, PEM. None: Microsoft's own signature counts, and no other.
    microsoft_too: Microsoft's counts beside a ca_file. tool: path of osslsigncode; None: found on PATH.
    Never raises for a bad signature; PackageError for a ca_file that is none.
    """
    roots = certificates.read_ca_file(ca_file) if ca_file is not None else None
    if not signature_size:
        return Signature(SignatureState.UNSIGNED, ("unsigned",), "the file carries no signature")
    try:
        embedded = read_embedded(path)
    except SignatureUnreadableError as error:
        return Signature(SignatureState.INVALID, (error.reason,), str(error))
    if microsoft.distrusted((*embedded.certificates, *embedded.stamp_certificates)):
        text = "it was made through an authority that Microsoft withdrew (security advisory 2718704)"
        return Signature(SignatureState.INVALID, ("distrusted",), text)
    if not certificates.available():
        return _not_checked("library_missing", "the Python package cryptography, which ansible-core needs, is missing")
    program = tool or shutil.which(TOOL)
    if program is None:
        return _not_checked("tool_missing", f"{TOOL} is not installed on the controller: {INSTALL}")
    try:
        return _Checker(Tool(program, timeout), path.absolute(), embedded).check(roots, microsoft_too or roots is None)
    except subprocess.TimeoutExpired:
        return _not_checked("timeout", f"{TOOL} did not end within {timeout:g} s")
    except OSError as error:
        return _not_checked("tool_failed", f"{TOOL} could not be run: {error.strerror or error}")


def _not_checked(reason: str, detail: str, tool: str | None = None) -> Signature:
    return Signature(SignatureState.NOT_CHECKED, (reason,), detail, tool=tool)


class _Checker:
    def __init__(self, tool: Tool, path: Path, embedded: Embedded) -> None:
        self._tool = tool
        self._path = path
        self._embedded = embedded
        self._signer = certificates.signer_of(embedded)
        self._version: str | None = None
        self._advice = ""

    def check(self, roots: bytes | None, microsoft_counts: bool) -> Signature:
        told = self._tool.version()
        if told is None:
            return _not_checked("tool_failed", f"{self._tool.program} does not tell its version as {TOOL} does")
        version, self._version = told
        if version < OLDEST:
            return _not_checked("tool_too_old", f"{self._version} is too old: {INSTALL}", self._version)
        if version < SAFE:
            self._advice = f"{self._version} has known faults in reading hostile files: {NEWER}"
        found = self._signature(SignatureState.NOT_CHECKED, (), "")
        if microsoft_counts:
            ran = self._tool.verify(self._path, microsoft.ROOTS, microsoft.TIME_STAMP_ROOTS)
            found = self._judge(ran, ProvenBy.MICROSOFT)
        if roots is not None and found.state in (SignatureState.UNTRUSTED, SignatureState.NOT_CHECKED):
            with TemporaryDirectory(prefix="winlegacy-") as folder:
                file = Path(folder) / "roots.pem"
                file.write_bytes(roots)
                found = self._judge(self._tool.verify(self._path, file, file), ProvenBy.CA_FILE)
        return found

    def _signature(self, state: SignatureState, reasons: tuple[str, ...], detail: str, **more: Any) -> Signature:
        return Signature(state, reasons, detail, tool=self._version, advice=self._advice, **more)

    def _judge(self, ran: Ran, roots: ProvenBy) -> Signature:
        digests: list[tuple[str, str]] = _DIGESTS.findall(ran.output)
        pairs = list(zip(digests[::2], digests[1::2], strict=False))
        paired = bool(pairs) and all((a, b) == ("Current", "Calculated") for (a, _unused), (b, _unused) in pairs)
        invalid = SignatureState.INVALID
        if ran.code < 0 and -ran.code not in _CRASHES:
            return self._signature(
                SignatureState.NOT_CHECKED, ("tool_failed",), f"{TOOL} was ended by signal {-ran.code}"
            )
        if ran.code < 0:
            return self._signature(invalid, ("unreadable",), f"{TOOL} crashed on the signature (signal {-ran.code})")
        if paired and any(told != true for (_unused, told), (_unused, true) in pairs):
            return self._signature(invalid, ("digest_mismatch",), "the file was changed after it was signed")
        if not paired and (ran.code == 0 or _NO_HASH in ran.errors):
            text = (
                f"{TOOL} told no digest of the file" if ran.code == 0 else f"OpenSSL of {TOOL} refuses to hash the file"
            )
            return self._signature(SignatureState.NOT_CHECKED, ("tool_failed",), text)
        if not paired:
            return self._signature(invalid, ("unreadable",), f"{TOOL} cannot read the signature that the file carries")
        if ran.code == 0:
            return self._proven(ran, roots)
        if _BROKEN.search(ran.errors):
            return self._signature(invalid, ("signature_broken",), "the signature itself was damaged or forged")
        return self._signature(SignatureState.UNTRUSTED, *self._causes(ran))

    def _proven(self, ran: Ran, roots: ProvenBy) -> Signature:
        """The tool found digest, chain and time in order. What it does not ask decides whether that counts."""
        signer = self._signer
        untrusted = SignatureState.UNTRUSTED
        if signer is None or not signer.signs_code:
            return self._signature(untrusted, ("not_for_code",), "the signer's certificate is none for signing code")
        if roots is ProvenBy.MICROSOFT and not signer.microsoft:
            return self._signature(
                untrusted,
                ("not_microsoft",),
                f"the chain ends at a root of Microsoft's, and yet the signer ({signer.name}) is not"
                f" {microsoft.ORGANIZATION} by a certificate of its known code-signing authorities",
            )
        stamped = _STAMP.findall(ran.output) == ["ok"] and _NO_STAMP not in ran.output
        expired = not signer.valid_at(datetime.now(UTC))
        if expired and not stamped:  # osslsigncode 2.9 takes the time of some stamps that it could not verify
            return self._signature(untrusted, ("expired", "timestamp_unproven"), "the time stamp proves nothing")
        stamp = self._embedded.stamp if stamped else None
        return self._signature(
            SignatureState.VALID,
            (),
            self._proof(signer, stamp, expired=expired),
            signer=signer.name,
            proven_by=roots,
            time_stamp=stamp.strftime("%Y-%m-%dT%H:%M:%SZ") if stamp else None,
            expired=expired,
        )

    @staticmethod
    def _proof(signer: Signer, stamp: datetime | None, *, expired: bool) -> str:
        text = "digest, chain and time are proven"
        if stamp is not None:
            text += f"; it was time-stamped on {stamp:%Y-%m-%d}"
        if expired:
            text += f"; the signer's certificate has expired since ({signer.last:%Y-%m-%d})"
        return text + "; revocation was not looked up"

    def _causes(self, ran: Ran) -> tuple[tuple[str, ...], str]:
        told = _VERIFY_ERROR.findall(ran.errors)  # the time stamp's own errors come first
        text = told[-1].strip() if told else "no further reason was told"
        reasons = [code for code, pattern in _CAUSES if pattern.search(text)] or ["chain_unproven"]
        if "failed" in _STAMP.findall(ran.output):
            reasons.append("timestamp_unproven")
        elif _NO_STAMP in ran.output:
            reasons.append("no_timestamp")
        claim = f" (it says that it is of {self._signer.name})" if self._signer else ""
        return tuple(reasons), f"the digest matches; the chain is not proven: {text}{claim}"
