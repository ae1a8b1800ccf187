# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of many hosts are made of the same texts, and are what they were."""

from __future__ import annotations

import pickle
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import shared_texts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.shared_texts import SharedTexts

RESULT: dict[str, Any] = {
    "status": "needs_fix",
    "windows": {"name": "Windows Vista", "build": 6001},
    "reasons": ["one", {"text": "two"}, None, True, 1.5],
    "packed": "x" * 4000,
}


def anew(value: Any) -> Any:
    """As from another process."""
    return pickle.loads(pickle.dumps(value))


def test_a_result_is_what_it_was_and_nothing_is_changed_in_it() -> None:
    texts, first, other = SharedTexts(), anew(RESULT), anew({**RESULT, "status": "fixed", "more": [1]})
    found = texts.of(first)
    assert found == RESULT
    assert list(found) == list(RESULT)
    assert texts.of(other) == {**RESULT, "status": "fixed", "more": [1]}
    found["windows"]["name"] = "changed"
    assert first == RESULT, "the containers are each result's own"


def test_equal_texts_are_one() -> None:
    texts = SharedTexts()
    one, other = (texts.of(anew(RESULT)) for _each in range(2))
    assert one["status"] is other["status"]
    assert one["windows"]["name"] is other["windows"]["name"]
    assert one["reasons"][1]["text"] is other["reasons"][1]["text"]
    for name, same in zip(one, other, strict=True):
        assert name is same


def test_a_pickle_of_many_names_each_text_once() -> None:
    texts = SharedTexts()
    results = [anew({**RESULT, "packed": ""}) for _each in range(100)]
    assert len(pickle.dumps([texts.of(one) for one in results])) < len(pickle.dumps(results)) / 2


def test_not_more_texts_are_kept_than_is_told(monkeypatch: Any) -> None:
    monkeypatch.setattr(shared_texts, "_MOST", 3)
    texts = SharedTexts()
    found = [texts.of(anew([f"text {number}", "text 0", "y" * 600])) for number in range(10)]
    assert [one[0] for one in found] == [f"text {number}" for number in range(10)]
    assert all(one[1] is found[0][0] for one in found), "what is kept is used still"
    assert len(texts._known) == 3
