# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmd shell over WS-Management: its verbs, and each version's quotas and time-outs."""

from __future__ import annotations

import asyncio
import base64

import pytest
from unit.winhost.wsman import messages as m
from unit.winhost.wsman.bench import Bench, fault, find, shell_id
from winhost.wsman.caller import Caller

GONE = ("InvalidSelectors", 2150858843)
DONE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/Done"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def run_line(bench: Bench, shell: str, line: str) -> tuple[int, bytes]:
    """Run to the end, as a client does."""
    identity = await bench.start(shell, line)
    out = b""
    for _unused in range(50):
        answer = await bench.ask(m.receive(shell, identity))
        for chunk in find(answer, "//r:Stream[@Name='stdout']"):
            out += base64.b64decode(chunk.text or "")
        if find(answer, "string(//r:CommandState/@State)") == DONE:
            await bench.ask(m.signal(shell, identity))
            return int(find(answer, "string(//r:ExitCode)")), out
    raise AssertionError("the command never ended")


@pytest.mark.parametrize("stack", ["1.1", "2.0", "3.0"])
def test_a_command_from_create_to_delete(stack: str) -> None:
    async def run() -> None:
        bench = Bench(stack)
        shell = await bench.open()
        assert shell.startswith("uuid:") == (stack == "1.1")
        assert await run_line(bench, shell, "echo hello") == (0, b"hello\r\n")
        assert await run_line(bench, shell, "exit 7") == (7, b"")
        assert (await bench.ask(m.delete(shell))).status == 200
        assert fault(await bench.ask(m.delete(shell))) == GONE
        assert fault(await bench.ask(m.command(shell, "echo x"))) == GONE

    asyncio.run(run())


def test_negative_exit_codes_are_signed() -> None:
    async def run() -> None:
        bench = Bench("2.0")
        assert (await run_line(bench, await bench.open(), "exit -2146498530"))[0] == -2146498530

    asyncio.run(run())


def test_input_by_send_with_its_end() -> None:
    async def run() -> None:
        bench = Bench("2.0")
        shell = await bench.open()
        identity = await bench.start(shell, "cat")
        await bench.ask(m.send(shell, identity, b64(b"one ")))
        await bench.ask(m.send(shell, identity, b64(b"two"), end=True))
        await asyncio.sleep(0.02)
        answer = await bench.ask(m.receive(shell, identity))
        data = b"".join(base64.b64decode(e.text or "") for e in find(answer, "//r:Stream[@Name='stdout']"))
        assert data == b"one two"
        assert find(answer, "count(//r:Stream[@End='true'])") == 2
        assert find(answer, "string(//r:CommandState/@State)") == DONE

    asyncio.run(run())


@pytest.mark.parametrize(("chosen", "ends"), [("closes", True), ("ignored", False)])
def test_whether_end_closes_stdin_is_a_doubt_on_1_1(chosen: str, ends: bool) -> None:
    async def run() -> None:
        bench = Bench("1.1", doubt={"stdin_end_closes": chosen})
        shell = await bench.open()
        identity = await bench.start(shell, "cat")
        await bench.ask(m.send(shell, identity, b64(b"x"), end=True))
        await asyncio.sleep(0.02)
        state = find(await bench.ask(m.receive(shell, identity)), "string(//r:CommandState/@State)")
        assert (state == DONE) == ends
        bench.shells.clear()

    asyncio.run(run())


def test_end_may_also_be_refused_on_1_1_and_never_later() -> None:
    async def run() -> None:
        for stack, status in (("1.1", 500), ("2.0", 200)):
            bench = Bench(stack, doubt={"stdin_end_closes": "fault"})
            shell = await bench.open()
            identity = await bench.start(shell, "cat")
            assert (await bench.ask(m.send(shell, identity, "", end=True))).status == status
            bench.shells.clear()

    asyncio.run(run())


def test_receive_times_out_and_the_command_goes_on() -> None:
    async def run() -> None:
        bench = Bench("1.1")
        shell = await bench.open()
        identity = await bench.start(shell, "cat")
        for _unused in range(2):
            assert fault(await bench.ask(m.receive(shell, identity, timeout="PT0.05S"))) == ("TimedOut", 2150858793)
        await bench.ask(m.send(shell, identity, b64(b"late")))
        assert b"bGF0ZQ==" in (await bench.ask(m.receive(shell, identity))).body
        bench.shells.clear()

    asyncio.run(run())


def test_one_outstanding_command_on_1_1_until_terminate() -> None:
    async def run() -> None:
        bench = Bench("1.1")
        shell = await bench.open()
        identity = await bench.start(shell, "echo x")
        assert fault(await bench.ask(m.command(shell, "echo y"))) == ("Concurrency", 2150858802)
        await asyncio.sleep(0.01)
        await bench.ask(m.receive(shell, identity))
        assert fault(await bench.ask(m.command(shell, "echo y")))[0] == "Concurrency"
        await bench.ask(m.signal(shell, identity))
        assert (await bench.ask(m.command(shell, "echo y"))).status == 200
        modern = Bench("2.0")
        shell = await modern.open()
        for _unused in range(3):
            assert (await modern.ask(m.command(shell, "hang"))).status == 200
        modern.shells.clear()

    asyncio.run(run())


@pytest.mark.parametrize(("stack", "quota"), [("1.1", 15), ("2.0", 15)])
def test_terminate_never_gives_an_operation_back_but_delete_does(stack: str, quota: int) -> None:
    async def run() -> None:
        bench = Bench(stack)
        shell = await bench.open()
        passed = 0
        while True:
            answer = await bench.ask(m.command(shell, "echo x"))
            if answer.status != 200:
                break
            passed += 1
            identity = find(answer, "string(//r:CommandId)")
            await bench.ask(m.receive(shell, identity))
            await bench.ask(m.signal(shell, identity))
        assert fault(answer) == ("QuotaLimit", 2150859174)
        assert 13 <= passed < quota
        await bench.ask(m.delete(shell))
        shell = await bench.open()
        assert (await bench.ask(m.command(shell, "echo x"))).status == 200

    asyncio.run(run())


@pytest.mark.parametrize(("stack", "quota"), [("1.1", 2), ("2.0", 5), ("3.0", 30)])
def test_shells_per_user(stack: str, quota: int) -> None:
    async def run() -> None:
        bench = Bench(stack)
        for _unused in range(quota):
            await bench.open()
        answer = await bench.ask(m.create())
        assert fault(answer)[0] == "QuotaLimit"
        assert (b"MSFT_WmiError" in answer.body) == (stack == "3.0")
        assert (await bench.ask(m.create(), bench.as_user("operator"))).status == 200

    asyncio.run(run())


def test_a_shell_belongs_to_its_user() -> None:
    async def run() -> None:
        bench = Bench("2.0")
        shell = await bench.open()
        assert fault(await bench.ask(m.delete(shell), bench.as_user("operator"))) == GONE

    asyncio.run(run())


@pytest.mark.parametrize(("stack", "ends"), [("1.1", False), ("2.0", True)])
def test_idle_shells_end_by_default_from_2_0_on(stack: str, ends: bool) -> None:
    async def run() -> None:
        bench = Bench(stack)
        shell = await bench.open()
        bench.time.now += 8000
        assert (
            fault(await bench.ask(m.command(shell, "echo"))) == GONE
            if ends
            else (await bench.ask(m.command(shell, "echo"))).status == 200
        )

    asyncio.run(run())


def test_keepalive_makes_an_idle_shell_end_on_1_1() -> None:
    """Only a Receive with WSMAN_CMDSHELL_OPTION_KEEPALIVE starts the idle time-out there (MS-WSMV notes 23 and 119)."""

    async def run() -> None:
        bench = Bench("1.1")
        shell = await bench.open()
        identity = await bench.start(shell, "echo")
        await bench.ask(m.receive(shell, identity, options={"WSMAN_CMDSHELL_OPTION_KEEPALIVE": "TRUE"}))
        bench.time.now += 899
        assert fault(await bench.ask(m.receive(shell, identity))) != GONE
        bench.time.now += 901
        assert fault(await bench.ask(m.receive(shell, identity))) == GONE

    asyncio.run(run())


def test_max_shell_run_time_kills_a_command_on_1_1() -> None:
    async def run() -> None:
        bench = Bench("1.1", limits={"max_shell_run_time_ms": 60000})
        shell = await bench.open(
            streams="<r:Lifetime>PT5000.000S</r:Lifetime><r:InputStreams>stdin</r:InputStreams>"
            "<r:OutputStreams>stdout stderr</r:OutputStreams>"
        )
        identity = await bench.start(shell, "hang")
        bench.time.now += 61
        bench.shells.sweep()
        await asyncio.sleep(0.02)
        assert find(await bench.ask(m.receive(shell, identity)), "string(//r:CommandState/@State)") == DONE
        bench.time.now += 6000
        assert fault(await bench.ask(m.command(shell, "echo"))) == GONE

    asyncio.run(run())


@pytest.mark.parametrize("code", ["ctrl_c", "terminate"])
def test_signals_end_a_command(code: str) -> None:
    async def run() -> None:
        bench = Bench("2.0")
        shell = await bench.open()
        identity = await bench.start(shell, "hang")
        assert (await bench.ask(m.signal(shell, identity, code))).status == 200
        answer = await bench.ask(m.receive(shell, identity))
        if code == "ctrl_c":
            assert find(answer, "string(//r:ExitCode)") == "-1073741510"
        else:
            assert fault(answer) == GONE

    asyncio.run(run())


def test_output_is_cut_to_the_clients_envelope_and_none_is_lost() -> None:
    async def run() -> None:
        bench = Bench("1.1")
        shell = await bench.open()
        identity = await bench.start(shell, "flood 60000")
        await asyncio.sleep(0.02)
        total = 0
        for _unused in range(50):
            answer = await bench.ask(m.receive(shell, identity, size=16384))
            assert len(answer.body) <= 16384
            total += sum(len(base64.b64decode(e.text or "")) for e in find(answer, "//r:Stream"))
            if find(answer, "string(//r:CommandState/@State)") == DONE:
                break
        assert total == 60000

    asyncio.run(run())


def test_chunked_requests_are_refused_for_shells_alone() -> None:
    async def run() -> None:
        bench = Bench("1.1")
        shell = await bench.open()
        chunked = Caller(user=bench.caller.user, token=bench.caller.token, authenticated=True, chunked=True)
        assert fault(await bench.ask(m.command(shell, "echo"), chunked)) == ("InternalError", 50)
        assert (await bench.ask(m.wql("select * from Win32_LogicalDisk"), chunked)).status == 200

    asyncio.run(run())


@pytest.mark.parametrize(
    ("stack", "subcode", "code"), [("1.1", "SchemaValidationError", 2150858817), ("2.0", "InvalidValue", 87)]
)
def test_invalid_xml_in_a_shell_message(stack: str, subcode: str, code: int) -> None:
    async def run() -> None:
        bench = Bench(stack)
        shell = await bench.open()
        assert fault(await bench.ask(m.shell_verb("Command", shell, "<r:Wrong/>"))) == (subcode, code)
        assert fault(await bench.ask(m.create(streams="<r:Lifetime>soon</r:Lifetime>"))) == (subcode, code)
        identity = await bench.start(shell, "cat")
        assert fault(await bench.ask(m.send(shell, identity, "not*base64"))) == (subcode, code)
        bench.shells.clear()

    asyncio.run(run())


def test_streams_that_were_not_asked_for_and_unknown_commands() -> None:
    async def run() -> None:
        bench = Bench("2.0")
        shell = await bench.open(streams="<r:InputStreams/><r:OutputStreams>stdout</r:OutputStreams>")
        identity = await bench.start(shell, "both")
        assert fault(await bench.ask(m.send(shell, identity, "YQ==")))[0] == "InternalError"
        answer = await bench.ask(m.receive(shell, identity))
        assert {e.get("Name") for e in find(answer, "//r:Stream")} == {"stdout"}
        assert fault(await bench.ask(m.receive(shell, "00000000-0000-0000-0000-000000000000")))[0] == "InvalidSelectors"
        bench.shells.clear()

    asyncio.run(run())


def test_unknown_code_pages_and_options() -> None:
    async def run() -> None:
        bench = Bench("2.0")
        assert fault(await bench.ask(m.create(options={"WINRS_CODEPAGE": "4711"}))) == ("InvalidOptions", 2150859072)
        assert (await bench.ask(m.create(options={"WINRS_CODEPAGE": "65001"}))).status == 200
        must = m.create(options={"MADE_UP": "1"}).replace(b'Name="MADE_UP"', b'Name="MADE_UP" MustComply="true"')
        assert fault(await bench.ask(must))[0] == "InvalidOptions"

    asyncio.run(run())


@pytest.mark.parametrize(("stack", "uri"), [("1.1", m.CMD), ("2.0", m.SHELL)])
def test_get_and_enumerate_shells_at_each_versions_uri(stack: str, uri: str) -> None:
    async def run() -> None:
        bench = Bench(stack)
        shell = await bench.open()
        answer = await bench.ask(m.message(m.TRANSFER + "Get", uri, selectors={"ShellId": shell}))
        assert find(answer, "string(//r:Shell/r:ShellId)") == shell
        assert bool(find(answer, "//r:Lifetime")) == (stack == "1.1")
        assert bool(find(answer, "//r:Owner")) == (stack == "2.0")
        listed = await bench.ask(
            m.message(m.ENUMERATION + "Enumerate", uri, "<n:Enumerate><w:OptimizeEnumeration/></n:Enumerate>")
        )
        assert find(listed, "string(//r:ShellId)") == shell
        other = m.SHELL if uri == m.CMD else m.CMD
        wrong = await bench.ask(m.message(m.TRANSFER + "Get", other, selectors={"ShellId": shell}))
        assert fault(wrong)[0] == "ActionNotSupported"

    asyncio.run(run())


def test_a_host_without_a_shell_and_a_service_that_went_down() -> None:
    async def run() -> None:
        bench = Bench("1.1")
        bench.shells.present = False
        assert fault(await bench.ask(m.create()))[0] == "DestinationUnreachable"
        bench = Bench("1.1")
        shell = shell_id(await bench.ask(m.create()))
        bench.service.reset()
        assert fault(await bench.ask(m.command(shell, "echo"))) == GONE

    asyncio.run(run())
