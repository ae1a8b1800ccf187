# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: what it says, and that hosts can put nothing into it but text."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About, kb_name
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import Earlier, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_html import as_html
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.kernels import standing
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.markup import html, share
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.page_rows import FIRST
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.statuses import LABELS, STATUSES
from hypothesis import given
from lxml import html as lxml_html
from unit.plugins.plugin_utils._report.hostile import ATTACKS, fleets, hostile_result
from unit.plugins.plugin_utils._report.samples import ABOUT, fleet, large_fleet, own, result

TAGS = {
    *("html", "head", "meta", "link", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "b", "time"),
    *("main", "section", "div", "button", "span", "svg", "circle", "rect", "line", "text", "ul", "li", "code"),
    "textarea",
    *("table", "thead"),
    *("tbody", "tr", "th", "td", "details", "summary", "noscript", "label", "input", "select", "option", "output"),
    *("footer", "script"),
}
ATTRIBUTES = {
    *("aria-controls", "aria-expanded", "aria-label", "aria-labelledby", "aria-pressed", "aria-sort", "autocomplete"),
    *("charset", "class", "content", "cx", "cy", "data-label", "readonly", "rows", "tabindex"),
    *("data-view", "datetime", "for", "height", "hidden", "href", "http-equiv", "id", "lang", "name"),
    *("placeholder", "preserveaspectratio", "preserveAspectRatio", "r", "rel", "role", "rx", "scope", "spellcheck"),
    *("stroke-dasharray", "stroke-dashoffset", "text-anchor", "transform", "type", "value", "viewbox", "viewBox"),
    *("width", "x", "x1", "x2", "y", "y1", "y2"),
}


def page(results: Any, about: About = ABOUT) -> Any:
    return lxml_html.document_fromstring(as_html(rows(results), about).encode("utf-8"))


def shape(tree: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.tag, tuple(sorted(one.attrib))) for one in tree.iter() if isinstance(one.tag, str)]


def cells(tree: Any) -> dict[str, str]:
    """The text of each host's row by its name, in the order of the page."""
    return {body.xpath("string(.//th)"): body.text_content() for body in tree.xpath("//table[@id='table']/tbody")}


def data(tree: Any) -> Any:
    return json.loads(tree.xpath("//script[@id='data']")[0].text)


def assessments(tree: Any) -> dict[str, Any]:
    """What the page tells of each host on a click, by name."""
    told = data(tree)
    packs = [json.loads(gzip.decompress(base64.b64decode(pack))) for pack in told["packs"]]
    assert all(len(pack) == told["pack"] for pack in packs[:-1])
    return dict(zip(told["hosts"], (one for pack in packs for one in pack), strict=True))


def told_of(tree: Any, host: str) -> dict[str, Any]:
    """The numbers of a host, those of texts as texts."""
    told = data(tree)
    values = dict(zip(told["fields"], told["rows"][told["hosts"].index(host)], strict=True))
    of_text = ("os", "architecture", "kernel", "branch", "fixed", "symptom", "summary", "advice", "sought")
    return {name: told["texts"][one] if name in of_text else one for name, one in values.items()}


def test_the_table_has_every_host_with_what_matters() -> None:
    found = cells(page(fleet()))
    assert set(found) == set(fleet())
    for word in ("Install pending", "Windows Vista SP1", "6.0.6001.18000", "GDR", "6.0.6001.22191", "Required"):
        assert word in found["booting"]
    assert "No result" in found["absent"]
    assert "suspected" in found["old-ldr"]
    assert "Restart the host: the fix takes effect" in found["booting"], "what to do is in the table"
    assert list(found)[:5] == ["old-ldr", "gdr", "needs", "rtm", "booting"], "what needs work comes first"


def test_the_script_gets_the_same_and_what_is_sought() -> None:
    tree = page(fleet())
    assert data(tree)["hosts"] == list(cells(tree))
    one = told_of(tree, "booting")
    assert (one["os"], one["kernel"], one["branch"]) == ("Windows Vista SP1", "6.0.6001.18000", "gdr")
    assert data(tree)["restarts"][one["restart"]] == "required"
    assert data(tree)["statuses"][one["status"]][1] == "Install pending"
    assert "cbs_reboot_pending" in one["sought"]
    assert (told_of(tree, "old-ldr")["symptom"], told_of(tree, "old-ldr")["seen"]) == ("suspected", 1)
    by_name = sorted(data(tree)["hosts"], key=lambda host: told_of(tree, host)["place"])
    assert by_name == [one["host"] for one in rows(fleet())]


def test_cards_and_chart_count_right() -> None:
    tree = page(fleet())
    cards = {one.xpath("string(span)"): one.xpath("string(b)") for one in tree.xpath("//*[@id='cards']/button")}
    assert cards == {
        "All hosts": "12",
        "Needs fix": "4",
        "Restart required": "1",
        "Install pending": "1",
        "Fixed": "2",
        "Not applicable": "1",
        "Unknown": "1",
        "Failed": "2",
        "Unreachable": "1",
    }
    legend = {one[0].tail: one.xpath("string(span[@class='n'])") for one in tree.xpath("//*[@class='legend']/li")}
    assert list(legend) == [LABELS[status] for status in STATUSES]
    assert legend["Staged"] == "0"
    arcs = [float(one.get("stroke-dasharray").split()[0]) for one in tree.xpath("//svg/circle[@stroke-dasharray]")]
    assert arcs[0] == pytest.approx(314.159 * 4 / 12 - 1.2, abs=0.1)
    assert sum(arcs) + 1.2 * len(arcs) == pytest.approx(314.159, abs=0.2)


def test_the_headline_says_it_in_a_sentence() -> None:
    said = page(fleet()).xpath("string(//p[@class='lead'])")
    assert said == (
        "Of 12 hosts, 4 need the fix, 1 waits for a restart, 2 have it, 4 gave no verdict, 1 is not concerned."
    )


def test_kernels_stand_against_the_fix_of_their_build() -> None:
    blocks = {one.xpath("string(h3)"): one for one in page(fleet()).xpath("//*[@class='branch']")}
    assert list(blocks) == ["Fixed from 6.0.6000.20846", "Fixed from 6.0.6001.22191"]
    lines = [
        [cell.text_content() for cell in line.xpath("td")]
        for line in blocks["Fixed from 6.0.6001.22191"].xpath(".//tbody/tr")
    ]
    assert lines == [
        ["6.0.6001.18000GDR", "GDR branch, without the fix", "booting, needs"],
        ["6.0.6001.18538GDR", "GDR branch, without the fix", "gdr"],
        ["6.0.6001.22100LDR", "below the fix", "old-ldr"],
        ["6.0.6001.22191LDR", "has the fix", "fixed, server"],
        ["not known", "not known", "silent"],
    ]


@pytest.mark.parametrize(
    ("running", "branch", "level", "told"),
    [
        ("6.0.6001.22191", "ldr", "fixed", "fixed"),
        ("6.0.6001.22190", "ldr", "below", "below"),
        ("6.0.6001.18538", "gdr", "below", "gdr"),
        ("6.0.6001.99", "other", "unknown", "unknown"),
        ("9.9.9.9", "ldr", "fixed", "fixed"),
        ("nonsense", "ldr", "splendid", "unknown"),
        ("nonsense", "ldr", None, "unknown"),
        (None, None, "unknown", None),
    ],
)
def test_a_kernel_stands_as_the_assessment_judged_it(
    running: str | None, branch: str | None, level: str | None, told: str | None
) -> None:
    assert standing({"kernel_running": running, "kernel_branch": branch, "kernel_level": level}) == told


def test_the_evidence_is_in_the_page() -> None:
    assert assessments(page(fleet()))["booting"]["result"] == result("booting")


def test_without_hosts_it_is_a_page_too() -> None:
    tree = page({})
    assert "no hosts" in tree.xpath("string(//p[@class='lead'])")
    assert (data(tree)["hosts"], data(tree)["packs"]) == ([], [])


def test_it_says_what_it_is_about() -> None:
    about = About(
        ABOUT.kb, ABOUT.generated, "A <b>title</b>", "[?os=='<x>']", version="1.2.3", scope="12 hosts of <hosts.yml>",
        began=ABOUT.generated - timedelta(seconds=200),
    )
    tree = page(fleet(), about)
    assert tree.xpath("string(//h1)") == tree.xpath("string(//title)") == "A <b>title</b>"
    meta = tree.xpath("string(//p[@class='meta'])")
    for words in ("[?os=='<x>']", "12 hosts of <hosts.yml>", "took 3 min 20 s", "winlegacy.servicing 1.2.3"):
        assert words in meta


def test_what_has_changed_is_told() -> None:
    found = rows(fleet())
    earlier = Earlier({"fixed": "needs_fix", "needs": "fixed", "<old>": "staged"}, "2026-01-30T12:00:00Z")
    tree = page(fleet(), dataclasses.replace(ABOUT, comparison=compare(earlier, found)))
    assert tree.xpath("string(//*[@id='changes-title'])") == "Changes since 2026-01-30T12:00:00Z"
    lists = {one.xpath("string(.//summary)"): one.xpath("string(details/text())") for one in
             tree.xpath("//ul[@class='changes']/li[details]")}
    assert (lists["1 Newly fixed"], lists["1 Newly broken"], lists["1 Gone"]) == ("fixed", "needs", "<old>")
    assert "was Needs fix" in cells(tree)["fixed"]
    assert "was" not in cells(tree)["server"]
    assert data(tree)["changes"][told_of(tree, "needs")["change"]] == "newly_broken"
    assert "change-newly_fixed" in tree.xpath("//select[@id='view']/option/@value")
    assert "change-gone" not in tree.xpath("//select[@id='view']/option/@value"), "no row has it"
    assert page(fleet()).xpath("//*[@id='changes']") == []


# --- nothing from outside, nothing from hosts -----------------------------------------------------------------------


def test_the_policy_allows_the_pages_own_style_and_script_alone() -> None:
    tree = page(fleet())
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    (style,), (script,) = tree.xpath("//style"), tree.xpath("//script[not(@type)]")
    for kind, element in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(element.text.encode("utf-8")).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_nothing_is_loaded_from_anywhere() -> None:
    tree = page(fleet())
    assert tree.xpath("//@src") == []
    assert set(tree.xpath("//@href")) == {"data:,", "#hosts"}
    style = tree.xpath("string(//style)")
    assert "url(" not in style and "@import" not in style
    script = tree.xpath("string(//script[not(@type)])")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval|\bfetch|XMLHttp|import\(", script)
    assert "http" not in script


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_texts_change_no_element(attack: str) -> None:
    honest = {f"h{at}": result(name) for at, name in enumerate(("needs", "booting", "old-ldr", "silent"))}
    spoilt = {name: hostile_result(one, attack) for name, one in honest.items()}
    tree = page(spoilt)
    for tag, attributes in shape(tree):
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES
    for place in ("//script", "//style", "//table[@id='table']/tbody/tr/*", "//h1"):
        assert len(tree.xpath(place)) == len(page(honest).xpath(place))
    assert len(assessments(tree)) == len(spoilt)


@given(fleets)
def test_whatever_hosts_send_the_page_has_our_elements_only(results: dict[str, Any]) -> None:
    text = as_html(rows(results), ABOUT)
    tree = lxml_html.document_fromstring(text.encode("utf-8"))
    for tag, attributes in shape(tree):
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES
    assert len(tree.xpath("//table[@id='table']/tbody")) == len(rows(results)) == len(data(tree)["hosts"])
    packs = [json.loads(gzip.decompress(base64.b64decode(one))) for one in data(tree)["packs"]]
    assert sum(map(len, packs)) == len(rows(results))
    assert text.count("<script") == text.count("</script") == 2
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_long_texts_are_cut_in_the_table_and_whole_in_the_evidence() -> None:
    tree = page({"host": {"status": "unknown", "summary": "y" * 100_000}})
    assert len(cells(tree)["host"]) < 1000
    assert assessments(tree)["host"]["summary"] == "y" * 100_000
    assert len(told_of(tree, "host")["summary"]) < 3000


# --- small things ---------------------------------------------------------------------------------------------------


def test_a_thousand_hosts_make_a_page_of_bounded_size() -> None:
    """10,000 hosts without evidence stay below 8 MB: no more than 800 bytes for a host that says what no other says."""
    results = {name: own(result, at) for at, (name, result) in enumerate(large_fleet(1000).items())}
    text = as_html(rows(results), ABOUT)
    assert len(text.encode()) < 800 * 1000
    tree = lxml_html.document_fromstring(text.encode("utf-8"))
    assert len(tree.xpath("//table[@id='table']/tbody")) == FIRST
    assert len(data(tree)["hosts"]) == len(assessments(tree)) == 1000
    assert f"the first {FIRST} hosts are here" in text


def test_the_same_hosts_make_the_same_page() -> None:
    assert as_html(rows(fleet()), ABOUT) == as_html(rows(fleet()), ABOUT)


def test_the_parts_of_the_page_hold_placeholders_nowhere_else() -> None:
    folder = Path(__file__).parents[5] / "plugins" / "plugin_utils" / "_report" / "page"
    names = set(re.findall(r"\$([a-z_]+)", (folder / "page.html").read_text(encoding="utf-8")))
    assert not [name for name in names if f"${name}" in as_html(rows(fleet()), ABOUT)]


@pytest.mark.parametrize(
    ("count", "total", "told"),
    [(0, 0, "0%"), (0, 5, "0%"), (1, 1000, "<1%"), (1, 2, "50%"), (999, 1000, "99%"), (5, 5, "100%")],
)
def test_shares_never_round_to_nothing_or_all(count: int, total: int, told: str) -> None:
    assert share(count, total) == told


def test_markup_is_escaped_for_text_and_attributes() -> None:
    assert html("<a href=\"x\" b='y'>&") == "&lt;a href=&quot;x&quot; b=&#x27;y&#x27;&gt;&amp;"
    assert html("a\u202eb\x00") == "a\ufffdb\ufffd"
    assert html(None) == ""


@pytest.mark.parametrize(("text", "name"), [("KB952876", "KB952876"), ("kb952876", "KB952876"), (952876, "KB952876")])
def test_a_hotfix_has_one_name(text: object, name: str) -> None:
    assert kb_name(text) == name


@pytest.mark.parametrize("text", ["", "KB", "KB95x", "952876; rm", "KB9528769999", None])
def test_what_is_no_hotfix_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="a hotfix such as KB952876"):
        kb_name(text)
