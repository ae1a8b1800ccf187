#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of doctor; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: doctor
short_description: Say why a Windows host cannot be worked on
version_added: 1.0.0
description:
  - Looks at the way from the controller to a host step by step, and says what is wrong, how it shows, and what to do.
  - On the controller, packages, OpenSSL and Kerberos. Of the inventory, names, address and credentials. On the
    network, proxy, name, the ports 80, 443, 5985 and 5986, TLS with its certificate, the service without credentials,
    what authentication it offers, and its clock. Then one login. On the host, WMI, a filtered token, the code page,
    the registry, shells, the Task Scheduler, Windows Script Host, free space and servicing.
  - A step that cannot be taken because of an earlier one is C(not_asked) and names that one. A host that cannot be
    reached or refuses the login is an answer here, and neither a failure nor unreachable.
  - Changes nothing. Starts no process and opens no shell on the host.
  - There is one attempt to log in, by one method, as attempts with a wrong password lock accounts.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  scope:
    description:
      - V(all) looks at the controller and the host.
      - V(host) leaves out what is the same for all hosts. What of the controller keeps this host from being reached is
        told nevertheless.
      - V(controller) looks at the controller only, for all hosts of the play, and asks none of them.
    type: str
    choices: [all, host, controller]
    default: all
  deadline:
    description: Seconds that all together may take, between 1 and 3600. What is not asked by then says so.
    type: int
    default: 120
  details:
    description: Also return RV(details), with every check.
    type: bool
    default: false
  transcript:
    description:
      - A file on the controller for a redacted transcript of the host's answers, which is asked for what a full
        assessment asks and for what settles open questions about Windows. The guide "Sending a transcript of a host"
        tells what is in it and what was removed.
      - The file is made with mode 600, whole or not at all. It is one host's, so its name has to hold that of the host.
        A second host that names the same file in a run is refused before its first message.
      - Asked for after all else, in a conversation of its own that may take O(deadline) again. Only where the login
        succeeded.
      - In check mode nothing is written and nothing more is asked; RV(transcript) says what would be written.
    type: path
  transcript_overwrite:
    description: Whether a file that is there already may be replaced. A link never is.
    type: bool
    default: false
  results:
    description:
      - Results of this module by host. Nothing is looked at then. They are shown as a table on the terminal, with the
        first finding of each host and its cure, as at the end of the playbook C(winlegacy.servicing.doctor).
    type: dict
  controller:
    description: For O(results), the result of O(scope=controller), whose findings come before the hosts.
    type: dict
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.info
  - winlegacy.servicing.connection
seealso:
  - module: winlegacy.servicing.hotfix_info
  - module: winlegacy.servicing.wql_info
"""

EXAMPLES = r"""
# ansible-playbook winlegacy.servicing.doctor -i hosts.yml
# ansible all -i hosts.yml -m winlegacy.servicing.doctor
- name: Say why a host cannot be worked on
  winlegacy.servicing.doctor:
  register: doctor

- name: Stop where it has a problem
  ansible.builtin.assert:
    that: doctor.healthy is not false
    fail_msg: "{{ doctor.summary }}"
    quiet: true

- name: Show every check
  winlegacy.servicing.doctor:
    scope: host
    details: true
    deadline: 60

- name: Leave a transcript to send
  winlegacy.servicing.doctor:
    transcript: "{{ inventory_hostname }}.transcript.json"
    transcript_overwrite: true
"""

RETURN = r"""
healthy:
  description:
    - V(false) with a problem, V(true) where everything was asked and nothing keeps the host from being worked on.
    - Null where no problem was found, and something was not asked or gave no answer.
  returned: when something was looked at
  type: bool
  sample: false
summary:
  description: One sentence. The first problem, which is the likeliest cause of later ones; or what answered.
  returned: when something was looked at
  type: str
  sample: Port 5985 refuses connections; 80 open, 443 refused, 5986 refused.
findings:
  description: Problems, what gave no answer, and notices, in the order of the way. Empty where there are none.
  returned: when something was looked at
  type: list
  elements: dict
  contains:
    id:
      description:
        - What was looked at. One of V(packages), V(openssl), V(kerberos), V(variables), V(connection), V(address),
          V(credentials), V(proxy), V(resolution), V(ports), V(tls), V(identify), V(authentication), V(clock), V(login),
          V(wmi), V(token), V(code_page), V(registry), V(shells), V(task_service), V(script_host), V(free_space) and
          V(servicing).
      returned: always
      type: str
      sample: ports
    severity:
      description:
        - V(problem) keeps the work from being done, V(notice) is worth knowing. V(unknown) was asked, and the answer is
          no evidence.
        - In RV(details.checks) also V(ok) and V(not_asked).
      returned: always
      type: str
      sample: problem
    text:
      description: What, and how it shows.
      returned: always
      type: str
      sample: Port 5985 refuses connections; 80 open, 443 refused, 5986 refused.
    cure:
      description: What to do; empty where there is nothing to do.
      returned: always
      type: str
      sample: "Port 80 answers: set ansible_port: 80 and ansible_winrm_scheme: http."
checks:
  description: How many findings there are of each severity, with those that are well or were not asked.
  returned: when something was looked at
  type: str
  sample: 8 ok, 1 problem, 14 not_asked
details:
  description: All that was looked at.
  returned: with O(details=true)
  type: dict
  contains:
    checks:
      description: Every check as in RV(findings), those that are well and those that were not asked among them.
      returned: always
      type: list
      elements: dict
      sample:
        - {id: connection, severity: ok, text: The connection plugin is winrm., cure: ''}
transcript:
  description: What was written, or would be in check mode; null where the login failed.
  returned: with O(transcript)
  type: dict
  contains:
    path:
      description: The file.
      returned: always
      type: str
      sample: /srv/ansible/vista-17.transcript.json
    written:
      description: Whether the file was written; V(false) in check mode.
      returned: always
      type: bool
      sample: true
    would:
      description: What would be done, in a clause.
      returned: in check mode
      type: str
      sample: write /srv/ansible/vista-17.transcript.json with the host's redacted answers
    exchanges:
      description: Messages in it.
      returned: when it was written
      type: int
      sample: 67
    left_out:
      description: Messages that there was no room for.
      returned: when it was written
      type: int
      sample: 0
    removed:
      description: How often something of each kind was replaced.
      returned: when it was written
      type: dict
      sample: {ids: 205, numbers: 92, words: 216, times: 92}
    ended:
      description: What ended the questions early, as in M(winlegacy.servicing.hotfix_info); null where nothing did.
      returned: when it was written
      type: dict
      sample: null
msg:
  description: The last line of the table.
  returned: with O(results)
  type: str
  sample: "24 hosts: 2 with a problem, 22 healthy"
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import DOCTOR, RUNS_ON_THE_CONTROLLER


def main() -> None:
    """Fail: whoever gets here started the module past its action plugin."""
    module = AnsibleModule(argument_spec=DOCTOR, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="doctor"))


if __name__ == "__main__":
    main()
