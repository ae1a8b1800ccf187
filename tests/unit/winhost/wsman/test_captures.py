# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated service's answers against the structure of messages captured from real hosts.

For every capture that a Windows host sent, the request that it implies is put to the simulated service, and the two
structures are compared. Each difference that stays is named here with its reason; a reason that is no longer needed
fails too.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from unit.winhost.wsman import messages as m
from unit.winhost.wsman.bench import Bench
from unit.winhost.wsman.fakes import FakeProvider
from winhost.wsman.caller import Answer

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "tools"))
from winhost_digest import digest  # noqa: E402

DIGESTS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "capture_digests.json").read_text("utf-8")
)
CAPTURES = ROOT.parent / "shared" / "captures"
Case = Callable[[], Coroutine[None, None, Answer]]

NO_WINDOWS = {
    "winrb/get_omi_config_response.xml": "sent by OMI",
    "winrb/open_shell_omi.xml": "sent by OMI",
    "winrb/soap_fault_omi.xml": "sent by OMI",
    "pywinrm/test_exceptions_1.xml": "written by its source's authors: a fault with the code s:Unknown and no reason",
}
BODY = "/s:Envelope/s:Body"
FAULT = BODY + "/s:Fault"
RELATES = "/s:Envelope/s:Header/a:RelatesTo"
RECEIVED = BODY + "/rsp:ReceiveResponse"
ENDED = f"{RECEIVED}/rsp:Stream [CommandId End Name]"

ANOTHER_ORDER = {"opennms/get-response-fault.xml": "the envelope around the fault is another host's"}

# capture -> {path: reason}; "-path" is in the capture alone, "+path" in the simulated answer alone
ACCEPTED: dict[str, dict[str, str]] = {
    "masterzen/doneCommandExitCode0Response.xml": {
        "+" + ENDED: "trimmed by its source: Windows ends both streams (MS-WSMV note 122)"
    },
    "masterzen/doneCommandResponse.xml": {
        "+" + ENDED: "trimmed by its source: Windows ends both streams (MS-WSMV note 122)"
    },
    "opennms/get-response-fault.xml": {
        "-/s:Envelope": "its source made a template of another host's envelope around a Windows fault",
        "+/s:Envelope [xml:lang]": "its source made a template of another host's envelope around a Windows fault",
    },
    "pywinrm/test_exceptions_4.xml": {"+" + RELATES: "the capture lacks RelatesTo; MS-WSMV 4.10 has it"},
    "winrb/wmi_error_v2.xml": {"+" + RELATES: "the capture lacks RelatesTo; MS-WSMV 4.10 has it"},
}


async def _shell(stack: str, line: str = "", **limits: object) -> tuple[Bench, str, str]:
    bench = Bench(stack, limits=limits)
    shell = await bench.open()
    return bench, shell, await bench.start(shell, line) if line else ""


async def create(stack: str = "2.0", **limits: object) -> Answer:
    return await Bench(stack, limits=limits).ask(m.create())


async def command(line: str = "echo hello", stack: str = "2.0") -> Answer:
    bench, shell, _unused = await _shell(stack)
    return await bench.ask(m.command(shell, line))


async def done(line: str = "exit 123") -> Answer:
    bench, shell, identity = await _shell("2.0", line)
    await asyncio.sleep(0.01)
    return await bench.ask(m.receive(shell, identity))


async def running() -> Answer:
    bench, shell, identity = await _shell("2.0", "both")
    answer = await bench.ask(m.receive(shell, identity))
    bench.shells.clear()
    return answer


async def single() -> Answer:
    bench, shell, identity = await _shell("2.0", "cat")
    await bench.ask(m.send(shell, identity, "YQ=="))
    answer = await bench.ask(m.receive(shell, identity))
    bench.shells.clear()
    return answer


async def silence(stack: str = "2.0") -> Answer:
    bench, shell, identity = await _shell(stack, "hang")
    answer = await bench.ask(m.receive(shell, identity, timeout="PT0.05S"))
    bench.shells.clear()
    return answer


async def sent() -> Answer:
    bench, shell, identity = await _shell("2.0", "cat")
    answer = await bench.ask(m.send(shell, identity, "YQ=="))
    bench.shells.clear()
    return answer


async def signalled() -> Answer:
    bench, shell, identity = await _shell("2.0", "echo")
    return await bench.ask(m.signal(shell, identity))


async def deleted() -> Answer:
    bench, shell, _unused = await _shell("2.0")
    return await bench.ask(m.delete(shell))


async def first_page() -> Answer:
    return await Bench("2.0", provider=FakeProvider(disks=4)).ask(
        m.wql("select FreeSpace, Name, Size from Win32_LogicalDisk")
    )


async def last_page() -> Answer:
    bench = Bench("2.0", provider=FakeProvider(disks=4))
    started = await bench.ask(m.wql("select FreeSpace, Name, Size from Win32_LogicalDisk"))
    context = started.body.split(b"<n:EnumerationContext>")[1].split(b"<")[0].decode()
    return await bench.ask(m.pull(context))


async def get_missing() -> Answer:
    return await Bench("2.0").ask(m.message(m.TRANSFER + "Get", m.CIMV2 + "DCIM_ComputerSystem"))


async def enum_key() -> Answer:
    uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv"
    return await Bench("2.0", provider=FakeProvider(unset=False)).ask(
        m.message(uri + "/EnumKey", uri, f'<q:EnumKey_INPUT xmlns:q="{uri}"/>')
    )


async def no_class(stack: str) -> Answer:
    return await Bench(stack).ask(m.wql("select * from Win32_Processa where name='sshd.exe'"))


async def not_understood() -> Answer:
    return await Bench("3.0").ask(
        m.message(m.TRANSFER + "Get", m.CIMV2 + "X", extra='<w:ResourceUri s:mustUnderstand="true"/>')
    )


async def schema_error() -> Answer:
    return await Bench("3.0").ask(m.message(m.ENUMERATION + "Enumerate", m.CIMV2 + "Win32_LogicalDisk", "<n:Wrong/>"))


async def operations_quota() -> Answer:
    bench, _shell_id, _command_id = await _shell("3.0", "echo", max_operations_per_user=2)
    return await bench.ask(m.wql("select * from Win32_LogicalDisk"))


async def shells_quota() -> Answer:
    bench, _unused, _unused = await _shell("3.0", max_shells_per_user=1)
    return await bench.ask(m.create())


async def identify(stack: str, *, authenticated: bool) -> Answer:
    bench = Bench(stack)
    from winhost.wsman.caller import Caller

    return await bench.ask(m.IDENTIFY, bench.caller if authenticated else Caller(anonymous_identify=True))


CASES: dict[str, Case] = {
    "masterzen/createShellResponse.xml": create,
    "masterzen/doneCommandExitCode0Response.xml": lambda: done("exit 0"),
    "masterzen/doneCommandResponse.xml": done,
    "masterzen/executeCommandResponse.xml": command,
    "masterzen/executeCommandResponseWithError.xml": lambda: command("x" * 40000),
    "masterzen/operationTimeoutResponse.xml": silence,
    "masterzen/outputResponse.xml": running,
    "masterzen/singleOutputResponse.xml": single,
    "opennms/get-response-fault.xml": get_missing,
    "opennms/optimized-enum-response-with-fragments-1.xml": first_page,
    "opennms/optimized-enum-response-with-fragments-2.xml": last_page,
    "openwsman/EnumKey.xml": enum_key,
    "pywinrm/cleanup_cmd_response.xml": signalled,
    "pywinrm/close_shell_response.xml": deleted,
    "pywinrm/get_cmd_output_response.xml": lambda: done("echo hello"),
    "pywinrm/get_ps_output_response.xml": lambda: done("echo hello"),
    "pywinrm/open_shell_response.xml": lambda: create(shell_in_create_response=False),
    "pywinrm/run_cmd_ps_response.xml": command,
    "pywinrm/run_cmd_req_input_response.xml": command,
    "pywinrm/run_cmd_send_input_get_output_response.xml": lambda: done("echo hello"),
    "pywinrm/run_cmd_send_input_response.xml": sent,
    "pywinrm/stdin_cmd_cleanup_response.xml": signalled,
    "pywinrm/test_exceptions_0.xml": not_understood,
    "pywinrm/test_exceptions_2.xml": lambda: silence("3.0"),
    "pywinrm/test_exceptions_3.xml": schema_error,
    "pywinrm/test_exceptions_4.xml": operations_quota,
    "web/identify_auth_6.3.9600_basic.xml": lambda: identify("3.0", authenticated=True),
    "web/identify_unauth_stack2.0.xml": lambda: identify("2.0", authenticated=False),
    "web/identify_unauth_stack3.0.xml": lambda: identify("3.0", authenticated=False),
    "winrb/open_shell_v1.xml": lambda: create("1.1"),
    "winrb/open_shell_v2.xml": lambda: create(shell_in_create_response=False),
    "winrb/soap_fault_v1.xml": lambda: no_class("1.1"),
    "winrb/soap_fault_v2.xml": lambda: no_class("2.0"),
    "winrb/wmi_error_v2.xml": shells_quota,
}


def test_every_capture_is_compared_or_named() -> None:
    assert set(CASES) | set(NO_WINDOWS) == set(DIGESTS)
    assert set(ACCEPTED) <= set(CASES)


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the captures are not beside this work tree")
def test_the_digests_are_those_of_the_captures() -> None:
    for name, expected in DIGESTS.items():
        assert digest((CAPTURES / name).read_bytes(), tolerant=True) == expected, name


@pytest.mark.parametrize("name", sorted(CASES))
def test_structure_of(name: str) -> None:
    answer = asyncio.run(CASES[name]())
    ours = digest(answer.body)
    captured = DIGESTS[name]
    differences = {"-" + path for path in captured if path not in ours} | {
        "+" + path for path in ours if path not in captured
    }
    assert differences == set(ACCEPTED.get(name, {}))
    if name in ANOTHER_ORDER:
        return
    common = [path for path in captured if path in ours and "/s:Header/" in path]
    assert common == [path for path in ours if path in common], "the headers come in another order"
