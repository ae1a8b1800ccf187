# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in a real browser: a person sorts, filters, opens evidence, prints, and reads it on a phone and at night.

REPORT_SCREENSHOTS=FOLDER keeps pictures of what the tests saw.
"""

from __future__ import annotations

import base64

from unit.plugins.plugin_utils._report.browser import NEEDED, WORK_FIRST, Page
from unit.plugins.plugin_utils._report.samples import fleet

pytestmark = NEEDED


def test_the_console_would_tell(page: Page) -> None:
    page.driver.execute_script("const s = document.createElement('script'); s.text = '1'; document.head.append(s)")
    assert any("Content Security Policy" in line for line in page.console())


def test_it_looks_like_itself(page: Page) -> None:
    assert len(page.hosts()) == len(fleet())
    page.picture("desktop")
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_a_header_sorts_up_and_down_and_says_so(page: Page) -> None:
    assert page.hosts() == WORK_FIRST
    header = page.sort_by("Host")
    assert header.get_attribute("aria-sort") == "ascending"
    assert page.hosts() == sorted(fleet())
    header = page.sort_by("Host")
    assert header.get_attribute("aria-sort") == "descending"
    assert page.hosts() == sorted(fleet(), reverse=True)
    header = page.sort_by("Running kernel")
    assert header.get_attribute("aria-sort") == "ascending"
    assert [one.get_attribute("aria-sort") for one in page.all("#table thead th")].count("none") == 7
    known = ["rtm", "booting", "needs", "gdr", "old-ldr", "fixed", "server"]
    assert page.hosts()[0] == known[0]
    assert sorted(page.hosts()[1:3]) == sorted(known[1:3])
    assert page.hosts()[3:5] == known[3:5]
    page.sort_by("Running kernel")
    assert sorted(page.hosts()[:2]) == known[5:], "hosts without a value stay below"
    page.sort_by("Symptom")
    assert page.hosts()[0] == "old-ldr"
    page.sort_by("What to do")
    assert page.hosts()[-3:] == ["absent", "web", "dead"], "nobody knows what to do about them"


def test_numbers_in_names_sort_as_numbers(page: Page) -> None:
    page.show(dict.fromkeys(["h10", "h9", "H1"]))
    page.sort_by("Host")
    assert page.hosts() == ["H1", "h9", "h10"]


def test_verdicts_sort_by_urgency_as_the_page_does_at_first(page: Page) -> None:
    page.sort_by("Host")
    page.sort_by("Verdict")
    assert page.hosts() == WORK_FIRST
    page.sort_by("Verdict")
    assert page.hosts() == WORK_FIRST[::-1]


def test_the_keyboard_sorts_and_opens_too(page: Page) -> None:
    page.driver.execute_script("document.querySelector('#table thead th button').focus()")
    page.driver.switch_to.active_element.send_keys("\ue007")
    assert page.hosts() == sorted(fleet())
    page.driver.execute_script("document.querySelector('#table > tbody .host').focus()")
    page.driver.switch_to.active_element.send_keys(" ")
    assert page.driver.switch_to.active_element.get_attribute("aria-expanded") == "true"
    assert page.all(".detail")[0].is_displayed()


def test_text_filters(page: Page) -> None:
    page.all("#text")[0].send_keys("18538 gdr")
    assert page.hosts() == ["gdr"]
    assert page.all("#shown")[0].text == "1 of 12 hosts"
    page.all("#text")[0].clear()
    page.all("#text")[0].send_keys("cbs_reboot_pending")
    assert page.hosts() == ["booting"]
    page.all("#text")[0].send_keys(" nothing like it")
    assert page.hosts() == []
    assert page.all("#nothing")[0].is_displayed()


def test_the_status_filters_and_cards_follow_it(page: Page) -> None:
    page.all("#view option[value='fixed']")[0].click()
    assert page.hosts() == ["fixed", "server"]
    assert "show=fixed" in page.driver.current_url
    pressed = [one for one in page.all("#cards button") if one.get_attribute("aria-pressed") == "true"]
    assert [one.text.split()[-1] for one in pressed] == ["Fixed"]
    page.all("#cards [data-view='reboot_required']")[0].click()
    assert page.hosts() == ["booting"]
    page.all("#cards [data-view='reboot_required']")[0].click()
    assert len(page.hosts()) == len(fleet())
    page.choose("symptomatic")
    assert page.hosts() == ["old-ldr"]


def test_evidence_opens_where_the_host_is_and_moves_with_it(page: Page) -> None:
    detail = page.open("booting")
    assert page.host("booting").get_attribute("aria-expanded") == "true"
    for word in ("cbs_reboot_pending", "Package_for_KB952876", "Restart the host", "6.0.6001.22191 LDR", "Tcpipreg"):
        assert word in detail.text
    assert "[object" not in detail.text
    page.driver.execute_script("arguments[0].scrollIntoView()", detail)
    detail.find_element("css selector", "details summary").click()
    page.driver.execute_script("return new Promise(done => setTimeout(done, 50))")
    assert "BuildLabEx" in detail.find_element("css selector", "pre").text
    page.picture("details")
    page.sort_by("Host")
    assert detail.find_element("xpath", "..").find_element("css selector", ".host").text == "booting"
    page.host("booting").click()
    assert not detail.is_displayed()


def test_all_details_open_and_close(page: Page) -> None:
    page.all("#all")[0].click()
    assert page.until(lambda: len(page.all(".detail:not([aria-busy]) .facts")) == len(fleet()))
    assert sum(one.is_displayed() for one in page.all(".detail")) == len(fleet())
    page.all("#all")[0].click()
    assert not any(one.is_displayed() for one in page.all(".detail"))


def brightness(colour: str) -> float:
    numbers = colour[colour.index("(") + 1 : colour.index(")")].split(",")
    return sum(float(one) for one in numbers[:3]) / 3


def test_dark_is_dark_and_light_is_light(page: Page) -> None:
    page.media(prefers_color_scheme="light")
    assert brightness(page.colour("body", "background-color")) > 200
    assert brightness(page.colour("h1", "color")) < 80
    page.media(prefers_color_scheme="dark")
    assert brightness(page.colour("body", "background-color")) < 40
    assert brightness(page.colour("h1", "color")) > 180
    page.picture("dark")


def test_a_phone_reads_it_without_scrolling_sideways(page: Page) -> None:
    page.size(390, 844, phone=True)
    page.open("booting")
    assert page.driver.execute_script("return document.documentElement.scrollWidth") == 390
    assert page.colour("#table td", "display") == "block"
    assert page.driver.execute_script(
        "return [...document.querySelectorAll('#table td *')].every(e => e.getBoundingClientRect().right <= 390)"
    )
    page.picture("phone")


def test_print_leaves_the_tools_out_and_is_dark_on_white(page: Page) -> None:
    page.media(prefers_color_scheme="dark", media="print")
    assert brightness(page.colour("body", "background-color")) == 255
    assert not page.all("#text")[0].is_displayed()
    assert page.host("booting").is_displayed()
    page.size(1040)
    page.picture("print")
    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    assert base64.b64decode(printed).startswith(b"%PDF-")
