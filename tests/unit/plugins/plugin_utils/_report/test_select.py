# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selections: JMESPath over any results, and clear words when it cannot be."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report import select as select_module
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.kept import Kept, whole
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.rows import lean_rows, rows
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._report.select import (
    SelectionError,
    select,
    select_lean,
    select_rows,
)
from unit.plugins.plugin_utils._report.samples import fleet


class Tagged(str):
    """A string as ansible-core 2.19 hands over: not of the type str itself."""

    __slots__ = ()


def test_rows_are_chosen() -> None:
    chosen = select_rows(rows(fleet()), "[?status=='needs_fix' && kernel_branch=='ldr']")
    assert [one["host"] for one in chosen] == ["old-ldr"]


def test_the_evidence_can_be_asked_too() -> None:
    chosen = select_rows(rows(fleet()), "[?result.details.os.product_type=='server']")
    assert [one["host"] for one in chosen] == ["server"]


def test_nothing_chosen_is_no_error() -> None:
    assert select_rows(rows(fleet()), "[?status=='staged']") == []


@pytest.mark.parametrize("expression", ["[*].host", "[0]", "[*].{host: host}", "length(@)", "[*].result"])
def test_what_is_no_rows_is_refused(expression: str) -> None:
    with pytest.raises(SelectionError, match="does not choose whole rows"):
        select_rows(rows(fleet()), expression)


@pytest.mark.parametrize("expression", ["[?", "nonsense(@)", "abs('x')", "[?status=='a' ||]", "", "  ", None, 5])
def test_a_wrong_expression_is_one_sentence(expression: Any) -> None:
    with pytest.raises(SelectionError) as error:
        select([{"a": 1}], expression)
    assert "\n" not in str(error.value)
    assert "expression" in str(error.value)


def test_tagged_strings_are_strings_to_jmespath() -> None:
    data = [{Tagged("name"): Tagged("vista"), "size": 2}]
    found = select(data, Tagged("[?starts_with(name, 'vi')].name"))
    assert found == ["vista"]
    assert not isinstance(found[0], Tagged)


def test_without_jmespath_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jmespath", None)
    with pytest.raises(SelectionError, match="pip install jmespath"):
        select([], "[0]")


@pytest.mark.parametrize(
    "expression",
    [
        "[?status=='needs_fix']",
        "[?result.details.os.product_type=='server' || status=='failed']",
        "[?reboot_required].merge(@, {summary: 'x'})",
        "[?status=='staged']",
        "[*]",
        "sort_by(@, &status)",
        "reverse([?status=='fixed'])",
        "[?status=='fixed'] | [0:1]",
        "@[?status=='fixed'][]",
    ],
)
def test_of_kept_assessments_the_same_is_chosen(expression: str) -> None:
    known = rows(fleet())
    found = select_lean(lean_rows(fleet().items()), expression)
    assert [whole(one) for one in found] == select_rows(known, expression)
    assert all(isinstance(one["result"], Kept) for one in found)


@pytest.mark.parametrize("expression", ["[*].host", "[?status].host", "[?", "[?abs(host)]", "[?nonsense(@)]", "", None])
def test_and_the_same_is_refused(expression: Any) -> None:
    with pytest.raises(SelectionError) as known:
        select_rows(rows(fleet()), expression)
    with pytest.raises(SelectionError) as kept:
        select_lean(lean_rows(fleet().items()), expression)
    assert str(kept.value) == str(known.value)


def test_a_filter_has_one_assessment_whole_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def noting(data: Any, expression: Any) -> Any:
        seen.append(len(data))
        return select(data, expression)

    monkeypatch.setattr(select_module, "select", noting)
    kept = lean_rows(fleet().items())
    select_lean(kept, "[?status=='needs_fix']")
    assert seen == [1] * len(kept)
