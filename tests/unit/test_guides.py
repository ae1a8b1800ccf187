# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides are listed, name what there is, and say of verdicts what the rules say."""

from __future__ import annotations

import re
from pathlib import Path

import pages
import pytest
import yaml
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model import file_version
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import Branch, FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.statuses import STATUSES
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import NAMINGS, WIRE
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict import files_rules, rules
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.level import level_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.status import Status
from unit.documented import MODULES

ROOT = pages.ROOT
_LANGUAGES = {
    "sh",
    "bash",
    "shell",
    "console",
    "yaml",
    "yaml+jinja",
    "text",
    "bat",
    "json",
    "ini",
    "python",
    "xml",
    "none",
}
_GROUPS = {*STATUSES, "reboot_required", "reboot_pending", "symptomatic", "assess_silent", "assess_done"}
_OF_A_RUN = {"remediate_canary", "remediate_remainder"}
_MADE = {"kb952876_package", "hotfix_definition"}


def _written() -> list[Path]:
    """What tells users or contributors where to read on."""
    folders = ("plugins", "roles", "playbooks", "docs", "tests", "tools", "changelogs/fragments")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = {".py", ".yml", ".yaml", ".json", ".md", ".rst", ".txt", ".cfg"}
    return [path for path in (*found, *ROOT.glob("*.md"), ROOT / "Makefile") if path.suffix in texts or not path.suffix]


def test_every_page_is_listed_once() -> None:
    listed = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    assert sorted(name for section in listed["sections"] for name in section["toctree"]) == pages.names()


@pytest.mark.parametrize("name", pages.names())
def test_a_page_has_its_label_and_its_licence(name: str) -> None:
    text = pages.guide(name)
    assert "SPDX-License-Identifier: GPL-3.0-or-later" in text[:300]
    assert f".. _ansible_collections.winlegacy.servicing.docsite.{name}:\n" in text
    directives = re.findall(r"^ *\.\. code-block::(.*)$", text, re.MULTILINE)
    assert not {one.strip() for one in directives} - _LANGUAGES
    assert len(directives) == len(list(pages.blocks(pages.GUIDES / f"{name}.rst"))), "an example that no test would see"


@pytest.mark.parametrize("name", pages.names())
def test_examples_fit_the_page(name: str) -> None:
    """A reader does not scroll for the end of a command. Windows' own have no continuation that is worth it."""
    asked = [one for one in pages.blocks(pages.GUIDES / f"{name}.rst") if one.language in ("sh", "yaml")]
    ours = [line for one in asked for line in one.text.splitlines() if not line.startswith(("openssl", "printf"))]
    assert not [line for line in ours if len(line) > 112]


def test_files_of_the_documentation_that_are_named_are_there() -> None:
    wrong = []
    for path in _written():
        text = path.read_text(encoding="utf-8", errors="replace")
        for name in re.findall(r"(?<![\w/.-])docs/[\w/-]+\.(?:md|rst|json|yml|svg|png)\b", text):
            if not (ROOT / name).is_file():
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert not wrong


def test_links_of_markdown_lead_to_files_and_their_headings() -> None:
    found, wrong = 0, []
    for path in (path for path in _written() if path.suffix == ".md"):
        for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", path.read_text(encoding="utf-8")):
            found += 1
            file, _hash, heading = link.partition("#")
            target = (path.parent / file) if file else path
            if not target.exists() or (heading and heading not in _anchors(target)):
                wrong.append(f"{path.relative_to(ROOT)}: {link}")
    assert found > 20
    assert not wrong


def _anchors(path: Path) -> set[str]:
    """The headings of a Markdown page as a browser addresses them."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_addresses_of_other_sites_are_whole() -> None:
    """Only their form: a test asks no network."""
    texts = [path for path in _written() if path.suffix in (".md", ".rst")]
    found = {one for path in texts for one in re.findall(r"https?://[^\s>)`|\"']+", path.read_text(encoding="utf-8"))}
    assert found
    whole = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z]+(?::\d+)?(?:/[\w./%#?=&~+-]*)?|http://host:5985/wsman")
    assert not [one for one in found if not whole.fullmatch(one.rstrip(".,;"))]


def test_what_a_page_calls_a_setting_is_one() -> None:
    known = set(WIRE) | MODULES | _MADE | {f"kb952876_{one}" for one in (*_GROUPS, *_OF_A_RUN)}
    for naming in NAMINGS.values():
        known |= naming.known
    texts = {path: path.read_text(encoding="utf-8") for path in (*pages.GUIDES.glob("*.rst"), ROOT / "README.md")}
    name = re.compile(r"(?<![\w.-])((?:kb952876|hotfix|winlegacy)_[a-z_]+)(?![\w*-])")
    wrong = []
    for path, text in texts.items():
        words = [word for quote in re.findall(r"``?([^`]+)``?", text) for word in name.findall(quote)]
        wrong += [f"{path.name}: {word}" for word in words if word not in known and not word.endswith("_")]
    assert not wrong


# --- verdicts.rst


def _table(heading: str) -> list[list[str]]:
    text = pages.guide("verdicts")
    place = text.index(f"   * - {heading}\n")
    return pages.cells(text[place:])[1:]


def test_the_rules_on_the_page_are_those_of_the_code() -> None:
    shown = [one.text.strip() for one in pages.blocks(pages.GUIDES / "verdicts.rst") if one.language == "text"]
    assert shown == [rules.RULES.strip(), files_rules.RULES.strip()]


def test_the_page_tells_each_status() -> None:
    assert [row[0].strip("`") for row in _table("status")] == [
        one.value for one in (Status.NOT_APPLICABLE, Status.NEEDS_FIX, Status.STAGED, Status.INSTALL_PENDING)
    ] + [one.value for one in (Status.REMOVAL_PENDING, Status.FIXED, Status.UNKNOWN)]
    assert len(_table("status")) == len(Status)


def test_the_table_of_branches_is_that_of_the_code() -> None:
    ranges = file_version._RANGES
    for build, _windows, gdr, ldr, _fix in _table("build"):
        told = {branch: (first, last) for branch, first, last in ranges[int(build)]}
        if Branch.SINGLE in told:
            assert gdr == f"one branch only, from {told[Branch.SINGLE][0]} on" and not ldr
        else:
            assert (gdr, ldr) == tuple("{} to {}".format(*told[one]) for one in (Branch.GDR, Branch.LDR))
    assert {int(row[0]) for row in _table("build")} == {build for build in ranges if build < 7000}
    later = pages.guide("verdicts").partition("other hotfixes: ")[2].partition("\n\n")[0]
    for number in (one for one in ranges if one > 7000):
        for _branch, first, last in ranges[number]:
            assert f"{first} to {last}" in later or f"from {first} on" in later


def test_the_examples_of_kernels_are_judged_so() -> None:
    definition = load()
    fixed = next(one for one in definition.targets if one.os_version == (6, 0, 6001)).fixed_kernels
    rows = _table("running kernel")
    for version, branch, against in rows:
        found = FileVersion.parse(version)
        assert found.branch.value.upper() == branch
        assert against.startswith(level_of(found, fixed).value)
    assert len(rows) > 3
    first = {row[0]: row[4] for row in _table("build")}
    for target in definition.targets:
        (ldr,) = target.fixed_kernels.values()
        assert first[str(target.os_version[2])] == f"LDR from {ldr} on"
