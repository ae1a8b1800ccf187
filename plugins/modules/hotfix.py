#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hotfix; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: hotfix
short_description: Stage, install or remove a hotfix, KB952876 or another, on a Windows host without PowerShell
version_added: 1.0.0
description:
  - Assesses the host as M(winlegacy.servicing.hotfix_info) does, and brings it to the state that is asked for.
  - The package comes from the operator. It is read, compared with the definition and checked on the controller before
    a host is touched, and checked again by size and hash on the host.
  - It never restarts a host. It says in RV(reboot_required) whether a restart is needed, and why.
  - A run that was interrupted anywhere is finished by the next one. What was transferred is kept, and an installer
    that still runs is waited for.
author:
  - winlegacy.servicing contributors (@winlegacy)
requirements:
  - The Python package C(libarchive-c) and the system's libarchive on the controller (C(libarchive13) on Debian,
    Ubuntu
    and SUSE, C(libarchive) on Enterprise Linux, Fedora, Alpine and Arch), to read the package that is staged or
    installed.
  - For signatures, C(osslsigncode) 2.9 or later on the controller; 2.13 or later is recommended.
  - smbprotocol on the controller, for O(transfer=smb)
options:
  state:
    description:
      - V(staged) has the verified package on the host, expanded and ready, in a folder that only administrators can
        write. Servicing is not touched.
      - V(present) has the fix installed, or waiting for the restart that the article demands.
      - V(absent) has the package removed, or waiting for that restart, and no staged files. It is judged by the
        package's own state, as a later update may keep the fix.
    type: str
    choices: [staged, present, absent]
    required: true
  only_if_symptomatic:
    description:
      - Stage and install only where the symptom was seen, as the article advises. On any other host the task is
        ok and RV(outlook=skip).
      - It is off by default because the driver may hang on a host that showed nothing when it was asked.
    type: bool
    default: false
  symptom_interval:
    description: Seconds between two looks at a driver that is stopping, for O(only_if_symptomatic).
    type: int
    default: 30
  fail_if_not_applicable:
    description: Fail on a host that the hotfix is not for, instead of leaving it alone.
    type: bool
    default: false
  cleanup:
    description: With O(state=present), remove the staged files once the fix is there and runs.
    type: bool
    default: false
  details:
    description:
      - Also return RV(before) and RV(after) whole, and what else is returned when O(details) is true.
      - Without it a result takes at most 30 lines of ad hoc output, the installer's RV(log) apart.
    type: bool
    default: false
  transfer:
    description:
      - How the package gets to the host. V(auto) takes O(source_path) when it is given, else SMB where smbprotocol is
        installed and the host gives a session and the share, else WinRM.
      - V(smb) writes to an administrative share, SMB 2.0.2 or newer. V(winrm) needs nothing but the connection; where
        Windows Script Host is off, certutil takes the script's place. V(path) takes the operator's own copy.
      - A transfer over SMB or WinRM that broke goes on with what the host has, in the same run and in the next one.
    type: str
    choices: [auto, smb, winrm, path]
    default: auto
  source_path:
    description: The package as the host sees it, on a drive of its own or on a share.
    type: str
  source_user:
    description:
      - Who the host shall be at the share of O(source_path). A network logon reaches no share by itself.
      - It and O(source_password) need Windows Script Host on the host, and characters of code page 437.
    type: str
  source_password:
    description: The password of O(source_user). It goes to the host over the connection, into a script's input.
    type: str
  smb_user:
    description: Who pushes over SMB. The connection's own user and password by default.
    type: str
  smb_password:
    description: The password of O(smb_user).
    type: str
  smb_port:
    description: The port of the host's SMB service.
    type: int
    default: 445
  smb_share:
    description: The share that is the host's Windows folder.
    type: str
    default: ADMIN$
  transfer_timeout:
    description: Seconds that the transfer may take. What is on the host by then is kept for the next run.
    type: int
    default: 7200
  installer:
    description:
      - V(pkgmgr) runs pkgmgr with the package's answer file, V(pkgmgr_package) with its cabinet, V(wusa) the update
        installer. Each runs as a scheduled task of the system account, outside the remote shell.
    type: str
    choices: [pkgmgr, pkgmgr_package, wusa]
    default: pkgmgr
  install_timeout:
    description: Seconds that one run of the installer may take. Past it, it is left running and the task fails.
    type: int
    default: 3600
  lock_timeout:
    description:
      - Seconds to wait for another controller that works on the host.
      - One that gives no sign of life is watched for up to 90 seconds more, and taken over then.
    type: int
    default: 600
  deadline:
    description:
      - Seconds that the whole task may take, at least 60. By default the sum of its steps' limits, O(lock_timeout),
        O(transfer_timeout), O(install_timeout), and 30 minutes for everything else.
      - Past it the task fails, with what was done until then. It never ends an installer on the host. The next run
        adopts that, and goes on with what was transferred.
    type: int
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.change
  - winlegacy.servicing.definition
  - winlegacy.servicing.connection
  - winlegacy.servicing.package
  - winlegacy.servicing.window
seealso:
  - module: winlegacy.servicing.hotfix_info
  - module: winlegacy.servicing.package_info
  - module: winlegacy.servicing.reboot
"""

EXAMPLES = r"""
- name: Stage the package for each host's architecture
  winlegacy.servicing.hotfix:
    state: staged
    package_dir: /srv/hotfixes

- name: Install the hotfix where the trouble is seen
  winlegacy.servicing.hotfix:
    state: present
    package_dir: /srv/hotfixes
    only_if_symptomatic: true
  register: hotfix

- name: Restart where the hotfix needs it
  winlegacy.servicing.reboot:
  when: hotfix.reboot_required

- name: Install from a share, with an account for the share
  winlegacy.servicing.hotfix:
    state: present
    path: /srv/hotfixes/Windows6.0-KB952876-x64.msu
    transfer: path
    source_path: \\files.example.com\updates\Windows6.0-KB952876-x64.msu
    source_user: EXAMPLE\reader
    source_password: "{{ vault_reader_password }}"

- name: Remove the hotfix and the staged files
  winlegacy.servicing.hotfix:
    state: absent
"""

RETURN = r"""
kb:
  description: The hotfix.
  returned: when the host could be asked
  type: str
  sample: KB952876
msg:
  description: What was done, or why nothing was. In check mode what would be done. In failures what was wrong.
  returned: always
  type: str
  sample: KB952876 was installed and waits for a restart.
state:
  description: The state that was asked for.
  returned: when the host could be assessed
  type: str
  sample: present
outlook:
  description: V(do), there are steps; V(met), nothing to do; V(skip), O(only_if_symptomatic) says no; V(blocked).
  returned: when the host could be assessed
  type: str
  sample: do
code:
  description: Why, for programs.
  returned: when O(details) is true and the host could be assessed
  type: str
  sample: install
steps:
  description: The steps that were planned. A list where O(details) is true, else text with commas.
  returned: when the host could be assessed; with C(--diff) the diff names them instead, unless O(details) is true
  type: raw
  sample: [verify_payload, install_package, verify_servicing, remove_task]
status:
  description: The verdict afterwards, in check mode the predicted one.
  returned: when the host could be assessed
  type: str
  sample: install_pending
reboot_required:
  description: Whether this hotfix needs a restart now, in check mode the prediction; null where that is not known.
  returned: when the host could be assessed
  type: bool
  sample: true
reboot_reasons:
  description: Windows' own reasons for a restart, whatever caused them. A list where O(details) is true, else text
    with commas.
  returned: when the host could be assessed
  type: raw
  sample: [cbs_reboot_pending]
rc:
  description: The installer's exit code, signed.
  returned: when an installer ran
  type: int
  sample: 3010
exit:
  description: The installer's exit code and its meaning; null when none ran. Where O(details) is not true it is the
    text alone, and there only with RV(log).
  returned: when O(details) is true or there is a log
  type: raw
  contains:
    code:
      description: The number, signed.
      returned: always
      type: int
      sample: 3010
    hex:
      description: The number in hexadecimal.
      returned: always
      type: str
      sample: '0x00000BC2'
    outcome:
      description: What it means, for programs; V(unknown) for a number that is not known.
      returned: always
      type: str
      sample: reboot_required
    text:
      description: What it means, for people.
      returned: always
      type: str
      sample: It went well and needs a restart. (3010, 0x00000BC2)
log:
  description: The last lines of the installer's log, when it did not claim success.
  returned: when O(details) is true or there are any
  type: list
  elements: str
  sample: []
next:
  description: What to do next.
  returned: when the host could be assessed
  type: dict
  contains:
    code:
      description: For programs, as in RV(winlegacy.servicing.hotfix_info#module:next.code).
      returned: always
      type: str
      sample: reboot
    text:
      description: For people.
      returned: always
      type: str
      sample: Restart the host.
package:
  description: The package that was used; null when none was needed.
  returned: when O(details) is true and the host could be assessed
  type: dict
  contains:
    path:
      description: The file on the controller.
      returned: always
      type: str
      sample: /srv/hotfixes/Windows6.0-KB952876-x64.msu
    size:
      description: Bytes.
      returned: always
      type: int
      sample: 3145728
    sha1:
      description: Its SHA-1.
      returned: always
      type: str
      sample: da39a3ee5e6b4b0d3255bfef95601890afd80709
    sha256:
      description: Its SHA-256.
      returned: always
      type: str
      sample: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    match:
      description: How it compares with the article, as M(winlegacy.servicing.package_info) tells it.
      returned: always
      type: str
      sample: matches
    signature:
      description: The state of its signature, as M(winlegacy.servicing.package_info) tells it.
      returned: always
      type: str
      sample: valid
transfer:
  description: How it got to the host; null when nothing was transferred.
  returned: when O(details) is true and the host could be assessed
  type: dict
  contains:
    way:
      description: V(smb), V(winrm), V(winrm_certutil) or V(path).
      returned: always
      type: str
      sample: winrm
    seconds:
      description: How long it took.
      returned: always
      type: float
      sample: 2.5
    bytes:
      description: The package's size.
      returned: always
      type: int
      sample: 3145728
ended:
  description: What ended the task before its end, with what was learnt until then in the other values; null where
    nothing did. Where O(details) is not true it is text, V(deadline during packages) for instance.
  returned: when the host could be assessed
  type: raw
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
was:
  description: The verdict before.
  returned: when the host could be assessed
  type: str
  sample: needs_fix
predicted:
  description: Whether RV(status) and RV(reboot_required) are a prediction, as in check mode, or where nothing was
    done.
  returned: when the host could be assessed
  type: bool
  sample: false
summary:
  description: The verdict of the last assessment in one sentence.
  returned: when O(details) is not true and the host could be assessed
  type: str
  sample: "KB952876 waits for a restart: the install is pending."
windows:
  description: Which Windows it is, as RV(winlegacy.servicing.hotfix_info#module:windows).
  returned: when O(details) is not true and the host could be assessed
  type: dict
  sample: {architecture: x64, name: Windows Vista SP1, version: 6.0.6001}
kernel:
  description: The running kernel against the fix, as RV(winlegacy.servicing.hotfix_info#module:kernel), without the
    branch.
  returned: when O(details) is not true, the hotfix brings a kernel, and the host could be assessed
  type: dict
  sample: {fixed: 6.0.6001.22191, level: below, running: 6.0.6001.18000}
files:
  description: The changed files that are no kernels, as RV(winlegacy.servicing.hotfix_info#module:files) there.
  returned: when O(details) is not true, the hotfix changes such files, and the host is a candidate
  type: dict
  sample: {compared: 0, level: unread, unread: 4}
before:
  description: The assessment before, in the form of M(winlegacy.servicing.hotfix_info) with details.
  returned: when O(details) is true and the host could be assessed
  type: dict
  sample: {}
after:
  description: The assessment afterwards; null when nothing was done.
  returned: when O(details) is true and the host could be assessed
  type: dict
  sample: {}
messages:
  description: WS-Management messages that it took, after authentication.
  returned: when O(details) is true and the host could be asked
  type: int
  sample: 120
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._change_specs import HOTFIX, HOTFIX_RULES
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER


def main() -> None:
    """Fail: the action plugin does the work."""
    module = AnsibleModule(argument_spec=HOTFIX, supports_check_mode=True, **HOTFIX_RULES)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="hotfix"))


if __name__ == "__main__":
    main()
