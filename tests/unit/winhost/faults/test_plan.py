# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which message a planned fault strikes, and how often."""

from __future__ import annotations

from typing import Any

import pytest
from winhost.faults.plan import FaultSpec, Plan

GET = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get"


def plan(*faults: dict[str, Any]) -> Plan:
    return Plan([FaultSpec.from_mapping(fault) for fault in faults])


def struck(a_plan: Plan, count: int, action: str = GET) -> list[int]:
    return [number for number in range(1, count + 1) if a_plan.on_message(number, action)]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "reset"}, [1]),
        ({"kind": "reset", "at": 3}, [3]),
        ({"kind": "reset", "at": 2, "times": 2}, [2, 3]),
        ({"kind": "reset", "times": 0}, [1, 2, 3, 4, 5]),
        ({"kind": "reset", "action": "get"}, [1]),
        ({"kind": "reset", "action": "Send"}, []),
        ({"kind": "busy", "at": 4}, [4]),
        ({"kind": "reset", "times": "forever", "at": 4}, [4, 5]),
    ],
)
def test_which_messages(fault: dict[str, Any], expected: list[int]) -> None:
    assert struck(plan(fault), 5) == expected


def test_another_server_strikes_before_authentication_and_for_good_unless_told_otherwise() -> None:
    always = plan({"kind": "html"})
    assert all(always.before_authentication(number) for number in (1, 1, 1))
    once = plan({"kind": "not_found", "times": 1})
    assert once.before_authentication(1)
    assert not once.before_authentication(1)
    later = plan({"kind": "busy", "at": 2})
    assert not later.before_authentication(1)


def test_faults_come_one_after_the_other() -> None:
    both = plan({"kind": "reset"}, {"kind": "cut"})
    assert [[spec.kind for spec in both.on_message(number, GET)] for number in (1, 2, 3)] == [["reset"], ["cut"], []]


def test_a_drop_while_coming_in_goes_by_number_and_by_what_is_seen_of_the_action() -> None:
    second = plan({"kind": "drop_request", "at": 2})
    assert [second.drops(number, "") for number in (1, 2, 2)] == [False, True, False]
    send = plan({"kind": "drop_request", "action": "Send", "times": 2})
    seen = [send.drops(1, action) for action in (GET, "", "http://x/shell/Send", "http://x/shell/Send", GET)]
    assert seen == [False, False, True, True, False]


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="unknown kind 'boom'"):
        FaultSpec.from_mapping({"kind": "boom"})
