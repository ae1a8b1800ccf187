# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions from packages, from articles, from both; and sources that do not belong together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.article.article import read_article
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.file_version import FileVersion
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.make import make, paths_of
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.definition.sources import Sources
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import DefinitionError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from packages.articles import article, table

from .making import KB, branches, made, report, rows, text

TCPIP, ENGINE = "System32\\drivers\\tcpip.sys", "%ProgramFiles%\\Fixture\\engine45.dll"


def test_packages_tell_builds_places_branches_and_no_versions() -> None:
    result = made()
    told = branches(result)
    assert {key[:2] for key in told} == {(f"6.0.{build}", one) for build in (6001, 6002) for one in ("x86", "x64")}
    for build, gdr, ldr in (("6001", "18063", "22167"), ("6002", "18063", "22167")):
        assert told[f"6.0.{build}", "x64", TCPIP, "gdr"] == (None, f"6.0.{build}.{gdr}")
        assert told[f"6.0.{build}", "x64", TCPIP, "ldr"] == (None, f"6.0.{build}.{ldr}")
        assert told[f"6.0.{build}", "x86", ENGINE, "ldr"] == (None, f"6.0.{build}.{ldr}")
        assert told[f"6.0.{build}", "x86", "winusb.sys", "ldr"] == (None, f"6.0.{build}.{ldr}")
    files = {file["name"]: file for file in result.data["targets"][0]["files"]}
    assert {name: (file["role"], file["changed"]) for name, file in files.items()} == {
        "tcpip.sys": ("driver", True), "winusb.sys": ("driver", True), "engine45.dll": ("none", True)}  # fmt: skip
    assert all(
        one["store_folder"] and len(one["sha256"]) == 64 and one["size"] for one in files["tcpip.sys"]["branches"]
    )
    package = result.data["packages"][1]
    assert package["identity"] == f"Package_for_{KB}~31bf3856ad364e35~amd64~~6.0.1.0"
    assert (package["identity_certain"], package["sha256"]) == (True, report("x64").checksums.sha256)
    assert package["file_name"] == f"Windows6.0-{KB}-x64.msu"
    assert len(package["sub_packages"]) == sum(one["name"].endswith(".mum") for one in package["members"]) - 1
    not_told = dict(result.not_told)
    assert "targets: tcpip.sys for 6.0.6001 x64 (gdr): version" in not_told
    assert {"restart", "symptom", "advice", "products", "prerequisites", "replaces", "registry", "title"} <= set(
        not_told
    )


def test_the_definition_accepts_its_own_packages() -> None:
    for result in (made(), made(text(restart="You may have to restart the computer."))):
        for architecture in ("x86", "x64"):
            found = compare(result.definition, report(architecture).contents)
            assert found.status is MatchStatus.MATCHES, found.differences


def test_an_article_that_says_more_than_its_package_is_no_difference_for_that_file() -> None:
    """The package tells no restart, the article wants one: `hotfix` takes the file that the definition was made of."""
    definition, told = made(text()).definition, report("x64")
    other = compare(definition, told.contents, sha256="0" * 64)
    assert [(one.code, one.weight) for one in other.differences] == [("restart", MatchStatus.DIFFERS)]
    assert compare(definition, told.contents, sha256=told.checksums.sha256).status is MatchStatus.MATCHES
    denied = replace(told.contents, restart="no")
    assert compare(definition, denied, sha256=told.checksums.sha256).status is MatchStatus.MISMATCH


def test_the_article_adds_versions_and_words() -> None:
    result = made(
        text(prerequisites="To apply this, hotfix 949837 must be there.", replacement="It replaces hotfix 950000.")
    )
    told = branches(result)
    assert told["6.0.6001", "x64", TCPIP, "gdr"][0] == "6.0.6001.18063"
    assert told["6.0.6002", "x86", TCPIP, "ldr"][0] == "6.0.6002.22167"
    assert told["6.0.6001", "x86", ENGINE, "ldr"] == ("4.5.6001.22167", "6.0.6001.22167")
    assert {(one.file, one.field) for one in result.differences} == {
        ("Engine45.dll", "version"),
        ("Winusb.sys", "version"),
    }
    assert all("4.5." in str(one.article) or one.article == "1.9.0.6" for one in result.differences)
    data = result.data
    assert (data["title"], data["restart"], data["replaces"]) == (
        "The frobnicator stops when the moon is full", "required", ["KB950000"])  # fmt: skip
    assert data["article"] == {"id": 960999, "revision": None, "last_review": None}
    assert data["symptom"] == {"text": "The frobnicator stops.", "watch": None, "events": []}
    assert data["advice"]["only_if_symptomatic"] is True
    assert [one["skus"] for one in data["products"]] == [[6], [7, 13]]
    assert [one["kb"] for one in data["prerequisites"]] == [None, "KB949837"]
    assert dict(result.not_told).keys() >= {"symptom.watch"}
    assert not any(field.startswith("targets: tcpip.sys") for field, _why in result.not_told)


def changed(change: Callable[[list[tuple[str, str, int, str]]], object]) -> str:
    kept = rows("x86")
    change(kept)
    return article(KB, [table(kept, "x86"), table(rows("x64"), "x64")])


TCPIP_ROWS = [index for index, row in enumerate(rows("x86")) if row[0] == "Tcpip.sys"]


@pytest.mark.parametrize(
    ("index", "new", "fields", "version"),
    [
        (0, {2: 4711}, {"size"}, True),
        (0, {1: "6.0.6001.18064"}, {"version"}, False),
        (0, {1: "6.0.6001.18064", 2: 4711}, {"version", "size"}, False),
        (0, {0: "Tcpop.sys"}, {"name"}, False),
    ],
)
def test_each_difference_is_told_by_name(index: int, new: dict[int, Any], fields: set[str], version: bool) -> None:
    place = next(one for one in TCPIP_ROWS if rows("x86")[one][1] == "6.0.6001.18063")
    row = tuple(new.get(at, value) for at, value in enumerate(rows("x86")[place]))
    result = made(changed(lambda kept: kept.__setitem__(place, row)))
    base = {(one.file, one.field) for one in made(text()).differences}
    found = {(one.file, one.field) for one in result.differences} - base
    assert {field for _file, field in found} == fields
    assert {name.lower() for name, _field in found} <= {"tcpip.sys", "tcpop.sys"}
    told = branches(result)["6.0.6001", "x86", TCPIP, "gdr"]
    assert (told[0] is not None) is version


def test_a_row_more_or_less_is_a_difference() -> None:
    more = made(changed(lambda kept: kept.append(("Extra.dll", "6.0.6001.22167", 5, "x86"))))
    assert ("Extra.dll", "name", None) in {(one.file, one.field, one.package) for one in more.differences}
    less = made(changed(lambda kept: kept.pop(TCPIP_ROWS[0])))
    assert ("tcpip.sys", "name", None) in {(one.file, one.field, one.article) for one in less.differences}


def test_manifests_are_held_against_the_package() -> None:
    member = next(one.file for one in report("x86").files or () if one.file.name.endswith(".mum"))
    told = [*rows("x86"), (member.name, "", member.size + 1, ""), ("nowhere_for_kb960999.mum", "", 7, "")]
    found = made(article(KB, [table(told, "x86"), table(rows("x64"), "x64")])).differences
    assert {(one.file, one.field) for one in found} >= {(member.name, "size"), ("nowhere_for_kb960999.mum", "name")}


def from_definition(kb: str) -> str:
    """An article of the rows that a definition lists."""
    definition, parts = load(kb), []
    for package in definition.packages:
        for target in definition.targets_for(package.architecture):
            found = [
                (file.name, str(branch.version), branch.size or 0, "")
                for file in target.files for branch in file.branches
            ]  # fmt: skip
            build = ".".join(map(str, target.os_version))
            found += [
                (one.name, "", one.size, "")
                for one in package.members or ()
                if one.name.endswith(".mum") or f"_{build}." in one.name
            ]
            parts.append(table(found, package.architecture.value))
    return article(kb, parts)


def test_an_article_alone_makes_what_the_catalogue_has() -> None:
    """KB952876's own definition was written by hand: paths, kernels, branches, identities and members are the same."""
    facts = read_article(from_definition("KB952876").encode(), "article.md")
    result = make(Sources(article=facts, article_name="article.md")).definition
    own = load("KB952876")

    def targets(definition: Any) -> Any:
        return {
            (one.os_version, one.architecture, one.service_pack): {
                (file.name.lower(), (file.path or "").lower(), file.role, file.pae, tuple(file.thresholds.items()),
                 tuple(branch.size for branch in file.branches))
                for file in one.files
            }
            for one in definition.targets
        }  # fmt: skip

    assert targets(result) == targets(own)
    for ours, theirs in zip(result.packages, own.packages, strict=True):
        assert (ours.identity, ours.file_name, ours.identity_certain) == (theirs.identity, theirs.file_name, False)
        assert sorted(ours.sub_packages) == sorted(theirs.sub_packages)
        assert {(one.name, one.size) for one in ours.members or ()} == {
            (one.name, one.size) for one in theirs.members or ()
        }
    assert result.fixed_by_service_pack != own.fixed_by_service_pack  # the invented dates are of 2009


def test_an_article_alone_knows_no_paths() -> None:
    files = [
        ("Frob.dll", "6.0.6001.22167", 5, "x64"),
        ("Frob.dll", "6.0.6001.22167", 4, "x86"),
        ("Tcpip.sys", "6.0.6001.22167", 9, "x64"),
        ("Old.dll", "6.0.6001.18000", 9, "x64"),
    ]
    told = article("KB999999", [table(files, "x64")])
    facts = read_article(told.encode(), "article.md")
    bare = make(Sources(article=facts, article_name="article.md"))
    assert {(one.name, one.path, one.changed) for one in bare.definition.targets[0].files} == {
        ("Frob.dll", None, True),
        ("Tcpip.sys", "System32\\drivers\\Tcpip.sys", True),
        ("Old.dll", None, False),
    }
    assert "targets: Frob.dll for 6.0.6001 x64 (ldr): path" in dict(bare.not_told)
    paths = paths_of({"Frob.dll": "System32/frob.dll"})
    full = make(Sources(article=facts, article_name="article.md", paths=paths))
    assert {(one.path, branch.size) for one in full.definition.targets[0].files for branch in one.branches} >= {
        ("System32\\frob.dll", 5), ("SysWOW64\\frob.dll", 4)}  # fmt: skip


@pytest.mark.parametrize(
    "path", ["C:\\Windows\\frob.dll", "\\Windows\\frob.dll", "..\\frob.dll", "System32\\other.dll", ""]
)
def test_a_path_that_is_none(path: str) -> None:
    with pytest.raises(DefinitionError, match=r"paths: frob\.dll"):
        paths_of({"frob.dll": path})


def test_article_and_package_tell_the_restart() -> None:
    assert (
        made(text(restart="You do not have to restart the computer after you apply this hotfix.")).data["restart"]
        == "no"
    )
    assert made(text(restart="Le redemarrage.")).data["restart"] == "possible"
    wants = replace(report("x86"), contents=replace(report("x86").contents, restart="required"))
    facts = read_article(text(restart="You do not have to restart the computer.").encode(), "article.md")
    result = make(Sources((wants,), facts, "article.md"))
    assert result.data["restart"] == "required"
    assert ("update.mum", "restart") in {(one.file, one.field) for one in result.differences}


def alone(told: str) -> Sources:
    return Sources(article=read_article(told.encode(), "a.md"), article_name="a.md")


XP = article("KB999999", [table([("Frob.dll", "5.1.2600.5512", 5, "x86")], "x86")])


@pytest.mark.parametrize(
    ("sources", "named"),
    [
        (
            lambda: replace(alone(text().replace("960999", "960998")), packages=(report("x86"),)),
            "a.md is of KB960998: kb",
        ),
        (lambda: Sources((report("x86"),), kb="KB960998"), "kb: but the option kb is of KB960998"),
        (lambda: Sources((report("x86"), report("x64", kb="KB960997"))), "x64.msu is of KB960997: kb"),
        (lambda: Sources((report("x86"), report("x64", "6.0.2.0"))), "of different re-releases"),
        (lambda: Sources((report("x86"), replace(report("x86"), path=report("x64").path))), "is the same file as"),
        (
            lambda: Sources((report("x86"), report("x64", "6.0.2.0", "KB960997"))),
            "x64.msu is of KB960997: kb: but Windows6.0-KB960999-x86.msu is of KB960999",
        ),
        (lambda: Sources((report("x86"),) * 2 + (report("x64"),)), "x86.msu is given twice; give one package for"),
        (
            lambda: Sources((report("x86"), replace(report("x86"), path=Path("/b/copy.msu")))),
            "packages: /b/copy.msu is the same file as /",
        ),
        (
            lambda: Sources((report("x86"), replace(report("x86", "6.0.2.0"), path=Path("/b/x86.msu")))),
            "x86.msu: architecture: Windows6.0-KB960999-x86.msu is for x86 as well",
        ),
        (
            lambda: replace(alone(text()), paths=paths_of({"tcpip.sys": "a\\tcpip.sys", "Tcpop.sys": "a\\Tcpop.sys"})),
            "paths: tcpop.sys: a.md has no file of that name; did you mean tcpip.sys?",
        ),
        (
            lambda: Sources((report("x86"),), paths=paths_of({"tcpip.sys": "a\\tcpip.sys"})),
            "paths: packages tell where their files lie",
        ),
        (lambda: alone(XP), "a.md: file tables: all files are of version 5.x"),
        (lambda: alone("# A policy\n\nText."), "a.md: file tables: it has none"),
        (lambda: alone(text().replace("_Original", "No")), "a.md: kb: nothing tells"),
        (lambda: Sources((replace(report("x86"), files=None),)), "x86.msu: files: it could not be read whole"),
        (
            lambda: alone(article("KB999999", [table([("a.dll", "6.0.6001.18000", 1, "x86")], "x86")])),
            "a.md: targets: no file can be told",
        ),
    ],
)
def test_sources_that_make_no_definition(sources: Callable[[], Sources], named: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        make(sources())
    assert named in str(raised.value)
    assert "\n" not in str(raised.value)


def test_rows_of_windows_xp_beside_others_are_told_and_left_out() -> None:
    told = text().replace("## Applies to", table([("Frob.sys", "5.1.2600.5512", 5, "x86")], "x86") + "\n## Applies to")
    alone = make(Sources(article=read_article(told.encode(), "a.md"), article_name="a.md"))
    assert {one["os_version"] for one in alone.data["targets"]} == {"6.0.6001", "6.0.6002"}
    assert any("5.1.2600.5512" in field for field, _why in alone.not_told)


def test_the_rows_of_a_later_windows_are_left_out() -> None:
    later = table([("Tcpip.sys", "6.1.7600.20667", 5, "x86")], "x86")
    told = text().replace("## Applies to", later + "\n## Applies to")
    alone = make(Sources(article=read_article(told.encode(), "a.md"), article_name="a.md"))
    assert {one["os_version"] for one in alone.data["targets"]} == {"6.0.6001", "6.0.6002"}
    assert any("6.1.7600.20667" in field for field, _why in alone.not_told)


@pytest.mark.parametrize("version", ["6.0.6001.25000", "6.0.6001.16383", "6.0.6002.21000", "6.0.6003.20000"])
def test_a_file_on_a_branch_that_is_not_known_is_refused(version: str) -> None:
    """Left out or taken as unread it would let hosts pass that have it old."""
    told = table([("Foo.dll", version, 5, "x86"), ("Tcpip.sys", "6.0.6001.22167", 5, "x86")], "x86")
    with pytest.raises(DefinitionError) as raised:
        make(alone(article("KB999999", [told])))
    said = str(raised.value)
    assert said.startswith(f"a.md: file tables: Foo.dll (x86): branch: {version} is on no known branch of build 600")
    assert "no column names one" in said


@pytest.mark.parametrize(
    ("version", "column", "branch", "reason"),
    [
        ("6.0.6001.25000", "LDR", "ldr", "6.0.6001.25000 is on no known branch of build 6001 (gdr 16384 to 20479, "),
        ("6.0.6001.18063", "LDR", "gdr", "6.0.6001.18063 is on the gdr branch, and its row says ldr"),
        ("1.9.0.6", "GDR", "gdr", "1.9.0.6 tells no branch, and its row says gdr"),
        ("11.0.6001.7114", "", "single", "11.0.6001.7114 is on no known branch of build 6001 (gdr 16384 to 20479, "),
    ],
)
def test_a_version_that_does_not_count_is_named_with_its_number(
    version: str, column: str, branch: str, reason: str
) -> None:
    told = alone(article("KB999999", [table([("Tcpip.sys", "6.0.6001.22167", 5, "x86")], "x86")]))
    facts = told.article
    assert facts is not None
    row = replace(facts.rows[0], name="Frob.sys", version=FileVersion.parse(version), branch=column.lower() or None)
    result = make(replace(told, article=replace(facts, rows=(*facts.rows, row))))
    files = {one.name: one for one in result.definition.targets[0].files}
    assert (files["Frob.sys"].changed, files["Frob.sys"].unread) == (True, True)
    assert [(one.branch.value, one.version) for one in files["Frob.sys"].branches] == [(branch, None)]
    said = dict(result.not_told)[f"targets: Frob.sys for 6.0.6001 x86 ({branch}): version"]
    assert said.startswith(reason)


def test_a_version_that_cannot_be_read_leaves_its_file_unread() -> None:
    """As a file without a version it would count as none that the hotfix changes."""
    files = [("Tcpip.sys", "6.0.6001.22167", 5, "x86"), ("Frob.dll", "6.0.6001", 5, "x86"), ("Frob.mof", "", 5, "")]
    result = make(alone(article("KB999999", [table(files, "x86")])))
    found = {one.name: one for one in result.definition.targets[0].files}
    assert {name: one.changed for name, one in found.items()} == {
        "Tcpip.sys": True, "Frob.dll": True, "Frob.mof": False}  # fmt: skip
    assert found["Frob.dll"].unread
    said = dict(result.not_told)["targets: Frob.dll for 6.0.6001 x86 (single): version"]
    assert said == "'6.0.6001' is no file version"
