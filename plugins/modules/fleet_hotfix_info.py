#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of fleet_hotfix_info; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_hotfix_info
short_description: Find out for all hosts of a play at once whether they need hotfix KB952876
version_added: 1.0.0
description:
  - Asks each host what M(winlegacy.servicing.hotfix_info) asks, with the host's own connection, and gives the same
    answers, but in one task instead of one a host. A thousand hosts cost the controller what a few hundred tasks do.
  - Connection options, variables and templates are those that a task of the host's own would have. The task itself
    runs once, with the first host of the batch; its C(when), C(delegate_to) and C(loop) are not each host's.
  - Before a task begins, Ansible sets up the connection of its host, and ends the task where it cannot. Say
    C(delegate_to=localhost), so that a first host with a locked password or a port that is no number costs its own
    entry of RV(hosts) as any other does. With any other host C(delegate_to) is refused.
  - Where the C(vars) of the task, of a block around it or of the play say C(ansible_connection=local), they and all
    other C(ansible_*) variables there say where the task itself runs, and are no host's. The same is true of a file of
    C(vars_files) that has nothing but C(ansible_*) variables.
  - A host that is silent, refuses or cannot be asked costs its own time and its own entry of RV(hosts). The task
    fails only where its options are wrong.
  - The hosts are asked by processes of several threads. Hosts that get Kerberos tickets of their own are asked by
    processes of their own, one identity each, since a ticket is a matter of a whole process (E(KRB5CCNAME)); the
    ticket is got once, and a refused one is not asked for again.
  - Shows progress on the terminal after 5 seconds, then about every 10. Hosts that have been asked for more than 3
    seconds are slow; they are told with the time after which the last of them is given up.
  - When it is interrupted (Ctrl-C), the last line of the run says how many hosts were done and which file has what was
    learnt.
  - Strategies other than P(ansible.builtin.linear#strategy), which run no task once for all hosts, cannot use it.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  hosts:
    description: The hosts to ask, of this play. All of its batch by default. A host that is named twice is asked
      once.
    type: list
    elements: str
  host_options:
    description:
      - Names of variables by option. Where a host has the variable, its value counts for this host in the place of
        the option's.
      - Options that O(host_options) knows are those of M(winlegacy.servicing.hotfix_info).
    type: dict
    default: {}
  concurrency:
    description: Hosts that are asked at the same time, between 1 and 4096.
    type: int
    default: 128
  processes:
    description: Processes that ask, at most 64. V(0) is one for each processor; few hosts get fewer.
    type: int
    default: 0
  overall_deadline:
    description: Seconds that all hosts together may take, between 1 and 604800. What was not asked by then has
      failed and says so.
    type: int
    default: 7200
  interrupted_file:
    description:
      - A file on the controller that gets what was learnt, as P(winlegacy.servicing.report#filter) has it with
        V(format=json), when the task is interrupted
        (Ctrl-C).
      - Without it, or where it cannot be written, the file is in C(winlegacy.servicing) of E(ANSIBLE_HOME)
        (C(~/.ansible)), which only the user of the run can read, one for each hotfix and set of hosts, the newest 20.
      - A task that comes to its end with the same hosts, or more, removes what an earlier one left in this file; one
        with the same hosts what it left in that folder.
      - A file that tells of other hosts stays, and is not written over.
    type: str
    default: ""
  packed:
    description:
      - Return RV(winlegacy.servicing.hotfix_info#module:plan), RV(winlegacy.servicing.hotfix_info#module:unmet) and
        RV(winlegacy.servicing.hotfix_info#module:details) of each host inside one JSON text, RV(hosts.packed),
        which has the whole
        result. It is cheap where there are thousands; the filter P(winlegacy.servicing.host_results#filter) and
        M(winlegacy.servicing.fleet_report) read it.
      - Implies O(details).
    type: bool
    default: false
extends_documentation_fragment:
  - winlegacy.servicing.assessment
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.info
  - winlegacy.servicing.definition
  - winlegacy.servicing.connection
seealso:
  - module: winlegacy.servicing.hotfix_info
  - plugin: winlegacy.servicing._rollout_members
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Assess all hosts of the play
  winlegacy.servicing.fleet_hotfix_info:
    details: true
  register: fleet
  run_once: true
  delegate_to: localhost

- name: Say what was found
  ansible.builtin.debug:
    msg: "{{ fleet.msg }}"
  run_once: true

- name: Say it of each host
  ansible.builtin.debug:
    msg: "{{ fleet.hosts[inventory_hostname].summary | default(fleet.hosts[inventory_hostname].msg) }}"

- name: Look at all, and closely at those that say so in the inventory
  winlegacy.servicing.fleet_hotfix_info:
    host_options:
      depth: hotfix_depth
    overall_deadline: 900
  register: fleet
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
kb:
  description: The hotfix.
  returned: success
  type: str
  sample: KB952876
hosts:
  description:
    - What M(winlegacy.servicing.hotfix_info) returns, for each host, in the order of the inventory.
    - A host that was lost has C(unreachable), one that could not be asked C(failed), both with C(msg), beside what
      was learnt before.
  returned: success
  type: dict
  contains:
    outcome:
      description: V(ok), V(unreachable) or V(failed).
      returned: for each host
      type: str
      sample: ok
    packed:
      description: The whole result as a JSON text.
      returned: for each host, when O(packed) is true
      type: str
      sample: '{"status":"needs_fix","details":{}}'
  sample:
    web01:
      changed: false
      kb: KB952876
      outcome: ok
      status: needs_fix
outcomes:
  description: How many hosts were V(ok), V(unreachable) and V(failed).
  returned: success
  type: dict
  sample: {"failed": 0, "ok": 998, "unreachable": 2}
verdicts:
  description: How many hosts have which status, of those that answered.
  returned: success
  type: dict
  sample: {"fixed": 300, "needs_fix": 698}
seconds:
  description: How long it took.
  returned: success
  type: float
  sample: 21.4
msg:
  description: The same in one line.
  returned: always
  type: str
  sample: "1000 of 1000 hosts, 47 a second: 698 needs_fix, 300 fixed, 2 unreachable"
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import (
    FLEET_HOTFIX_INFO,
    RUNS_ON_THE_CONTROLLER,
)


def main() -> None:
    """Fail: whoever gets here started the module past its action plugin."""
    module = AnsibleModule(argument_spec=FLEET_HOTFIX_INFO, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="fleet_hotfix_info"))


if __name__ == "__main__":
    main()
