# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No definition calls a host fixed by what proves nothing: a baseline, a misprint, the rest of files of which one is
lost. From the article and the package to the verdict."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import read_article
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.save import rendered
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import DefinitionError
from unit.plugins.plugin_utils._catalogue import made as handwritten

from .judged import RTM_X86, SP1_X86, TCPIP, drivers, host, made, size_of, status, tables

X64 = Architecture.X64
NETAPI, KERNEL32, SECUR = "System32\\Netapi32.dll", "System32\\Kernel32.dll", "System32\\Secur32.dll"
FIX, BASELINE = "6.0.6001.22288", "6.0.6001.18000"
TABLE_64 = "For all supported x64-based versions of Windows Vista and of Windows Server 2008"
GDR_AND_LDR = (("6.0.6001.18000", "GDR"), ("6.0.6001.22167", "LDR"))


# --- what Windows came with is no threshold ------------------------------------------------------------------------


def test_a_baseline_row_beside_a_fix_leaves_the_file_on_its_other_branch_alone() -> None:
    found = made(tables((SP1_X86, [f"Netapi32.dll|{BASELINE}|1|x86", f"Netapi32.dll|{FIX}|1|x86"])))
    assert status(found, host(6001, {NETAPI: BASELINE})) == "needs_fix"
    assert status(found, host(6001, {NETAPI: "6.0.6001.18157"})) == "needs_fix"
    assert status(found, host(6001, {NETAPI: FIX})) == "fixed"


def test_a_kernel_at_its_baseline_has_not_the_fix() -> None:
    found = made(tables((SP1_X86, [f"Ntoskrnl.exe|{BASELINE}|1|x86", f"Ntoskrnl.exe|{FIX}|1|x86"])))
    assert status(found, host(6001)) == "needs_fix"
    assert status(found, host(6001, kernel=FIX)) == "fixed"


def test_an_earlier_builds_baseline_in_a_later_ones_table() -> None:
    """Files that a service pack left as they were stand in its table with the number of their first build."""
    rtm = (RTM_X86, ["Kernel32.dll|6.0.6000.20937|1|x86"])
    sp1 = (SP1_X86, ["Kernel32.dll|6.0.6000.16386|1|x86", f"Netapi32.dll|{FIX}|1|x86"])
    for parts in permutations((rtm, sp1)):
        found = made(tables(*parts))
        assert status(found, host(6000, {KERNEL32: "6.0.6000.16386"})) == "needs_fix"
        assert status(found, host(6000, {KERNEL32: "6.0.6000.20937"})) == "fixed"


def test_a_packages_branch_at_its_baseline_is_no_threshold() -> None:
    report = drivers("x64", *GDR_AND_LDR)
    rows = [f"Tcpip.sys|{version}|{size_of(report)}|x64" for version, _branch in GDR_AND_LDR]
    found = made(tables((TABLE_64, rows)), report)
    assert status(found, host(6001, {TCPIP: BASELINE}, X64)) == "needs_fix"
    assert status(found, host(6001, {TCPIP: "6.0.6001.22167"}, X64)) == "fixed"


@pytest.mark.parametrize(
    "version", ["6.0.6001.18000", "6.0.6001.18001", "7.0.6000.16386", "6.0.6001.17052", "4.0.6001.18000"]
)
def test_no_definition_can_have_a_baseline_as_its_threshold(version: str) -> None:
    """Whoever wrote it: the domain itself refuses it."""
    with pytest.raises(CatalogueError) as caught:
        handwritten.made(123456, [handwritten.file(NETAPI, ldr=FIX, gdr=version)])
    assert str(caught.value) == (
        f"kb123456.json: targets[0].files[0].branches[1].version: {version} is what build 6001 came with, so that it "
        "proves no fix: leave this branch out where another one has the fix, or set changed to false"
    )


def test_a_baseline_of_a_later_windows_is_a_version_like_others_here() -> None:
    """6.1.7600.16385 came with Windows 7; on Vista it comes by an update."""
    assert handwritten.made(123456, [handwritten.file(NETAPI, gdr="6.1.7600.16385")])
    along = handwritten.file(KERNEL32, gdr=BASELINE, changed=False)
    assert handwritten.made(123456, [handwritten.file(NETAPI, ldr=FIX), along])


# --- which copy a row is of ----------------------------------------------------------------------------------------


def test_a_64_bit_table_without_platforms_does_not_tell_which_copy_is_changed() -> None:
    found = made(tables((TABLE_64, [f"Secur32.dll|{BASELINE}|94,720", f"Secur32.dll|{FIX}|76,944"])))
    assert [one.unread for one in found.definition.targets[0].files] == [True]
    for version in (BASELINE, FIX):
        assert status(found, host(6001, {SECUR: version}, X64, state=0x60)) != "fixed"
    later = made(tables((TABLE_64, ["Secur32.dll|6.0.6001.18157|94,720", f"Secur32.dll|{FIX}|76,944"])))
    assert [one.unread for one in later.definition.targets[0].files] == [True]


@pytest.mark.parametrize(
    "rows",
    [
        [f"Secur32.dll|{FIX}|94,720", f"Secur32.dll|{FIX}|76,944"],
        [f"Secur32.dll|{version}|{size}" for version in ("6.0.6001.18157", FIX) for size in ("94,720", "76,944")],
        [f"Secur32.dll|{BASELINE}|94,720|x64", f"Secur32.dll|{FIX}|94,720|x64"],
    ],
)
def test_rows_that_are_certain_without_it_are_compared(rows: list[str]) -> None:
    found = made(tables((TABLE_64, rows)))
    assert status(found, host(6001, {SECUR: FIX}, X64)) == "fixed"
    assert status(found, host(6001, {SECUR: BASELINE}, X64)) == "needs_fix"


# --- what cannot be placed stays, unread ---------------------------------------------------------------------------

GOOD = f"Kernel32.dll|{FIX}|1|x86"


@pytest.mark.parametrize(
    "lost",
    [
        "Netapi32.dll|6.0.601.22288|1|x86",
        "Netapi32.dll|6.0.6001|1|x86",
        "Netapi32.dll|6.0.7600.16385|1|x86",
        "Netapi32.dll||1|x86",
        "netio sys|6.0.6001.22288|1|x86",
        "|6.0.6001.22288|1|x86",
        "a~1.dll|6.0.6001.22288|1|x86",
        "Netapi32.dll|6.1.7600.20667|1|x86",
    ],
)
def test_a_changed_file_that_cannot_be_placed_stays_and_is_unread(lost: str) -> None:
    found = made(tables((SP1_X86, [lost, GOOD])))
    facts: dict[str, str | None] = {NETAPI: BASELINE, KERNEL32: FIX}
    assert status(found, host(6001, facts)) == "unknown"
    assert status(found, host(6001, facts, state=0x70)) == "fixed", "servicing itself says so"
    assert any(one.unread for one in found.definition.targets[0].changed_files)
    assert status(made(tables((SP1_X86, [GOOD]))), host(6001, facts)) == "fixed", "it is the lost row that decides"


@pytest.mark.parametrize("lost", ["Kernel32.dll|6.0.601.18157|1|x86", "Kernel32.dll|6.0.6001 ldr|1|x86"])
def test_a_row_of_a_file_that_has_another_one_leaves_it_unread(lost: str) -> None:
    """It may be the row of its other branch: neither below nor above the known version anything is certain."""
    found = made(tables((SP1_X86, [lost, GOOD, f"Netapi32.dll|{FIX}|1|x86"])))
    for version in (BASELINE, "6.0.6001.18157", FIX):
        assert status(found, host(6001, {NETAPI: FIX, KERNEL32: version})) == "unknown"


def test_of_two_rows_of_one_branch_a_doubtful_one_counts() -> None:
    rest = f"Netapi32.dll|{FIX}|1|x86"
    files: dict[str, str | None] = {KERNEL32: FIX, NETAPI: FIX}
    sources = made(tables((SP1_X86, [GOOD, rest])))
    facts = read_article(tables((SP1_X86, [GOOD, rest])).encode(), "article.md")
    row = replace(facts.rows[0], version=None, branch="ldr", problems=("'6.0.6001' is no file version",))
    for rows in ((*facts.rows, row), (row, *facts.rows)):
        found = make(Sources(article=replace(facts, rows=rows), article_name="article.md"))
        assert status(found, host(6001, files)) == "unknown"
    assert status(sources, host(6001, files)) == "fixed"


def test_a_row_below_a_caption_of_no_architecture_counts_for_all() -> None:
    found = made(tables((SP1_X86, [GOOD]), ("Windows Vista with SP1", ["Netapi32.dll|6.0.6001.22288|1|x86"])))
    assert {one.name: one.unread for one in found.definition.targets[0].files} == {
        "Kernel32.dll": False, "Netapi32.dll": True}  # fmt: skip


def test_a_file_that_counts_otherwise_is_unread_wherever_it_may_be() -> None:
    parts = [
        (SP1_X86, ["Msi.dll|4.5.6001.22159|1|x86", GOOD]),
        (RTM_X86, ["Msi.dll|4.5.6000.20817|1|x86", "Kernel32.dll|6.0.6000.20937|1|x86"]),
    ]
    found = made(tables(*parts))
    assert status(found, host(6001, {KERNEL32: FIX, "System32\\Msi.dll": "3.1.4000.1823"})) == "unknown"
    assert status(found, host(6001, {KERNEL32: BASELINE})) == "needs_fix"
    assert status(found, host(6000, {KERNEL32: "6.0.6000.20937"})) == "unknown"
    assert all({one.name for one in target.changed_files} == {"Msi.dll", "Kernel32.dll"}
               for target in found.definition.targets)  # fmt: skip


@pytest.mark.parametrize("row", ["Frob.mof||1|", f"Netapi32.dll|{BASELINE}|1|x86", "Gdiplus.dll|5.2.6000.16386|1|x86"])
def test_what_proves_nothing_leaves_nothing_open(row: str) -> None:
    found = made(tables((SP1_X86, [row, GOOD]), (RTM_X86, ["Kernel32.dll|6.0.6000.20937|1|x86"])))
    assert status(found, host(6001, {KERNEL32: FIX})) == "fixed"


def test_a_packages_file_for_a_parent_that_is_not_known_stays() -> None:
    report = drivers("x86", ("6.0.6001.22167", "LDR"), stranger="Package_9_for_KB999999")
    found = made(tables((SP1_X86, [f"Tcpip.sys|6.0.6001.22167|{size_of(report)}|x86"])), report)
    assert {one.name: one.unread for one in found.definition.targets[0].changed_files} == {
        "tcpip.sys": False, "frob.dll": True}  # fmt: skip
    assert status(found, host(6001, {TCPIP: "6.0.6001.22167"})) == "unknown"
    assert status(found, host(7601)) == "unknown", "it may be the parent's"


# --- article and package tell otherwise ----------------------------------------------------------------------------


@pytest.mark.parametrize("told", ["6.0.6001.21167", "6.0.6001.22176", "6.0.6001.18000", "6.0.601.22167"])
def test_of_two_versions_that_count_alike_neither_is_taken(told: str) -> None:
    report = drivers("x64", ("6.0.6001.22167", "LDR"))
    found = made(tables((TABLE_64, [f"Tcpip.sys|{told}|{size_of(report)}|x64"])), report)
    assert [one.field for one in found.differences] == ["version"]
    for version in ("6.0.6001.21500", "6.0.6001.22167", told):
        assert status(found, host(6001, {TCPIP: version}, X64, state=0x60)) != "fixed"
    reason = dict(found.not_told)["targets: tcpip.sys for 6.0.6001 x64 (ldr): version"]
    assert reason == f"the article says {told}, and its component is 6.0.6001.22167"


def test_a_row_on_an_unknown_branch_is_refused_with_a_package_as_without() -> None:
    report = drivers("x64", ("6.0.6001.25000", "LDR"))
    text = tables((TABLE_64, [f"Tcpip.sys|6.0.6001.25000|{size_of(report)}|x64"]))
    said = set()
    for reports in ((report,), ()):
        with pytest.raises(DefinitionError) as raised:
            made(text, *reports)
        said.add(str(raised.value))
    assert len(said) == 1
    start = "article.md: file tables: Tcpip.sys (x64): branch: 6.0.6001.25000 is on no known branch of build 6001"
    assert next(iter(said)).startswith(start)


# --- the rest ------------------------------------------------------------------------------------------------------


def test_an_article_with_names_of_labs_and_files_of_5_2_is_not_one_for_windows_xp() -> None:
    rows = ["Netapi32.dll|6.0.6001.22288 (vistasp1_ldr.081016-1)|1|x86", "Gdiplus.dll|5.2.6001.22319|1|x86"]
    found = made(tables((SP1_X86, rows)))
    assert {one.name: one.unread for one in found.definition.targets[0].files} == {
        "Netapi32.dll": False, "Gdiplus.dll": True}  # fmt: skip
    for only in ("Netapi32.dll|6.0.6001.22288 ldr|1|x86", "Gdiplus.dll|5.2.6001.22319|1|x86"):
        with pytest.raises(DefinitionError) as raised:
            made(tables((SP1_X86, [only, "Frob.sys|5.1.2600.5512|1|x86"])))
        assert "XP" not in str(raised.value)


def test_packages_in_another_order_make_the_same_bytes() -> None:
    reports = [drivers(one, ("6.0.6001.22167", "LDR")) for one in ("x86", "x64")]
    texts = {rendered(make(Sources(tuple(order))).data) for order in permutations(reports)}
    assert len(texts) == 1
