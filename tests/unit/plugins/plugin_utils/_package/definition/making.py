# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources for definitions: packages of test recipes, and articles whose rows are true of them."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import read_article
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import Made, make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.report import PackageReport
from packages import other, write_msu
from packages.articles import Row, article, table

KB = "KB960999"
UNSIGNED = ReadOptions(look_at_signature=False)


@functools.cache
def report(architecture: str, identity_version: str = "6.0.1.0", kb: str = KB) -> PackageReport:
    """A package of the recipe with drivers, two branches and Service Pack 2."""
    with tempfile.TemporaryDirectory() as folder:
        options = {**other.OPTIONS, "kb": kb, "identity_version": identity_version}
        return read_package(write_msu(Path(folder), architecture, **options), UNSIGNED)


def rows(architecture: str) -> list[Row]:
    """What the article says of the recipe's files: their own versions, which no package tells."""
    found: list[Row] = []
    for packed in report(architecture).files or ():
        file = packed.file
        if file.component is None or file.component.version is None or not file.executable:
            continue
        build, revision = file.component.version.build, file.component.version.revision
        version = {
            "tcpip.sys": f"6.0.{build}.{revision}",
            "winusb.sys": "1.9.0.6",
            "engine45.dll": f"4.5.{build}.{revision}",
        }
        found.append((file.base_name.capitalize(), version[file.base_name], file.size, architecture))
    return found


def text(**changes: Any) -> str:
    """An article that agrees with the packages for x86 and x64."""
    return article(KB, [table(rows(one), one) for one in ("x86", "x64")], **changes)


def made(told: str | None = None, packages: tuple[str, ...] = ("x86", "x64"), **options: Any) -> Made:
    facts = None if told is None else read_article(told.encode(), "article.md")
    return make(Sources(tuple(report(one) for one in packages), facts, "article.md" if facts else "", **options))


def branches(result: Made) -> dict[tuple[str, str, str, str], tuple[str | None, str | None]]:
    """The version and component version of each file by target and branch."""
    return {
        (target["os_version"], target["architecture"], file["path"] or file["name"], one["branch"]): (
            one["version"],
            one["component_version"],
        )
        for target in result.data["targets"]
        for file in target["files"]
        for one in file["branches"]
    }
