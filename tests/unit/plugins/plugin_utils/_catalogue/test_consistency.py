# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and service packs of a definition agree with each other, whoever wrote it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build, known_kbs, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.errors import CatalogueError
from unit.plugins.plugin_utils._catalogue.made import data, file

PACKS = {
    "6.0.6000": 0, "6.0.6001": 1, "6.0.6002": 2, "6.0.6003": 2, "6.1.7600": 0, "6.1.7601": 1,
}  # fmt: skip
ROW = "fixed_by_service_pack[0]"


def written(
    *including: tuple[str, int], target: tuple[str, int] = ("6.0.6001", 1), prerequisite: tuple[str, int] | None = None
) -> Definition:
    told: dict[str, Any] = data(123456, [file("System32\\two.dll", ldr=None)])
    told["targets"][0].update(os_version=target[0], service_pack=target[1])
    told["fixed_by_service_pack"] = [{"os_version": one, "service_pack": pack} for one, pack in including]
    if prerequisite is not None:
        one = {"text": "a service pack", "os_version": prerequisite[0], "service_pack": prerequisite[1], "kb": None}
        told["prerequisites"] = [one]
    return build(told, "kb123456.json")


def refusal(*including: tuple[str, int], **more: Any) -> str:
    with pytest.raises(CatalogueError) as caught:
        written(*including, **more)
    return str(caught.value)


@pytest.mark.parametrize("build_text", PACKS)
@pytest.mark.parametrize("pack", [1, 2, 3, 9])
def test_a_row_says_the_service_pack_that_the_build_is(build_text: str, pack: int) -> None:
    if pack == PACKS[build_text]:
        return
    text = refusal((build_text, pack), target=("6.0.6001", 1) if build_text.startswith("6.1") else ("6.1.7600", 0))
    assert text == (
        f"kb123456.json: {ROW}.service_pack: it is {pack}, but {build_text} is Service Pack {PACKS[build_text]}"
        if PACKS[build_text]
        else f"kb123456.json: {ROW}.service_pack: it is {pack}, but {build_text} has no service pack"
    )


@pytest.mark.parametrize("build_text", PACKS)
@pytest.mark.parametrize("pack", [0, 1, 2, 5])
def test_a_target_says_the_service_pack_that_its_build_is(build_text: str, pack: int) -> None:
    if pack == PACKS[build_text]:
        assert written(target=(build_text, pack)).targets[0].service_pack == pack
    else:
        assert f"targets[0].service_pack: it is {pack}, but {build_text}" in refusal(target=(build_text, pack))


@pytest.mark.parametrize(("row", "target"), [
    (("6.0.6001", 1), ("6.0.6002", 2)),
    (("6.0.6003", 2), ("6.0.6002", 2)),
    (("6.0.6002", 2), ("6.0.6003", 2)),
])  # fmt: skip
def test_a_service_pack_that_a_target_has_does_not_carry_the_fix(row: tuple[str, int], target: tuple[str, int]) -> None:
    text = refusal(row, target=target)
    assert f"{ROW}.os_version: {row[0]} is Service Pack {row[1]}" in text
    assert f"{target[0]}, which is a target, is Service Pack {target[1]}" in text


@pytest.mark.parametrize("build_text", ["6.1.6001", "6.0.7601", "5.1.6000"])
def test_a_build_is_of_its_own_windows(build_text: str) -> None:
    assert f"{ROW}.os_version: {build_text} is no build" in refusal((build_text, 1))
    assert f"targets[0].os_version: {build_text} is no build" in refusal(target=(build_text, 1))


def test_a_build_stands_once() -> None:
    assert "fixed_by_service_pack: two entries are of the same build" in refusal(("6.0.6002", 2), ("6.0.6002", 2))


def test_what_agrees_or_is_not_known_is_accepted() -> None:
    assert len(written(("6.0.6002", 2), ("6.0.6003", 2), ("6.1.7601", 1)).fixed_by_service_pack) == 3
    assert written(("6.1.7601", 1), target=("6.1.7600", 0)).fixed_by_service_pack
    assert written(target=("10.0.14393", 0)).targets
    for kb in known_kbs():
        assert load(kb).fixed_by_service_pack
