# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts have the same footprint of a variable only where they have the same value of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.footprint import Unsaid, footprint


class Locked:
    """As Ansible holds a vaulted value."""

    def __init__(self, text: str) -> None:
        self._ciphertext = text


SAME: list[tuple[Any, dict[str, Any]]] = [
    ("text", {}),
    (5, {}),
    (None, {}),
    (["ntlm", "basic"], {}),
    ("{{ depth }}", {"depth": "full", "other": 1}),
    ("{{ depth | default('standard') | lower }}", {}),
    ("{{ account.name }}@EXAMPLE", {"account": {"name": "{{ who }}"}, "who": "tom"}),
    ("{{ password }}", {"password": Locked("33")}),
    ("{{ 'a' if wide else 'b' }}", {"wide": True}),
]


@pytest.mark.parametrize(("value", "variables"), SAME)
def test_what_does_not_matter_is_not_in_it(value: Any, variables: dict[str, Any]) -> None:
    beside = {"inventory_hostname": "b", "ansible_host": "192.0.2.7", "unread": [1]}
    assert footprint(value, variables) == footprint(value, {**variables, **beside})


DIFFERENT: list[tuple[Any, dict[str, Any], Any, dict[str, Any]]] = [
    ("a", {}, "b", {}),
    (1, {}, True, {}),
    (1, {}, 1.0, {}),
    ("1", {}, 1, {}),
    (None, {}, "", {}),
    (["a"], {}, "a", {}),
    ("{{ x }}", {"x": 1}, "{{ x }}", {"x": 2}),
    ("{{ x }}", {"x": 1}, "{{ x }}", {}),
    ("{{ x }}", {"x": "{{ y }}", "y": 1}, "{{ x }}", {"x": "{{ y }}", "y": 2}),
    ("{{ x }}", {"x": Locked("1")}, "{{ x }}", {"x": Locked("2")}),
    ("{{ x[1] }}", {"x": {1: "a"}}, "{{ x[1] }}", {"x": {"1": "a"}}),
    ("{{ x }}", {"x": {True: "a"}}, "{{ x }}", {"x": {"True": "a"}}),
    ("{{ x }}", {"x": {None: "a"}}, "{{ x }}", {"x": {"None": "a"}}),
    ("{{ x.y }}", {"x": {"y": 1}}, "{{ x.y }}", {"x": {"y": 2}}),
    ("{{ inventory_hostname }}", {"inventory_hostname": "a"}, "{{ inventory_hostname }}", {"inventory_hostname": "b"}),
]


@pytest.mark.parametrize(("one", "of_one", "other", "of_other"), DIFFERENT)
def test_what_matters_is_in_it(one: Any, of_one: dict[str, Any], other: Any, of_other: dict[str, Any]) -> None:
    assert footprint(one, of_one) != footprint(other, of_other)


@pytest.mark.parametrize(
    "text",
    [
        "{{ lookup('file', 'word.txt') }}",
        "{{ query('env', 'HOME') }}",
        "{{ [1, 2] | random }}",
        "{{ 'x' | password_hash }}",
        "{{ ansible_host is defined }}",
        "{{ hostvars['a'].ansible_user }}",
        "{{ vars['who'] }}",
        "{{ now() }}",
        "{% include 'x' %}",
        "{{ broken",
        "#jinja2:variable_start_string:'[%'\n[% x %]",
        "{{ x }}",
    ],
)
def test_what_may_differ_says_nothing(text: str) -> None:
    with pytest.raises(Unsaid):
        footprint(text, {"hostvars": object(), "x": "{{ x }}"})


def test_a_text_that_is_not_evaluated_is_another_one() -> None:
    template = pytest.importorskip("ansible.template")
    if not hasattr(template, "trust_as_template"):
        pytest.skip("this ansible-core tells texts apart by their types")
    trusted = template.trust_as_template("{{ x }}")
    assert footprint(trusted, {"x": 1}) != footprint("{{ x }}", {"x": 1})
