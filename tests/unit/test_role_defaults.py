# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is required is missed by name: a default that rests on it would fail first, in Ansible's words."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*ROOT.glob("roles/*/defaults/main.yml"), *ROOT.glob("roles/*/meta/argument_specs.yml")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}-{path.name}")
def test_every_default_can_be_read_without_a_setting(path: Path) -> None:
    """Ansible evaluates the defaults of a role and its specification before it checks what is required."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.parent.name == "meta":
        told = {name: one.get("default") for name, one in told["argument_specs"]["main"]["options"].items()}
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)
    for name, value in told.items():
        if isinstance(value, str) and "{{" in value:
            assert environment.from_string(value).render(ansible_play_hosts_all=[]) is not None, name
