# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lean channel against pywinrm's, over every profile: the same messages, the same result, the same errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import Shell
from integration.assess.driver import DEFINITION, OPEN
from integration.assess.expected import HOSTS
from integration.wire import KINDS, channel
from winhost.testing import RunningFleet, RunningHost, running_fleet

WAYS = {"ntlm": "http", "plaintext": "http", "ntlm over TLS": "https", "ssl": "https"}
SHELL = "vista_sp1_x64"


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    hosts: list[dict[str, Any]] = [{"name": profile, "profile": profile, "auth": OPEN} for profile in HOSTS]
    hosts += [
        {"name": way.replace(" ", "-"), "profile": SHELL, "auth": OPEN, "scheme": scheme}
        for way, scheme in WAYS.items()
    ]
    hosts += [{"name": f"locked-{kind}", "profile": SHELL} for kind in KINDS]
    with running_fleet({"hosts": hosts}) as running:
        yield running


class Recorded:
    """A channel that keeps what is sent and what is answered, without what is random or a clock's."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.sent: list[bytes] = []
        self.got: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, envelope: bytes, *, read_timeout: float | None = None) -> bytes:
        self.sent.append(_steady(envelope))
        answer: bytes = self._inner.send(envelope, read_timeout=read_timeout)
        self.got.append(_steady(answer))
        return answer


def _steady(data: bytes) -> bytes:
    data = re.sub(rb"(?i)uuid:[0-9a-f-]{36}", b"ID", data)
    data = re.sub(rb"EnumerationContext>[^<]*<", b"EnumerationContext><", data)
    return re.sub(rb"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)|PT[0-9.]+S", b"TIME", data)


def look(host: RunningHost, kind: str, method: str, depth: Depth) -> tuple[Recorded, dict[str, Any]]:
    wire = Recorded(channel(host, method, kind=kind, server_cert_validation="ignore"))
    try:
        return wire, assess(Client(wire), DEFINITION, AssessOptions(depth=depth)).as_dict(evidence=True)
    finally:
        wire.close()


def judged(result: dict[str, Any]) -> dict[str, Any]:
    """A result without times and lengths of times."""
    held = {key: value for key, value in result.items() if key not in {"details", "evidence"}}
    details = {key: value for key, value in result["details"].items() if "seconds" not in key and key != "asked_at"}
    return {**held, "reasons": details["reasons"], "packages": details["packages"], "messages": details["messages"]}


@pytest.mark.parametrize("profile", HOSTS)
def test_the_same_messages_and_the_same_result(fleet: RunningFleet, profile: str) -> None:
    host = fleet.host(profile)
    mine, result = look(host, "lean", "ntlm", Depth.FULL)
    theirs, expected = look(host, "pywinrm", "ntlm", Depth.FULL)
    assert mine.sent == theirs.sent
    assert mine.got == theirs.got
    assert judged(result) == judged(expected)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_log_in_gives_the_same(fleet: RunningFleet, way: str) -> None:
    """A shell too: what it writes is long, and comes in pieces."""
    method, host = way.partition(" ")[0], fleet.host(way.replace(" ", "-"))
    seen = []
    for kind in KINDS:
        wire, result = look(host, kind, method, Depth.STANDARD)
        made = channel(host, method, kind=kind, server_cert_validation="ignore")
        with Shell(Client(made)) as shell:
            output = shell.run("cmd", ["/c", "set"])
        made.close()
        seen.append((wire.sent, result["status"], output.exit_code, output.stdout, output.stderr))
    assert seen[0] == seen[1]
    assert seen[0][2] == 0
    assert len(seen[0][3]) > 200


def wrong(host: RunningHost, kind: str, case: str) -> errors.WSManError:
    method = "plaintext" if case == "basic where it is off" else "ntlm"
    options: dict[str, Any] = {"message_encryption": "never"} if case == "no encryption" else {}
    password = "wrong" if case == "password" else "P@ssw0rd-sim"  # noqa: S105 - the simulated host's own
    made = channel(host, method, kind=kind, password=password, **options)
    with pytest.raises(errors.WSManError) as caught:
        made.send(b"<m/>")
    made.close()
    return caught.value


@pytest.mark.parametrize("case", ["password", "basic where it is off", "no encryption"])
def test_the_same_errors_of_a_host_with_windows_defaults(fleet: RunningFleet, case: str) -> None:
    mine, theirs = (wrong(fleet.host(f"locked-{kind}"), kind, case) for kind in ("lean", "pywinrm"))
    assert type(mine) is type(theirs)
    assert (mine.reported, mine.do) == (theirs.reported, theirs.do)


def test_early_messages_are_taken_by_the_simulated_host(fleet: RunningFleet) -> None:
    """That a real Windows takes them is not known: the option is off."""
    made = channel(fleet.host("locked-lean"), "ntlm", kind="lean")
    made.early = True  # type: ignore[attr-defined]
    assert Client(made).identify().vendor == "Microsoft Corporation"
    made.close()
