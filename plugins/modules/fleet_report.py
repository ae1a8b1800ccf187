#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of fleet_report; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_report
short_description: Write reports and an inventory of verdicts on the controller
version_added: 1.0.0
description:
  - Collects what the hosts of a play ended with (C(hotfix_result), and what the role registered after it) and
    writes it, in
    check mode too. Hosts that failed or were lost are in it.
  - It asks no host and needs no connection, so neither C(ansible_connection) nor C(delegate_to) matters. Files are
    put in
    place whole or not at all.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  hosts:
    description: The hosts to report on.
    type: list
    elements: str
    required: true
  kb:
    description: The hotfix; its name in lower case begins the names of files and groups. Without it, the one that the
      results name (KB952876 where none does); results of several are refused.
    type: str
  folder:
    description: The folder for the reports, made when it is missing. A relative one begins where Ansible was
      started. None is
      written without it.
    type: str
    default: ""
  formats:
    description: Which reports, as M(winlegacy.servicing.hotfix_info) results are shown by the filter
      P(winlegacy.servicing.report#filter).
    type: list
    elements: str
    choices: [html, csv, json, junit, text, markdown]
    default: [html, csv, json, junit]
  query:
    description: A JMESPath expression that chooses rows, V([?status=='needs_fix']) for instance.
    type: str
    default: ""
  compare:
    description:
      - An earlier JSON report on the controller, to tell what is newly fixed, newly broken, otherwise changed, new
        and
        gone. A run reads it once, before anything is written, so that it may be the one that O(folder) has.
      - Where there is no file yet, or it is no report of this hotfix, a warning says so, and the report goes without
        the comparison. The check of the roles' settings refuses what is no report before any host is asked.
      - Without it, O(playbook) compares with the verdicts that the roll-out of this run began with.
    type: str
    default: ""
  inventory_file:
    description: Where to write an inventory whose groups are the verdicts.
    type: str
    default: ""
  terminal:
    description: Also show the table of O(formats=text) on the terminal, as lines of its own. Where the output is for
      programs (the callbacks V(json), V(jsonl) and V(null)), it is in RV(table) only. The callback
      P(winlegacy.servicing.verdicts#callback) shows it after the recap.
    type: bool
    default: false
  playbook:
    description: Which playbook shows it, for the next command to type.
    type: str
    choices: ['', assess, merge, stage, remediate, restart, rollback]
    default: ''
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.controller
seealso:
  - plugin: winlegacy.servicing.report
    plugin_type: filter
  - plugin: winlegacy.servicing.verdict_groups
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show where the hosts of the play stand
  winlegacy.servicing.fleet_report:
    hosts: "{{ ansible_play_hosts_all }}"
    terminal: true
  run_once: true

- name: Report on all hosts of the play
  winlegacy.servicing.fleet_report:
    hosts: "{{ ansible_play_hosts_all }}"
    folder: reports
    inventory_file: reports/groups.yml
  run_once: true
"""

RETURN = r"""
files:
  description: The files that were asked for.
  returned: success
  type: list
  elements: str
  sample: [/srv/reports/kb952876.html]
table:
  description: The lines of the table; empty without O(terminal).
  returned: success
  type: list
  elements: str
  sample: ['KB952876 report (2 hosts of hosts.yml, after 3 s)']
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._rollout_specs import FLEET_REPORT


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=FLEET_REPORT, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="fleet_report"))


if __name__ == "__main__":
    main()
