# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run keeps, among the workers of a play: one reads, nobody is kept waiting by one that was killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from packages.programs import needs
from packages.signing import Authority, sign

from .conftest import Maker

ROOT = Path(__file__).resolve().parents[5]

_WORKER = """
import sys
from pathlib import Path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package import read
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
count, true = 0, read._Reading
class Counting(true):
    def __init__(self, *rest):
        global count
        count += 1
        super().__init__(*rest)
read._Reading = Counting
print("ready", flush=True)
sys.stdin.readline()
told = read.read_package(Path(sys.argv[1]), read.ReadOptions(keep=Keep.private(Path(sys.argv[2])), copy=True))
print(count, told.checksums.sha256, flush=True)
"""


def test_of_workers_that_come_at_once_one_reads(make: Maker, keep: Keep) -> None:
    path = make(inner="lzx")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "collections")}
    command = [sys.executable, "-c", _WORKER, str(path), str(keep.folder)]
    workers = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _number in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    told = []
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        told.append(worker.communicate(timeout=60)[0].split())
    assert {sha256 for _count, sha256 in told} == {read_package(path).checksums.sha256}
    assert sum(int(count) for count, _sha256 in told) == 1
    assert not list(keep.folder.glob("reading-*"))


def test_a_worker_that_is_killed_keeps_nobody_waiting(make: Maker, keep: Keep) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep\n"
        "with Keep(Path(sys.argv[1])).turn('a', 5):\n    print('mine', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build" / "collections")}
    command = [sys.executable, "-c", program, str(keep.folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "mine\n"
        begun = time.monotonic()
        with keep.turn("a", 0.5):
            assert time.monotonic() - begun >= 0.5, "the lock was not held"
        holder.kill()
        holder.wait(10)
    begun = time.monotonic()
    with keep.turn("a", 30.0):
        assert time.monotonic() - begun < 10


def test_a_worker_that_waits_too_long_reads_for_itself(make: Maker, keep: Keep) -> None:
    with keep.turn("a", 5.0), Keep(keep.folder).turn("a", 0.2):
        pass


@needs("osslsigncode")
def test_the_workers_of_a_play_share_it(make: Maker, tmp_path: Path) -> None:
    """Six hosts, three forks, one judgement; and Ansible's folder is gone afterwards."""
    (tmp_path / "ca").mkdir()
    path, calls, bin_folder = make(small_kernels=True), tmp_path / "calls", tmp_path / "bin"
    authority = Authority(tmp_path / "ca")
    sign(path, authority.signer())
    bin_folder.mkdir()
    tool = bin_folder / "osslsigncode"
    tool.write_text(f'#!/bin/sh\necho "$1" >>{calls}\nPATH="${{PATH#*:}}"\nexec osslsigncode "$@"\n')
    tool.chmod(0o755)
    package_info = {"path": str(path), "ca_file": str(authority.root_file), "fail_on_refusal": False}
    play = [{
        "hosts": "all", "gather_facts": False, "tasks": [
            {"winlegacy.servicing.package_info": package_info, "register": "told"},
            {"ansible.builtin.assert": {"that": ["told.package.signature.state == 'valid'"]}},
        ],
    }]  # fmt: skip
    (tmp_path / "play.yml").write_text(json.dumps(play))
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
        "PATH": os.pathsep.join([str(bin_folder), os.environ["PATH"]]),
    }
    hosts = ",".join(f"h{number}" for number in range(6)) + ","
    command = [sys.executable, "-m", "ansible", "playbook", "-i", hosts, "-f", "3", "-c", "local", "play.yml"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    assert calls.read_text().split().count("--version") == 1, "one judgement, by however many verifications"
    assert not list((tmp_path / "tmp").iterdir())
