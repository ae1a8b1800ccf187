# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Job slicing: whether this run is one of several that share an inventory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def sliced(variables: Mapping[str, Any]) -> bool:
    """Whether AWX or Automation Platform runs this as a slice: the workflow job of a sliced template has its name.

    ansible-runner's workers do not tell.
    """
    for product in ("awx", "tower"):
        template = variables.get(f"{product}_job_template_name")
        if template and variables.get(f"{product}_workflow_job_name") == template:
            return True
    return False
