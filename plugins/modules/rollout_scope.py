#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of rollout_scope; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: rollout_scope
short_description: "(internal) Decide which hosts of a run have work, in batches"
version_added: 1.0.0
description:
  - Private. It is for the playbooks of this collection, and may change in any release.
  - Reads this run's own assessments (C(hotfix_result) of each host of the play) and gives the batches of the
    canary and
    of the remainder, in the inventory's order. Groups of the inventory do not count, and no name is read as a
    pattern.
  - Fails, before anything is changed, where a canary gave no verdict, where no package fits a host with work, and
    where
    the inventory already has a group or host of the run's names.
  - Used by the playbooks; it asks no host and needs no connection.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  playbook:
    description: The playbook that asks; its name is part of the names of the groups of the run.
    type: str
    required: true
    choices: [stage, remediate, restart, rollback]
  state:
    description: The state that is to be reached.
    type: str
    required: true
    choices: [staged, present, absent, restarted]
  settings:
    description: What M(winlegacy.servicing.rollout_settings) returned in this run.
    type: dict
    required: true
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.controller
seealso:
  - module: winlegacy.servicing.rollout_member
  - module: winlegacy.servicing.rollout_batch
"""

EXAMPLES = r"""
- name: Decide which hosts have work
  winlegacy.servicing.rollout_scope:
    playbook: remediate
    state: present
    settings: "{{ checked }}"
  register: scope
  run_once: true
"""

RETURN = r"""
playbook:
  description: As O(playbook).
  returned: success
  type: str
kb:
  description: The hotfix of the run.
  returned: success
  type: str
  sample: KB952876
canary:
  description: The batches of the canary; more than one where hosts are kept apart.
  returned: success
  type: list
  elements: list
  sample: [[server1]]
remainder:
  description: The batches after it.
  returned: success
  type: list
  elements: list
  sample: [[server2, server3]]
sizes:
  description: The sizes of both lists of batches, for C(serial).
  returned: success
  type: list
  elements: list
  sample: [[1], [2]]
members:
  description: Each host with work, with its group of this run.
  returned: success
  type: list
  elements: dict
  sample: [{host: server1, group: kb952876_remediate_canary}]
apart:
  description: By host those from which it is kept apart.
  returned: success
  type: dict
  sample: {}
everybody:
  description: All hosts of the play.
  returned: success
  type: list
  elements: str
unknown:
  description: Hosts whose assessment gave no verdict. They are not worked on, and the run fails at its end.
  returned: success
  type: list
  elements: str
max_fail_percentage:
  description: How many hosts of a batch may fail, in percent.
  returned: success
  type: float
msg:
  description: One sentence for people.
  returned: success
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_SCOPE


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=ROLLOUT_SCOPE, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="rollout_scope"))


if __name__ == "__main__":
    main()
