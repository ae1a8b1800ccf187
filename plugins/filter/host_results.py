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

DOCUMENTATION = r"""
---
name: host_results
short_description: Collect what the role kb952876 learnt, by host
version_added: 0.1.0
author:
  - winlegacy.servicing contributors (@winlegacy)
description:
  - Takes C(hostvars) and a list of hosts, and gives the mapping from host name to result that the other filters of
    this collection take.
  - A host that failed or was lost keeps what was learnt of it, and says what went wrong. A host that no task has
    reached is unknown.
options:
  _input:
    description: The variables of all hosts, C(hostvars).
    type: dict
    required: true
  hosts:
    description: Names of the hosts to collect.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Keep the results as a file
  ansible.builtin.copy:
    content: "{{ hostvars | winlegacy.servicing.host_results(ansible_play_hosts_all) | to_nice_json }}"
    dest: /srv/reports/kb952876.json
    mode: "0644"
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
_value:
  description: Host names, each with its result in the form that M(winlegacy.servicing.hotfix_info) documents.
  type: dict
"""


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"host_results": host_results, "rollout_failures": rollout_failures}
