# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WScript and its arguments, WScript.Shell, WScript.Network."""

from __future__ import annotations

import os
from typing import Any

from winhost.jscript.channel import ComError
from winhost.jscript.com import BAD_CALL, NOT_SUPPORTED, ComObject, World, number, text
from winhost.jscript.data import AdoStream, Dictionary
from winhost.jscript.dom import DomDocument
from winhost.jscript.files import FileSystemObject
from winhost.jscript.streams import StdErrStream, StdInStream, StdOutStream

_OUT_OF_RANGE = -2146828279


class WScript(ComObject):
    """The host object."""

    default = "name"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._stdin, self._stdout, self._stderr = StdInStream(world), StdOutStream(world), StdErrStream(world)
        self._interactive = not world.facts["batch"]
        self._timeout = 0

    def g_stdin(self) -> StdInStream:
        return self._stdin

    def g_stdout(self) -> StdOutStream:
        return self._stdout

    def g_stderr(self) -> StdErrStream:
        return self._stderr

    def g_arguments(self) -> Arguments:
        return Arguments(self.world, list(self.world.facts["arguments"]))

    def g_name(self) -> str:
        return "Windows Script Host"

    def g_version(self) -> str:
        return str(self.world.facts["version"])

    g_buildversion = g_version

    def g_fullname(self) -> str:
        return "C:\\Windows\\System32\\cscript.exe"

    def g_path(self) -> str:
        return "C:\\Windows\\System32"

    def g_scriptname(self) -> str:
        return str(self.world.facts["script"]).rpartition("\\")[2]

    def g_scriptfullname(self) -> str:
        return str(self.world.facts["script"])

    def g_interactive(self) -> bool:
        return self._interactive

    def s_interactive(self, value: Any) -> None:
        self._interactive = bool(value)

    def g_timeout(self) -> int:
        return self._timeout

    def s_timeout(self, value: Any) -> None:
        self._timeout = number(value)
        self.world.channel.tell("timeout", seconds=self._timeout)

    def m_echo(self, *values: Any) -> None:
        # //B keeps Echo silent, not what is written to StdOut.
        if self._interactive:
            self._stdout.m_writeline(" ".join(text(value) for value in values))

    def m_sleep(self, milliseconds: Any) -> None:
        self.world.channel.ask("sleep", seconds=number(milliseconds) / 1000)

    def m_quit(self, code: Any = 0) -> None:
        finish(self.world, number(code or 0))

    def m_createobject(self, name: Any, _prefix: Any = "") -> ComObject:
        return self.world.create(text(name))

    def m_getobject(self, *_names: Any) -> None:
        raise ComError(NOT_SUPPORTED, "Automation server can't create object")


def finish(world: World, code: int) -> None:
    """End the script now, whatever it is in the middle of."""
    for last in world.at_exit:
        try:
            last()
        except ComError:
            continue
    world.channel.tell("quit", code=code)
    os._exit(0)


class Arguments(ComObject):
    """WScript.Arguments."""

    default = "item"

    def __init__(self, world: World, values: list[str]) -> None:
        super().__init__(world)
        self._values = values

    def g_count(self) -> int:
        return len(self._values)

    g_length = g_count

    def m_item(self, index: Any) -> str:
        if not 0 <= number(index) < len(self._values):
            raise ComError(_OUT_OF_RANGE, "Subscript out of range")
        return self._values[number(index)]

    def g_named(self) -> Named:
        return Named(self.world, [value for value in self._values if value.startswith("/")])

    def g_unnamed(self) -> Arguments:
        return Arguments(self.world, [value for value in self._values if not value.startswith("/")])

    def items(self) -> list[Any]:
        return list(self._values)


class Named(ComObject):
    """WScript.Arguments.Named: /name:value."""

    default = "item"

    def __init__(self, world: World, values: list[str]) -> None:
        super().__init__(world)
        self._values = {value[1:].partition(":")[0].lower(): value.partition(":")[2] for value in values}

    def m_item(self, name: Any) -> str | None:
        return self._values.get(text(name).lower())

    def m_exists(self, name: Any) -> bool:
        return text(name).lower() in self._values

    def g_count(self) -> int:
        return len(self._values)

    g_length = g_count

    def items(self) -> list[Any]:
        return list(self._values)


class Shell(ComObject):
    """WScript.Shell."""

    def m_run(self, command: Any, _style: Any = 1, wait: Any = False) -> int:
        return int(self.world.channel.ask("run", command=text(command), wait=bool(wait))[0]["code"])

    def m_exec(self, command: Any) -> Exec:
        return Exec(self.world, text(command))

    def m_expandenvironmentstrings(self, value: Any) -> str:
        return str(self.world.channel.ask("expand", text=text(value))[0]["text"])

    def m_environment(self, kind: Any = "SYSTEM") -> ShellEnvironment:
        return ShellEnvironment(self.world, text(kind).upper())

    def g_currentdirectory(self) -> str:
        return str(self.world.channel.ask("directory")[0]["path"])

    def s_currentdirectory(self, value: Any) -> None:
        self.world.channel.ask("directory", path=text(value))

    def m_regread(self, name: Any) -> Any:
        return self.world.channel.ask("regread", name=text(name))[0]["value"]

    def m_regwrite(self, name: Any, value: Any, kind: Any = "REG_SZ") -> None:
        self.world.channel.ask("regwrite", name=text(name), value=value, kind=text(kind))

    def m_regdelete(self, name: Any) -> None:
        self.world.channel.ask("regdelete", name=text(name))

    def m_logevent(self, kind: Any, message: Any, _target: Any = "") -> bool:
        self.world.channel.ask("logevent", kind=number(kind), message=text(message))
        return True

    def m_popup(self, _message: Any, seconds: Any = 0, *_rest: Any) -> int:
        # A window that nobody sees: it waits for its time-out, or for ever.
        self.world.channel.ask("sleep", seconds=number(seconds) or 1e9)
        return -1


class ShellEnvironment(ComObject):
    """WScript.Shell's Environment collection."""

    default = "item"

    def __init__(self, world: World, kind: str) -> None:
        super().__init__(world)
        self._kind = kind

    def m_item(self, name: Any) -> str:
        value = self.world.channel.ask("environment", kind=self._kind, name=text(name))[0].get("value")
        return "" if value is None else str(value)

    def s_item(self, *values: Any) -> None:
        if len(values) != 2:
            raise ComError(BAD_CALL, "Invalid procedure call or argument")
        self.world.channel.ask("setenvironment", name=text(values[0]), value=text(values[1]))

    def m_remove(self, name: Any) -> None:
        self.world.channel.ask("setenvironment", name=text(name), value="")


class ExecOut(StdInStream):
    """The output of a program started by Exec (it has ended by then)."""

    def __init__(self, world: World, source: str) -> None:
        super().__init__(world)
        self.source = source


class Exec(ComObject):
    """WScript.Shell.Exec: the program is run to its end at once, with an empty stdin."""

    def __init__(self, world: World, command: str) -> None:
        super().__init__(world)
        self._head = world.channel.ask("exec", command=command)[0]

    def g_status(self) -> int:
        return 1

    def g_exitcode(self) -> int:
        return int(self._head["code"])

    def g_processid(self) -> int:
        return int(self._head["pid"])

    def g_stdout(self) -> ExecOut:
        return ExecOut(self.world, self._head["stdout"])

    def g_stderr(self) -> ExecOut:
        return ExecOut(self.world, self._head["stderr"])

    def g_stdin(self) -> StdErrStream:
        return StdErrStream(self.world)

    def m_terminate(self) -> None:
        return None


class Network(ComObject):
    """WScript.Network."""

    def _fact(self, name: str) -> str:
        return str(self.world.channel.ask("environment", kind="PROCESS", name=name)[0].get("value") or "")

    def g_computername(self) -> str:
        return self._fact("COMPUTERNAME")

    def g_username(self) -> str:
        return self._fact("USERNAME")

    def g_userdomain(self) -> str:
        return self._fact("USERDOMAIN")

    def m_mapnetworkdrive(
        self, letter: Any, target: Any, _keep: Any = False, user: Any = "", password: Any = ""
    ) -> None:
        self.world.channel.ask(
            "map", letter=text(letter), target=text(target), user=text(user), password=text(password)
        )

    def m_removenetworkdrive(self, name: Any, _force: Any = False, _keep: Any = False) -> None:
        self.world.channel.ask("unmap", name=text(name))


def install(world: World) -> None:
    """Enter what can be created by name."""
    documents = (
        "microsoft.xmldom",
        "msxml2.domdocument",
        "msxml2.domdocument.3.0",
        "msxml2.domdocument.6.0",
        "msxml.domdocument",
        "msxml2.freethreadeddomdocument",
    )
    world.makers.update(dict.fromkeys(documents, DomDocument))
    world.makers.update(
        {
            "adodb.stream": AdoStream,
            "scripting.dictionary": Dictionary,
            "scripting.filesystemobject": FileSystemObject,
            "wscript.network": Network,
            "wscript.shell": Shell,
        }
    )
