# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that is forked is the program: words, folder, environment, streams, group, end; nothing of Ansible."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import warm

TELL = """
import json, os, sys, time
print(json.dumps({
    "words": sys.argv, "folder": os.getcwd(), "environment": dict(os.environ), "group": os.getpgid(0) == os.getpid(),
    "beside": __import__("beside").HERE, "name": __name__, "zone": time.tzname[0], "path": sys.path,
    "input": sys.stdin.read(), "parent": os.getppid(),
    "early": sorted(name for name in sys.modules if name.partition(".")[0] in ("ansible", "ansible_collections")),
}))
print("and to the other", file=sys.stderr)
sys.exit(3)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "beside.py").write_text("HERE = 'beside'\n", encoding="utf-8")
    path = tmp_path / "tell.py"
    path.write_text(TELL, encoding="utf-8")
    return path


@pytest.fixture(params=[True, False], ids=["forked", "as ever"])
def forks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    monkeypatch.setattr(warm, "_begun", request.param)
    yield request.param


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**kept, **more}


def test_it_is_as_a_process_of_its_own(program: Path, forks: bool, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    env = environment(TZ="Asia/Tokyo", MINE="ö", PYTHONPATH=f"{tmp_path}/one:{tmp_path}/two")
    command = [sys.executable, str(program), "-x", "a b"]
    done = warm.run(command, env=env, cwd=folder, timeout=60)
    lines = done.stdout.splitlines()
    assert (done.returncode, "and to the other" in lines) == (3, True), done.stdout
    told = json.loads(next(line for line in lines if line.startswith("{")))
    assert told["words"] == [str(program), "-x", "a b"]
    assert told["folder"] == str(folder)
    assert {key: value for key, value in told["environment"].items() if key != "LC_CTYPE"} == {
        key: value for key, value in env.items() if key != "LC_CTYPE"
    }
    assert (told["beside"], told["name"], told["zone"], told["input"]) == ("beside", "__main__", "JST", "")
    assert told["path"][:3] == [str(tmp_path), f"{tmp_path}/one", f"{tmp_path}/two"]
    assert (told["early"], told["group"]) == ([], False)
    assert (told["parent"] != os.getpid()) is forks


def test_a_module_in_a_group_of_its_own_with_a_pipe(program: Path, forks: bool, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tell", "word"]
    process = warm.start(command, env=environment(PYTHONPATH=str(tmp_path)), session=True)
    assert process.stdout is not None
    with process.stdout as pipe:
        printed = pipe.read()
    assert process.wait(30) == 3
    assert process.poll() == process.returncode == 3
    told = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
    assert (Path(told["words"][0]).name, told["words"][1:], told["group"]) == ("tell.py", ["word"], True)


def test_it_is_waited_for_and_ended(forks: bool, tmp_path: Path) -> None:
    path = tmp_path / "wait.py"
    path.write_text("import time\nprint('here', flush=True)\ntime.sleep(600)\n", encoding="utf-8")
    for number in (signal.SIGTERM, signal.SIGKILL):
        process = warm.start([sys.executable, str(path)], env=environment())
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        process.send_signal(number)
        assert process.wait(30) == -number
        process.kill()  # of one that has ended: nothing
        process.stdout.close()


def test_several_threads_that_begin_at_once_share_one_helper(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a helper each, all but the last would be forgotten, and with them how their programs ended."""
    monkeypatch.setattr(warm, "_begun", True)
    monkeypatch.setattr(warm, "_helpers", {})
    codes: list[int] = []
    command = [sys.executable, str(program)]
    threads = [
        threading.Thread(target=lambda: codes.append(warm.run(command, env=environment()).returncode))
        for _each in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    warm.end()
    assert codes == [3] * 6


def test_one_that_takes_too_long_is_killed(forks: bool, tmp_path: Path) -> None:
    path = tmp_path / "wait.py"
    path.write_text(f"import os, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n")
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run([sys.executable, str(path)], env=environment(), timeout=1)
    if (tmp_path / "pid").is_file():  # a busy machine may not have come to it
        assert not Path("/proc", (tmp_path / "pid").read_text()).exists()


def test_what_it_prints_is_overheard(program: Path, forks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/conftest.py looks for escape characters there."""
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(warm, "listeners", [lambda *told: heard.append(told)])
    warm.run([sys.executable, str(program)], env=environment())
    ((who, what),) = heard
    assert str(program) in who
    assert "and to the other" in what


@pytest.mark.parametrize(
    ("program_of", "more"),
    [("/usr/bin/env", {}), (sys.executable, {"OPENSSL_CONF": "/nowhere"}), (sys.executable, {"LC_ALL": "C"})],
)
def test_what_an_interpreter_reads_at_its_start_has_an_interpreter(
    program_of: str, more: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "_begun", True)
    words = [program_of, *(["python3"] if program_of != sys.executable else []), "-c", "print('well')"]
    process = warm.start(words, env=environment(**more))
    assert isinstance(process, subprocess.Popen)
    assert process.communicate()[0] == "well\n"
