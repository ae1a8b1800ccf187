#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of rollout_batch; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: rollout_batch
short_description: "(internal) Tell whether a batch may begin, and what became of it"
version_added: 1.0.0
description:
  - Private. It is for the playbooks of this collection, and may change in any release.
  - Before a batch it compares the play with the scope, and says that it may begin unless the share of failed or lost
    hosts of an earlier batch is above the limit. A host whose partner (the setting C(apart)) failed or gave no
    verdict
    is held
    back.
  - What happened is observed, and not predicted. A host that was begun is done only when it came to its end in this
    run;
    else it failed, whatever Ansible counts.
  - Used by the playbooks; it asks no host and needs no connection.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  step:
    description: V(begin) before a batch, V(end) after it, V(last) at the end of the run.
    type: str
    required: true
    choices: [begin, end, last]
  scope:
    description: What M(winlegacy.servicing.rollout_scope) returned in this run.
    type: dict
    required: true
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.controller
seealso:
  - module: winlegacy.servicing.rollout_scope
"""

EXAMPLES = r"""
- name: Begin the batch
  winlegacy.servicing.rollout_batch:
    step: begin
    scope: "{{ scope }}"
  register: batch
  run_once: true
"""

RETURN = r"""
go:
  description: Whether the batch may begin.
  returned: when O(step=begin)
  type: bool
playbook:
  description: Whose batch it is.
  returned: when O(step=begin)
  type: str
hosts:
  description: The hosts of the batch that are worked on.
  returned: when O(step=begin)
  type: list
  elements: str
held:
  description: Hosts of the batch that are held back, each with the reason.
  returned: when O(step=begin)
  type: dict
  sample: {}
msg:
  description: What was observed; a headline, and a line for each host that failed or was held back.
  returned: when O(step) is not V(begin), or the batch may not begin
  type: list
  elements: str
  sample: ["1 of 1 hosts of the canary failed, and 0 % may. The roll-out stops. Not touched: server2."]
stopped:
  description: Whether a batch was above the limit.
  returned: when O(step) is not V(begin)
  type: bool
problems:
  description: By host why the run fails.
  returned: when O(step=last)
  type: dict
  sample: {}
untouched:
  description: Hosts with work that were not begun.
  returned: when O(step=last)
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_BATCH


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=ROLLOUT_BATCH, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="rollout_batch"))


if __name__ == "__main__":
    main()
