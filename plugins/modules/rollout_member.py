#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of rollout_member; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: rollout_member
short_description: "(internal) Put a host into a group of this run, by its very name"
version_added: 1.0.0
description:
  - Private. It is for the playbooks of this collection, and may change in any release.
  - Like M(ansible.builtin.add_host), which reads an address and a port out of a name, and adds hosts that are not
    there.
  - Used by the playbooks; it asks no host and needs no connection.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  host:
    description: A host of the inventory.
    type: str
    required: true
  group:
    description: The group, made when it is missing.
    type: str
    required: true
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.controller
seealso:
  - module: winlegacy.servicing.rollout_scope
  - module: ansible.builtin.add_host
"""

EXAMPLES = r"""
- name: Put the hosts into the groups of this run
  winlegacy.servicing.rollout_member:
    host: "{{ item.host }}"
    group: "{{ item.group }}"
  loop: "{{ scope.members }}"
  run_once: true
"""

RETURN = r"""
add_host:
  description: What Ansible adds to its inventory in memory.
  returned: success
  type: dict
  sample: {host_name: server1, groups: [kb952876_remediate_canary], host_vars: {}}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_MEMBER


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=ROLLOUT_MEMBER, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="rollout_member"))


if __name__ == "__main__":
    main()
