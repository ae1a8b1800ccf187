# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No host is ruled out by what a definition's sources left open: builds that they name, and whose files they do not
tell. From the article and the package to the verdict."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import Made
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.recommendation import recommend
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from packages.articles import article
from packages.articles import table as plain_table
from unit.plugins.plugin_utils._catalogue import made as handwritten
from unit.plugins.plugin_utils._catalogue.made import file

from .judged import KB, RTM_X86, SP1_X86, TCPIP, drivers, host, made, size_of, status, tables, why

X64, IA64 = Architecture.X64, Architecture.IA64
FIX = "6.0.6001.22288"
GOOD = f"Netapi32.dll|{FIX}|1|x86"
SP1_ONLY = "To apply this hotfix, you must be running Windows Vista Service Pack 1 (SP1) or Windows Server 2008 SP1."
BOTH = "The computer must be running Windows Vista, Windows Vista Service Pack 1 or Windows Server 2008 SP1."


def unfilled(found: Made) -> set[tuple[str | None, str | None]]:
    return {(one["os_version"], one["architecture"]) for one in found.data["unfilled"]}


def plain(prerequisites: str, rows: list[tuple[str, str, int, str]], products: str = "") -> str:
    text = article(KB, [plain_table(rows, "x86")], prerequisites=prerequisites)
    head, _separator, _rest = text.partition("## Applies to")
    return head + products


NETAPI = ("Netapi32.dll", FIX, 1, "x86")


def test_a_whole_article_rules_out_what_it_does_not_name() -> None:
    """The counterpart of all that follows: without it `unknown` would be the only answer."""
    found = made(plain(SP1_ONLY, [NETAPI], "## Applies to\n\n- Windows Vista Business\n"))
    assert unfilled(found) == set()
    for build in (6000, 6002, 7601):
        assert status(found, host(build)) == "not_applicable"


def test_an_article_that_was_cut_off_names_builds_without_files() -> None:
    found = made(plain(BOTH, [("Netapi32.dll", "6.0.6000.20937", 1, "x86")]))
    assert unfilled(found) == {("6.0.6001", None)}
    assert why(found, host(6001)) == (
        "unknown",
        "definition_incomplete",
        f"The definition of {KB} was made without the files of 6.0.6001: the article names it, and no file of its "
        "tables could be placed there.",
    )
    advice = recommend(found.definition, host(6001), decide(found.definition, host(6001))).text
    assert advice.endswith("or write by hand what is missing in it.")
    assert status(found, host(6001, architecture=X64)) == "unknown"
    assert status(found, host(7601)) == "not_applicable"
    assert dict(found.not_told)["unfilled: 6.0.6001"]


def test_an_article_that_names_no_windows_may_be_half_of_one() -> None:
    found = made(plain("There are no prerequisites.", [NETAPI]))
    assert unfilled(found) == {(None, None)}
    for build in (6000, 6002, 7601):
        status_of, code, text = why(found, host(build))
        assert (status_of, code) == ("unknown", "definition_incomplete")
        assert text.endswith("its article names no Windows in prerequisites or products, so that it may not be whole.")


def test_a_family_without_a_service_pack_may_be_any_build_of_it() -> None:
    found = made(article(KB, [plain_table([NETAPI], "x86")]))  # Windows Vista Business, Windows Server 2008 Standard
    assert unfilled(found) == {("6.0.6000", None), ("6.0.6002", None), ("6.0.6003", None)}
    assert status(found, host(6000)) == status(found, host(6002)) == "unknown"


@pytest.mark.parametrize(
    "row",
    [
        "Msi.dll|4.5.6000.20817|1|x86",
        "Netapi32.dll|6.0.600.20937|1|x86",
        "Foo.bin|Not applicable|1|Not applicable",
        "Netapi32.dll|6.0.6000.16386|1|x86",
        "Netapi32.dll|6.0.6000.20900 xyz|1|x86",
    ],
)
def test_a_caption_names_a_build_whose_rows_cannot_be_placed(row: str) -> None:
    found = made(tables((RTM_X86, [row]), (SP1_X86, [GOOD])))
    assert {one["os_version"] for one in found.data["targets"]} == {"6.0.6001"}
    assert why(found, host(6000))[:2] == ("unknown", "definition_incomplete")
    assert ("6.0.6000", "x86") in unfilled(found)


def test_a_row_that_counts_otherwise_is_not_filed_under_another_captions_build() -> None:
    found = made(tables((RTM_X86, ["Msi.dll|4.5.6000.20817|1|x86"]), (SP1_X86, [GOOD])))
    msi = next(one for one in found.definition.targets[0].files if one.name == "Msi.dll")
    assert msi.unread


def test_a_package_that_was_not_given() -> None:
    report = drivers("x64", ("6.0.6001.22167", "LDR"))
    size = size_of(report)
    rows = [f"Tcpip.sys|6.0.6000.20967|{size}|x86", f"Tcpip.sys|6.0.6001.22167|{size}|x86"]
    parts = [("x64-based versions", [f"Tcpip.sys|6.0.6001.22167|{size}|x64"]), ("32-bit versions", rows)]
    found = made(tables(*parts), report)
    assert {("6.0.6000", "x86"), ("6.0.6001", "x86")} <= unfilled(found)
    for build in (6000, 6001):
        text = why(found, host(build))[2]
        assert text == (
            f"The definition of {KB} was made without the files of 6.0.{build} on x86: its package was not given."
        )
    assert status(found, host(6001, {TCPIP: "6.0.6001.22167"}, X64)) == "fixed"


def test_an_article_for_a_later_windows_too() -> None:
    found = made(tables(("Windows 7, x86", ["Netapi32.dll|6.1.7601.21667|1|x86"]), (SP1_X86, [GOOD])))
    assert ("6.1.7601", "x86") in unfilled(found)
    assert status(found, host(7601)) == "unknown"
    reason = dict(found.not_told)["targets: Netapi32.dll 6.1.7601.21667 (x86)"]
    assert reason == "it is for 6.1.7601, another Windows, which has packages of its own"
    assert status(found, host(6001, {"System32\\Netapi32.dll": FIX})) == "fixed", "its own rows are all there"


def test_a_build_that_gets_no_changed_file() -> None:
    rows = ["Netapi32.dll|6.0.6000.16386|1|x86", GOOD, "X86_a_31bf3856ad364e35_6.0.6000.20937_none_0123456789abcdef"
            ".manifest||1|"]  # fmt: skip
    found = made(tables((SP1_X86, rows)))
    assert ("6.0.6000", "x86") in unfilled(found)


# --- written by hand -----------------------------------------------------------------------------------------------


def entry(os_version: str | None, architecture: str | None = None) -> dict[str, Any]:
    return {"os_version": os_version, "architecture": architecture, "text": "nobody had them"}


@pytest.mark.parametrize(
    ("entries", "asked", "expected"),
    [
        ([], (6000, X64), "not_applicable"),
        ([entry("6.0.6000")], (6000, X64), "unknown"),
        ([entry("6.0.6000", "x64")], (6000, X64), "unknown"),
        ([entry("6.0.6000", "ia64")], (6000, X64), "not_applicable"),
        ([entry(None, "x64")], (6000, X64), "unknown"),
        ([entry(None, "ia64")], (6000, X64), "not_applicable"),
        ([entry(None)], (6000, X64), "unknown"),
        ([entry(None)], (6002, X64), "not_applicable"),  # a service pack carries the fix
        ([entry("6.0.6001", "ia64")], (6001, IA64), "unknown"),
        ([entry("6.0.6000")], (7601, X64), "not_applicable"),
    ],
)
def test_whom_an_entry_leaves_open(entries: list[dict[str, Any]], asked: Any, expected: str) -> None:
    definition = handwritten.made(123456, [file("System32\\frob.dll", ldr=FIX)], unfilled=entries)
    assert status(definition, host(asked[0], architecture=asked[1])) == expected


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([entry("6.0.6001", "x64")], "unfilled[0]: it is a target too"),
        ([entry("6.0.6002")], "unfilled[0].os_version: it is in fixed_by_service_pack too"),
        ([entry(None)] * 2, "unfilled: two entries have the same os_version and architecture"),
    ],
)
def test_entries_that_contradict_the_rest(entries: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        handwritten.made(123456, [file("System32\\frob.dll", ldr=FIX)], unfilled=entries)
    assert str(caught.value) == f"kb123456.json: {reason}"


@pytest.mark.parametrize("kb", ["KB952876", "KB942288"])
def test_the_catalogues_own_definitions_are_whole(kb: str) -> None:
    assert load(kb).unfilled == ()


def test_a_row_without_an_architecture_leaves_its_build_open() -> None:
    """Another caption names the build for x64 alone: the row may be for x86."""
    later = "Netapi32.dll|6.1.7601.21720|1|"
    sections = {
        "Windows 7 file information": [f"{later}x86"],
        "For all supported x64-based versions of Windows 7 Service Pack 1": [f"{later}x64"],
    }
    found = made(tables((SP1_X86, ["Secur32.dll|6.0.6001.22288|1|x86"]), *sections.items()))
    assert why(found, host(7601))[:2] == ("unknown", "definition_incomplete")
