# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Genuine articles are read whole, every row; and always: articles made anew of their digests, and of the catalogue.

tools/article_digest.py finds the rows by expressions of its own. The articles are read where WINLEGACY_ARTICLES names
their folder, or where they lie beside the work tree.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import (
    ArticleFacts,
    read_article,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.rows import FileRow
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.statements import Replacement
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Restart
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture

ROOT = Path(__file__).resolve().parents[6]
sys.path.append(str(ROOT / "tools"))

import article_digest as tool  # noqa: E402 - a script, not a package

DIGESTS = ROOT / "tests" / "unit" / "fixtures" / "article_digests"
SHARED = Path(os.environ.get("WINLEGACY_ARTICLES", ROOT.parent / "shared"))
NAMES = sorted(path.stem for path in DIGESTS.glob("*.json"))
THERE = {path.stem: path for path in sorted([*SHARED.glob("articles/*"), *SHARED.glob("seed/*"), *SHARED.glob("KB*")])}


def committed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIGESTS / f"{name}.json").read_text())
    return found


def genuine(name: str) -> bytes:
    if name not in THERE:
        pytest.skip(f"the article {name} is not beside this work tree, nor where WINLEGACY_ARTICLES says")
    return THERE[name].read_bytes()


def lines(rows: tuple[FileRow, ...]) -> list[str]:
    return [tool.line_of(row.name, str(row.version), str(row.size)) for row in rows]


def dated(rows: tuple[FileRow, ...]) -> list[str]:
    assert all(row.time for row in rows)
    return [f"{line} {row.time:%d-%b-%Y} {row.time:%H:%M}" for line, row in zip(lines(rows), rows, strict=True)]


def held_against(facts: ArticleFacts, digest: dict[str, Any]) -> None:
    """Every row is there, none is more, and each has its architecture."""
    assert facts.unread == ()
    assert [row for row in facts.rows if row.problems or row.architecture is None] == []
    assert len(facts.rows) == digest["rows"] > 0
    assert tool.hash_of(lines(facts.rows)) == digest["rows sha256"]
    assert tool.hash_of(dated(facts.rows)) == digest["dated rows sha256"]


@pytest.mark.parametrize("name", NAMES)
def test_a_genuine_article_is_read_whole(name: str) -> None:
    data = genuine(name)
    assert tool.digest(data) == committed(name)
    held_against(read_article(data, f"{name}.md"), committed(name))


def test_what_the_genuine_articles_say() -> None:
    told = {name: read_article(genuine(name), "article") for name in NAMES}
    seed = told["kb952876-article"]
    assert (seed.kb, seed.revision, str(seed.last_review), seed.restart) == (
        "KB952876",
        "2.0",
        "2011-10-08",
        Restart.REQUIRED,
    )
    assert (seed.replacement, seed.registry, seed.required, seed.title) == (Replacement(), (), (), None)
    assert [(one.family, one.service_pack) for one in seed.running] == [
        ("Windows Vista", None), ("Windows Vista", 1), ("Windows Server 2008", None)]  # fmt: skip
    definition = load("KB952876")
    assert [(one.name, one.architecture, one.skus) for one in seed.products] == [
        (one.name, one.architecture, one.skus) for one in definition.products
    ]
    one = told["KB976398"]
    assert (one.kb, one.restart, one.replacement, one.registry) == ("KB976398", Restart.NO, Replacement(), None)
    assert Counter((row.architecture, row.branch) for row in one.rows)[Architecture.X64, "wow"] == 1
    assert one.title is not None
    assert one.symptom is not None
    other = told["KB981506"]
    assert (other.kb, other.restart, other.replacement, other.registry, other.required) == (
        "KB981506", Restart.POSSIBLE, Replacement(), (), ())  # fmt: skip
    assert (other.running, other.products) == ((), ())


def test_the_catalogue_has_every_row_of_the_seed_article() -> None:
    """The definition lists what the article's tables do: its rows make the hash that the script found."""
    definition, digest = load("KB952876"), committed("kb952876-article")
    rows = [
        tool.line_of(file.name, str(branch.version), str(branch.size))
        for target in definition.targets for file in target.files for branch in file.branches
    ]  # fmt: skip
    for package in definition.packages:
        builds = len(definition.targets_for(package.architecture))
        for member in package.members or ():
            times = 1 if member.name.lower().endswith(".manifest") else builds
            rows += [tool.line_of(member.name, "-", member.size)] * times
    assert tool.hash_of(rows) == digest["rows sha256"]


def made_of(digest: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """An article with tables of the digest's forms and counts and invented files, and the digest that it must have."""
    told = ["# An invented article", "_Original KB number:_ &nbsp; 999999", ""]
    number = 0
    for table in digest["tables"]:
        platforms = [name for name, count in table["platforms"].items() for _time in range(count)]
        told += [
            "",
            f"##### For {next((one for one in ('IA-64', 'x64') if one in table['platforms']), 'x86')}-based versions",
            "",
        ]
        if table["form"] == "pipe":
            told += [
                "|File name|File version|File size|Date|Time|Platform|" + "Service branch|" * table["branch column"]
            ]
            told += ["|---" * (6 + table["branch column"]) + "|"]
        elif table["form"] == "flowed":
            told += ["File name File version File size Date Time Platform"]
        for row in range(table["rows"]):
            number += 1
            name = f"Package_{number}_for_kb999999.mum" if table["servicing data"] else f"File{number}.dll"
            version = f"6.0.6001.{22000 + number}" if row < table["with a version"] else "Not applicable"
            cells = [name, version, f"{number + 1},{number:03}", "13-Mar-2010", f"{number % 24:02}:30", platforms[row]]
            if table["form"] == "card":
                labels = ("File name", "File version", "File size", "Date (UTC)", "Time (UTC)", "Platform")
                told += [f"| {label}|{cell}|" for label, cell in zip(labels, cells, strict=True)]
                told[-5:-5] = ["|---|---|"] * (row == 0)
                told += ["||" if row + 1 < table["rows"] else "|||"]
            elif table["form"] == "pipe":
                told += [f"|{'|'.join([*cells, *['WOW'] * table['branch column']])}|"]
            else:
                told[-1] += " " + " ".join(cells)
        if table["form"] == "pipe":
            told += ["|||||||", ""]
    data = "\n".join(told).encode()
    return data, tool.digest(data)


@pytest.mark.parametrize("name", NAMES)
def test_an_article_of_the_same_structure_is_read_whole(name: str) -> None:
    data, digest = made_of(committed(name))
    assert digest["rows"] == committed(name)["rows"]
    facts = read_article(data, "invented.md")
    assert facts.kb == "KB999999"
    rows = [row for row in facts.rows if not row.problems]
    assert len(rows) == len(facts.rows) == digest["rows"]
    assert facts.unread == ()
    assert tool.hash_of(lines(facts.rows)) == digest["rows sha256"]
    assert tool.hash_of(dated(facts.rows)) == digest["dated rows sha256"]
