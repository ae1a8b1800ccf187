# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables for a terminal and for Markdown: their width, their order, their bounds, and what comes next."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.brief import brief
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    Depth,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About, Reach, Run, duration
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import Earlier, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.following import following
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_markdown import as_markdown
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_text import WIDTH, as_text
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.glance import glance
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.lines import MOST, why
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import row, rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.columns import columns
from hypothesis import given
from hypothesis import strategies as st
from unit.plugins.plugin_utils._report.hostile import ATTACKS, fleets, hostile_result
from unit.plugins.plugin_utils._report.samples import ABOUT, NTOSKRNL, fleet, large_fleet, result
from unit.plugins.plugin_utils._windows.scripted import CURRENT_VERSION, ScriptedClient

HOSTS = ["vista-17", "a" * 300, "\u30db\u30b9\u30c8\u540d" * 12, "bu\u0308ro", "very-long-name.branch.example.com" * 2]


def told(results: Any, about: About = ABOUT) -> list[str]:
    return as_text(rows(results), about).splitlines()


def table(results: Any, about: About = ABOUT) -> dict[str, str]:
    """The lines of the hosts by host name."""
    names = {str(name) for name in results}
    return {line.split()[0]: line for line in told(results, about) if line.split()[:1] and line.split()[0] in names}


def test_what_needs_work_comes_first() -> None:
    assert list(table(fleet())) == [
        *("old-ldr", "gdr", "needs", "rtm"),  # the one with the symptom before the others
        *("booting", "silent", "absent", "web", "dead", "fixed", "server", "modern"),
    ]


def test_a_row_has_what_matters() -> None:
    line = table(fleet())["booting"]
    assert line.split() == ["booting", "Vista", "SP1", "x64", "6.0.6001.18000", "install_pending", "yes"]
    text = "\n".join(told(fleet()))
    for words in ("Symptom suspected.", "Restart:\n    cbs_reboot_pending.", "12 hosts: 4 needs_fix, 1 install_pen"):
        assert words in text
    assert "restart required: 1" in text


def test_without_details_the_reason_is_the_same() -> None:
    for kind in ("needs", "booting", "modern", "fixed"):
        short, long = (why(row("h", one)) for one in (brief(result(kind)), result(kind)))
        assert short.casefold() == long.casefold(), kind


@given(fleets)
def test_no_line_is_wider_whatever_hosts_say(results: dict[str, Any]) -> None:
    for line in told(results):
        assert columns(line) <= WIDTH


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_texts_stay_in_their_line(attack: str) -> None:
    honest = {f"h{at}": result(name) for at, name in enumerate(("needs", "booting", "old-ldr", "silent"))}
    spoilt = {name: hostile_result(one, attack) for name, one in honest.items()}
    lines = told(spoilt)
    assert all(columns(line) <= WIDTH for line in lines)
    assert all(character.isprintable() for line in lines for character in line)
    assert list(table(spoilt)) == ["h2", "h0", "h1", "h3"]


@given(st.lists(st.sampled_from(HOSTS), max_size=5, unique=True), st.sampled_from(["needs", "modern", "booting"]))
def test_names_of_any_length_and_script(names: list[str], kind: str) -> None:
    text = as_text(rows({name: result(kind) for name in names}), ABOUT)
    for line in text.splitlines():
        assert columns(line) <= WIDTH
    for name in names:
        if columns(name) <= WIDTH:
            assert name in text, "a name that fits a line is whole"


def test_the_title_is_whole() -> None:
    scope = "12 hosts of /srv/inventories/site-4/hosts.yml, /srv/inventories/site-5/h.yml, limited to vista-*:!vista-9"
    lines = told(fleet(), dataclasses.replace(ABOUT, scope=scope, version="0.1.0"))
    head = lines[: lines.index("")]
    assert " ".join(" ".join(head).split()) == f"KB952876 report ({scope}, {ABOUT.moment}, winlegacy.servicing 0.1.0)"
    assert all(line.startswith(" ") for line in head[1:])


def _filtered() -> dict[str, Any]:
    """What a host says to an account whose token is filtered: rows without some of their properties."""
    client = ScriptedClient()
    client.rows["CIM_DataFile"] = [{"Name": NTOSKRNL}]
    client.keys[CURRENT_VERSION].pop("BuildLabEx", None)
    return dict(assess(client, load(), AssessOptions(depth=Depth.FULL)).as_dict())


@pytest.mark.parametrize("shape", [dict, brief], ids=["details", "brief"])
def test_a_filtered_token_is_told_with_its_cure(shape: Any) -> None:
    found = _filtered()
    assert found["status"] == "unknown"
    text = " ".join(" ".join(told({"held": shape(found)})).split())
    assert "the built-in Administrator, or set LocalAccountTokenFilterPolicy to 1" in text
    assert "LocalAccountTokenFilterPolicy" not in " ".join(told({"silent": result("silent")}))


def test_no_host_and_one_host() -> None:
    assert told({})[-2:] == ["0 hosts.", "There are no hosts to work on."]
    assert "1 host: 1 fixed." in told({"one": result("fixed")})
    assert told({"one": result("fixed")})[-1] == "Nothing is left to do."


def test_a_thousand_hosts_are_a_bounded_table_with_counts() -> None:
    about = dataclasses.replace(ABOUT, run=Run(report="reports/kb952876.html"))
    results = large_fleet(1000)
    lines = told(results, about)
    assert len(table(results, about)) == MOST
    assert len(lines) < 3 * MOST + 15
    assert any(line.startswith(f"... and {1000 - MOST} more: ") for line in lines)
    assert "reports/kb952876.html" in " ".join(lines)
    assert any(line.startswith("1,000 hosts: 470 needs_fix") for line in lines)
    assert len(as_markdown(rows(results), about).splitlines()) < MOST + 25


def test_was_and_is_after_a_change() -> None:
    found = rows(fleet())
    compared = compare(Earlier({"fixed": "needs_fix", "needs": "fixed", "old": "staged"}), found)
    about = dataclasses.replace(ABOUT, comparison=compared)
    assert "needs_fix -> fixed" in table(fleet(), about)["fixed"]
    text = as_text(found, about)
    assert "Since the beginning of this run:" in text
    assert "  Newly fixed: 1 (fixed)\n  Newly broken: 1 (needs)\n" in text
    assert "  Gone: 1 (old)" in text
    same = compare(Earlier({one["host"]: one["status"] for one in found}, "2026-01-30T12:00:00Z"), found)
    text = as_text(found, dataclasses.replace(ABOUT, comparison=same))
    assert "Since 2026-01-30T12:00:00Z:\n  No verdict has changed.\n" in text


# --- the next command ------------------------------------------------------------------------------------------------


WHOLE = Run(inventory=("hosts.yml",), reach=Reach())
"""A run that all hosts of its inventory are the report's of."""


def typed(results: Any, run: Run | None = None) -> list[str]:
    """The next command in words, as a shell reads it."""
    command = following(rows(results), dataclasses.replace(ABOUT, run=run or WHOLE))[0].command
    return shlex.split((command or "").replace("\\\n", " "))


PLAY, PACKAGE = "ansible-playbook", ["-e", "kb952876_package_dir=FOLDER"]
REBOOT = ["-e", "kb952876_reboot=true"]
SOURCE = ["-i", "hosts.yml"]


@pytest.mark.parametrize(
    ("kinds", "run", "command"),
    [
        (["needs", "fixed"], WHOLE, [PLAY, "winlegacy.servicing.stage", *SOURCE, "--limit", "needs", *PACKAGE]),
        (
            ["needs", "fixed"],
            Run("stage", ("hosts.yml",), reach=Reach()),
            [PLAY, "winlegacy.servicing.remediate", *SOURCE, "--limit", "needs", *PACKAGE, *REBOOT],
        ),
        (["needs", "fixed"], Run("rollback", ("hosts.yml",), reach=Reach()), []),
        (
            ["needs", "booting"],
            Run("assess", ("hosts.yml",), reach=Reach()),
            [PLAY, "winlegacy.servicing.restart", *SOURCE, "--limit", "booting"],
        ),
        (["dead"], Run("assess", ("hosts.yml",)), [PLAY, "winlegacy.servicing.assess", *SOURCE, "--limit", "dead"]),
        (["fixed", "modern"], Run("assess", ("hosts.yml",)), []),
        (
            ["needs"],
            Run(),
            [PLAY, "winlegacy.servicing.stage", "-i", "INVENTORY", "--limit", "needs", *PACKAGE],
        ),
        (
            ["needs"],
            Run(inventory=("my hosts", "h,"), reach=Reach()),
            [PLAY, "winlegacy.servicing.stage", "-i", "my hosts", "-i", "h,", *PACKAGE],
        ),
    ],
)
def test_what_comes_next(kinds: list[str], run: Run, command: list[str]) -> None:
    assert typed({name: fleet()[name] for name in kinds}, run) == command


def test_a_restart_is_never_typed_for_hosts_that_would_be_installed_on_as_well() -> None:
    waiting = {f"h{at}": result("booting") for at in range(9)}
    groups = Run("assess", ("hosts.yml",), groups="groups.yml", reach=Reach())
    named = typed({**waiting, "other": result("needs")})
    assert named == [PLAY, "winlegacy.servicing.restart", *SOURCE, "--limit", ",".join(waiting)]
    assert "--limit" not in typed(waiting)
    limited = typed({**waiting, "other": result("needs")}, groups)
    assert limited == [PLAY, "winlegacy.servicing.restart", *SOURCE, "-i", "groups.yml", "--limit",
                       "kb952876_install_pending"]
    odd = {"a:b": result("booting"), "other": result("needs")}
    assert typed(odd) == [], "never a name that --limit takes for a pattern"


def test_after_a_change_what_failed_comes_first() -> None:
    some = {"vista-a": {"failed": True, "msg": "It broke."}, "vista-b": result("needs"), "vista-c": result("booting")}
    for run in (dataclasses.replace(WHOLE, playbook="remediate"), dataclasses.replace(WHOLE, changing=True)):
        told = following(rows(some), dataclasses.replace(ABOUT, run=run))[0]
        assert told.why == "1 host failed (vista-a). When the cause is mended, ask again:"
        assert typed(some, run) == [PLAY, "winlegacy.servicing.assess", *SOURCE, "--limit", "vista-a"]
    assert typed(some, dataclasses.replace(WHOLE, playbook="assess"))[1] == "winlegacy.servicing.restart"
    merged = typed(some, dataclasses.replace(WHOLE, playbook="merge"))
    assert merged[1:] == ["winlegacy.servicing.assess", *SOURCE, "--limit", "vista-a", "-e", "kb952876_part=rest"]


PARTS = Run("assess", ("hosts.yml",), reach=Reach(limit="vista-?:!b c", hosts="site,x y"))


def test_the_next_command_reaches_no_host_that_the_run_did_not() -> None:
    some = {f"h{at}": result("needs") for at in range(9)}
    hosts = ["-e", '{"kb952876_hosts": "site,x y"}']
    assert typed(some, PARTS)[2:6] == [*SOURCE, "--limit", "vista-?:!b c"]
    assert typed(some, PARTS)[6:] == [*hosts, *PACKAGE]
    waiting = {"booting": result("booting"), **some}
    assert typed(waiting, PARTS)[4:8] == ["--limit", "booting", *hosts], "the narrower of both"
    named = typed({"needs": result("needs"), "fixed": result("fixed")}, PARTS)
    assert named[4:8] == ["--limit", "needs", *hosts], "exactly the hosts that it is for"
    staged = {"a": {"status": "staged", "summary": "s"}}
    assert "--limit vista-c" in " ".join(typed(staged, Run("assess", ("hosts.yml",), reach=Reach("vista-c"))))


def test_without_a_limit_that_is_known_the_hosts_are_named_or_there_is_no_command() -> None:
    some = {f"h{at}": result("needs") for at in range(9)}
    assert typed({"h1": some["h1"], "x": result("fixed")}, Run(inventory=("i",)))[4:6] == ["--limit", "h1"]
    assert typed(some, Run(inventory=("i",)))[5] == ",".join(some)
    some = {f"h{at}": result("needs") for at in range(60)}
    (found,) = following(rows(some), dataclasses.replace(ABOUT, run=Run(inventory=("i",))))
    assert found.command is None
    assert found.why.startswith("60 hosts have the fix missing")
    assert "No command is shown" in found.why
    assert typed({"web": result("needs")}, Run(inventory=("i",), taken=frozenset({"web"}))) == [], "a group's name too"
    groups = Run(inventory=("i",), groups="g.yml", wider=frozenset({"kb952876_needs_fix"}))
    assert typed(some, groups) == [], "such a group has other hosts too"
    queried = dataclasses.replace(ABOUT, query="[?x]", run=WHOLE)
    assert "--limit b " in f"{following(rows({'b': result('booting')}), queried)[0].command} ", (
        "hosts that a query leaves out are not restarted"
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text


# --- Markdown --------------------------------------------------------------------------------------------------------


def markdown_table(results: Any) -> list[list[str]]:
    """Rows of the table as a Markdown reader of its own sees them; what is no text in them is an error."""
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse(as_markdown(rows(results), ABOUT))
    found: list[list[str]] = []
    for at, token in enumerate(tokens):
        assert token.type not in ("html_block", "blockquote_open", "bullet_list_open", "ordered_list_open"), token
        if token.type == "tr_open":
            found.append([])
        elif token.type == "inline":
            kinds = {child.type for child in token.children or ()}
            assert kinds <= {"text", "text_special"}, kinds
            if tokens[at - 1].type in ("td_open", "th_open"):
                found[-1].append("".join(child.content for child in token.children or ()))
    return found


def test_markdown_is_one_table() -> None:
    found = markdown_table(fleet())
    assert found[0] == ["host", "Windows", "kernel", "verdict", "restart", "why"]
    assert [line[0] for line in found[1:]] == list(table(fleet()))
    assert found[5][:5] == ["booting", "Vista SP1 x64", "6.0.6001.18000", "install_pending", "yes"]


@pytest.mark.parametrize("attack", [*ATTACKS, "a|b", "`x`", "<b>x</b>", "[x](http://y)", "*x*", "_x_", "\\|", "~~x~~"])
def test_hostile_texts_are_text_in_markdown(attack: str) -> None:
    found = markdown_table({"h": hostile_result(result("booting"), attack), attack[:60]: result("needs")})
    assert {len(line) for line in found} == {6}
    assert len(found) == 3


# --- one line --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "given_", "words"),
    [
        ("hotfix_info", result("needs"), ["needs_fix", "on the GDR branch"]),
        ("hotfix_info", {"unreachable": True, "msg": "Task failed: no route"}, ["unreachable", "  no route"]),
        ("hotfix", {"was": "needs_fix", "status": "install_pending", "msg": "It was installed."},
         ["needs_fix -> install_pending", "It was installed."]),
        ("hotfix", {"was": "needs_fix", "status": "staged", "msg": "It will be.", "predicted": True, "changed": True},
         ["It will be. (predicted)"]),
        ("hotfix", {"failed": True, "msg": "The package is missing.", "changed": False}, ["failed", "is missing"]),
        ("reboot", {"rebooted": True, "changed": True, "elapsed": 184.2}, ["rebooted", "after 184.2 s"]),
        ("reboot", {"rebooted": False, "changed": False, "msg": "No restart is due."}, ["not rebooted", "No restart"]),
        ("package_info", {"package": {"path": "/x.msu", "architecture": "x64"}, "match": {"status": "matches",
         "kb": "KB952876"}}, ["matches", "KB952876 x64 /x.msu"]),
    ],
)
def test_a_result_is_one_line(module: str, given_: dict[str, Any], words: list[str]) -> None:
    line = glance("host", module, given_, 100)
    assert line.startswith("host ")
    for word in words:
        assert word in line


def test_what_is_reached_already_is_no_prediction() -> None:
    """Nothing is done then, in check mode or not, and the result's status rests on the plan alone."""
    told = {"was": "fixed", "status": "fixed", "msg": "It is there.", "predicted": True, "changed": False}
    assert glance("host", "hotfix", told, 100).endswith("  It is there.")


@given(fleets, st.sampled_from(["hotfix_info", "hotfix", "reboot", "package_info"]))
def test_whatever_comes_it_is_one_line(results: dict[str, Any], module: str) -> None:
    for host, one in results.items():
        line = glance(host, module, one or {}, 100)
        assert columns(line) <= 100
        assert "\n" not in line
