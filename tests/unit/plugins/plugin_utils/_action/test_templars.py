# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's templar reads that host's variables, whatever a template calls: on each ansible-core."""

from __future__ import annotations

from typing import Any

import ansible.template
import pytest
from ansible import constants
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.templars import templar_of

trusted: Any = getattr(ansible.template, "trust_as_template", lambda text: text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ lookup('vars', 'who') }}",
        "{{ query('vars', 'who')[0] }}",
        "{{ q('vars', 'who') | first }}",
        "{% set x = lookup('vars', 'who') %}{{ x }}",
        "{{ who }}",
    ],
)
def test_nothing_is_bound_to_the_first_hosts_variables(text: str) -> None:
    first = Templar(DataLoader(), variables={"who": "ann"})
    assert first.template(trusted(text)) == "ann"
    second = templar_of(first, {"who": "bob"})
    third = templar_of(second, {"who": "cal"})
    assert [one.template(trusted(text)) for one in (third, second, first)] == ["cal", "bob", "ann"]


def test_what_is_not_there_is_nobody_elses() -> None:
    first = Templar(DataLoader(), variables={"who": "ann"})
    text = trusted("{{ lookup('vars', 'who', default='nobody') }}")
    assert templar_of(first, {}).template(text) == "nobody"


def test_native_types_stay_native(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before ansible-core 2.19 a setting; since then always."""
    monkeypatch.setattr(constants, "DEFAULT_JINJA2_NATIVE", True, raising=False)
    first = Templar(DataLoader(), variables={"port": 80})
    second = templar_of(first, {"port": 5985})
    found = [second.template(trusted(text)) for text in ("{{ port }}", "{{ none }}", "{{ port + 1 }}")]
    assert found == [5985, None, 5986]
