# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that are judged by a definition as the tool makes it: from the sources to the verdict."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Any, Literal

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import read_article
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import (
    Architecture,
    DiskFile,
    Facts,
    OperatingSystem,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import Made, make
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.report import PackageReport
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide
from packages import write_msu
from packages.articles import HEADER, article
from packages.plan import (
    CBS_ARCHITECTURE,
    FOUNDATION,
    SP1,
    Component,
    Deployment,
    Parent,
    Part,
    Plan,
    PlannedFile,
    Sub,
    Update,
)
from unit.plugins.plugin_utils._verdict.hosts import QUIET, disk, identity, package, packages, running

from .making import UNSIGNED

KB = "KB960999"
X86, X64 = "32-bit versions", "x64-based versions"
RTM_X86, SP1_X86 = f"Windows Vista, {X86}", f"Windows Vista with SP1 or Windows Server 2008, {X86}"
TCPIP = "System32\\drivers\\tcpip.sys"
STOCK = {6000: "6.0.6000.16386", 6001: "6.0.6001.18000", 6002: "6.0.6002.18005", 7601: "6.1.7601.17514"}


def tables(*parts: tuple[str, list[str]]) -> str:
    """An article with a table below each caption. A row: name, version and size, and the platform, or none."""
    found = []
    for caption, rows in parts:
        lines = []
        for row in rows:
            name, version, size, platform = [*row.split("|"), ""][:4]
            lines.append(f"|{name}|{version}|{size}|16-Oct-2008|05:00|{platform}|\n")
        found.append(f"##### {caption}\n\n{HEADER}{''.join(lines)}")
    return article(KB, found)


def made(text: str, *reports: PackageReport) -> Made:
    return make(Sources(reports, read_article(text.encode(), "article.md"), "article.md"))


def host(
    build: int,
    files: dict[str, str | None] | None = None,
    architecture: Architecture = Architecture.X86,
    kernel: str = "",
    state: int | None = 0,
) -> Facts:
    """A host of stock kernels, of which the versions of these files are known. state: of the hotfix's package."""
    version = kernel or STOCK[build]
    windows = FileVersion.parse(version).os_version
    records = [] if state == 0 else [package(state, architecture, f"Package_for_{KB}")]
    told = [
        DiskFile(path, found is not None, None if found is None else FileVersion.parse(found), 1)
        for path, found in (files or {}).items()
    ]
    return Facts(
        identity=identity(None),
        os=Answer.known(OperatingSystem(windows, "Windows", 0, 1, 6, "C:\\Windows", "C:", None, None, None)),
        architecture=Answer.known(architecture),
        running_kernel=running(version, architecture),
        disk_kernel=disk(ntoskrnl=version),
        packages=packages(*records),
        files=Answer.known(tuple(told)),
        reboot=QUIET,
    )


def status(made: Made | Definition, facts: Facts) -> str:
    return decide(made if isinstance(made, Definition) else made.definition, facts).status.value


def why(made: Made, facts: Facts) -> tuple[str, str, str]:
    """Status, the decisive reason's code, and its sentence."""
    found = decide(made.definition, facts)
    return found.status.value, found.reasons[0].code.value, found.reasons[0].text


Brought = tuple[str, Literal["GDR", "LDR"]]


@functools.cache
def drivers(architecture: str, *brought: Brought, stranger: str = "") -> PackageReport:
    """A package that brings tcpip.sys to build 6001, once for each component's version and branch.

    stranger: the name of a second parent that stands for no Windows; it gets the same files.
    """

    def plan(recipe: Any) -> Plan:
        base = Parent(FOUNDATION, SP1)
        cbs = CBS_ARCHITECTURE[recipe.architecture]
        updates = []
        for text, branch in brought:
            version = FileVersion.parse(text)
            file = PlannedFile(
                "tcpip.sys", 0, (version.major, version.minor, version.build, version.revision), "$(runtime.drivers)\\"
            )
            component = Component("Microsoft-Windows-TCPIP", text, cbs, files=(file,))
            updates.append(Update(Deployment((component,), cbs), branch))
        subs = [Sub("server", 0, base, (base,), (Part((base,), tuple(updates)),))]
        if stranger:
            other = Parent(stranger, "6.0.1.0", "package")
            file = PlannedFile("frob.dll", 0, (6, 0, 6000, 20900))
            component = Component("Microsoft-Windows-Frob", "6.0.6000.20900", cbs, files=(file,))
            frob = Update(Deployment((component,), cbs), "LDR")
            client = Parent(FOUNDATION, "6.0.6000.16386")
            subs.append(Sub("client", 1, client, (other,), (Part((other,), (frob,)),)))
        return Plan(recipe.kb, recipe.architecture, tuple(subs))

    with tempfile.TemporaryDirectory() as folder:
        path = write_msu(Path(folder), architecture, kb=KB, plan=plan, restart=None)
        return read_package(path, UNSIGNED)


def size_of(report: PackageReport) -> int:
    return next(one.file.size for one in report.files or () if one.file.base_name == "tcpip.sys")
