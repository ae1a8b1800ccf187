# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part says what a report needs, in a form that is checked field by field when it comes back."""

from __future__ import annotations

import base64
import copy
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.schema import problems
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout import part, part_read
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import inventory
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part_read import PartError, parts_in, read
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._report.samples import ABOUT, fleet, large_fleet, own

MADE = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
FLEET = {host: one for host, one in fleet().items() if one is not None}


def of(name: str = "slice2of3", results: Any = None, **more: Any) -> dict[str, Any]:
    results = FLEET if results is None else results
    options: dict[str, Any] = {"hotfixes": ["KB952876"], "made": MADE, "collection": "0.1.0", **more}
    asked = options.pop("asked", list(results))
    return part.make(name, asked, results, **options)


def test_what_reports_and_groups_show_of_a_part_is_what_they_show_of_the_run() -> None:
    back = read(json.dumps(of()), "a.json")
    whole, short = rows(FLEET), rows(dict(back.results))
    assert [{**one, "result": None} for one in short] == [{**one, "result": None} for one in whole]
    assert inventory(short, "kb952876") == inventory(whole, "kb952876")
    assert any(one["reasons"] and one["symptom"] and one["package"] for one in whole), "there is something to lose"
    for name in sorted(set(FORMATS) - {"html", "json"}):  # these have the results themselves in them
        assert FORMATS[name].write(short, ABOUT) == FORMATS[name].write(whole, ABOUT), name
    assert len(json.dumps(dict(back.results))) < 0.4 * len(json.dumps(FLEET))
    assert not any({"plan", "unmet"} & set(one) for one in back.results.values())


def test_with_details_nothing_is_lost() -> None:
    back = read(of(details=True), "a.json")
    assert (back.details, dict(back.results)) == (True, FLEET)
    assert dict(read(of(), "a.json").results) != FLEET


def test_a_thousand_hosts_are_a_tenth_of_a_megabyte() -> None:
    """What AWX keeps in its database, and hands to each later job of a workflow."""
    results = {host: own(one, at) for at, (host, one) in enumerate(large_fleet(1000).items())}
    assert len(json.dumps(of(results=results))) < 150_000


def test_a_part_comes_back_as_it_was() -> None:
    back = read(json.dumps(of()), "a.json")
    assert (back.name, back.slice, back.source, back.made) == ("slice2of3", (2, 3), "a.json", "2026-01-31T12:00:00Z")
    assert (back.hotfixes, back.collection, back.details) == (("KB952876",), "0.1.0", False)
    assert back.asked == tuple(FLEET)
    assert part.make("17", [], {}, hotfixes=["KB952876"], made=MADE, collection=None)["number"] is None
    assert read(of("17", {}, collection=None), "a.json").results == {}
    assert of() == of(), "the same results make the same text"


def test_a_host_that_was_not_reached_has_no_result() -> None:
    back = read(of(results={"needs": FLEET["needs"]}, asked=["needs", "later"]), "a.json")
    assert (back.asked, list(back.results)) == (("needs", "later"), ["needs"])


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("slice1of1", True),
        ("17", True),
        ("slice", True),
        ("sliceNofM", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("slice4of3", False),
        ("a-b", False),
        ("a b", False),
        ("{{x}}", False),
        ("ä", False),
        ("a\n", False),
    ],
)
def test_a_name_can_be_a_variables(name: str, usable: bool) -> None:
    assert (part.problem_of_name(name) is None) is usable


def _pack(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    def changed(head: dict[str, Any]) -> None:
        content = json.loads(gzip.decompress(base64.b64decode(head["pack"])))
        change(content)
        head["pack"] = part.packed(content)

    return changed


def _zipped(change: Callable[[bytes], bytes]) -> Callable[[dict[str, Any]], object]:
    def changed(head: dict[str, Any]) -> None:
        head["pack"] = base64.b64encode(change(base64.b64decode(head["pack"]))).decode()

    return changed


def _set(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda head: head.__setitem__(name, value)


def _result(**more: Any) -> Callable[[dict[str, Any]], object]:
    return _pack(lambda content: content["results"]["needs"].update(more))


def _nested(levels: int) -> Any:
    made: Any = "x"
    for _level in range(levels):
        made = [made]
    return made


HOSTILE: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "another form": (_set("winlegacy_part", 2), "winlegacy_part", "form is 2 (of collection 0.1.0), this one reads 1"),
    "no form": (_set("winlegacy_part", "1"), "winlegacy_part", "it must be 1"),
    "a field too many": (_set("extra", 1), "extra", "it is not a field of this form"),
    "a field too few": (lambda head: head.pop("made"), "made", "it is missing"),
    "a name with a template": (_set("name", "{{ x }}"), "name", "it must match"),
    "a name with a line after it": (_set("name", "slice2of3\n"), "name", "it must match"),
    "a number that is another": (_set("number", 1), "number", "is not what the name slice2of3 says"),
    "a slice beyond the last": (_set("name", "slice4of3"), "number", "is not what the name slice4of3 says"),
    "no hotfix": (_set("hotfixes", []), "hotfixes", "at least 1"),
    "a strange hotfix": (_set("hotfixes", ["KB1"]), "hotfixes[0]", "it must match"),
    "a moment in words": (_set("made", "yesterday"), "made", "it must match"),
    "a moment that is none": (_set("made", "2026-99-99T99:99:99Z"), "made", "is no moment"),
    "a wrong count": (_set("hosts", 1), "hosts", "but 11 hosts are in the part"),
    "a pack that is cut off": (_zipped(lambda zipped: zipped[:-9]), "pack", "no whole gzip stream"),
    "a pack with a tail": (_zipped(lambda zipped: zipped + b"more"), "pack", "no whole gzip stream"),
    "a pack with one bit changed": (_zipped(lambda zipped: zipped[:-8] + b"\0" + zipped[-7:]), "pack", "damaged"),
    "a pack of something else": (_set("pack", "AAAA"), "pack", "cannot be unpacked"),
    "a pack that is no base64": (_set("pack", "<html>"), "pack", "it is no base64"),
    "results in a list": (_pack(lambda content: content.update(results=[])), "pack.results", "it must be object"),
    "a host twice": (_pack(lambda content: content["asked"].append("needs")), "pack.asked", "needs is in it twice"),
    "a host with an escape": (_pack(lambda c: c["asked"].append("x\x1b[2J")), "pack.asked", "x\\x1b[2J"),
    "a host of a book's length": (_pack(lambda c: c["asked"].append("x" * 300)), "pack.asked[11]", "longer than 255"),
    "a result of nobody": (_pack(lambda c: c["results"].update(who={})), "pack.results", "it has who"),
    "a result of text": (_pack(lambda c: c["results"].update(needs="fixed")), "pack.results[needs]", "must be object"),
    "a status of its own": (_result(status="perfect"), "pack.results[needs].status", "one of needs_fix"),
    "a status of numbers": (_result(status=1), "pack.results[needs].status", "must be string"),
    "a switch of words": (_result(failed="no"), "pack.results[needs].failed", "must be boolean"),
    "another hotfix": (_result(kb="KB942288"), "pack.results[needs].kb", "KB942288, and the part is about KB952876"),
    "depth": (_result(files=_nested(20)), "pack.results[needs]", "nested deeper than 16"),
    "breadth": (_result(files=[0] * 20_000), "pack.results[needs]", "more than 20000 values"),
    "length": (_result(files="x" * 70_000), "pack.results[needs]", "longer than 65536"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_wrong_is_told_with_its_field(case: str) -> None:
    change, field, reason = HOSTILE[case]
    head = of()
    change(head)
    with pytest.raises(PartError) as refused:
        read(json.dumps(head), "a.json")
    assert (refused.value.field, reason in refused.value.reason) == (field, True), refused.value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it was cut off"),
        ("{", "it was cut off"),
        ('{"winlegacy_part": 1, "name": "sli', "no JSON document"),
        ("[]", "no JSON object"),
        ('{"a": 1, "a": 2}', "'a' twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": ' + "9" * 5000 + "}", "no JSON document"),
        ("[" * 100_000, "no JSON document"),
        (b'{"a": "\xff"}', "UTF-8"),
        ("<html>", "no JSON document"),
    ],
)
def test_text_that_is_no_part_is_told(text: str | bytes, reason: str) -> None:
    with pytest.raises(PartError, match=reason):
        read(text, "a.json")
    with pytest.raises(PartError, match=reason):
        parts_in(text)


def test_a_bomb_does_not_go_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_read, "LARGEST_PACK", 1_000_000)
    head = {**of(), "pack": base64.b64encode(gzip.compress(b" " * 50_000_000)).decode()}
    with pytest.raises(PartError, match="larger than 0 MiB when it is unpacked"):
        read(head, "a.json")
    monkeypatch.setattr(part_read, "MOST_PIECES", 1_000)
    with pytest.raises(PartError, match="more than 1000 values"):
        read("[" + "[]," * 2_000 + "[]]", "a.json")
    monkeypatch.setattr(part_read, "LARGEST", 1_000)
    with pytest.raises(PartError, match="larger than"):
        read(json.dumps(of()), "a.json")


def test_parts_are_found_where_awx_and_runners_keep_them() -> None:
    made = of()
    stats = {"winlegacy_part_slice2of3": made, "winlegacy_part_17": json.dumps(of("17")), "other": 1}
    expected = {"slice2of3": made, "17": stats["winlegacy_part_17"]}
    assert parts_in(json.dumps(made)) == {"": made}
    assert parts_in(json.dumps(stats)) == expected
    assert parts_in({"id": 17, "artifacts": stats}) == expected
    assert parts_in({"event": "playbook_on_stats", "event_data": {"artifact_data": stats}}) == expected
    assert parts_in({"event": "runner_on_ok", "event_data": None, "artifacts": []}) == {}
    assert read(expected["17"], "x", "17").name == "17"
    with pytest.raises(PartError, match="kept as 18"):
        read(expected["17"], "x", "18")


VALIDATOR = jsonschema.Draft202012Validator(part_read._SCHEMA)  # noqa: SLF001


@given(
    st.sampled_from(sorted(of())),
    st.none() | st.booleans() | st.integers(-2, 100_001) | st.text(max_size=70) | st.lists(st.text(), max_size=3),
)
def test_the_schema_is_what_it_says(name: str, value: Any) -> None:
    """Our checker and the jsonschema package agree, and no value whatever ends in a traceback."""
    head = {**copy.deepcopy(of("17", {})), name: value}
    assert bool(list(problems(head, part_read._SCHEMA))) is not VALIDATOR.is_valid(head)  # noqa: SLF001
    try:
        read(head, "a.json")
    except PartError as error:
        assert error.reason
