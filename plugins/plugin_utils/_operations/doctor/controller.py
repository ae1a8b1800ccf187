# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller: its packages and programs, its OpenSSL, its Kerberos. Nothing is sent to anybody."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import ssl
import subprocess
import warnings
from collections.abc import Iterable
from pathlib import Path

from ..._doctor.controller import ALWAYS
from ..._doctor.seen import ControllerSeen, KerberosSeen, Library, OpenSSLSeen
from ..._text.visible import visible

_PROGRAM_SECONDS = 5.0
_LONGEST = 200
_LARGEST_CONFIG = 1024 * 1024
_PACKAGES = {
    # pip package: (module, what it is for)
    "pywinrm": ("winrm", "the winrm connection"),
    "pypsrp": ("pypsrp.wsman", "the psrp connection"),
    "pyspnego": ("spnego", "NTLM"),
    "pykerberos": ("kerberos", "Kerberos over winrm"),
    "requests-credssp": ("requests_credssp", "CredSSP"),
    "jmespath": ("jmespath", "queries of reports and conditions"),
    "libarchive-c": ("libarchive", "reading packages"),
}
_INSTALL = {
    "pykerberos": "pip install pywinrm[kerberos]",
    "pyspnego": "pip install pyspnego",
    "libarchive-c": "pip install libarchive-c, and the system's libarchive (Debian: libarchive13)",
}
_REALM = re.compile(r"^\s*default_realm\s*=\s*(\S+)", re.MULTILINE)


def look_at_controller(needed: Iterable[str], *, kerberos: bool, programs: bool = True) -> ControllerSeen:
    """needed: pip packages besides those that every run wants. kerberos: whether a host chooses it.

    programs: also those of the system, each of which is started once.
    """
    names = [name for name in (*needed, *ALWAYS) if name in _PACKAGES]
    libraries = [_library(name) for name in dict.fromkeys(names)]
    if programs:
        libraries.append(_osslsigncode())
    return ControllerSeen(
        platform.python_version(), tuple(libraries), _openssl(), look_at_kerberos() if kerberos else None
    )


def _library(name: str) -> Library:
    module, what = _PACKAGES[name]
    install = _INSTALL.get(name, f"pip install {name}")
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - a broken package, or a library of the system that it lacks
        return Library(name, None, install, what, visible(" ".join(str(error).split())[:_LONGEST]))
    version = ""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        version = importlib.metadata.version(name)
    return Library(name, version, install, what)


def _osslsigncode() -> Library:
    name, what = "osslsigncode", "proving who made a package"
    found = shutil.which(name)
    if found is None:
        return Library(name, None, "osslsigncode (Debian: osslsigncode)", what, "it is not in PATH")
    said = _run([found, "--version"])
    version = re.search(r"\b([0-9]+\.[0-9]+(\.[0-9]+)?)", said[1] if said else "")
    return Library(name, version[1] if version else "", "osslsigncode", what)


def _run(command: list[str]) -> tuple[int, str] | None:
    """Exit code and output of a program of the controller's own; None where it cannot be run or does not end."""
    try:
        done = subprocess.run(  # noqa: S603 - a program by its full path, no shell, nothing of the inventory in it
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_PROGRAM_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def _openssl() -> OpenSSLSeen:
    """Shown by a handshake in memory: what OpenSSL was built without, or a policy forbids, sends no first message."""
    lowest = ssl.create_default_context().minimum_version
    name = lowest.name.replace("_", ".") if lowest.value > 0 else "the oldest that it has"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    why = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        outgoing = ssl.MemoryBIO()
        context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    except ssl.SSLWantReadError:
        pass  # the first message has been made, and waits for its answer
    except (ssl.SSLError, ValueError, OSError) as error:
        why = str(error)[:_LONGEST]
    return OpenSSLSeen(ssl.OPENSSL_VERSION, name, tls10=not why, why_not=why)


def look_at_kerberos() -> KerberosSeen:
    """The configuration that MIT's library would read first, and whether the ticket cache holds a valid ticket."""
    places = [one for one in os.environ.get("KRB5_CONFIG", "/etc/krb5.conf").split(":") if one]
    config, realm = "", ""
    for place in places:
        with contextlib.suppress(OSError):
            with Path(place).open(encoding="utf-8", errors="replace") as file:
                found = _REALM.search(file.read(_LARGEST_CONFIG))
            config = config or place
            realm = realm or (found[1] if found else "")
    klist = shutil.which("klist")
    said = _run([klist, "-s"]) if klist else None
    return KerberosSeen(config, visible(realm), shutil.which("kinit") is not None, said[0] == 0 if said else None)
