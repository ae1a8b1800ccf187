# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What examples in documents may say of our modules: their own argument specifications judge it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import pages
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

PREFIX = "winlegacy.servicing."
MODULES = {path.stem for path in (pages.ROOT / "plugins" / "modules").glob("*.py")} - {"__init__"}
_UTILS = "ansible_collections.winlegacy.servicing.plugins.module_utils"


def specification(module: str) -> dict[str, Any]:
    """A module's argument_spec. module: without the prefix."""
    for path in sorted((pages.ROOT / "plugins" / "module_utils").glob("*_specs.py")):
        found = getattr(importlib.import_module(f"{_UTILS}.{path.stem}"), module.upper(), None)
        if found is not None:
            return dict(found)
    raise KeyError(module)


def option_problems(module: str, options: Mapping[str, Any]) -> list[str]:
    """What is wrong with a task's options, as sentences. module: by its full name."""
    name = module.removeprefix(PREFIX)
    if name not in MODULES:
        return [f"there is no module {module}"]
    spec = specification(name)
    unknown = [f"{module} has no option {option}" for option in options if option not in spec]
    fixed = {option: value for option, value in options.items() if option in spec and "{{" not in str(value)}
    asked = {option: {**spec[option], "required": False} for option in fixed}
    return [*unknown, *ArgumentSpecValidator(asked).validate(fixed).error_messages]
