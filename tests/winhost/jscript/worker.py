# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script process: one script, its engine, its COM objects. It talks to the machine over stdin and stdout."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path

import dukpy

from winhost.jscript.channel import Channel, ComError
from winhost.jscript.com import World
from winhost.jscript.shell import WScript, finish, install

LINE_OFFSET = 20000
_MEMORY = 1536 << 20
_CPU_SECONDS = 600
_PLACE = re.compile(r"<dukpy>:(\d+):(\d+)")


def main() -> int:
    """Run the script that the machine sends."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    channel = Channel(sys.stdin.buffer, sys.stdout.buffer)
    sys.stdout = sys.stderr  # nothing else may write there
    facts, source = channel.receive()
    world = World(channel, facts)
    install(world)
    host = WScript(world)
    engine = dukpy.JSInterpreter()
    engine.export_function("com", world.invoke)
    engine.export_function("create", lambda name: _create(world, name))
    engine.export_function("host", lambda: world.hold(host))
    engine.evaljs(Path(__file__).with_name("prelude.js").read_text(encoding="utf-8"))
    try:
        engine.evaljs("\n" * LINE_OFFSET + source.decode("utf-8") + "\n;void 0;")
    except dukpy.JSRuntimeError as error:
        _report(world, str(error))
        finish(world, int(facts["error_code"]))
    finish(world, 0)
    return 0


def _create(world: World, name: str) -> object:
    try:
        return world.hold(world.create(name))
    except ComError as error:
        return {"e": [error.number, error.description]}


def _report(world: World, message: str) -> None:
    """An uncaught error, as cscript writes it to stderr."""
    first = message.split("\n", 1)[0].strip()
    line = column = 1
    for match in _PLACE.finditer(message):
        if int(match[1]) > LINE_OFFSET:
            line, column = int(match[1]) - LINE_OFFSET, int(match[2])
            break
    kind, _unused, what = first.partition(": ")
    if kind == "SyntaxError" and "at <dukpy>" in message and message.count("at ") <= 1:
        label = "Microsoft JScript compilation error"
    else:
        label = "Microsoft JScript runtime error"
        what = re.sub(r"^'?(\w+)'? is not defined$", r"'\1' is undefined", what or first)
    text = f"{world.facts['script']}({line}, {column}) {label}: {what}\r\n\r\n"
    world.channel.tell("write", text.encode(world.codec, "replace"), target="stderr")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (EOFError, BrokenPipeError):
        sys.exit(1)
