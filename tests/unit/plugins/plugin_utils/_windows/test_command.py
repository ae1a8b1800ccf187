# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What echo_commands writes is proven in the simulated cmd.exe: every printable character arrives as it is."""

from __future__ import annotations

import random
import string

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows import command
from unit.winhost.cmd.harness import Host

PRINTABLE = "".join(one for one in string.printable if one.isprintable())
LINES = (
    "plain",
    'a "quoted" word',
    "100% of %PATH% and %%x and %",
    "a^b ^^ ^",
    "(x) & y | z > 1 < 2 && || 2>&1",
    '"%TEMP%" ^"&"',
    "!delayed! ~ ` ' = ; ,",
    "",
    "  leading and trailing  ",
    "/?",
    "on",
    "1>2",
    PRINTABLE,
)


def written(text: str) -> str:
    host = Host()
    for line in command.echo_commands("C:\\out.txt", text):
        assert len(line) <= command.LINE_LIMIT
        host.run(line)
    return host.read("C:\\out.txt").decode("ascii")


@pytest.mark.parametrize("line", LINES)
def test_a_line_arrives_as_it_is(line: str) -> None:
    assert written(f"first\n{line}\nlast") == f"first\r\n{line}\r\nlast\r\n"


def test_random_lines_and_long_texts_arrive() -> None:
    chance = random.Random(952876)
    lines = ["".join(chance.choices(PRINTABLE, k=chance.randrange(1, 120))) for _number in range(200)]
    assert len(list(command.echo_commands("C:\\out.txt", "\n".join(lines)))) > 1
    assert written("\n".join(lines)) == "".join(f"{line}\r\n" for line in lines)


@pytest.mark.parametrize("line", ["ä", "tab\there", "\x1a"])
def test_what_echo_cannot_carry_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="cannot be written with echo"):
        command.escape_echo(line)


@pytest.mark.parametrize("path", ['a"b', "a%b", "a!b", "a\nb", "a\rb"])
def test_a_path_that_cannot_be_quoted(path: str) -> None:
    with pytest.raises(ValueError, match="holds a character"):
        command.quote(path)
