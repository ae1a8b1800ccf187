# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter shortcomings: what is missing for saying that the hotfix is there, or gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._fleet import verification

DOCUMENTATION = r"""
---
name: shortcomings
short_description: Say what is missing for the proof that KB952876 is there, or gone
version_added: 0.1.0
author:
  - winlegacy.servicing contributors (@winlegacy)
description:
  - Holds a result of M(winlegacy.servicing.hotfix_info) against what must be true after the restart.
  - What is not known counts as missing.
options:
  _input:
    description: The result, asked for with O(winlegacy.servicing.hotfix_info#module:depth=full).
    type: dict
    required: true
  state:
    description:
      - V(present) wants a running kernel of the LDR branch at or above the fix, the package installed or superseded,
        and the driver Tcpipreg not stopping, and running where its start mode says so.
      - V(absent) wants no package that is installed or pending.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: Look at the host after its restart
  winlegacy.servicing.hotfix_info:
    depth: full
  register: hotfix

- name: Verify the hotfix
  ansible.builtin.assert:
    that: missing | length == 0
    fail_msg: "{{ missing | join(' ') }}"
  vars:
    missing: "{{ hotfix | winlegacy.servicing.shortcomings }}"
"""

RETURN = r"""
_value:
  description: One sentence for each requirement that is not met; empty when all are.
  type: list
  elements: str
"""


def shortcomings(result: Mapping[str, Any], state: str = "present") -> list[str]:
    """See DOCUMENTATION. Raises AnsibleFilterError for another state."""
    try:
        return verification.shortcomings(result, str(state))
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"shortcomings": shortcomings}
