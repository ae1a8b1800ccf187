# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to spoil one message, at every message of an assessment: the same verdict, or unknown with its reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from integration.assess.driver import OPEN, look
from integration.assess.expected import HOSTS
from winhost.faults.plan import MESSAGE_KINDS
from winhost.testing import RunningFleet, running_fleet

ON_THE_WAY = ("reset", "reset_after", "stall", "cut", "twice", "late", "drop_request")
"""One reconnection, or patience, makes good what they do: nothing is lost to a question that may be asked again."""

IN_THE_ANSWER = ("garbled", "truncated_xml", "wrong_relates_to", "no_relates_to", "empty")
"""They cost the question that they strike."""

MESSAGES = range(1, 11)
SECONDS = 0.1
CASES = [(kind, "plaintext", "srv2008_fixed") for kind in sorted(MESSAGE_KINDS)]
CASES += [(kind, "plaintext", "vista_removal_pending") for kind in IN_THE_ANSWER]
CASES += [(kind, "ntlm", "vista_sp1_x64") for kind in sorted(MESSAGE_KINDS)]


@pytest.fixture(scope="module")
def fleet() -> Iterator[RunningFleet]:
    """One host for each answer that matters."""
    hosts = [{"name": name, "profile": name, "auth": OPEN} for name in dict.fromkeys(case[2] for case in CASES)]
    with running_fleet({"hosts": hosts}) as running:
        yield running


def test_every_kind_is_sorted() -> None:
    assert set(ON_THE_WAY) | set(IN_THE_ANSWER) == MESSAGE_KINDS


@pytest.mark.parametrize(("kind", "method", "profile"), CASES)
def test_one_spoilt_message(fleet: RunningFleet, kind: str, method: str, profile: str) -> None:
    host, truth = fleet.host(profile), HOSTS[profile]
    spoilt = 0
    for number in MESSAGES:
        host.clear_faults()
        host.fault(kind, seconds=SECONDS, **{"in": number})
        try:
            result = look(host, method=method)
        except errors.NotWSMan as error:  # an encrypted session that begins with nothing at all
            assert (kind, method, number) == ("empty", "ntlm", 1), error
            assert "an empty answer" in str(error)
            spoilt += 1
            continue
        assert result["status"] in (truth.status, "unknown"), number
        if kind in ON_THE_WAY and (kind, method) != ("twice", "ntlm"):  # a second answer puts the ciphers out of step
            assert (result["status"], result["unknown"]) == (truth.status, []), number
        elif result["unknown"]:
            spoilt += 1
            assert {one["cause"] for one in result["unknown"]} <= {"unparsable", "fault", "timeout"}, number
            assert all(one["detail"] for one in result["unknown"]), number
    host.clear_faults()
    if kind in IN_THE_ANSWER and (method, kind) != ("ntlm", "empty"):
        # Identify's answer relates to nothing by itself; a spoilt list of packages has a way around it
        assert spoilt >= 7, "the faults did not strike"


@pytest.mark.parametrize("kind", ["reset", "reset_after", "stall", "cut", "drop_request"])
def test_a_host_that_never_answers_whole_is_lost(fleet: RunningFleet, kind: str) -> None:
    host = fleet.host("srv2008_fixed")
    host.clear_faults()
    host.fault(kind, seconds=SECONDS, times=0, **({"at": host.messages + 1} if kind == "drop_request" else {}))
    with pytest.raises(errors.ConnectionLost) as caught:
        look(host)
    host.clear_faults()
    assert str(caught.value).startswith(host.endpoint)
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("kind", IN_THE_ANSWER)
def test_a_host_that_never_makes_sense_gets_no_verdict(fleet: RunningFleet, kind: str) -> None:
    host = fleet.host("srv2008_fixed")
    host.clear_faults()
    host.fault(kind, times=0)
    result = look(host)
    host.clear_faults()
    assert result["status"] == "unknown"
    assert len(result["unknown"]) >= 4
    assert result["summary"]
