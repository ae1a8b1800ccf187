# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cscript runs the text that was uploaded, with the objects and the limits of JScript 5.7."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import time
from typing import Any

import pytest
from unit.winhost.cmd.harness import Host, Streams
from winhost.cmd import run_command, scripthost
from winhost.machine.files import FileAttributes

psutil = pytest.importorskip("psutil", reason="pip install psutil")


def js(host: Host, source: str, arguments: str = "", stdin: bytes = b"", options: str = "//nologo //E:JScript") -> str:
    host.file("C:\\s.js", source.encode("cp1252"))
    return host.run(f"cscript {options} C:\\s.js {arguments}".rstrip(), stdin)


RECEIVER = r"""
var input = WScript.StdIn, out = WScript.StdOut, dom = new ActiveXObject('Microsoft.XMLDOM'), node = dom.createElement('b');
node.dataType = 'bin.base64';
var st = new ActiveXObject('ADODB.Stream'); st.Type = 1; st.Open();
for (;;) { var l = input.ReadLine(); if (l == 'END') break; node.text = l; st.Write(node.nodeTypedValue); out.WriteLine('ok ' + st.Size); }
st.SaveToFile('C:\\out.bin', 2); st.Close();
"""  # noqa: E501


def envelope(pieces: list[bytes]) -> bytes:
    return b"".join(base64.b64encode(piece) + b"\r\n" for piece in pieces) + b"END\r\n"


def test_scripts_of_many_hosts_run_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each script is a process: a fleet of a thousand does not start a thousand of them at once."""
    monkeypatch.setattr(scripthost, "_MOST_AT_ONCE", 2)
    hosts = [Host() for _index in range(5)]
    running: list[int] = []
    start = asyncio.create_subprocess_exec

    async def counted(*arguments: Any, **options: Any) -> Any:
        process = await start(*arguments, **options)
        running[:] = [pid for pid in running if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
        running.append(process.pid)
        most.append(len(running))
        return process

    async def all_of_them() -> None:
        for host in hosts:
            host.file("C:\\s.js", b"WScript.Echo(6 * 7);")
        await asyncio.gather(*(host.run_async("cscript //nologo C:\\s.js") for host in hosts))

    most: list[int] = []
    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    asyncio.run(all_of_them())
    assert [host.out for host in hosts] == ["42\n"] * 5
    assert max(most) == 2


def test_a_receiver_gets_every_byte(host: Host) -> None:
    pieces = [os.urandom(70_000) for _unused in range(4)]
    js(host, RECEIVER, stdin=envelope(pieces))
    assert host.out == "".join(f"ok {70_000 * (index + 1)}\n" for index in range(4))
    assert host.read("C:\\out.bin") == b"".join(pieces)


def test_a_receiver_that_drops_a_byte_is_executed_too(host: Host) -> None:
    broken = RECEIVER.replace("st.SaveToFile", "st.Position = st.Size - 1; st.SetEOS(); st.SaveToFile")
    data = os.urandom(1000)
    js(host, broken, stdin=envelope([data]))
    assert host.read("C:\\out.bin") == data[:-1]
    assert hashlib.sha1(host.read("C:\\out.bin")).digest() != hashlib.sha1(data).digest()


def test_a_receiver_is_fast_enough(host: Host) -> None:
    pieces = [os.urandom(105_000) for _unused in range(60)]
    stdin = envelope(pieces)
    begun = time.monotonic()
    js(host, RECEIVER, stdin=stdin)
    rate = len(pieces) * 105_000 / (time.monotonic() - begun) / 1e6
    assert host.code == 0
    assert rate > 3, f"{rate:.1f} MB/s"  # 30 MB/s on an idle machine; the tests share it


@pytest.mark.parametrize(
    ("source", "out"),
    [
        (
            "WScript.Echo(typeof JSON, typeof [].map, typeof [].indexOf, typeof [].forEach, typeof 'x'.trim, typeof Date.now)",  # noqa: E501
            "undefined " * 6,
        ),
        (
            "WScript.Echo(typeof new Date().toISOString, typeof Object.keys, typeof Promise, typeof Map, typeof Uint8Array, typeof console)",  # noqa: E501
            "undefined " * 6,
        ),
        ("WScript.Echo('abc'[1], 'a,,b'.split(/,/).length, 'abc'.substr(-2))", " 2 abc"),
        ("var a = [1,2]; a[5] = 3; var o = {k: [7]}; WScript.Echo(a.length, o['k'][0], a[1])", "6 7 2"),
        ("try { nothing() } catch (e) { WScript.Echo(e.number, e.name) }", "-2146823279 ReferenceError"),
        ("try { throw new Error(5, 'five') } catch (e) { WScript.Echo(e.number, e.description) }", "5 five"),
        (
            "try { new ActiveXObject('No.Such') } catch (e) { WScript.Echo(e.number & 0xFFFF, e.description) }",
            "429 Automation server can't create object",
        ),
        ("try { WScript.NoSuch() } catch (e) { WScript.Echo(e.number & 0xFFFF) }", "438"),
        ("WScript.Echo(WScript.Arguments.length, WScript.arguments(1), WScript.Arguments.Item(0))", "2 b c a"),
        (
            "WScript.Echo(ScriptEngine(), ScriptEngineMajorVersion(), ScriptEngineMinorVersion(), WScript.ScriptName)",
            "JScript 5 7 s.js",
        ),
        (
            "var s = new ActiveXObject('WScript.Shell'); WScript.Echo(s.ExpandEnvironmentStrings('%windir%'), s.Environment('PROCESS')('OS'))",  # noqa: E501
            "C:\\Windows Windows_NT",
        ),
        (
            "var s = new ActiveXObject('WScript.Shell'); WScript.Echo(s.Run('cmd /c exit 7', 0, true), s.Exec('hostname').StdOut.ReadLine())",  # noqa: E501
            "7 HOST",
        ),
        (
            "var d = new ActiveXObject('Scripting.Dictionary'); d.Add('a', 1); WScript.Echo(new VBArray(d.Keys()).toArray()[0], d.Count)",  # noqa: E501
            "a 1",
        ),
        (
            "var x = new ActiveXObject('MSXML2.DOMDocument.6.0'); x.loadXML('<a><b>t</b></a>'); WScript.Echo(x.documentElement.childNodes.length, x.selectSingleNode('//b').text)",  # noqa: E501
            "1 t",
        ),
        (
            "for (var e = new Enumerator(new ActiveXObject('Scripting.FileSystemObject').GetFolder('C:\\\\d').Files); !e.atEnd(); e.moveNext()) WScript.Echo(e.item().Name)",  # noqa: E501
            "x.txt",
        ),
    ],
)
def test_what_a_script_sees(host: Host, source: str, out: str) -> None:
    host.machine.files.mkdir("C:\\d")
    host.file("C:\\d\\x.txt", "x")
    assert js(host, source, '"a" "b c"').strip() == out.strip(), host.err


@pytest.mark.parametrize(
    "source",
    [
        "let x = 1",
        "const y = 2",
        "var f = x => x",
        "var s = `t`",
        "class A {}",
        "var o = {a: 1,}",
        "o.class = 1",
        "var o = {default: 1}",
        "var o = {get x() { return 1 }}",
        "for (var x of []) {}",
        "function f(a = 1) {}",
        "if (",
        "f(...[])",
        "try {} catch {}",
    ],
)
def test_younger_syntax_is_a_compilation_error(host: Host, source: str) -> None:
    js(host, "WScript.Echo('started');\n" + source)
    assert (host.out, host.code) == ("", 1)
    assert host.err.startswith("C:\\s.js(2, ")
    assert "Microsoft JScript compilation error" in host.err


def test_runtime_errors_name_the_line(host: Host) -> None:
    js(host, "var a;\n\na.b.c = 1;")
    assert host.code == 1
    assert host.err.startswith("C:\\s.js(3, ")
    assert "Microsoft JScript runtime error" in host.err


def test_the_exit_code_after_an_error_is_a_doubt() -> None:
    host = Host(cscript_error_code="0")
    js(host, "nothing();")
    assert host.code == 0
    assert "'nothing' is undefined" in host.err


def test_quit_ends_a_script_even_inside_try(host: Host) -> None:
    js(host, "try { WScript.Quit(300) } catch (e) { WScript.Echo('caught') } finally { WScript.Echo('after') }")
    assert (host.out, host.code) == ("", 300)


def test_batch_mode_silences_echo_only(host: Host) -> None:
    assert js(host, "WScript.Echo('e'); WScript.StdOut.Write('o')", options="//nologo //B //E:JScript") == "o"


def test_script_host_can_be_disabled() -> None:
    host = Host("vista_wsh_disabled")
    js(host, "WScript.Echo('never')")
    assert (host.out, host.code) == ("", 1)
    assert "access is disabled" in host.err


def test_missing_script_and_engine(host: Host) -> None:
    host.run("cscript //nologo C:\\none.js")
    assert (host.code, "Can not find script file" in host.err) == (1, True)
    host.file("C:\\x.txt", "WScript.Echo(1)")
    host.run("cscript //nologo C:\\x.txt")
    assert (host.code, "no script engine" in host.err) == (1, True)
    assert host.run("cscript //nologo //E:JScript C:\\x.txt") == "1\n"


def test_end_of_input_is_error_62(host: Host) -> None:
    source = "while (!WScript.StdIn.AtEndOfStream) WScript.Echo(WScript.StdIn.ReadLine()); try { WScript.StdIn.ReadLine() } catch (e) { WScript.Echo(e.number & 0xFFFF) }"  # noqa: E501
    assert js(host, source, stdin=b"a\r\nb") == "a\nb\n62\n"


def test_text_files(host: Host) -> None:
    source = r"""
    var fso = new ActiveXObject('Scripting.FileSystemObject'), t = fso.OpenTextFile('C:\\t.txt', 2, true);
    t.WriteLine('one'); t.Write('two'); t.Close();
    t = fso.OpenTextFile('C:\\t.txt', 8); t.WriteLine(''); t.Close();
    fso.CopyFile('C:\\t.txt', 'C:\\u.txt'); fso.MoveFile('C:\\u.txt', 'C:\\v.txt');
    WScript.Echo(fso.FileExists('C:\\u.txt'), fso.GetFile('C:\\v.txt').Size, fso.OpenTextFile('C:\\v.txt').ReadLine());
    fso.DeleteFile('C:\\v.txt'); fso.CreateFolder('C:\\f');
    try { fso.CreateFolder('C:\\f') } catch (e) { WScript.Echo(e.number & 0xFFFF) }
    try { fso.OpenTextFile('C:\\none.txt') } catch (e) { WScript.Echo(e.number & 0xFFFF) }
    """
    assert js(host, source) == "0 10 one\n58\n53\n", host.err
    assert host.read("C:\\t.txt") == b"one\r\ntwo\r\n"


def test_streams_respect_the_machine(host: Host) -> None:
    save = r"var s = new ActiveXObject('ADODB.Stream'); s.Type = 2; s.Charset = 'us-ascii'; s.Open(); s.WriteText('abc'); try { s.SaveToFile('C:\\x.bin', %s); WScript.Echo('saved') } catch (e) { WScript.Echo(e.number) }"  # noqa: E501
    assert js(host, save % 1) == "saved\n"
    assert host.read("C:\\x.bin") == b"abc"
    assert js(host, save % 1) == "-2146825284\n"  # it is there, and 1 only makes new files
    assert js(host, save % 2) == "saved\n"
    host.machine.files.set_attributes("C:\\x.bin", FileAttributes.READONLY)
    assert js(host, save % 2) == "-2146825284\n"


def test_bad_base64_is_an_error(host: Host) -> None:
    source = "var n = new ActiveXObject('MSXML2.DOMDocument').createElement('b'); n.dataType = 'bin.base64'; n.text = '%s'; try { var v = n.nodeTypedValue; WScript.Echo('ok') } catch (e) { WScript.Echo('bad') }"  # noqa: E501
    assert js(host, source % "QUJD\\nREVG") == "ok\n"
    assert js(host, source % "QUJ*") == "bad\n"


def test_mapping_a_drive_needs_the_right_password(host: Host) -> None:
    host.machine.share_credentials["files"] = {"LAB\\op": "s3cret"}
    host.machine.files.add_share("\\\\files\\pub")
    host.machine.files.write("\\\\files\\pub\\a.msu", b"MSU")
    source = r"""var n = new ActiveXObject('WScript.Network'), f = new ActiveXObject('Scripting.FileSystemObject');
    try { n.MapNetworkDrive('', '\\\\files\\pub', false, 'LAB\\op', WScript.StdIn.ReadLine()); f.CopyFile('\\\\files\\pub\\a.msu', 'C:\\a.msu'); WScript.Echo('copied') }
    catch (e) { WScript.Echo(e.number & 0xFFFF) }"""  # noqa: E501
    assert js(host, source, stdin=b"wrong\n") == "1326\n"
    assert js(host, source, stdin=b"s3cret\n") == "copied\n"
    assert host.read("C:\\a.msu") == b"MSU"


def test_a_script_ends_when_the_command_is_cancelled(host: Host) -> None:
    host.file("C:\\s.js", b"for (;;) {}")

    async def scenario() -> None:
        task = asyncio.ensure_future(run_command(host.machine, host.session, "cscript //nologo C:\\s.js", Streams()))
        await asyncio.sleep(0.5)
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - begun < 2

    asyncio.run(scenario())
    assert not host.machine.processes.find("cscript.exe")


def test_time_limit(host: Host) -> None:
    js(host, "for (;;) {}", options="//nologo //T:300 //E:JScript")
    assert (host.code, "time was exceeded" in host.err) == (1, True)


def test_memory_of_the_shell_is_counted(host: Host) -> None:
    host.session.memory_limit_mb = 40
    js(host, RECEIVER, stdin=envelope([bytes(105_000)] * 400))
    assert host.code == -1073741801
    assert not host.machine.files.exists("C:\\out.bin")
