# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A templar of another host's variables, in which nothing is bound to those of the first one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BOUND = {"lookup": "_lookup", "query": "_query_lookup", "q": "_query_lookup", "now": "_now_datetime"}
"""Functions that templates call, by the templar's method: before ansible-core 2.19 (ansible/template/__init__.py)."""


def templar_of(templar: Any, variables: Mapping[str, Any]) -> Any:
    """A copy of a templar (ansible.template.Templar) that evaluates with these variables alone.

    Before ansible-core 2.19 a copy shares its functions with what it was made of, so that `lookup('vars', ...)` would
    read the first host's variables: another host's password. Here they are the copy's own. And it is of the plain
    environment unless it is told the other one, which the setting jinja2_native chooses.
    """
    told = {"environment_class": type(templar.environment)} if hasattr(templar, "jinja2_native") else {}
    made = templar.copy_with_new_env(available_variables=variables, **told)
    if not all(hasattr(made, method) for method in _BOUND.values()):
        return made
    environment = made.environment
    own = {name: getattr(made, method) for name, method in _BOUND.items() if name in environment.globals}
    environment.globals = {**environment.globals, **own}
    return made
