# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters host_results and rollout_failures: from a play's variables to what its hosts ended with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._fleet.collect import (
    host_results,
    rollout_failures,
)


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"host_results": host_results, "rollout_failures": rollout_failures}
