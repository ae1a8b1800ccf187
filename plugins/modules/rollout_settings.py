#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of rollout_settings; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: rollout_settings
short_description: Judge every setting of a run before any host is asked
version_added: 1.0.0
description:
  - One list of all that is wrong with the variables C(kb952876_*) or C(hotfix_*), and C(winlegacy_*), of every host
    of the play, of the play and of the command line. Unknown names with the nearest known one; types and ranges;
    maintenance windows; patterns that match nothing; texts that a later step cannot use; packages that are missing or
    may not be used; tags that look like steps and choose nothing.
  - Names are compared untemplated. Values are templated with their host's variables, secrets are not; one that rests
    on a
    result of the run is left to the step that uses it.
  - The roles P(winlegacy.servicing.hotfix#role) and P(winlegacy.servicing.kb952876#role) and the playbooks begin
    with it. It asks no host and needs no connection.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  role:
    description:
      - Whose settings these are. Those of V(kb952876) begin with C(kb952876_), and all names that do are ours.
        Those of
        V(hotfix), which is for any hotfix, begin with C(hotfix_); others may use that prefix too, so that only a name
        that is like one of ours is told.
    type: str
    choices: [kb952876, hotfix]
    default: kb952876
  playbook:
    description: The playbook that asks. Without it the settings of a roll-out (canary, batches) are not looked at.
    type: str
    choices: [assess, merge, stage, remediate, restart, rollback]
  state:
    description: The state that is to be reached. V(staged) and V(present) need a package.
    type: str
    required: true
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.controller
seealso:
  - module: winlegacy.servicing.rollout_scope
"""

EXAMPLES = r"""
- name: Check the settings before a play of your own begins
  winlegacy.servicing.rollout_settings:
    state: present
  run_once: true
"""

RETURN = r"""
checked:
  description: Whether they were checked; false where tags leave the work out.
  returned: success
  type: bool
hosts:
  description: Of how many hosts.
  returned: when they were checked
  type: int
token:
  description: A name of this very check, new each time.
  returned: when they were checked
  type: str
  sample: 0a3f6c1d2b7e4c55a1f00e9d8c7b6a54
packages:
  description: By host the architectures for which there is a package that may be used.
  returned: when they were checked
  type: dict
  sample: {server1: [x64, x86]}
rollout:
  description: The settings of the roll-out, patterns as lists of hosts.
  returned: with O(playbook)
  type: dict
  sample: {role: kb952876, kb: KB952876, canary: [server1], canary_size: 1, canary_done: false, batches: ["10%"],
    max_fail_percentage: 0.0, apart: []}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import ROLLOUT_SETTINGS


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=ROLLOUT_SETTINGS, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="rollout_settings"))


if __name__ == "__main__":
    main()
