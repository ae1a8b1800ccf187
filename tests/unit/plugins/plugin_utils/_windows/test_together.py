# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several steps in one command line: their order, whose failure it was, and what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import LINE_LIMIT, CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.together import (
    deleting,
    moving,
    removing,
    run_together,
    write_all,
    writing,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import ShellResult

PARTS = [moving("C:\\a.tmp", "C:\\a"), removing("C:\\parts"), deleting(["C:\\b", "C:\\c"])]


class Host:
    """Answers every command line with the next exit code, 0 after them."""

    def __init__(self, *codes: int | None) -> None:
        self.codes = list(codes)
        self.lines: list[str] = []

    def run(self, command: str, **_more: Any) -> ShellResult:
        self.lines.append(command)
        return ShellResult(self.codes.pop(0) if self.codes else 0, b"", b"")


def test_steps_keep_their_order_in_one_line() -> None:
    host = Host()
    run_together(host, PARTS)
    (line,) = host.lines
    places = [line.index(text) for text in ("move /y", 'rd /s /q "C:\\parts"', 'del /f /q "C:\\b" "C:\\c"')]
    assert places == sorted(places)
    assert line.endswith(" & exit 0")


@pytest.mark.parametrize(
    ("code", "what"),
    [(61, "moving"), (62, "removing C:\\parts"), (63, "deleting C:\\b, C:\\c"), (1, "moving"), (None, "moving")],
)
def test_the_step_that_failed_is_named(code: int | None, what: str) -> None:
    with pytest.raises(CommandError) as caught:
        run_together(Host(code), PARTS)
    assert caught.value.what.startswith(what)


def test_each_step_leaves_with_a_code_of_its_own() -> None:
    host = Host()
    run_together(host, PARTS)
    assert [host.lines[0].count(f"exit {code})") for code in (61, 62, 63)] == [2, 1, 2]


def test_what_does_not_fit_goes_into_further_lines_in_order() -> None:
    host = Host()
    texts = {f"C:\\{number}": "x" * 80 + "\n" + "y<>" * 500 for number in range(4)}
    write_all(host, PARTS, texts)
    assert 1 < len(host.lines) < 5
    assert all(len(line) < LINE_LIMIT - 500 for line in host.lines)
    whole = "".join(host.lines)
    assert [whole.index(f'>"C:\\{number}.tmp"') for number in range(4)] == sorted(
        whole.index(f'>"C:\\{number}.tmp"') for number in range(4)
    )


def test_a_failure_ends_all_that_comes_after() -> None:
    host = Host(0, 65)
    with pytest.raises(CommandError, match=r"writing C:\\1"):
        write_all(host, PARTS, {f"C:\\{number}": "y<>" * 1200 for number in range(4)})
    assert len(host.lines) == 2


def test_a_long_text_is_written_in_its_turn() -> None:
    host = Host()
    text = "\n".join("z" * 70 for _line in range(200))
    assert writing("C:\\long", text) is None
    write_all(host, PARTS, {"C:\\first": "1", "C:\\long": text, "C:\\last": "2"})
    order = [line for line in host.lines if "first" in line or "long" in line or "last" in line]
    assert "first" in order[0]
    assert "last" in order[-1]
    assert all("long" in line for line in order[1:-1])
