# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks of this run have registered and set for a host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._rollout.collect import ASSESSMENT


def of_tasks(hostvars: Any) -> Mapping[str, Mapping[str, Any]]:
    """By host, as Ansible keeps it; empty where this ansible-core does not show it."""
    manager = getattr(hostvars, "_variable_manager", None)
    return getattr(manager, "_nonpersistent_fact_cache", None) or {}


def registered(hostvars: Any, host: str) -> Mapping[str, Any]:
    """A host's variables by tasks of this run, untemplated; all of its variables where the assessment is not of them.

    To put together all variables of a host, files of groups included, costs a hundred times as much.
    """
    found = of_tasks(hostvars).get(host, {})
    told: Mapping[str, Any] = found if ASSESSMENT in found else hostvars.raw_get(host)
    return told
