# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that the README's install stages and installs the hotfix: nothing else is there, and hosts are simulated.

An empty HOME gets what the README's block between its `install` marks says, line by
line, and no more. With that, a signed package in Microsoft's form goes onto two simulated hosts, onto one by ad hoc
commands and onto the other by the playbooks. The simulated hosts are a process of this program's own environment. At
the end ansible-builder must find the same requirements as the README in what was installed.

Usage: install_proof.py [--keep]; --keep leaves build/install-proof there when all is well.
"""
from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pip_settings
import worktree
import yaml

sys.path[:0] = [str(worktree.ROOT / "tests")]

from packages import write_msu  # noqa: E402
from packages.msu import Recipe, inner_members  # noqa: E402
from packages.signing import Authority, sign  # noqa: E402
from winhost.testing import RunningFleet, running_fleet  # noqa: E402

FOLDER = worktree.ROOT / "build" / "install-proof"
_BLOCK = r"<!-- {0}: begin -->\s*```sh\n(.*?)```\s*<!-- {0}: end -->"
_PACKAGES = "/srv/hotfixes"
"""The folder of packages in the README."""
_SYSTEM_LINE = re.compile(r"sudo apt-get install ((?:[a-z0-9.+-]+ ?)+)")
_FOR_PIP = {"python3-venv"}
"""What the README installs for pip alone: an execution environment has its own Python."""
_SECONDS = 600
_QUICK = {"shutdown_seconds": 0.5, "boot_seconds": 1.5, "services_seconds": 0.5, "servicing_seconds": 0.5}
_PAYLOAD = r"C:\Windows\winlegacy.servicing\KB952876\payload.msu"
_ACCOUNT = {"ansible_user": "operator", "ansible_password": "0perator-sim"}
"""One of the simulation's own (tests/winhost/profiles)."""


class ProofError(Exception):
    """What the README's install does not do."""


class Product:
    """An environment in which nothing is but what the README says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.tree = folder / "clone"
        self.work = folder / "work"
        for one in (self.home, self.tree, self.work):
            one.mkdir(parents=True)
        pip_settings.carry(self.home)
        (folder / "ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
        worktree.copy(self.tree)
        names = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin")
        self.path = os.pathsep.join([str(self._python()), *(name for name in names if Path(name).is_dir())])
        """Where programs are found; the README's activation puts its environment before."""

    def _python(self) -> Path:
        """A folder whose python3 is the one that runs this, outside of its own environment."""
        folder = self.folder / "bin"
        folder.mkdir()
        python = folder / "python3"
        real = shlex.quote(str(getattr(sys, "_base_executable", sys.executable)))
        python.write_text(f'#!/bin/sh\nexec {real} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        return folder

    @property
    def environment(self) -> dict[str, str]:
        ours = ("ANSIBLE_", "PYTHON", "VIRTUAL_ENV", "PIP_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {
            **kept,
            "HOME": str(self.home),
            "PATH": self.path,
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "true",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, command: list[str], cwd: Path) -> str:
        """Its output. Raises ProofError when it fails."""
        print(f"$ {shlex.join(command)}", flush=True)
        begun = time.monotonic()
        try:
            done = subprocess.run(
                command,
                cwd=cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ProofError(f"{command[0]} did not end within {_SECONDS} s") from None
        print(f"  {time.monotonic() - begun:.0f} s, exit code {done.returncode}", flush=True)
        if done.returncode:
            said = [line.strip() for line in done.stdout.splitlines() if re.search(r'"msg": |ERROR|fatal:', line)]
            shown = "\n".join(line[:2000] for line in said) or done.stdout[-2000:]
            raise ProofError(f"{shlex.join(command)} ended with exit code {done.returncode}:\n{shown}")
        return done.stdout


def lines(block: str) -> list[str]:
    """The commands of one of the README's blocks: install, ask or bring."""
    readme = (worktree.ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(_BLOCK.format(block), readme, re.DOTALL)
    if found is None:
        raise ProofError(f"the README has no {block} block (a sh block between the {block} marks)")
    whole = found[1].replace("\\\n", " ")
    return [line.split("  #")[0].strip() for line in whole.splitlines() if line.strip()]


def install(product: Product) -> None:
    """Do what the README says, in a clone and in one shell, whose PATH is the user's from then on."""
    said = lines("install")
    for line in said:
        system = _SYSTEM_LINE.fullmatch(line)
        if system is not None:
            _check_system(system[1].split())
    script = [line for line in said if not _SYSTEM_LINE.fullmatch(line)]
    told = product.run(["sh", "-ec", "\n".join([*script, 'echo "$PATH"'])], product.tree).splitlines()[-1]
    venv = Path(told.split(os.pathsep)[0])
    if not venv.is_relative_to(product.home):
        raise ProofError(f"after the README's lines {venv} comes first in PATH: no environment of the user's is active")
    product.path = told


def _check_system(packages: list[str]) -> None:
    """What a machine has cannot be taken away for the proof: that it has no more than is named is not shown here."""
    if shutil.which("dpkg-query") is None:
        print(f"no Debian system: {' '.join(packages)} are taken to be there under other names")
        return
    for package in packages:
        query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
        done = subprocess.run(query, capture_output=True, text=True, check=False)
        if done.stdout != "installed":
            raise ProofError(f"the system package {package}, which the README names, is not installed here")


def inventory(fleet: RunningFleet) -> dict[str, object]:
    """As the README's, of the simulated hosts."""
    hosts = {
        host.name: {
            "ansible_host": host.address, "ansible_port": host.port, "ansible_winrm_scheme": host.scheme,
        }
        for host in fleet.hosts.values()
    }  # fmt: skip
    shared = {"ansible_connection": "winrm", "ansible_winrm_transport": "ntlm", **_ACCOUNT}
    return {"legacy": {"vars": shared, "hosts": hosts}}


def ad_hoc(product: Product, fleet: RunningFleet, package: str, digest: str) -> None:
    """Stage, install and restart one host with single commands."""

    def module(name: str, arguments: str) -> None:
        words = ["-i", "hosts.yml", "-m", f"winlegacy.servicing.{name}"]
        product.run(["ansible", "adhoc", *words, *(["-a", arguments] if arguments else [])], product.work)

    module("hotfix_info", "")
    module("hotfix", f"state=staged {package}")
    _expect_staged(fleet, "adhoc", digest)
    module("hotfix", f"state=present {package}")
    module("reboot", "delay=0 settle=2")


def ask(product: Product) -> None:
    """The README's commands that ask, as they stand there; they leave what it says that they leave."""
    for line in lines("ask"):
        product.run(shlex.split(line), product.work)
    for name in ("reports/kb952876.html", "groups.yml"):
        if not (product.work / name).is_file():
            raise ProofError(f"the README's commands left no {name}")


def playbooks(product: Product, fleet: RunningFleet, folder: Path, variables: Mapping[str, str], digest: str) -> None:
    """The README's commands that bring the hotfix, for the other host: staged after the first, fixed after all.

    They stand as they are, but for the folder of packages, what proves those of the proof, and simulated time.
    """
    quick = {"kb952876_hosts": "played", "kb952876_reboot_delay": "0", "kb952876_reboot_settle": "2"}
    settings = [word for key, value in {**quick, **variables}.items() for word in ("-e", f"{key}={value}")]
    for at, line in enumerate(lines("bring")):
        product.run([*shlex.split(line.replace(_PACKAGES, str(folder))), *settings], product.work)
        if at == 0:
            _expect_staged(fleet, "played", digest)


def _expect_staged(fleet: RunningFleet, host: str, digest: str) -> None:
    found = fleet.host(host).file(_PAYLOAD)["sha256"]
    if found != digest:
        raise ProofError(f"{host}: {_PAYLOAD} has the SHA-256 {found} after staging, the package {digest}")


def judge(product: Product, fleet: RunningFleet) -> None:
    """Both hosts are fixed, as the collection says, and were restarted once, as the hosts say."""
    words = ["-i", "hosts.yml", "-e", "kb952876_report_dir=reports"]
    product.run(["ansible-playbook", "winlegacy.servicing.assess", *words], product.work)
    told = json.loads((product.work / "reports" / "kb952876.json").read_text(encoding="utf-8"))["hosts"]
    statuses = {row["host"]: row["status"] for row in told}
    if statuses != {"adhoc": "fixed", "played": "fixed"}:
        raise ProofError(f"both hosts were to be fixed: {statuses}")
    boots = {name: host.state()["boots"] for name, host in fleet.hosts.items()}
    if boots != {"adhoc": 2, "played": 2}:
        raise ProofError(f"both hosts were to boot once more: {boots}")


def work(product: Product) -> None:
    """Both ways, on a fleet of two."""
    authority_folder, packages = product.folder / "authority", product.folder / "packages"
    authority_folder.mkdir()
    packages.mkdir()
    authority = Authority(authority_folder)
    digests = {}
    for architecture in ("x86", "x64"):
        if not any(member.name.isdigit() for member in inner_members(Recipe(architecture))):
            raise ProofError("the test packages hold no deltas under numbers: they are not in Microsoft's form")
        path = write_msu(packages, architecture)
        sign(path, authority.signer())
        digests[architecture] = hashlib.sha256(path.read_bytes()).hexdigest()
    roots = authority.root_file
    hosts = [{"name": "adhoc", "profile": "vista_sp1_x64"}, {"name": "played", "profile": "vista_sp1_x86"}]
    defaults = {"overrides": {"power": _QUICK, "servicing": {"install_seconds": 1}}}
    with running_fleet({"time_scale": 1, "defaults": defaults, "hosts": hosts}) as fleet:
        (product.work / "hosts.yml").write_text(yaml.safe_dump(inventory(fleet)), encoding="utf-8")
        ask(product)
        ad_hoc(product, fleet, f"package_dir={packages} ca_file={roots}", digests["x64"])
        playbooks(product, fleet, packages, {"kb952876_ca_file": str(roots)}, digests["x86"])
        judge(product, fleet)


def introspect(product: Product) -> None:
    """ansible-builder finds in the installed collection what the README had installed."""
    venv = product.folder / "venv-builder"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    product.run([str(venv / "bin" / "pip"), "install", "--quiet", "ansible-builder"], product.work)
    collections = product.home / ".ansible" / "collections"
    command = [str(venv / "bin" / "ansible-builder"), "introspect", str(collections)]
    product.run([*command, "--write-pip", "python.txt", "--write-bindep", "system.txt"], product.work)
    found = {name: _entries(product.work / f"{name}.txt") for name in ("python", "system")}
    python, system = (_entries(worktree.ROOT / name) for name in ("requirements.txt", "bindep.txt"))
    expected = {"python": {line for line in python if not line.startswith("ansible-core")}, "system": system}
    if found != expected:
        raise ProofError(f"ansible-builder finds {found}, the collection needs {expected}")
    named = next((match[1].split() for line in lines("install") if (match := _SYSTEM_LINE.fullmatch(line))), [])
    debian = {line.split()[0] for line in system if "[" not in line or "platform:dpkg" in line}
    if debian != set(named) - _FOR_PIP:
        raise ProofError(f"the README installs {named}, bindep.txt names {sorted(debian)} for Debian")


def _entries(path: Path) -> set[str]:
    """Requirements, one a line, without comments."""
    texts = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {line for line in texts if line}


def main(arguments: list[str]) -> int:
    """0 when the README's install does it all."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        product = Product(FOLDER)
        install(product)
        work(product)
        introspect(product)
    except ProofError as error:
        print(f"install proof: FAILED: {error}")
        return 1
    print("install proof: what the README installs stages and installs, by ad hoc commands and by the playbooks")
    if "--keep" not in arguments:
        shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
