#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of reboot; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: reboot
short_description: Restart a Windows host without PowerShell and wait for the proof of a boot
version_added: 1.0.0
description:
  - Asks the host to restart with its own C(shutdown) command and waits until it has booted and settled.
  - The proof of a boot is neither a port that answers nor a clock. A value that the module leaves in a registry hive
    which every start makes anew (C(HKLM\HARDWARE)) must be gone, and C(services.exe) and C(wininit.exe) must be
    other processes than before. Signs that disagree prove nothing, and the task fails and names them.
  - A shutdown that is under way already is waited for. One that somebody scheduled for later is cancelled and asked
    for again, now; RV(preempted) and a warning say so.
author:
  - winlegacy.servicing contributors (@winlegacy)
options:
  only_if_required:
    description: Restart only where one of O(required_reasons) is set. A reason that cannot be told fails the task.
    type: bool
    default: false
  required_reasons:
    description:
      - The reasons that count for O(only_if_required).
      - V(required_by_kb) is a restart that the hotfix of O(kb) itself needs; the others are Windows' own indicators,
        as in RV(winlegacy.servicing.hotfix_info#module:restart.reasons).
    type: list
    elements: str
    choices:
      - required_by_kb
      - cbs_reboot_pending
      - cbs_reboot_in_progress
      - cbs_packages_pending
      - windows_update
      - file_rename
      - computer_rename
      - netlogon
      - sccm
    default: [required_by_kb]
  kb:
    description:
      - The hotfix that V(required_by_kb) of O(required_reasons) is about.
      - Without it the one of O(definition), else KB952876.
    type: str
  msg:
    description: What users of the host are shown, up to 500 characters.
    type: str
    default: ""
  delay:
    description: Seconds that the host waits before it goes down, up to 600.
    type: int
    default: 5
  reason:
    description: The reason in the host's event log, as C(shutdown /d) takes it. V(p:2:17) is a planned hotfix.
    type: str
    default: p:2:17
  timeout:
    description: Seconds to wait for the settled host, from the request on. Servicing may boot a host twice.
    type: int
    default: 1800
  deadline:
    description: Seconds that the whole task may take, at least 10. By default O(timeout), O(random_start) and 10
      minutes for the questions before.
    type: int
  random_start:
    description:
      - Wait a random time of up to this many seconds before the request, to spread the boots of a fleet.
      - It is cut to what is left of O(windows), less a minute for the questions before the request.
    type: int
    default: 0
  settle:
    description: Seconds between the first proof of a boot and the second look, which must show no further boot.
    type: int
    default: 20
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.change
  - winlegacy.servicing.definition
  - winlegacy.servicing.connection
  - winlegacy.servicing.window
attributes:
  diff_mode:
    support: none
    details: There is nothing that could differ.
seealso:
  - module: winlegacy.servicing.hotfix
  - module: winlegacy.servicing.hotfix_info
"""

EXAMPLES = r"""
- name: Restart where the hotfix waits for it
  winlegacy.servicing.reboot:
    only_if_required: true
    msg: Maintenance of KB952876

- name: Restart a fleet within ten minutes, not all at once
  winlegacy.servicing.reboot:
    random_start: 600
    timeout: 3600

- name: Restart for any reason of servicing or Windows Update
  winlegacy.servicing.reboot:
    only_if_required: true
    required_reasons: [required_by_kb, cbs_reboot_pending, windows_update]
"""

RETURN = r"""
ended:
  description: What ended the task before its end, with what was learnt until then in the other values; null where
    nothing did.
  returned: when the host could be asked
  type: dict
  contains:
    by:
      description: V(deadline), V(silence), V(connection_lost), V(unreachable), V(authentication) or V(error).
      returned: when something ended it
      type: str
      sample: deadline
    during:
      description: What was being asked or done.
      returned: when something ended it
      type: str
      sample: packages
    detail:
      description: One sentence.
      returned: when something ended it
      type: str
      sample: The deadline of 300 s is over.
rebooted:
  description: Whether a boot was seen.
  returned: success
  type: bool
  sample: true
reasons:
  description: Those of O(required_reasons) that are set; empty unless O(only_if_required) asked for them.
  returned: success
  type: list
  elements: str
  sample: [required_by_kb]
joined:
  description: Whether a shutdown was under way already, and was waited for.
  returned: success
  type: bool
  sample: false
preempted:
  description:
    - Whether a restart that somebody had scheduled on the host was cancelled, and asked for again at once.
    - A scheduled shutdown that was to switch the host off is told the same way, since the host does not say which.
  returned: success
  type: bool
  sample: false
elapsed:
  description: Seconds from the request to the settled host; null without a restart.
  returned: success
  type: float
  sample: 184.2
boots:
  description: Boots that were seen on the way.
  returned: success
  type: int
  sample: 1
boot_before:
  description: The boot time before the request, as the host told it; null without a restart or when it did not tell.
  returned: success
  type: str
  sample: '2026-01-01T00:00:00+00:00'
boot_after:
  description: The boot time of the settled host, as the host told it; null without a restart or when it did not tell.
  returned: success
  type: str
  sample: '2026-01-01T02:03:04+00:00'
messages:
  description: WS-Management messages that it took, after authentication.
  returned: when the host could be asked
  type: int
  sample: 14
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._change_specs import REBOOT
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=REBOOT, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="reboot"))


if __name__ == "__main__":
    main()
