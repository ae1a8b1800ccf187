#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of fleet_part; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_part
short_description: Make of this run's results a part, to be merged with those of other runs
version_added: 1.0.0
description:
  - Collects what the hosts of a play ended with (C(hotfix_result), and what the role registered after it) as one value
    that M(ansible.builtin.set_stats) can carry, so that nothing is left on the machine that ran it. The playbook
    C(winlegacy.servicing.merge) joins such parts.
  - The roles and playbooks do it by themselves where C(kb952876_part) or C(hotfix_part) names the part.
  - It asks no host and needs no connection.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  hosts:
    description: The hosts that the run was for. One that no task has assessed is in the part, without a result.
    type: list
    elements: str
    required: true
  kb:
    description: The hotfix. Without it, the one that the results name (KB952876 where none does); results of several
      are refused.
    type: str
  name:
    description:
      - What the part is called, by 1 to 64 letters, digits or underscores. Each run needs a name of its own.
      - Of a name such as V(slice2of3) the merge knows that there are three slices, and misses those that are not there.
    type: str
    required: true
  details:
    description: Keep whole results, four times as large. By default they have what reports and groups show.
    type: bool
    default: false
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.controller
seealso:
  - module: winlegacy.servicing.fleet_merge
"""

EXAMPLES = r"""
- name: Put this run's part together
  winlegacy.servicing.fleet_part:
    hosts: "{{ ansible_play_hosts_all }}"
    name: slice2of3
  register: part
  run_once: true

- name: Hand it on
  ansible.builtin.set_stats:
    data: "{{ part.stats }}"
    aggregate: false
  run_once: true
"""

RETURN = r"""
stats:
  description: For O(ansible.builtin.set_stats#module:data). Its only key is C(winlegacy_part_NAME).
  returned: success
  type: dict
  contains:
    winlegacy_part_NAME:
      description: The part. C(pack) has the results by host, as JSON, compressed by gzip and coded as base64.
      returned: success
      type: dict
      sample:
        winlegacy_part: 1
        name: slice2of3
        number: 2
        count: 3
        hotfixes: [KB952876]
        collection: 0.1.0
        made: '2026-01-31T12:00:00Z'
        details: false
        hosts: 1000
        pack: H4sIAAAAAAAC...
size:
  description: Bytes of the part as JSON.
  returned: success
  type: int
  sample: 61440
msg:
  description: The same in one sentence.
  returned: success
  type: str
  sample: The part slice2of3 has 1,000 of 1,000 hosts in 61,440 bytes.
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import FLEET_PART


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=FLEET_PART, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="fleet_part"))


if __name__ == "__main__":
    main()
