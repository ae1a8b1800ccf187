# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that any reader can decode, and what people see of them."""

from __future__ import annotations

import enum
import json
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import all_visible


class Tagged(str):
    """As ansible-core 2.19 has its texts."""


class Level(enum.IntEnum):
    ONE = 1


VALUES: list[tuple[Any, Any]] = [
    (None, None),
    (True, True),
    (1, 1),
    (Level.ONE, 1),
    (0.5, 0.5),
    (float("nan"), "nan"),
    ("text", "text"),
    (Tagged("text"), "text"),
    ("a\x1b[31mb", "a\x1b[31mb"),
    ("\u202eb", "\u202eb"),
    ("half \ud800", "half \\ud800"),
    (b"caf\xc3\xa9\xff", "caf\u00e9\\xff"),
    ({1: ("a", {"b"})}, {"1": ["a", ["b"]]}),
    ({Tagged("k\x07"): [Tagged("v\x07")]}, {"k\x07": ["v\x07"]}),
    (complex(1, 2), "(1+2j)"),
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_values_become_plain(value: Any, expected: Any) -> None:
    made = plain(value)
    assert made == expected
    assert type(made) in (type(None), bool, int, float, str, list, dict)
    json.dumps(made).encode()


@pytest.mark.parametrize("value", [value for value, _expected in VALUES])
def test_one_pass_shows_what_two_would(value: Any) -> None:
    assert plain(value, shown=True) == all_visible(plain(value))
    assert "\x1b" not in str(plain(value, shown=True))


@pytest.mark.parametrize("shown", [False, True])
def test_a_value_inside_itself_has_an_end(shown: bool) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="deeper than 100"):
        plain(endless, shown=shown)
