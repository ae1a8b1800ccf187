# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever an article says, a definition that passes its checks is made of it, or one sentence says why not.

And a host as its Windows came is never fixed by it.
"""

from __future__ import annotations

import json

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import read_article
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.save import rendered
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from hypothesis import given, settings
from hypothesis import strategies as st
from packages.articles import Row, article, table

from .judged import STOCK, host, status
from .making import report, text

NAMES = st.sampled_from("Tcpip.sys tcpip.sys Ntoskrnl.exe Ntkrnlpa.exe Frob.dll a~1.dll %x%.dll Frob.mof".split())  # noqa: SIM905
BUILDS = st.sampled_from(
    "6.0.6000 6.0.6001 6.0.6002 6.0.6003 6.1.7600 6.0.7600 5.1.2600 4.5.6001 1.0.0".split(),  # noqa: SIM905
)
REVISIONS = st.sampled_from([6, 16386, 18000, 18063, 22167, 25000])
VERSIONS = st.one_of(st.just(""), st.builds("{}.{}".format, BUILDS, REVISIONS))
ROWS: st.SearchStrategy[list[Row]] = st.lists(
    st.tuples(NAMES, VERSIONS, st.sampled_from([0, 1, 4711, 99_999]), st.sampled_from(["", "x86", "x64", "IA-64"])),
    max_size=8,
)
PIECES = st.sampled_from(
    ["\x00", "|", "\n", "~", "6.0.6001.22167", "KB952876", "_", "\u202e", "9" * 30, "<table>", "x64", " "],
)


def holds(sources: Sources) -> None:
    try:
        result = make(sources)
    except (CatalogueError, PackageError) as error:
        assert str(error)
        assert "\n" not in str(error)
    else:
        assert build(json.loads(rendered(result.data)), "again.json") == result.definition
        for target in result.definition.targets:
            if stock := STOCK.get(target.os_version[2]):
                files: dict[str, str | None] = {file.path: stock for file in target.files if file.path}
                assert status(result, host(target.os_version[2], files, target.architecture)) != "fixed"


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS, st.booleans())
def test_any_rows(x86: list[Row], x64: list[Row], with_package: bool) -> None:
    told = article("KB960999", [table(x86, "x86"), table(x64, "x64")])
    packages = (report("x86"), report("x64")) if with_package else ()
    holds(Sources(packages, read_article(told.encode(), "a.md"), "a.md"))


NEAR: st.SearchStrategy[list[Row]] = st.lists(
    st.tuples(
        st.sampled_from(["Tcpip.sys", "Netapi32.dll"]),
        st.sampled_from(["6.0.6000.16386", "6.0.6001.18000", "6.0.6001.22167", "6.0.6000.20937", "6.0.601.22167"]),
        st.sampled_from([1, 2]),
        st.sampled_from(["", "x64"]),
    ),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(NEAR)
def test_baselines_among_fixes(x64: list[Row]) -> None:
    told = article("KB960999", [table(x64, "x64")])
    holds(Sources((), read_article(told.encode(), "a.md"), "a.md"))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 20), PIECES), max_size=3))
def test_any_damage(cuts: list[tuple[int, int, str]]) -> None:
    told = text()
    for place, length, piece in cuts:
        told = told[: place % len(told)] + piece + told[place % len(told) + length :]
    try:
        facts = read_article(told.encode(), "a.md")
    except CatalogueError:
        return
    holds(Sources(article=facts, article_name="a.md"))
