# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: the main job on a simulated fleet, from an inventory to verdicts, in a minute or two.

Starts the fleet (tests/integration/demo/fleet.yml), writes an inventory of it, runs the collection's playbooks by their
full names with ansible-playbook, shows what they found, and stops the fleet. Everything it writes is in build/demo.
With --keep the fleet stays until Ctrl-C, for eight hours at most, for commands of your own against it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "build" / "collections")]

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About, Run  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_text import as_text  # noqa: E402
from demo_view import Playbook, Screen, changes, tally  # noqa: E402
from packages import write_msu  # noqa: E402
from packages.proven import ca_file, pins, signed  # noqa: E402
from winhost.testing import RunningFleet, running_fleet  # noqa: E402

FLEET = ROOT / "tests" / "integration" / "demo" / "fleet.yml"
FOLDER = ROOT / "build" / "demo"
_FORKS = 12
KEPT = 8 * 3600.0
"""Seconds of a fleet that is kept for the user: it ends by itself then."""
_VARIABLES = {
    "ansible_connection": "winrm",
    "ansible_winrm_transport": "ntlm",
    "ansible_user": "operator",
    "ansible_password": "0perator-sim",
}
"""The account is one of the simulation's own (tests/winhost/profiles)."""

GROUPS = FOLDER / "groups.yml"
_CANARY = "srv2008-core"
_PILOT = (
    _CANARY,
    "srv2008-fixed",
    "srv2008-itanium",
    "srv2019",
    "vista-german",
    "vista-pending",
    "vista-rtm-x86",
    "vista-sp1-x86-pae",
)
_REMEDIATION = {
    "kb952876_hosts": "pilot",
    "kb952876_package_dir": "build/demo/packages",
    "kb952876_canary": _CANARY,
    "kb952876_batches": "100%",
    "kb952876_reboot": "true",
    "kb952876_reboot_delay": "0",
    "kb952876_reboot_settle": "2",
}
"""Real hosts need minutes to settle after a boot; the simulated ones boot in three seconds."""


def inventory(fleet: RunningFleet) -> dict[str, Any]:
    """An inventory as an operator writes it, of what the fleet's start line tells, and one host that is off."""
    hosts = {
        host.name: {
            "ansible_host": host.address,
            "ansible_port": host.port,
            "ansible_winrm_scheme": host.scheme,
        }
        for host in fleet.hosts.values()
    }
    hosts["vista-switched-off"] = {"ansible_host": "127.0.0.1", "ansible_port": 9, "ansible_winrm_scheme": "http"}
    pilot = {"hosts": dict.fromkeys(_PILOT)}
    return {"legacy": {"vars": dict(_VARIABLES), "hosts": hosts, "children": {"pilot": pilot}}}


class Demo:
    """One run of the demo. Its state is the folder that it writes to."""

    def __init__(self, screen: Screen, verbose: bool) -> None:
        self._screen = screen
        self._verbose = verbose
        self._playbook = Path(sys.executable).with_name("ansible-playbook")
        self.inventory = FOLDER / "hosts.yml"

    def play(self, name: str, variables: Mapping[str, Any]) -> int:
        """Run a playbook of the collection by its full name; its whole output goes to a log. Returns its exit code."""
        log = FOLDER / f"{name}.log"
        arguments = [f"winlegacy.servicing.{name}", "-i", _shown(self.inventory), "-f", str(_FORKS)]
        settings = [f"{key}={value}" for key, value in variables.items()]
        self._screen.command(["ansible-playbook", *arguments, *(f"-e {one}" for one in settings)])
        arguments += [word for one in settings for word in ("-e", one)]
        process = subprocess.Popen(
            [str(self._playbook), *arguments],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        follow = Playbook(self._screen)
        with process, log.open("w", encoding="utf-8") as sink:
            try:
                for line in process.stdout or ():
                    sink.write(line)
                    if self._verbose:
                        self._screen.line("   " + line.rstrip())
                    else:
                        follow.feed(line.rstrip())
            except BaseException:
                process.terminate()
                raise
        follow.finish()
        if process.returncode not in (0, 2, 4):
            raise SystemExit(f"ansible-playbook ended with exit code {process.returncode}; its output is in {log}")
        return process.returncode

    def rows(self) -> list[dict[str, Any]]:
        """The report's rows, those that want attention first."""
        report = json.loads((FOLDER / "kb952876.json").read_text(encoding="utf-8"))
        order = list(report["counts"])
        return sorted(report["hosts"], key=lambda row: (order.index(row["status"]), row["host"]))

    def assess(self) -> list[dict[str, Any]]:
        """From an inventory to verdicts; the rows."""
        began = time.monotonic()
        self.play("assess", {"kb952876_report_dir": _shown(FOLDER), "kb952876_inventory_file": _shown(GROUPS)})
        rows, seconds = self.rows(), time.monotonic() - began
        messages = sum(row["messages"] or 0 for row in rows)
        self._screen.line()
        self._screen.note(f"{len(rows)} hosts in {seconds:.0f} s, {messages} WS-Management messages: {tally(rows)}.")
        return rows

    def table(self, rows: list[dict[str, Any]]) -> None:
        """The table that the playbook ends with."""
        run = Run("assess", (_shown(self.inventory),), _shown(GROUPS), _shown(FOLDER / "kb952876.html"))
        about = About(kb="KB952876", generated=datetime.now(UTC), title="KB952876 report", run=run)
        for line in as_text(rows, about).splitlines():
            self._screen.line(f"   {line}".rstrip())

    def remediate(self) -> None:
        """Stage, install, restart in batches, verify."""
        (FOLDER / "packages").mkdir()
        packages = [signed(write_msu(FOLDER / "packages", architecture)) for architecture in ("x86", "x64", "ia64")]
        proof, how = _proof(packages)
        self._screen.note(
            f"Three packages stand in for Microsoft's, with the article's files, {how}, in "
            f"{_shown(packages[0].parent)}/. "
            f"The group pilot of the inventory ({len(_PILOT)} hosts) comes first tonight: its canary {_CANARY} alone, "
            "and the others only if that one comes back with the fix."
        )
        self.play("remediate", {**_REMEDIATION, **proof})

    def wait(self) -> None:
        """Leave the fleet to the user."""
        self._screen.heading("The fleet stays until Ctrl-C, eight hours at most")
        self._screen.note("In another terminal, in this folder, for ad hoc work on the groups of the verdicts:")
        self._screen.line()
        settings = {name: _environment()[name] for name in ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_CONFIG")}
        self._screen.line("   " + " ".join(["export", *(f"{name}={value}" for name, value in settings.items())]))
        files = f"-i {_shown(self.inventory)} -i {_shown(GROUPS)}"
        program = self._playbook.with_name("ansible")
        self._screen.line(f"   {program} kb952876_needs_fix {files} -m winlegacy.servicing.hotfix_info")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)

    def judge(self, fleet: RunningFleet, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
        """Compare the two assessments, and the hosts' own count of boots; whether all is as it should be."""
        earlier = {row["host"]: row for row in before}
        changed = [row for row in after if row["status"] != earlier[row["host"]]["status"]]
        states = {name: host.state() for name, host in fleet.hosts.items()}
        boots = {name: state["boots"] - 1 for name, state in states.items()}
        touched = [name for name, state in states.items() if state["processes_started"] and name not in _PILOT]
        needless = [name for name, times in boots.items() if times and name not in {row["host"] for row in changed}]
        self._screen.line()
        changes(self._screen, earlier, changed, boots)
        self._screen.line()
        self._screen.note(
            f"Restarts, as the hosts themselves count them: {sum(boots.values())}; needless ones: "
            f"{', '.join(needless) or 'none'}. Hosts outside the pilot group on which a process was started: "
            f"{', '.join(touched) or 'none'}."
        )
        self._screen.note(f"The report, for a browser: {FOLDER / 'kb952876.html'} (and .csv, .json, .junit.xml).")
        done = {row["host"] for row in after if row["result"].get("plan", {}).get("present", {}).get("reached")}
        left = sorted(set(_PILOT) - done)
        return bool(changed) and not (needless or touched or left)


def _proof(packages: list[Path]) -> tuple[dict[str, str], str]:
    """Variables that prove the origin of packages that are not Microsoft's, and how in a few words."""
    root = ca_file()
    if root is None:
        return {"kb952876_checksum": ",".join(pins(packages))}, "pinned by their checksums (osslsigncode is missing)"
    kept = shutil.copyfile(root, FOLDER / "root.pem")
    return {"kb952876_ca_file": _shown(kept)}, "signed by an authority of the demo's own"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _environment() -> dict[str, str]:
    """The user's environment without Ansible's settings: the demo shall do the same everywhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    return {
        **kept,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_CONFIG": str(FOLDER / "ansible.cfg"),
        "ANSIBLE_HOME": str(FOLDER / "ansible"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_FORCE_COLOR": "false",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def _fleet(screen: Screen, lifetime: float) -> Iterator[RunningFleet]:
    fleet = yaml.safe_load(FLEET.read_text(encoding="utf-8"))
    screen.heading("Start a simulated fleet")
    with running_fleet(fleet, lifetime=lifetime) as running:
        ports = sorted({host.port for host in running.hosts.values()})
        screen.note(
            f"{len(running.hosts)} Windows hosts listen on loopback addresses, ports {', '.join(map(str, ports))}: "
            "a separate program that speaks WinRM over HTTP, with NTLM and encrypted messages, and knows nothing of "
            "the collection (tests/winhost). Each is named after what makes it different."
        )
        yield running
        screen.heading("Stop the fleet")
    screen.note(f"Stopped. Logs and files of this run are in {_shown(FOLDER)}/.")


def main() -> int:
    """Run the demo; 0 when every step did what it shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--verbose", action="store_true", help="show all that ansible-playbook writes")
    parser.add_argument("--keep", action="store_true", help="leave the fleet running until Ctrl-C, eight hours at most")
    chosen = parser.parse_args()
    began = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
    screen = Screen()
    with _fleet(screen, KEPT if chosen.keep else 600.0) as fleet:
        demo = Demo(screen, chosen.verbose)
        demo.inventory.write_text(yaml.safe_dump(inventory(fleet), sort_keys=False), encoding="utf-8")
        screen.heading("Assess: which hosts need KB952876?")
        before = demo.assess()
        screen.line()
        demo.table(before)
        screen.heading("Remediate: stage, install, restart batch by batch, verify")
        demo.remediate()
        screen.heading("Assess again: what is left, and the report")
        done = demo.judge(fleet, before, demo.assess())
        screen.note(f"All of it took {time.monotonic() - began:.0f} s.")
        if chosen.keep:
            demo.wait()
    if not done:
        screen.note("The remediation did not reach every host that needed it: the logs say why.")
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
