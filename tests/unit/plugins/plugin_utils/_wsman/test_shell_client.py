# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command shell over a channel that plays a host: ids, loops, quotas, closing."""

from __future__ import annotations

import base64
import re

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults, shell
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import Shell
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.xmlread import parse
from unit.plugins.plugin_utils._wsman.fakes import (
    RSP,
    TRANSFER,
    Answer,
    FakeChannel,
    FakeClock,
    action,
    envelope,
    fault,
)

DONE = f"{RSP}/CommandState/Done"
TIMEOUT = fault(2150858793, "w:TimedOut")


def created(shell_id: str) -> str:
    return envelope(
        "<x:ResourceCreated><a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>cmd</w:ResourceURI>"
        f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet>'
        "</a:ReferenceParameters></x:ResourceCreated>",
        answers=f"{TRANSFER}/CreateResponse",
    )


def received(stdout: bytes = b"", stderr: bytes = b"", *, exit_code: str | None = "0", state: str = DONE) -> str:
    code = f"<rsp:ExitCode>{exit_code}</rsp:ExitCode>" if exit_code is not None else ""
    streams = "".join(
        f'<rsp:Stream Name="{name}" CommandId="C1">{base64.b64encode(data).decode()}</rsp:Stream>'
        for name, data in (("stdout", stdout), ("stderr", stderr))
        if data
    )
    ending = f'<rsp:CommandState CommandId="C1" State="{state}">{code}</rsp:CommandState>' if state else ""
    return envelope(
        f"<rsp:ReceiveResponse>{streams}{ending}</rsp:ReceiveResponse>", answers=f"{RSP}/ReceiveResponse"
    )


class Host:
    """Answers shell verbs; `receives` are the answers to Receive in order."""

    def __init__(self, *receives: Answer, **answers: Answer) -> None:
        self.receives = list(receives)
        self.answers = answers
        self.shells = 0

    def __call__(self, request: bytes) -> Answer:
        verb = action(request)
        if verb in self.answers:
            return self.answers[verb]
        if verb == "Create":
            self.shells += 1
            return created(f"uuid:S{self.shells}")
        if verb == "Receive":
            return self.receives.pop(0) if self.receives else received(b"ok")
        bodies = {"Command": "<rsp:CommandResponse><rsp:CommandId>C1</rsp:CommandId></rsp:CommandResponse>"}
        prefix = TRANSFER if verb == "Delete" else RSP
        return envelope(bodies.get(verb, ""), answers=f"{prefix}/{verb}Response")


def shell_of(host: Host) -> tuple[Shell, FakeChannel]:
    channel = FakeChannel(host)
    return Shell(Client(channel)), channel


def selectors(channel: FakeChannel) -> list[str]:
    found = [re.search(rb'Name="ShellId">([^<]*)<', sent) for sent in channel.sent]
    return [match[1].decode() if match else "" for match in found]


def test_a_command_from_open_to_close() -> None:
    host = Host(received(b"out\xff", b"err", state="", exit_code=None), TIMEOUT, received(b"more", exit_code="-5"))
    opened, channel = shell_of(host)
    with opened as shell_:
        result = shell_.run("ver", ["/x"])
    assert (result.exit_code, result.stdout, result.stderr) == (-5, b"out\xffmore", b"err")
    assert channel.actions == ["Create", "Command", "Receive", "Receive", "Receive", "Signal", "Delete"]
    assert selectors(channel) == [""] + ["uuid:S1"] * 6, "the id must come back as it was sent"
    assert b"/signal/terminate" in channel.sent[5]
    assert b'WINRS_CONSOLEMODE_STDIN">TRUE' in channel.sent[1]


def test_an_absent_exit_code_is_not_zero() -> None:
    with shell_of(Host(received(b"x", exit_code=None)))[0] as shell_:
        assert shell_.run("ver").exit_code is None


def test_a_running_state_is_no_end() -> None:
    running = received(b"a", state=f"{RSP}/CommandState/Running", exit_code=None)
    with shell_of(Host(running, received(b"b", exit_code="3")))[0] as shell_:
        result = shell_.run("ver")
    assert (result.stdout, result.exit_code) == (b"ab", 3)


def test_terminate_comes_before_the_next_command() -> None:
    opened, channel = shell_of(Host())
    with opened as shell_:
        shell_.run("one")
        shell_.run("two")
    verbs = [verb for verb in channel.actions if verb in {"Command", "Signal"}]
    assert verbs == ["Command", "Signal", "Command", "Signal"]


def test_a_second_command_at_once_is_refused_before_the_host_does() -> None:
    opened, channel = shell_of(Host())
    with opened as shell_:
        command_id = shell_.start("one")
        with pytest.raises(errors.ShellBusy):
            shell_.start("two")
        shell_.signal(command_id)
        shell_.start("two")
    assert channel.actions.count("Command") == 2


def test_a_new_shell_after_thirteen_commands() -> None:
    opened, channel = shell_of(Host())
    with opened as shell_:
        for _unused in range(27):
            shell_.run("ver")
        assert shell_.rotations == 2
    verbs = zip(channel.actions, selectors(channel), strict=True)
    commands = [shell_id for verb, shell_id in verbs if verb == "Command"]
    assert [commands.count(f"uuid:S{n}") for n in (1, 2, 3)] == [13, 13, 1]
    assert channel.actions.count("Create") == channel.actions.count("Delete") == 3
    at = channel.actions.index("Delete")
    assert channel.actions[at + 1] == "Create", "two shells were open at once"


def test_the_deadline_ends_the_command_and_the_shell_is_closed() -> None:
    host = Host(*[TIMEOUT] * 100)
    channel = FakeChannel(host)
    with pytest.raises(errors.DeadlineExceeded), Shell(Client(channel, clock=FakeClock(step=1.0))) as shell_:
        shell_.run("hangs", deadline=10)
    assert channel.actions[-2:] == ["Signal", "Delete"]
    assert 5 < channel.actions.count("Receive") < 12


@pytest.mark.parametrize("error", [KeyboardInterrupt(), errors.ConnectionLost("cut"), errors.ServiceBusy("503")])
def test_the_shell_is_closed_whatever_happens(error: BaseException) -> None:
    channel = FakeChannel(Host(error))
    with pytest.raises(type(error)), Shell(Client(channel)) as shell_:
        shell_.run("ver")
    assert channel.actions[-2:] == ["Signal", "Delete"]


def test_a_lost_shell_is_named_forgotten_and_replaced() -> None:
    host = Host(fault(2147943418, "w:InvalidSelectors"))
    opened, channel = shell_of(host)
    with opened as shell_:
        with pytest.raises(faults.ShellNotFound):
            shell_.run("ver")
        assert shell_.shell_id is None
        assert shell_.run("ver").stdout == b"ok"
    assert host.shells == 2
    assert channel.actions.count("Delete") == 1


@pytest.mark.parametrize("code", [2150858843, 995])
def test_a_shell_that_may_live_is_deleted_before_the_next_is_opened(code: int) -> None:
    """2150858843 comes for an unknown command while its shell lives: forgetting it would leak one of two shells."""
    host = Host(fault(code, "w:InvalidSelectors"))
    opened, channel = shell_of(host)
    with opened as shell_:
        with pytest.raises(faults.WSManFault):
            shell_.run("ver")
        assert shell_.run("ver").stdout == b"ok"
    assert host.shells == 2
    verbs = [f"{verb} {shell_id}" for verb, shell_id in zip(channel.actions, selectors(channel), strict=True)]
    assert verbs.index("Delete uuid:S1") < verbs.index("Command uuid:S2")
    assert channel.actions.count("Delete") == channel.actions.count("Create") == 2


@pytest.mark.parametrize(
    "answer", [fault(995), fault(2150858843, "w:InvalidSelectors"), fault(5), errors.ConnectionLost("cut")]
)
def test_what_the_farewell_says_does_not_touch_a_finished_result(answer: Answer) -> None:
    host = Host(Signal=answer)
    opened, channel = shell_of(host)
    with opened as shell_:
        assert shell_.run("ver").stdout == b"ok"
        host.answers.clear()
        assert shell_.run("ver").stdout == b"ok"
    assert channel.actions.count("Delete") == channel.actions.count("Create") == 2


def test_a_shell_whose_delete_got_no_answer_is_deleted_when_the_host_is_heard_again() -> None:
    host = Host(Delete=errors.ConnectionLost("cut"))
    opened, channel = shell_of(host)
    opened.open()
    opened.close()
    host.answers.clear()
    with opened as shell_:
        shell_.run("ver")
    deleted = [shell_id for verb, shell_id in zip(channel.actions, selectors(channel), strict=True) if verb == "Delete"]
    assert deleted[-2:] == ["uuid:S1", "uuid:S2"]


@pytest.mark.parametrize("answer", [fault(2150858843, "w:InvalidSelectors"), errors.Unreachable("down")])
def test_closing_what_is_gone_is_no_error(answer: Answer) -> None:
    opened, _channel = shell_of(Host(Delete=answer))
    opened.open()
    opened.close()
    opened.close()
    assert opened.shell_id is None


def test_a_failed_close_does_not_hide_what_went_wrong_first() -> None:
    opened, _channel = shell_of(Host(Delete=fault(5)))
    with pytest.raises(RuntimeError, match="first"), opened:
        raise RuntimeError("first")


def test_shell_ids_of_the_other_forms() -> None:
    plain = f'<r xmlns:rsp="{RSP}"><rsp:Shell><rsp:ShellId> 67A7 </rsp:ShellId></rsp:Shell></r>'
    assert shell.read_shell_id(parse(plain.encode())) == "67A7"
    with pytest.raises(errors.UnexpectedResponse, match="names no shell"):
        shell.read_shell_id(parse(b"<r><ResourceCreated/></r>"))


def test_output_of_another_command_is_not_ours() -> None:
    text = received(b"ours").replace(
        "<rsp:CommandState", '<rsp:Stream Name="stdout" CommandId="C2">AAAA</rsp:Stream><rsp:CommandState', 1
    )
    assert shell.read_output(parse(text.encode())[1], "c1").stdout == b"ours"


@pytest.mark.parametrize(
    "broken", [received(b"x").replace(">eA==<", ">e*==<"), received(exit_code="none"), received(exit_code="1 2")]
)
def test_broken_output_is_an_error(broken: str) -> None:
    with pytest.raises(errors.MalformedResponse):
        shell.read_output(parse(broken.encode())[1], "C1")


# --- input ----------------------------------------------------------------------------------------------------------


def streams(channel: FakeChannel) -> list[tuple[bytes, bool]]:
    sent = [request for request in channel.sent if action(request) == "Send"]
    return [
        (base64.b64decode(request.partition(b'CommandId="C1"')[2].partition(b">")[2].partition(b"<")[0]),
         b'End="true"' in request)
        for request in sent
    ]  # fmt: skip


@pytest.mark.parametrize("size", [8192, 20000, 153600])
def test_input_is_cut_so_that_no_envelope_is_too_large(size: int) -> None:
    data = bytes(range(256)) * 1200
    channel = FakeChannel(Host())
    with Shell(Client(channel, max_envelope_size=size)) as shell_:
        shell_.run("more", stdin=data)
        room = shell_.chunk_size("C1")
    pieces = streams(channel)
    assert b"".join(piece for piece, _last in pieces) == data
    assert [last for _piece, last in pieces] == [False] * (len(pieces) - 1) + [True]
    assert max(len(sent) for sent in channel.sent) <= size
    assert all(len(piece) == room for piece, _last in pieces[:-1])
    assert b'WINRS_CONSOLEMODE_STDIN">FALSE' in channel.sent[1]


def test_empty_input_still_ends() -> None:
    opened, channel = shell_of(Host())
    with opened as shell_:
        shell_.run("more", stdin=b"")
    assert streams(channel) == [(b"", True)]


def test_parts_without_a_shell_or_with_a_silent_host() -> None:
    opened, _channel = shell_of(Host(TIMEOUT))
    with pytest.raises(errors.ShellBusy, match="closed"):
        opened.receive("C1")
    command_id = opened.start("ver")
    assert opened.receive(command_id) is None
    opened.close()
    opened.signal(command_id)


def test_receive_asks_for_no_more_time_than_given() -> None:
    opened, channel = shell_of(Host(TIMEOUT))
    opened.receive(opened.start("ver"), timeout=3)
    assert b"PT3.000S" in channel.sent[-1]


def test_nothing_of_a_shell_is_ever_sent_twice_but_its_end() -> None:
    opened, channel = shell_of(Host(Command=errors.ConnectionLost("cut")))
    with pytest.raises(errors.ConnectionLost), opened as shell_:
        shell_.run("shutdown /r")
    assert channel.actions.count("Command") == 1
