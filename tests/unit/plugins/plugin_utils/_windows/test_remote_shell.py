# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that may not be repeated is sent again only where its mark proves that it did not begin."""

from __future__ import annotations

import re

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.remote_shell import RemoteShell
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors, faults
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from unit.plugins.plugin_utils._wsman.fakes import Answer, FakeChannel, action, envelope, fault
from unit.plugins.plugin_utils._wsman.test_shell_client import Host

REG = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv"
UNKNOWN = fault(2150858843, "w:InvalidSelectors")

ABORTED = fault(995)


class Marked(Host):
    """A host with one registry value. strikes: answers to the first commands, and whether each had begun."""

    def __init__(self, *strikes: tuple[Answer, bool], writable: bool = True, booted: bool = False) -> None:
        super().__init__()
        self.strikes = list(strikes)
        self.value: str | None = None
        self.writable, self.booted = writable, booted
        self.mute = False
        """Whether writing the mark is done, and answered with a fault."""
        self.run = 0

    def __call__(self, request: bytes) -> Answer:
        verb = action(request)
        if verb in ("SetStringValue", "GetStringValue", "DeleteValue"):
            return self._registry(verb, request)
        if verb == "Command" and b"shutdown" in request and self.strikes:
            answer, begun = self.strikes.pop(0)
            if begun:
                self.run, self.value = self.run + 1, "begun"
            if self.booted:
                self.value = None
            return answer
        if verb == "Command" and b"shutdown" in request:
            self.run, self.value = self.run + 1, "begun"
        return super().__call__(request)

    def _registry(self, verb: str, request: bytes) -> Answer:
        code, out = 0, ""
        if verb == "SetStringValue":
            found = re.search(rb"<p:sValue>([^<]*)<", request)
            code = 0 if self.writable else 5
            self.value = found[1].decode() if found and self.writable else self.value
            if self.mute:
                return ABORTED
        elif verb == "DeleteValue":
            self.value = None
        elif self.value is None:
            code = 2
        else:
            out = f"<p:sValue>{self.value}</p:sValue>"
        body = f'<p:{verb}_OUTPUT xmlns:p="{REG}">{out}<p:ReturnValue>{code}</p:ReturnValue></p:{verb}_OUTPUT>'
        return envelope(body, answers=f"{REG}/{verb}Response")


def once(host: Marked) -> FakeChannel:
    channel = FakeChannel(host)
    with RemoteShell(Client(channel)) as shell:
        shell.run("shutdown /r", repeatable=False)
    return channel


@pytest.mark.parametrize("answer", [UNKNOWN, errors.ConnectionLost("cut"), errors.ServiceBusy("503"), fault(995)])
def test_what_had_begun_is_not_sent_again(answer: Answer) -> None:
    host = Marked((answer, True))
    with pytest.raises(errors.WSManError):
        once(host)
    assert host.run == 1
    assert host.value is None, "the mark was left"


@pytest.mark.parametrize("answer", [UNKNOWN, errors.ConnectionLost("cut"), errors.ServiceBusy("503")])
def test_what_had_not_begun_is_sent_again(answer: Answer) -> None:
    host = Marked((answer, False))
    channel = once(host)
    assert host.run == 1
    assert channel.actions.count("Create") == channel.actions.count("Delete") == 2


def test_a_mark_that_a_boot_took_away_proves_nothing() -> None:
    host = Marked((errors.ConnectionLost("cut"), True), booted=True)
    with pytest.raises(errors.ConnectionLost):
        once(host)
    assert host.run == 1


def test_without_a_mark_a_break_is_final() -> None:
    host = Marked((UNKNOWN, False), writable=False)
    with pytest.raises(faults.ShellOrCommandUnknown):
        once(host)
    assert host.run == 0
    assert once(Marked(writable=False)).actions.count("Command") == 1


def test_a_mark_whose_writing_was_not_confirmed_is_taken_away() -> None:
    host = Marked()
    host.mute = True
    once(host)
    assert host.run == 1
    assert host.value is None, "the mark was left"


def test_a_host_that_is_gone_while_a_command_runs_is_a_broken_connection() -> None:
    """Not one that was never reached: a restart that took effect at once looks like this."""

    class Gone(Marked):
        def __call__(self, request: bytes) -> Answer:
            if action(request) == "Receive":
                return errors.Unreachable("no connection: Connection refused", do="Check address and port.")
            return super().__call__(request)

    host = Gone()
    with pytest.raises(errors.ConnectionLost, match="no connection: Connection refused"):
        once(host)
    assert host.run == 1


class Unwilling(Marked):
    """Answers the first message of a kind with something else than its answer, and does nothing."""

    def __init__(self, verb: str, answer: Answer) -> None:
        super().__init__()
        self.verb, self.answer, self.asked = verb, answer, 0

    def __call__(self, request: bytes) -> Answer:
        self.asked += action(request) == self.verb
        if action(request) == self.verb and self.asked == 1:
            return self.answer
        return super().__call__(request)


TOO_LARGE, FAILED = errors.EnvelopeTooLarge("HTTP 413"), errors.ServiceFailed("HTTP 500")


@pytest.mark.parametrize("answer", [ABORTED, UNKNOWN, TOO_LARGE, FAILED])
def test_a_shell_whose_end_was_answered_with_something_else_is_ended_once_more(answer: Answer) -> None:
    host = Unwilling("Delete", answer)
    once(host)
    assert (host.run, host.asked) == (1, 2)


@pytest.mark.parametrize("answer", [ABORTED, TOO_LARGE, FAILED])
def test_a_mark_whose_removal_met_a_fault_is_taken_away_by_a_second_try(answer: Answer) -> None:
    host = Unwilling("DeleteValue", answer)
    once(host)
    assert (host.run, host.asked, host.value) == (1, 2, None)


@pytest.mark.parametrize("silence", [errors.Silent("silence"), errors.Unanswered("silence")])
def test_a_silent_host_is_not_asked_twice_for_that(silence: errors.WSManError) -> None:
    for verb in ("Delete", "DeleteValue"):
        host = Unwilling(verb, silence)
        once(host)
        assert (host.run, host.asked) == (1, 1)
