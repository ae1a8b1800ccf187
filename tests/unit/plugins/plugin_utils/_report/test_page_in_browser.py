# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page in a real browser: a person sorts, filters, opens evidence, prints, and reads it on a phone and at night.

REPORT_SCREENSHOTS=FOLDER keeps pictures of what the tests saw.
"""

from __future__ import annotations

import base64
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_html import as_html
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from unit.plugins.plugin_utils._report.hostile import ATTACKS, hostile_result
from unit.plugins.plugin_utils._report.samples import ABOUT, fleet, large_fleet, result

webdriver = pytest.importorskip("selenium.webdriver", reason="needs the Python package selenium")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs the Debian package chromium"),
    pytest.mark.skipif(DRIVER is None, reason="needs the Debian package chromium-driver"),
]
ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--window-size=1300,900"),
)


class Page:
    """One page in the browser, and what a person does with it."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver, self._folder = driver, folder

    def show(self, results: Any) -> None:
        file = self._folder / "report.html"
        file.write_text(as_html(rows(results), ABOUT), encoding="utf-8")
        self.driver.get(file.as_uri())

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def hosts(self) -> list[str]:
        """Names in the table, as they are seen from top to bottom."""
        found = self.driver.execute_script(
            "return [...document.querySelectorAll('#table > tbody')].filter(b => b.offsetHeight > 0)"
            ".map(b => b.querySelector('.host').textContent)"
        )
        return [str(one) for one in found]

    def sort_by(self, title: str) -> Any:
        (header,) = [one for one in self.all("#table thead th") if one.text.startswith(title)]
        header.find_element("css selector", "button").click()
        return header

    def host(self, name: str) -> Any:
        (button,) = [one for one in self.all(".host") if one.text == name]
        return button

    def media(self, **features: str) -> None:
        medium = features.pop("media", "")
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": wanted})

    def size(self, width: int, height: int = 900, *, phone: bool = False) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def colour(self, selector: str, name: str) -> str:
        return str(self.all(selector)[0].value_of_css_property(name))

    def picture(self, name: str) -> None:
        kept = os.environ.get("REPORT_SCREENSHOTS")
        if kept:
            options = {"format": "png", "captureBeyondViewport": True}
            shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"]
            Path(kept).mkdir(parents=True, exist_ok=True)
            Path(kept, f"{name}.png").write_bytes(base64.b64decode(shot))

    def console(self) -> list[str]:
        """What the browser complained of since the last look: scripts' errors, refused contents, failed loads."""
        return [f"{one['level']}: {one['message']}" for one in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=DRIVER)
    running = webdriver.Chrome(options=options, service=service)
    try:
        yield running
    finally:
        running.quit()


@pytest.fixture
def page(driver: Any, tmp_path: Path) -> Iterator[Page]:
    made = Page(driver, tmp_path)
    made.show(fleet())
    yield made
    made.media()
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert made.console() == []


def test_the_console_would_tell(page: Page) -> None:
    page.driver.execute_script("const s = document.createElement('script'); s.text = '1'; document.head.append(s)")
    assert any("Content Security Policy" in line for line in page.console())


def test_it_looks_like_itself(page: Page) -> None:
    assert len(page.hosts()) == len(fleet())
    page.picture("desktop")
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_a_header_sorts_up_and_down_and_says_so(page: Page) -> None:
    assert page.hosts() == sorted(fleet())
    header = page.sort_by("Host")
    assert header.get_attribute("aria-sort") == "descending"
    assert page.hosts() == sorted(fleet(), reverse=True)
    header = page.sort_by("Running kernel")
    assert header.get_attribute("aria-sort") == "ascending"
    assert [one.get_attribute("aria-sort") for one in page.all("#table thead th")].count("none") == 5
    known = ["rtm", "booting", "needs", "gdr", "old-ldr", "fixed", "server"]
    assert sorted(page.hosts()[:3]) == sorted(known[:3])
    assert page.hosts()[3:5] == known[3:5]
    page.sort_by("Running kernel")
    assert sorted(page.hosts()[:2]) == known[5:], "hosts without a value stay below"


def test_numbers_in_names_sort_as_numbers(page: Page) -> None:
    page.show(dict.fromkeys(["h10", "h9", "H1"]))
    assert page.sort_by("Host").get_attribute("aria-sort") == "descending"
    assert page.hosts() == ["h10", "h9", "H1"]


def test_verdicts_sort_by_urgency(page: Page) -> None:
    page.sort_by("Verdict")
    assert sorted(page.hosts()[:4]) == ["gdr", "needs", "old-ldr", "rtm"]
    assert page.hosts()[-1] == "dead"


def test_the_keyboard_sorts_and_opens_too(page: Page) -> None:
    page.driver.execute_script("document.querySelector('#table thead th button').focus()")
    page.driver.switch_to.active_element.send_keys("\ue007")
    assert page.hosts() == sorted(fleet(), reverse=True)
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
    pressed = [one for one in page.all("#cards button") if one.get_attribute("aria-pressed") == "true"]
    assert [one.text.split()[-1] for one in pressed] == ["Fixed"]
    page.all("#cards [data-view='reboot_required']")[0].click()
    assert page.hosts() == ["booting"]
    page.all("#cards [data-view='reboot_required']")[0].click()
    assert len(page.hosts()) == len(fleet())


def test_evidence_opens_where_the_host_is_and_moves_with_it(page: Page) -> None:
    button = page.host("booting")
    button.click()
    detail = page.driver.find_element("id", button.get_attribute("aria-controls"))
    assert button.get_attribute("aria-expanded") == "true"
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
    page.host("booting").click()
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


def test_hosts_cannot_run_anything(page: Page) -> None:
    page.show({f"{at}{attack[:50]}": hostile_result(result("booting"), attack) for at, attack in enumerate(ATTACKS)})
    page.all("#all")[0].click()
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
