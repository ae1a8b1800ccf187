# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KB952876 as data: figures that always hold, and the article itself read a second time where it is at hand."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import CATALOGUE, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture

ROOT = Path(__file__).resolve().parents[5]
ARTICLE = ROOT.parent / "shared" / "seed" / "kb952876-article.txt"
X86, X64, IA64 = Architecture.X86, Architecture.X64, Architecture.IA64
VISTA, SP1 = (6, 0, 6000), (6, 0, 6001)
# build, architecture, rows, sum of sizes, sizes of the kernels
TABLES = [
    (VISTA, X86, 22, 7028517, {"ntkrnlpa.exe": 3506744, "ntoskrnl.exe": 3472952}),
    (SP1, X86, 22, 7199525, {"ntkrnlpa.exe": 3601464, "ntoskrnl.exe": 3549240}),
    (VISTA, X64, 21, 4464277, {"ntoskrnl.exe": 4416568}),
    (SP1, X64, 21, 4741781, {"ntoskrnl.exe": 4694072}),
    (SP1, IA64, 13, 9535622, {"ntoskrnl.exe": 9501752}),
]
needs_article = pytest.mark.skipif(not ARTICLE.is_file(), reason="the article's text is not beside this checkout")


@pytest.mark.parametrize(("build", "architecture", "rows", "total", "kernels"), TABLES)
def test_figures_of_the_tables(
    build: tuple[int, int, int], architecture: Architecture, rows: int, total: int, kernels: dict[str, int]
) -> None:
    table = load().file_table(build, architecture)
    assert table is not None
    assert len(table.files) == rows
    assert len({entry.name.casefold() for entry in table.files}) == rows
    assert sum(entry.size for entry in table.files) == total
    assert {entry.name.casefold(): entry.size for entry in table.files if entry.version} == kernels
    assert {entry.time.date() for entry in table.files} == {date(2008, 5, 31)}
    assert all(entry.time.tzinfo == UTC for entry in table.files)


def test_there_are_five_tables_and_five_targets() -> None:
    definition = load()
    places = [row[:2] for row in TABLES]
    assert [(one.os_version, one.architecture) for one in definition.targets] == places
    assert [(one.os_version, one.architecture) for one in definition.file_tables] == places
    assert definition.target(VISTA, IA64) is None
    fixed = {(one.os_version, str(one.fixed_kernel)) for one in definition.targets}
    assert fixed == {(VISTA, "6.0.6000.20846"), (SP1, "6.0.6001.22191")}
    assert all(one.identity_certain is False for one in definition.packages)
    assert [one.file_name for one in definition.packages] == [
        "Windows6.0-KB952876-x86.msu",
        "Windows6.0-KB952876-x64.msu",
        "Windows6.0-KB952876-ia64.msu",
    ]


def test_the_rest_of_the_article() -> None:
    definition = load()
    assert (definition.article.id, definition.article.revision) == (952876, "2.0")
    assert definition.article.last_review == date(2011, 10, 8)
    assert definition.restart_required is True
    assert len(definition.editions) == 18
    assert definition.advice.only_if_symptomatic is True
    assert definition.advice.preferred_service_pack == 2
    assert (definition.advice.unsupported_service_pack, definition.advice.support_ended) == (1, date(2011, 7, 12))
    assert definition.symptom.service == "tcpipreg"
    assert not definition.listed_skus & {9, 11, 17, 18, 42}, "SBS, Starter, Web, HPC, Hyper-V Server"
    assert {1, 2, 3, 4, 6, 7, 8, 10, 15, 36, 37, 38} <= definition.listed_skus


def article_tables() -> list[list[tuple[str, str | None, int, datetime, str | None]]]:
    """The article's tables, word by word: a row ends where the next one's size and date begin to follow a name."""
    tables = []
    for line in ARTICLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("File name File version"):
            continue
        words = line.replace("Not applicable", "-").split()[9:]
        dates = [index for index, word in enumerate(words) if re.fullmatch(r"[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4}", word)]
        rows = []
        for index in dates:
            name, version, size = words[index - 3 : index]
            after = words[index + 2] if index + 2 < len(words) else "-"
            time = datetime.strptime(f"{words[index]} {words[index + 1]} +0000", "%d-%b-%Y %H:%M %z")
            platform = after if after in ("x64", "IA-64") else None
            rows.append((name, None if version == "-" else version, int(size.replace(",", "")), time, platform))
        tables.append(rows)
    return tables


@needs_article
def test_the_tables_are_the_articles() -> None:
    ours = [
        [
            (one.name, None if one.version is None else str(one.version), one.size, one.time, one.platform)
            for one in table.files
        ]
        for table in load().file_tables
    ]
    assert ours == article_tables()


@needs_article
def test_the_editions_are_the_articles() -> None:
    said = ARTICLE.read_text(encoding="utf-8").split("APPLIES TO ")[1].split(" kbautohotfix")[0]
    assert " ".join(one.product for one in load().editions) == said


@needs_article
def test_no_sentence_of_the_article_is_copied() -> None:
    def runs_of(text: str) -> set[tuple[str, ...]]:
        """Seven words in a row with nothing but blanks and commas between: figures, names and code break a run."""
        clauses = (re.split(r"[ ,]+", part.strip().lower()) for part in re.split(r"[^A-Za-z ,]+", text))
        return {tuple(words[start : start + 7]) for words in clauses for start in range(len(words) - 6)}

    article = runs_of(ARTICLE.read_text(encoding="utf-8"))
    assert len(article) > 300
    data = json.loads((CATALOGUE / "kb952876.json").read_text(encoding="utf-8"))
    sources = [path.read_text(encoding="utf-8") for path in CATALOGUE.parent.glob("_*/*.py")]
    for text in (data["title"], *sources):
        assert not runs_of(text) & article
