# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium for the tests of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from unit.plugins.plugin_utils._report.browser import ARGUMENTS, CHROMIUM, DRIVER, Page
from unit.plugins.plugin_utils._report.samples import fleet


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs the Python package selenium")
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
