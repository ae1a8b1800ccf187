# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our packages have the structure of genuine ones: held against digests that a script made of two of them.

The digests are made again from genuine packages where there are any: parts of one beside this work tree, whole ones in
the folder that the environment variable GENUINE_PACKAGES names.
"""

from __future__ import annotations

import csv
import functools
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from packages import Payload, build_msu, kb942288

ROOT = Path(__file__).parents[3]
sys.path.append(str(ROOT / "tools"))

import package_digest as tool  # noqa: E402 - a script, not a package

DIGESTS = Path(__file__).parents[1] / "fixtures" / "package_digests"
PARTS = ROOT.parent / "shared" / "packages" / "KB942288-v2-x86"
WHOLE = sorted(Path(os.environ["GENUINE_PACKAGES"]).glob("*.msu")) if os.environ.get("GENUINE_PACKAGES") else []


def _committed(architecture: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIGESTS / f"KB942288-v2-{architecture}.json").read_text())
    return found


@functools.cache
def _ours(architecture: str) -> dict[str, Any]:
    found: dict[str, Any] = tool.digest(build_msu(architecture, **kb942288.OPTIONS))
    return found


@pytest.mark.parametrize("architecture", ["x86", "x64"])
def test_our_package_of_the_same_recipe_has_the_same_structure(architecture: str) -> None:
    assert _ours(architecture) == _committed(architecture)


def test_nothing_that_we_write_for_another_hotfix_is_unknown_to_genuine_packages() -> None:
    known = _committed("x64")["inner"]
    for architecture in ("x86", "x64", "ia64"):
        inner = tool.digest(build_msu(architecture, same_content=True))["inner"]
        assert inner["list"]["broken rules"] == {}
        assert inner["line ends"] == known["line ends"]
        for kind, paths in inner["kinds"].items():
            for path, facts in paths.items():
                assert path in known["kinds"][kind], (kind, path)
                assert set(facts["attributes"]) <= set(known["kinds"][kind][path]["attributes"]), (kind, path)
                words = {one for one in facts.get("words", []) if one != "restart=required"}
                assert words <= set(known["kinds"][kind][path].get("words", [])), (kind, path)
        # Basis-only files were not seen in this package but in KB970158: they are told apart here.
        combinations = dict(inner["list"]["combinations"])
        copies = combinations.pop("folder: Basis") + combinations.pop("top: Basis")
        assert copies == inner["list"]["members that no source names"]
        assert combinations.keys() <= known["list"]["combinations"].keys()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"identity_version": "6.0.1.0"}, "outer"),
        ({"restart": None}, "inner"),
        ({"catalogs": False}, "inner"),
        ({"bf_twins": True}, "inner"),
        ({"hash_algorithm": "SHA256"}, "inner"),
        ({"break_members": {"604": b"PA30"}}, "inner"),
        ({"extra_files": [Payload("x86_a\\b.dll", b"MZ")]}, "inner"),
        ({"edit_list": lambda text: text.replace('type="RAW"', 'type="PA30"', 1)}, "inner"),
        ({"edit_list": lambda text: text.replace('attr="32"', 'attr="32" more=""', 1)}, "inner"),
    ],
)
def test_the_digest_sees_every_kind_of_change(change: dict[str, Any], where: str) -> None:
    told = tool.digest(build_msu("x86", **{**kb942288.OPTIONS, **change}))
    assert told[where] != _committed("x86")[where]


def test_the_digest_holds_no_sentences() -> None:
    for architecture in ("x86", "x64"):
        text = (DIGESTS / f"KB942288-v2-{architecture}.json").read_text()
        for word in ("Copyright", "Reserved", "Windows Installer", "Corporation", "O:S-1-5", "D:P("):
            assert word not in text


@pytest.mark.skipif(not PARTS.is_dir(), reason="parts of a genuine package are not beside this work tree")
def test_the_committed_digest_is_that_of_the_genuine_parts() -> None:
    known = _committed("x86")
    files = {path.name: path.read_bytes() for path in PARTS.iterdir()}
    with (PARTS / "members.tsv").open(newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    facts = [tool.Fact(row["name"], int(row["size"]), row["sha1"], row["magic"]) for row in rows]
    assert tool.list_digest(files["_manifest_.cix.xml"], facts) == known["inner"]["list"]
    stem = "Windows6.0-KB942288-v2-x86"
    outer = tool.outer_digest(known["outer"]["members"], files[f"{stem}.xml"], files[f"{stem}-pkgProperties.txt"])
    assert outer == known["outer"]
    told = tool.kinds({name: body for name, body in files.items() if not name.startswith(stem)})
    assert told.keys() == known["inner"]["kinds"].keys()
    for kind, paths in told.items():
        for path, facts_of_path in paths.items():
            for name, values in facts_of_path.items():
                assert set(values) <= set(known["inner"]["kinds"][kind][path][name]), (kind, path, name)
    assert {kind: told[kind] for kind in ("list", "root", "deployment")} == {
        kind: known["inner"]["kinds"][kind] for kind in ("list", "root", "deployment")
    }


@pytest.mark.skipif(not WHOLE, reason="GENUINE_PACKAGES names no folder with packages")
@pytest.mark.parametrize("path", WHOLE, ids=lambda path: str(path.stem))
def test_the_committed_digest_is_that_of_the_genuine_package(path: Path) -> None:
    committed = DIGESTS / f"{path.stem.removeprefix('Windows6.0-')}.json"
    assert json.loads(committed.read_text()) == tool.digest(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("package_1_for_kb94~31bf3856ad364e35~~6.0.2.0.mum", "package_<n>_for_kb<n>~<short hash>~~<version>.mum"),
        ("a.b_31bf3856ad364e35_6.0.1.2_sr-..-cs_ce446891381e4716", "a.b_<short hash>_<version>_<culture>_<short hash>"),
        ("604", "<n>"),
        ("Windows6.0-KB942288-v2-x86.xml", "Windows6.<n>-KB<n>-v<n>-x86.xml"),
        ("942288-1_neutral_LDR", "<n>-<n>_neutral_LDR"),
    ],
)  # fmt: skip
def test_names_lose_their_numbers(name: str, told: str) -> None:
    assert tool.form(name) == told
