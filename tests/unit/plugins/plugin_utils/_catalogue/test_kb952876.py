# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KB952876 as data: figures that always hold, and the article itself read a second time where it is at hand."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import CATALOGUE, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import (
    Advice,
    Article,
    Restart,
    SupportEnded,
    SymptomClass,
    Watched,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import Branch, FileVersion

ROOT = Path(__file__).resolve().parents[5]
ARTICLE = ROOT.parent / "shared" / "seed" / "kb952876-article.txt"
X86, X64, IA64 = Architecture.X86, Architecture.X64, Architecture.IA64
VISTA, SP1 = (6, 0, 6000), (6, 0, 6001)
# build, architecture, sizes of the kernels
KERNELS = [
    (VISTA, X86, {"ntkrnlpa.exe": 3506744, "ntoskrnl.exe": 3472952}),
    (SP1, X86, {"ntkrnlpa.exe": 3601464, "ntoskrnl.exe": 3549240}),
    (VISTA, X64, {"ntoskrnl.exe": 4416568}),
    (SP1, X64, {"ntoskrnl.exe": 4694072}),
    (SP1, IA64, {"ntoskrnl.exe": 9501752}),
]
# architecture, manifests of all builds, sum of their sizes
MEMBERS = [(X86, 22, 67324), (X64, 22, 64922), (IA64, 12, 33870)]
needs_article = pytest.mark.skipif(not ARTICLE.is_file(), reason="the article's text is not beside this checkout")


@pytest.mark.parametrize(("build", "architecture", "kernels"), KERNELS)
def test_figures_of_the_kernels(
    build: tuple[int, int, int], architecture: Architecture, kernels: dict[str, int]
) -> None:
    target = load().target(build, architecture)
    assert target is not None
    assert target.files == target.changed_files == target.kernels
    assert {file.key: file.branches[0].size for file in target.files} == kernels
    assert [file.path for file in target.files] == [f"System32\\{file.key}" for file in target.files]
    assert {file.key: file.pae for file in target.files if architecture is X86} == (
        {"ntoskrnl.exe": False, "ntkrnlpa.exe": True} if architecture is X86 else {}
    )
    for file in target.files:
        (branch,) = file.branches
        assert (branch.branch, branch.component) == (Branch.LDR, "Microsoft-Windows-OS-Kernel")
        assert branch.component_version == branch.version == target.fixed_kernels[Branch.LDR]
        assert str(branch.version) in (branch.store_folder or "")


@pytest.mark.parametrize(("architecture", "rows", "total"), MEMBERS)
def test_figures_of_the_members(architecture: Architecture, rows: int, total: int) -> None:
    package = load().package(architecture)
    assert package is not None
    assert package.members is not None
    assert (len(package.members), sum(one.size for one in package.members)) == (rows, total)
    parts = {one.name.removesuffix(".mum").casefold() for one in package.members if "~" in one.name}
    assert {one.casefold() for one in package.sub_packages} == parts


def test_there_are_five_targets() -> None:
    definition = load()
    assert [(one.os_version, one.architecture) for one in definition.targets] == [
        (VISTA, X86), (SP1, X86), (VISTA, X64), (SP1, X64), (SP1, IA64)
    ]
    assert definition.target(VISTA, IA64) is None
    fixed = {(one.os_version, *one.fixed_kernels.items()) for one in definition.targets}
    assert fixed == {
        (VISTA, (Branch.LDR, FileVersion(6, 0, 6000, 20846))),
        (SP1, (Branch.LDR, FileVersion(6, 0, 6001, 22191))),
    }
    assert all(one.identity_certain is False and one.sha256 is None for one in definition.packages)
    assert [one.file_name for one in definition.packages] == [
        "Windows6.0-KB952876-x86.msu",
        "Windows6.0-KB952876-x64.msu",
        "Windows6.0-KB952876-ia64.msu",
    ]


def test_the_rest_of_the_article() -> None:
    definition = load()
    assert definition.article == Article(952876, "2.0", date(2011, 10, 8))
    assert (definition.restart, definition.release_type) == (Restart.REQUIRED, "Hotfix")
    assert len(definition.products) == 18
    assert definition.advice == Advice(True, 2, SupportEnded(1, date(2011, 7, 12)))
    assert definition.only_if_symptomatic
    assert definition.watched == Watched(SymptomClass.DRIVER, "tcpipreg", "Stop Pending")
    assert not (definition.prerequisites or definition.replaces or definition.includes or definition.registry)
    assert not definition.listed_skus & {9, 11, 17, 18, 42}, "SBS, Starter, Web, HPC, Hyper-V Server"
    assert {1, 2, 3, 4, 6, 7, 8, 10, 15, 36, 37, 38} <= definition.listed_skus


def article_tables() -> list[list[tuple[str, str | None, int]]]:
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
            rows.append((name, None if version == "-" else version, int(size.replace(",", ""))))
        tables.append(rows)
    return tables


@needs_article
def test_the_files_and_members_are_the_articles() -> None:
    tables = article_tables()
    assert [len(one) for one in tables] == [22, 22, 21, 21, 13]
    for target, table in zip(load().targets, tables, strict=True):
        ours = [(file.name, str(one.version), one.size) for file in target.files for one in file.branches]
        assert ours == [row for row in table if row[1] is not None]
    for package in load().packages:
        said = {
            (name, size)
            for target, table in zip(load().targets, tables, strict=True)
            for name, version, size in table
            if version is None and target.architecture is package.architecture
        }
        assert {(one.name, one.size) for one in package.members or ()} == said


@needs_article
def test_the_editions_are_the_articles() -> None:
    said = ARTICLE.read_text(encoding="utf-8").split("APPLIES TO ")[1].split(" kbautohotfix")[0]
    assert " ".join(one.name for one in load().products) == said


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
    for text in (data["title"], data["symptom"]["text"], *sources):
        assert not runs_of(text) & article
