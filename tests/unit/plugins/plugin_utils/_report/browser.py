# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One page of a report in Chromium, and what a person does with it."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.about import About
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.format_html import as_html
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from unit.plugins.plugin_utils._report.samples import ABOUT

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
NEEDED = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs the Debian package chromium"),
    pytest.mark.skipif(DRIVER is None, reason="needs the Debian package chromium-driver"),
]
ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--window-size=1300,900"),
)
WORK_FIRST = [
    *("old-ldr", "gdr", "needs", "rtm", "booting", "silent"),
    *("absent", "web", "dead", "fixed", "server", "modern"),
]
"""The hosts of fleet() in the order of the page."""


class Page:
    """One page in the browser, and what a person does with it."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver, self._folder = driver, folder

    def show(self, results: Any, about: About = ABOUT, *, state: str = "") -> None:
        file = self._folder / "report.html"
        file.write_text(as_html(rows(results), about), encoding="utf-8")
        self.driver.get("about:blank")  # another place in the same page is no new one
        self.driver.get(file.as_uri() + state)

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

    def open(self, name: str) -> Any:
        """The details of a host, once they are there."""
        button = self.host(name)
        button.click()
        ready = f"#{button.get_attribute('aria-controls')}:not([aria-busy])"
        return self.until(lambda: (self.all(ready) or [None])[0])

    def until(self, look: Callable[[], Any]) -> Any:
        """What it finds, within a few seconds."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, 10).until(lambda _driver: look())

    def choose(self, view: str) -> None:
        self.all(f"#view option[value='{view}']")[0].click()

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
