# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A build that updates number anew is still the same Windows: that a definition does not list it proves nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build, load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.answer import Answer
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Facts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.plan import DesiredState, plan
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import decide, ruled_out
from unit.plugins.plugin_utils._catalogue.made import data, file
from unit.plugins.plugin_utils._verdict.hosts import X64, identity, operating_system, packages


def hotfix(build_number: int, *including: int) -> Definition:
    told = data(123456, [file("System32\\two.dll", ldr=None)])
    told["targets"][0].update(os_version=f"6.0.{build_number}", service_pack=2 if build_number >= 6002 else 1)
    told["fixed_by_service_pack"] = [{"os_version": f"6.0.{one}", "service_pack": 2} for one in including]
    return build(told, "x.json")


def host(build_number: int) -> Facts:
    return Facts(
        identity=identity(build_number),
        os=operating_system(build_number),
        architecture=Answer.known(X64),
        packages=packages(),
    )


@pytest.mark.parametrize(("target", "stands_at"), [(6002, 6003), (6003, 6002)])
def test_it_is_unknown_with_both_builds_named(target: int, stands_at: int) -> None:
    definition = hotfix(target)
    for facts in (host(stands_at), Facts(identity=identity(stands_at)), replace(host(stands_at), identity=identity(None))):
        found = decide(definition, facts)
        assert (found.status.value, found.applicable) == ("unknown", None)
        assert found.reasons[0].code.value == "build_renumbered"
        assert f"6.0.{target}" in found.summary
        assert f"6.0.{stands_at}" in found.summary
        assert found.reboot_required_by_kb is None
        assert not ruled_out(definition, facts)
        for desired in DesiredState:
            assert not plan(definition, facts, found, desired).changes_windows


@pytest.mark.parametrize(("target", "including", "stands_at"), [
    (6001, (6002, 6003), 6003), (6001, (6002, 6003), 6002), (6001, (), 6003), (6002, (), 6001), (6003, (), 6001),
])  # fmt: skip
def test_another_windows_and_a_build_that_is_listed_stay_not_applicable(
    target: int, including: tuple[int, ...], stands_at: int
) -> None:
    assert decide(hotfix(target, *including), host(stands_at)).status.value == "not_applicable"


def test_a_service_pack_that_carries_the_fix_does_so_under_both_numbers() -> None:
    """SP2 carries it: so does its build of another number."""
    found = decide(hotfix(6001, 6002), host(6003))
    assert (found.status.value, found.reasons[0].code.value) == ("not_applicable", "service_pack_2_includes_fix")


@pytest.mark.parametrize("stands_at", [6002, 6003])
def test_the_catalogues_own_definitions_name_both(stands_at: int) -> None:
    for kb in ("KB952876", "KB942288"):
        found = decide(load(kb), host(stands_at))
        assert found.reasons[0].code.value == "service_pack_2_includes_fix"
