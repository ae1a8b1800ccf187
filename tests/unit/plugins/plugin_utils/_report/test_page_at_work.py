# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page at work in Chromium: state in the address, hosts to copy, changes, many and hostile hosts, axe-core."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.compare import Earlier, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_html import as_html
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from lxml import html as lxml_html
from unit.plugins.plugin_utils._report.browser import NEEDED, WORK_FIRST, Page
from unit.plugins.plugin_utils._report.hostile import ATTACKS, hostile_result
from unit.plugins.plugin_utils._report.samples import ABOUT, fleet, large_fleet, result

pytestmark = NEEDED
AXE = Path(__file__).parents[5] / "build" / "node_modules" / "axe-core" / "axe.min.js"


def test_the_script_shows_what_is_there_without_it(page: Page) -> None:
    """Text by text, what Python has written for readers without scripts."""
    about = dataclasses.replace(ABOUT, comparison=compare(Earlier({"fixed": "staged"}), rows(fleet())))
    written = lxml_html.document_fromstring(as_html(rows(fleet()), about).encode("utf-8"))
    page.show(fleet(), about)
    shown = lxml_html.fromstring(page.all("#table")[0].get_attribute("outerHTML"))
    for name in ("th", "td"):
        cells = [tree.xpath(f"//table[@id='table']/tbody//{name}") for tree in (written, shown)]
        assert [one.text_content() for one in cells[0]] == [one.text_content() for one in cells[1]]
    classes = [tree.xpath("//table[@id='table']/tbody//span/@class") for tree in (written, shown)]
    assert classes[0] == classes[1]


def test_the_address_holds_what_is_shown(page: Page) -> None:
    page.sort_by("Host")
    page.sort_by("Host")
    page.choose("needs_fix")
    page.all("#text")[0].send_keys("SP1")
    wanted, state = page.hosts(), page.driver.current_url.partition("#")[2]
    assert wanted == ["old-ldr", "needs", "gdr"]
    page.show(fleet(), state=f"#{state}")
    assert page.hosts() == wanted
    assert page.all("#text")[0].get_property("value") == "SP1"
    page.show(fleet(), state="#sort=-nonsense&show=%3Cscript%3E&find=")
    assert page.hosts() == WORK_FIRST[::-1]
    page.show(fleet(), state="#hosts")
    assert page.hosts() == WORK_FIRST, "the link to the hosts is no state"


def test_what_has_changed_can_be_shown_alone(page: Page) -> None:
    earlier = Earlier({"fixed": "needs_fix", "needs": "fixed", "old": "staged"}, "2026-01-30T12:00:00Z")
    page.show(fleet(), dataclasses.replace(ABOUT, comparison=compare(earlier, rows(fleet()))))
    page.choose("change-newly_broken")
    assert page.hosts() == ["needs"]
    page.picture("changes")


def test_hosts_are_copied_for_a_command_line(page: Page) -> None:
    def limit() -> tuple[str, str]:
        page.all("#copy")[0].click()
        note = page.until(lambda: page.all("#limit-note")[0].text)
        return page.all("#limit-text")[0].get_property("value"), note

    page.choose("fixed")
    assert limit()[0] == "--limit 'fixed,server'"
    page.choose("")
    for name in ("rtm", "dead"):
        page.driver.find_element("css selector", f".pick[aria-label='Select {name}']").click()
    assert page.all("#copy")[0].text == "Copy 2 as --limit"
    page.choose("fixed")
    assert limit()[0] == "--limit 'rtm,dead'", "what is selected stays so"
    page.show(dict.fromkeys(["plain-1", "a:b", "x'; id #", "all,!h"], result("needs")))
    text, note = limit()
    assert text == "--limit 'plain-1'"
    assert "3 left out" in note
    page.driver.execute_script(
        "window.copied = []; document.execCommand = () => copied.push('execCommand');"
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => copied.push(text)}})"
    )
    page.all("#text")[0].send_keys("a:b")
    assert limit() == ("", "Nothing to copy: 1 left out, whose names --limit takes for patterns.")
    page.all("#text")[0].send_keys(" and none of that name")
    assert limit() == ("", "Nothing to copy: no host is shown.")
    assert page.driver.execute_script("return copied") == [], "an empty --limit is every host to Ansible"
    page.show(large_fleet(250))
    text, note = limit()
    assert len(text.splitlines()) == 250
    assert "--limit @FILE" in note


def test_hosts_cannot_run_anything(page: Page) -> None:
    page.show({f"{at}{attack[:50]}": hostile_result(result("booting"), attack) for at, attack in enumerate(ATTACKS)})
    page.all("#all")[0].click()
    page.until(lambda: len(page.all(".detail:not([aria-busy]) .facts")) == len(ATTACKS))
    for summary in page.all(".detail details summary"):
        page.driver.execute_script("arguments[0].parentNode.open = true", summary)
    assert page.driver.execute_script("return window.pwned") is None
    assert len(page.hosts()) == len(ATTACKS)
    assert len(page.all("script")) == 2
    assert page.all("img") == []


def test_a_thousand_hosts_stay_usable(page: Page) -> None:
    page.show(large_fleet(1000))
    began = time.monotonic()
    page.sort_by("Running kernel")
    page.all("#text")[0].send_keys("gdr")
    page.driver.execute_script("return document.body.offsetHeight")
    assert time.monotonic() - began < 10
    assert page.all("#shown")[0].text.endswith("of 1,000 hosts")
    page.picture("thousand")


def test_many_hosts_are_shown_step_by_step_and_in_print(page: Page) -> None:
    page.show(large_fleet(250))
    assert len(page.hosts()) == 100
    assert page.all("#further")[0].text.split("\n")[0].startswith("The first 100 of 250 hosts are shown.")
    assert page.all("#more")[0].text == "Show 100 more"
    page.all("#more")[0].click()
    assert len(page.hosts()) == 200
    assert page.driver.switch_to.active_element.text == page.hosts()[100]
    page.driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert len(page.hosts()) == 250
    page.driver.execute_script("dispatchEvent(new Event('afterprint'))")
    assert len(page.hosts()) == 200
    page.all("#every")[0].click()
    assert len(page.hosts()) == 250
    assert not page.all("#more")[0].is_displayed()
    page.sort_by("Host")
    assert len(page.hosts()) == 100


def test_a_browser_that_cannot_open_details_says_so(page: Page) -> None:
    page.driver.execute_script("delete window.DecompressionStream")
    assert "too old" in page.open("needs").text


def test_axe_finds_nothing(page: Page) -> None:
    """Accessibility, judged by axe-core: npm install --no-save --prefix build axe-core."""
    if not AXE.exists():
        pytest.skip("needs npm's axe-core: npm install --no-save --prefix build axe-core")
    earlier = Earlier({"fixed": "needs_fix", "old": "staged"}, "2026-01-30T12:00:00Z")
    page.show(fleet(), dataclasses.replace(ABOUT, comparison=compare(earlier, rows(fleet()))))
    page.open("booting")
    page.all("#copy")[0].click()
    for scheme in ("light", "dark"):
        page.media(prefers_color_scheme=scheme)
        page.driver.execute_script(AXE.read_text(encoding="utf-8"))
        found = page.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(all => done(all.violations.map(one => "
            "[one.id, one.help, one.nodes.map(node => node.html.slice(0, 200))])), error => done(String(error)))"
        )
        assert found == [], scheme
