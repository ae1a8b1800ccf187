# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private Kerberos realm on a loopback port, for as long as a test runs."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REALM = "CORP.EXAMPLE"
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
_SBIN = "/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True)
class Realm:
    """Where the realm's files are, and the environment that makes programs use it."""

    folder: Path
    keytab: Path
    environment: dict[str, str]

    def kinit(self, user: str, password: str) -> None:
        """Get a ticket into the environment's own cache."""
        subprocess.run(
            ["kinit", f"{user}@{REALM}"],
            input=password + "\n",
            text=True,
            env=self.environment,
            check=True,
            capture_output=True,
        )


def missing() -> list[str]:
    """Programs of Debian's krb5-kdc, krb5-admin-server and krb5-user that are not there."""
    path = os.environ.get("PATH", "") + ":" + _SBIN
    return [program for program in PROGRAMS if shutil.which(program, path=path) is None]


def lacking(*modules: str) -> str:
    """What a Kerberos test with these Python packages wants and has not, "" when all is there.

    WINLEGACY_KERBEROS=1 (.ci/run sets it once they are installed) makes a lack an error: then no such test may skip.
    """
    packages = [name for name in modules if importlib.util.find_spec(name) is None]
    if not missing() and not packages:
        return ""
    text = (
        f"{', '.join([*missing(), *packages])} missing (Debian: krb5-kdc krb5-admin-server krb5-user gcc libkrb5-dev; "
        "pip install -r requirements-kerberos.txt)"
    )
    if os.environ.get("WINLEGACY_KERBEROS") == "1":
        raise RuntimeError(f"WINLEGACY_KERBEROS=1, but {text}")
    return text


def _free_port() -> int:
    for port in range(28100 + os.getpid() % 2000, 32000):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stream, contextlib.suppress(OSError):
            stream.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")


@contextlib.contextmanager
def realm(folder: Path, principals: dict[str, str], services: tuple[str, ...]) -> Iterator[Realm]:
    """Run a KDC with these users (name: password) and a keytab for these service principals."""
    port = _free_port()
    keytab = folder / "host.keytab"
    (folder / "krb5.conf").write_text(
        f"[libdefaults]\n default_realm = {REALM}\n rdns = false\n dns_canonicalize_hostname = false\n"
        f" dns_lookup_kdc = false\n"
        f" dns_lookup_realm = false\n udp_preference_limit = 1\n"
        f"[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{port}\n }}\n"
        f"[domain_realm]\n localhost = {REALM}\n",
        encoding="utf-8",
    )
    (folder / "kdc.conf").write_text(
        f"[kdcdefaults]\n kdc_ports = {port}\n kdc_tcp_ports = {port}\n"
        f" kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n"
        f"[realms]\n {REALM} = {{\n  database_name = {folder}/principal\n  key_stash_file = {folder}/stash\n"
        f"  acl_file = {folder}/acl\n }}\n"
        f"[logging]\n kdc = FILE:{folder}/kdc.log\n",
        encoding="utf-8",
    )
    environment = {
        **os.environ,
        "PATH": os.environ.get("PATH", "") + ":" + _SBIN,
        "KRB5_CONFIG": str(folder / "krb5.conf"),
        "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
        "KRB5CCNAME": f"FILE:{folder}/cache",
    }

    def run(*command: str) -> None:
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=30)

    run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master-of-the-test")
    for name, password in principals.items():
        run("kadmin.local", "-r", REALM, "-q", f"addprinc -pw {password} {name}@{REALM}")
    for service in services:
        run("kadmin.local", "-r", REALM, "-q", f"addprinc -randkey {service}@{REALM}")
        run("kadmin.local", "-r", REALM, "-q", f"ktadd -k {keytab} {service}@{REALM}")
    process = subprocess.Popen(
        ["krb5kdc", "-n", "-r", REALM], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield Realm(folder, keytab, environment)
    finally:
        process.terminate()
        process.wait(10)
