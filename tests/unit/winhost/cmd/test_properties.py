# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of the parser and the expander: whatever comes, no crash and no hang."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.winhost.cmd.harness import Host
from winhost.cmd.arguments import crt_split
from winhost.cmd.batch import split_arguments
from winhost.cmd.builtins import NAMES as COMMANDS_INSIDE
from winhost.cmd.builtins.arithmetic import ArithmeticError_, evaluate
from winhost.cmd.expand import edit_value, expand_delayed, expand_for, expand_percent
from winhost.cmd.launch import split_command
from winhost.cmd.loops import parse_options, tokenise
from winhost.cmd.nodes import ParsedLine
from winhost.cmd.parser import ParseError, parse_line
from winhost.cmd.program import PROGRAMS

PIECES = st.sampled_from(
    [
        "echo",
        "if",
        "else",
        "for",
        "in",
        "do",
        "(",
        ")",
        "&",
        "&&",
        "||",
        "|",
        ">",
        ">>",
        "<",
        "2>&1",
        "^",
        '"',
        "%",
        "!",
        "%a",
        "%1",
        "%%",
        "==",
        "not",
        "exist",
        "/f",
        "/l",
        " ",
        " ",
        " ",
        ":",
        "~",
        ",",
        ";",
        "=",
        "@",
        "rem",
        "\n",
        "a",
        "x.txt",
        "nul",
        "\u00e9",
        "\\",
        "/",
        "*",
        "1",
        "0x",
    ]
)
COMMANDS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=80)
NAMES = {"A": "value", "X": "", "PATH": "C:\\Windows"}


def modify(letters: str, value: str, search: str | None) -> str:
    return f"<{letters}{value}{search or ''}>"


@settings(max_examples=400, deadline=500)
@given(COMMANDS, st.lists(COMMANDS, max_size=3))
def test_parser_gives_a_tree_or_a_parse_error(line: str, following: list[str]) -> None:
    lines = iter(following)
    try:
        assert isinstance(parse_line(line, lambda: next(lines, None)), ParsedLine)
    except ParseError as error:
        assert isinstance(error.token, str)


@settings(max_examples=400, deadline=500)
@given(COMMANDS, st.booleans())
def test_expanders_give_text(line: str, batch: bool) -> None:
    arguments = ["t.cmd", "one", "two words"] if batch else None
    assert isinstance(
        expand_percent(line, lambda name: NAMES.get(name.upper()), arguments, modify, tail="one two words"), str
    )
    assert isinstance(expand_delayed(line, lambda name: NAMES.get(name.upper())), str)
    assert isinstance(expand_for(line, {"a": "v", "x": ""}, modify), str)


@given(st.text(st.characters(blacklist_characters="%\n"), max_size=60))
def test_text_without_percent_signs_is_left_alone(line: str) -> None:
    assert expand_percent(line, NAMES.get, [], modify) == line
    assert expand_percent(line, NAMES.get, None, modify) == line


@given(st.text(max_size=40), st.integers(-60, 60), st.integers(-60, 60))
def test_substrings_are_parts_of_the_value(value: str, start: int, length: int) -> None:
    part = edit_value(value, f"~{start},{length}")
    assert part is not None
    assert part in value


@given(st.text("ab%:=*~,-0", max_size=12), st.text("abc", max_size=12))
def test_edits_never_fail(edit: str, value: str) -> None:
    assert edit_value(value, edit) is None or isinstance(edit_value(value, edit), str)


@settings(max_examples=300)
@given(st.text('0123456789+-*/%&|^~!()=,<> abxX"', max_size=40))
def test_arithmetic_gives_a_32_bit_number_or_its_error(expression: str) -> None:
    try:
        assert -(1 << 31) <= evaluate(expression, lambda name: "3", lambda name, value: None) < 1 << 31
    except ArithmeticError_ as error:
        assert error.code


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_arithmetic_agrees_with_c(left: int, right: int) -> None:
    def value(expression: str) -> int:
        return evaluate(expression, lambda name: None, lambda name, text: None)

    assert value(f"({left})+({right})*2") == left + right * 2
    if right:
        assert value(f"({left})/({right})*({right})+({left})%({right})") == left


@given(st.lists(st.text("ab c\\", min_size=1, max_size=8), max_size=5))
def test_the_c_runtime_gives_quoted_words_back(words: list[str]) -> None:
    def quote(word: str) -> str:
        slashes = len(word) - len(word.rstrip("\\"))
        return '"' + word + "\\" * slashes + '"'

    assert crt_split(" ".join(quote(word) for word in words)) == words


@given(COMMANDS)
def test_splitting_never_fails(line: str) -> None:
    assert isinstance(split_arguments(line), list)
    assert isinstance(crt_split(line), list)
    name, rest = split_command(line, frozenset({"echo", "cd"}))
    assert line.lstrip(" \t,;=\x0b\x0c\xff") == name + rest


@given(st.text(max_size=30), st.text(max_size=30))
def test_for_options_and_tokens(options: str, line: str) -> None:
    try:
        parsed = parse_options(f'"{options}"')
    except ParseError:
        parsed = parse_options('"tokens=1-3,5*"')
    values = tokenise(line, parsed)
    assert values is None or all(value in line for value in values)


WAITS_LONG = {"choice", "cmd", "cscript", "pkgmgr", "shutdown", "waitfor", "wscript", "wusa"}
WORDS = st.sampled_from(sorted((COMMANDS_INSIDE | set(PROGRAMS)) - WAITS_LONG))
ARGUMENTS = st.lists(
    st.sampled_from(
        [
            "/f",
            "/a",
            "/b",
            "/s",
            "/q",
            "/y",
            "x",
            "y.txt",
            "C:\\",
            "C:\\x\\y",
            "*",
            "?",
            '"a b"',
            "<",
            ">",
            "|",
            "&",
            "(",
            ")",
            "%",
            "!",
            "^",
            '"',
            ":x",
            "\\\\srv\\sh\\f",
            "nul",
            "/x:",
            "+",
            ",",
            "=",
            "..",
            "Z:",
            "HKLM\\X",
            "/v",
            "-f",
            "-hashfile",
            "C:\\y.txt",
            "1",
            "in",
            "do",
            "%a",
            "==",
            "if",
            "for",
            "use",
            "query",
            "/tn",
            "/create",
            "\u00e9",
            "\u65e5",
            "*S-1-5-18:F",
            "/grant",
            "/save",
            "reparsepoint",
            "-decode",
            "/pid",
            "/t:x",
        ]
    ),
    max_size=6,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(WORDS, ARGUMENTS, st.sampled_from(["", "@echo off\n"]))
def test_no_command_line_breaks_the_machine(word: str, arguments: str, head: str) -> None:
    host = Host()
    host.file("C:\\y.txt", "hello\nworld\n")
    if head:
        host.batch(f"{word} {arguments}\necho end", stdin=b"y\r\n")
    else:
        host.run(f"{word} {arguments}", stdin=b"y\r\n")
    assert isinstance(host.code, int)
    if not host.session.children:
        assert not [process for process in host.machine.processes.all() if process.job == host.session.job]
