#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of fleet_merge; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_merge
short_description: Join what several runs found, each on its part of the hosts, as the result of one run
version_added: 1.0.0
description:
  - Reads parts, as M(winlegacy.servicing.fleet_part) makes them, from files and from variables that begin with
    C(winlegacy_part_), which is how a workflow of AWX hands on what earlier jobs gave to set_stats.
  - The result has the form of that of M(winlegacy.servicing.fleet_hotfix_info). Registered as C(hotfix_result), it is
    what M(winlegacy.servicing.fleet_report) reports on. The playbook C(winlegacy.servicing.merge) does both.
  - A host counts once. A verdict beats a run that got none, and an unknown of an earlier run. The same verdict in two
    parts is that verdict. Two different verdicts are V(unknown), and both are named. A host that no part has is
    C(failed) and says which part is lost.
  - Parts come from elsewhere, so each field, size and depth is checked. What is wrong with one is told with its source,
    field and reason, and it is not used. Texts in them are never templates.
  - It asks no host and needs no connection.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  hosts:
    description: All hosts that were to be asked by all runs together. Others, which a part may have, are left out.
    type: list
    elements: str
    required: true
  kb:
    description: The hotfix; that of the parts by default. Parts about another one are refused.
    type: str
  parts:
    description:
      - Files on the controller, and folders. A file is a part, what set_stats was given, a job of AWX as its API shows
        it (C(artifacts)), or an event of ansible-runner.
      - Of a folder the C(*.json) in it are looked at, and the folders C(job_events) up to three levels below it, where
        C(ansible-runner process) keeps runs. A run with events and without its last one was cut off.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.controller
seealso:
  - module: winlegacy.servicing.fleet_part
  - module: winlegacy.servicing.fleet_report
"""

EXAMPLES = r"""
- name: Join the parts that three workers sent back
  winlegacy.servicing.fleet_merge:
    hosts: "{{ ansible_play_hosts_all }}"
    parts: [runs/artifacts]
  register: hotfix_result
  run_once: true

- name: Write one report and one inventory of groups
  winlegacy.servicing.fleet_report:
    hosts: "{{ ansible_play_hosts_all }}"
    folder: reports
    inventory_file: reports/groups.yml
  run_once: true
"""

RETURN = r"""
hosts:
  description: By host, in the order of O(hosts), what M(winlegacy.servicing.fleet_hotfix_info) returns with C(packed).
  returned: success
  type: dict
  sample: {web1: {status: fixed, outcome: ok, packed: '{}'}}
outcomes:
  description: How many hosts are C(ok), C(unreachable) and C(failed).
  returned: success
  type: dict
  sample: {ok: 998, unreachable: 1, failed: 1}
verdicts:
  description: How many hosts have which verdict.
  returned: success
  type: dict
  sample: {needs_fix: 600, fixed: 398}
kb:
  description: The hotfix.
  returned: success
  type: str
  sample: KB952876
members:
  description: Hosts with work, and those without one verdict, each with its group in the run.
  returned: success
  type: list
  elements: dict
  sample: [{host: web1, group: kb952876_needs_fix}]
parts:
  description: The parts that were used.
  returned: success
  type: list
  elements: dict
  sample:
    - name: slice1of3
      source: runs/slice1of3.json
      made: '2026-01-31T12:00:00Z'
      collection: 0.1.0
      details: false
      asked: 334
      answered: 334
refused:
  description: What was not used, and why.
  returned: success
  type: list
  elements: dict
  sample: [{source: runs/slice2of3.json, field: pack, reason: it is no whole gzip stream}]
lost:
  description: Slices that are not among the parts, by the number of slices that others tell.
  returned: success
  type: list
  elements: str
  sample: [slice3of3]
missing:
  description: Hosts that no part has a result of, and why.
  returned: success
  type: dict
  sample: {web9: No part has this host. slice3of3 is lost.}
contradicting:
  description: Hosts of which two parts say different things, and which.
  returned: success
  type: dict
  sample: {}
doubled:
  description: Hosts that several parts have, without a contradiction.
  returned: success
  type: list
  elements: str
  sample: []
outside:
  description: Hosts of parts that are not in O(hosts).
  returned: success
  type: list
  elements: str
  sample: []
complete:
  description: Whether nothing is missing or contradicted.
  returned: success
  type: bool
  sample: true
msg:
  description: All of it in sentences, what leaves the result incomplete first.
  returned: success
  type: list
  elements: str
  sample: ['1,000 hosts from 3 parts, made 2026-01-31T12:00:00Z: complete.']
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import FLEET_MERGE


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=FLEET_MERGE, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="fleet_merge"))


if __name__ == "__main__":
    main()
