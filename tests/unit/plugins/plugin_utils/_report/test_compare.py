# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed since an earlier report."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import (
    LISTS,
    ComparisonError,
    Earlier,
    compare,
    earlier_file,
    earlier_report,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_json import as_json
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.statuses import OUTCOMES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.status import Outcome
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._report.samples import ABOUT, fleet

statuses = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(sorted(OUTCOMES)))


def table(verdicts: dict[str, str]) -> list[dict[str, Any]]:
    return [{"host": host, "status": status} for host, status in verdicts.items()]


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        ("needs_fix", "fixed", "newly_fixed"),
        ("install_pending", "fixed", "newly_fixed"),
        ("unreachable", "fixed", "newly_fixed"),
        ("fixed", "needs_fix", "newly_broken"),
        ("fixed", "unreachable", "newly_broken"),
        ("not_applicable", "unknown", "newly_broken"),
        ("needs_fix", "staged", "other"),
        ("needs_fix", "unreachable", "other"),
        ("fixed", "removal_pending", "other"),
        (None, "fixed", "new"),
    ],
)
def test_each_change_has_its_list(before: str | None, now: str, kind: str) -> None:
    found = compare(Earlier({} if before is None else {"h": before}), table({"h": now})).as_dict()
    assert {name for name in LISTS if found[name]} == {kind}
    assert found[kind] == ["h"]


@pytest.mark.parametrize(("now", "kind"), [("needs_fix", "other"), ("staged", "other"), ("failed", "newly_broken")])
def test_what_was_to_be_removed_is_not_broken(now: str, kind: str) -> None:
    found = compare(Earlier({"h": "fixed"}), table({"h": now}), removing=True)
    assert found.as_dict()[kind] == ["h"]
    assert found.was == {"h": "fixed"}


def test_hosts_that_are_gone_are_named() -> None:
    found = compare(Earlier({"b": "fixed", "a": "fixed"}), table({"a": "fixed"}))
    assert (found.gone, found.was) == (("b",), {})


@given(statuses, statuses)
def test_every_host_is_in_one_list_at_most_and_none_is_lost(before: dict[str, str], now: dict[str, str]) -> None:
    found = compare(Earlier(before), table(now)).as_dict()
    listed = [host for name in LISTS for host in found[name]]
    assert len(listed) == len(set(listed))
    unchanged = {host for host in before if before[host] == now.get(host)}
    assert set(listed) | unchanged == set(before) | set(now)
    for host in found["newly_fixed"]:
        assert OUTCOMES[now[host]] is Outcome.DONE


def test_a_report_of_ours_is_read_back() -> None:
    told = as_json(rows(fleet()), ABOUT)
    found = earlier_report(told, "KB952876")
    assert found.statuses == {one["host"]: one["status"] for one in rows(fleet())}
    assert found.made == ABOUT.moment
    assert earlier_report(json.loads(told), "KB952876") == earlier_report(told.encode(), "KB952876") == found
    assert not any(compare(found, rows(fleet())).as_dict()[name] for name in LISTS)


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ("{", "no JSON report"),
        ("[" * 100_000, "no JSON report"),
        ("[]", "schema 1"),
        ({"schema": 2, "hosts": []}, "schema 1"),
        ({"schema": 1, "kb": "KB940410", "hosts": []}, "about KB940410, not KB952876"),
        ({"schema": 1, "kb": "KB952876", "hosts": [{"host": "h"}]}, "host 0"),
        ({"schema": 1, "kb": "KB952876", "hosts": [{"host": "h", "status": "splendid"}]}, "host 0"),
        ({"schema": 1, "kb": "KB952876", "hosts": ["h"]}, "host 0"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(given_: Any, words: str) -> None:
    with pytest.raises(ComparisonError, match=words):
        earlier_report(given_, "KB952876")


class Watched(io.BytesIO):
    """A file that notes whether it was read whole."""

    whole = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.whole = self.whole or size in (None, -1)
        return super().read(size)


@pytest.mark.parametrize("results", [fleet(), {"h\u00e9 \u2028": {"status": "fixed"}}])
def test_a_file_of_ours_is_read_a_host_at_a_time(results: dict[str, Any]) -> None:
    told = as_json(rows(results), dataclasses.replace(ABOUT, comparison=compare(Earlier({"a": "fixed"}), [])))
    file = Watched(told.encode())
    assert earlier_file(file, "KB952876") == earlier_report(told, "KB952876")
    assert not file.whole


def _spoilt() -> list[str]:
    text = as_json(rows(fleet()), ABOUT)
    at = text.index("\n    {", text.index("\n    {") + 1)
    return [
        *("", "{", "[]", "null", "[" * 100_000, '  "hosts": [\n', '{\n  "hosts": [\n'),
        '{\n  "hosts": [\n    {}\n  ]\n}\n',
        *(text[:-4], text + "x", text + "\n", text[:at], text[:at] + "\n  ]\n}\n", text[:at] + "\n    7" + text[at:]),
        *(text.replace("},\n", "}\n", 1), text.replace(', "result"', ', "status": 7, "result"', 1)),
        *(text.replace('"host": ', '"guest": ', 1), text.replace('"schema": 1', '"schema": 2')),
        *(text.replace("KB952876", "KB123456"), text.replace('"status": "fixed"', '"status": "splendid"', 1)),
        *(json.dumps(json.loads(text)), json.dumps(json.loads(text), indent=2), text.replace("\n", "\r\n")),
        as_json([], ABOUT),
    ]


@pytest.mark.parametrize("text", _spoilt())
def test_any_other_file_is_judged_as_its_whole_text(text: str) -> None:
    def judged(read: Callable[[], Earlier]) -> Any:
        try:
            return read()
        except ComparisonError as error:
            return str(error)

    for data in (text.encode(), text.encode("utf-16"), text.encode()[:-3] + b"\xff"):
        of_file = judged(partial(earlier_file, io.BytesIO(data), "KB952876"))
        assert of_file == judged(partial(earlier_report, data, "KB952876"))
