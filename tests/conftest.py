# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests share: which cases a run leaves out (sampling.py), and a look for escape characters at its end.

No escape character in anything that a test printed, ran or wrote as a report: what a process printed is looked at where
the tests take it (subprocess), reports and logs where they lie.
"""

from __future__ import annotations

import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import warm
from sampling import EVERY

ESCAPE = "\x1b"
REPORTS = ("*.csv", "*.json", "*.jsonl", "*.html", "*.xml", "*.md", "*.log", "*.txt")
LARGEST = 64 * 1024 * 1024
NOT_OURS = "chromium"
"""Folders with this in their name are the browser's own: its databases are binary."""
CABINET = b"MSCF"
"""Some tests name a package as if it were a text."""

_found: list[str] = []
_looked: dict[str, int] = {"outputs": 0, "reports": 0}


def _look(where: str, text: str | bytes | None) -> None:
    if text is None:
        return
    _looked["outputs"] += 1
    escape = ESCAPE.encode() if isinstance(text, bytes) else ESCAPE
    if escape in text:  # type: ignore[operator]
        _found.append(f"{where}: an escape character in what it printed")


_communicate = subprocess.Popen.communicate


def _overheard(self: Any, *args: Any, **kwargs: Any) -> Any:
    answer = _communicate(self, *args, **kwargs)
    if "ansible" in str(self.args):
        for part in answer:
            _look(f"the process {str(self.args)[:200]}", part)
    return answer


def pytest_configure(config: pytest.Config) -> None:
    subprocess.Popen.communicate = _overheard  # type: ignore[method-assign]
    warm.listeners.append(_look)
    warm.begin()
    config.addinivalue_line("markers", "exhaustive: a case that make test leaves out, and make exhaustive runs")
    config.addinivalue_line("markers", "sampled: takes larger steps in make test than in make exhaustive")


def pytest_unconfigure() -> None:
    warm.end()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected stays to the end: no search for garbage need look at it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is exhaustive, unless this is the run for it, or a test is named by its id."""
    if EVERY or any("::" in argument for argument in config.args):
        return
    rare = [item for item in items if item.get_closest_marker("exhaustive")]
    if rare:
        items[:] = [item for item in items if item not in set(rare)]
        config.hook.pytest_deselected(items=rare)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, content in report.sections:
        _look(f"{report.nodeid} ({name})", content)


def _written(folder: Path) -> Iterator[Path]:
    for pattern in REPORTS:
        for path in folder.rglob(pattern):
            ours = not any(NOT_OURS in part for part in path.relative_to(folder).parts)
            if ours and path.is_file() and path.stat().st_size <= LARGEST:
                yield path


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is not None and getattr(factory, "_basetemp", None) is not None:
        for path in _written(factory.getbasetemp()):
            _looked["reports"] += 1
            content = path.read_bytes()
            if not content.startswith(CABINET) and ESCAPE.encode() in content:
                _found.append(f"{path}: an escape character in what a test wrote")
    output = getattr(session.config, "workeroutput", None)
    if output is not None:  # a worker of xdist: its controller tells
        output["escapes"], output["looked"] = list(_found), dict(_looked)
    elif _found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _found.extend(getattr(node, "workeroutput", {}).get("escapes", []))
    for name, count in getattr(node, "workeroutput", {}).get("looked", {}).items():
        _looked[name] += count


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line(
        f"escape characters: {len(_found)} in {_looked['outputs']} outputs and {_looked['reports']} reports"
    )
    for one in sorted(set(_found)):
        terminalreporter.write_line(f"  {one!r}", red=True)
