# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports on 10,000 hosts, each of which says something of its own: what they cost, and how the page does in Chromium.

Budgets: SIZE and CPU below, which do not depend on the machine by much. The browser's figures are judged against their
budgets too, where Chromium is there; on a busy machine they tell little, so the best of three counts.
"""

from __future__ import annotations

import functools
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.groups import inventory
from selenium import webdriver
from unit.plugins.plugin_utils._report.samples import ABOUT, large_fleet, own

HOSTS = 10_000
SIZE, CPU = 8.0, 1.0
"""Megabytes of the page; milliseconds a host of each format, rows included."""

OPEN, ACT, MEMORY = 2.0, 0.3, 300
"""Seconds to open, and to sort or filter; megabytes of the page's process that are its own."""

ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1400,900")
ACTIONS = """
const told = {}, measure = (name, act) => {
  let best = Infinity;
  for (let turn = 0; turn < 3; turn += 1) {
    const began = performance.now();
    act();
    document.body.offsetHeight;
    best = Math.min(best, performance.now() - began);
  }
  told[name] = best / 1000;
};
const text = document.getElementById("text"), view = document.getElementById("view");
const find = (words) => { text.value = words; text.dispatchEvent(new Event("input")); };
const show = (name) => { view.value = name; view.dispatchEvent(new Event("change")); };
for (const one of document.querySelectorAll("#table thead button")) {
  measure("sort by " + one.textContent, () => one.click());
}
for (const words of ["gdr", "gdr 18538 branch3", "nothing like it", ""]) {
  measure("find '" + words + "'", () => find(words));
}
for (const name of ["fixed", "reboot_required", ""]) measure("show '" + name + "'", () => show(name));
return told;
"""


def page_of_chromium(page: Path) -> list[str]:
    """Print what the page costs; what is over its budget."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        print("   Chromium is not here: the page was not opened")
        return []
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (*ARGUMENTS, f"--user-data-dir={page.parent / 'profile'}"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path="/usr/bin/chromedriver"))
    try:
        opened = min(_opened(driver, page) for _turn in range(3))
        acts: dict[str, float] = driver.execute_script(ACTIONS)
        driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        memory = _own_memory(driver.capabilities["chrome"]["userDataDir"])
    finally:
        driver.quit()
    print(f"   opens in {opened:.2f} s; {memory} MB of its own memory")
    print("   " + ", ".join(f"{name} {seconds:.3f} s" for name, seconds in acts.items()))
    wrong = [f"{name}: {seconds:.2f} s" for name, seconds in acts.items() if seconds > ACT]
    wrong += [f"opening: {opened:.2f} s"] if opened > OPEN else []
    return wrong + ([f"memory: {memory} MB"] if memory > MEMORY else [])


def _opened(driver: Any, page: Path) -> float:
    driver.get("about:blank")
    driver.get(page.as_uri())
    driver.execute_script("return document.body.offsetHeight")
    return float(driver.execute_script("return performance.getEntriesByType('navigation')[0].loadEventEnd")) / 1000


def _own_memory(profile: str) -> int:
    """Megabytes of the largest renderer that no other process shares."""
    found = [0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text(encoding="utf-8", errors="replace")
            if "--type=renderer" in command and profile in command:
                told = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
                found.append(int(told["RssAnon"].split()[0]) // 1024)
        except (OSError, KeyError):
            continue
    return max(found)


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor milliseconds a host, and what came of it."""
    began = time.process_time()
    made = work()
    return (time.process_time() - began) * 1000 / HOSTS, made


def main() -> int:
    """Print, and 1 where a budget is not met."""
    results = {name: own(one, at) for at, (name, one) in enumerate(large_fleet(HOSTS).items())}
    print(f"   {HOSTS:,} hosts, {len(json.dumps(results)) / 1e6:.0f} MB of results")
    of_rows, found = cpu(lambda: rows(results))
    print(f"   rows: {of_rows:.2f} ms a host, once for all formats")
    wrong, page = [], ""
    for name, one in FORMATS.items():
        spent, text = cpu(functools.partial(one.write, found, ABOUT))
        print(f"   {name}: {spent:.2f} ms a host, {len(text.encode()) / 1e6:.1f} MB")
        page = text if name == "html" else page
        wrong += [f"{name}: {of_rows + spent:.2f} ms a host"] if of_rows + spent > CPU else []
    spent, _groups = cpu(lambda: inventory(found, "kb952876"))
    print(f"   groups: {spent:.2f} ms a host")
    megabytes = len(page.encode()) / 1e6
    wrong += [f"page: {megabytes:.1f} MB"] if megabytes > SIZE else []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "report.html")
        file.write_text(page, encoding="utf-8")
        wrong += page_of_chromium(file)
    print("   over the budget: " + "; ".join(wrong) if wrong else "   within all budgets")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
