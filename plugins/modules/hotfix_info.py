#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hotfix_info; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: hotfix_info
short_description: Find out whether a Windows host needs a hotfix, KB952876 or others
version_added: 1.0.0
description:
  - Asks a host for its Windows version, the hotfix's files on disk, the kernel in memory, what component-based
    servicing knows of the hotfix, and whether a restart is pending, and says whether the hotfix applies, is missing,
    staged, waiting for a restart or there.
  - Decides from data (WMI, the registry) and never from localised text. What cannot be read is unknown, with the
    reason, and never guessed.
  - Starts no process on the host and changes nothing. A driver or service that shows a symptom is only looked at.
author:
  - winlegacy.servicing contributors (@winlegacy)
extends_documentation_fragment:
  - winlegacy.servicing.assessment
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.info
  - winlegacy.servicing.definition
  - winlegacy.servicing.connection
seealso:
  - module: winlegacy.servicing.wql_info
"""

EXAMPLES = r"""
# Ad hoc: ansible windows -m winlegacy.servicing.hotfix_info

- name: Assess KB952876
  winlegacy.servicing.hotfix_info:
    details: true
  register: hotfix

- name: Say what follows
  ansible.builtin.debug:
    msg: "{{ hotfix.summary }} {{ hotfix.next.text }}"

- name: Look closely at a host, and twice at a driver that is stopping
  winlegacy.servicing.hotfix_info:
    depth: full
    symptom_interval: 30
    events: true
    details: true
  register: closely

- name: Install where that is what the host needs
  winlegacy.servicing.hotfix:
    state: present
    package_dir: /srv/hotfixes
  when: hotfix.plan.present.outlook == 'do'

- name: Assess a hotfix of your own
  winlegacy.servicing.hotfix_info:
    kb: KB123456
    definition_dir: /srv/definitions
  register: own

- name: Assess several at once
  winlegacy.servicing.hotfix_info:
    kb: [KB952876, KB123456]
    definition_dir: /srv/definitions
  register: several

- name: Say what each of them needs
  ansible.builtin.debug:
    msg: "{{ several.hotfixes | dict2items | map(attribute='value.summary') }}"

- name: Make groups of the verdicts
  ansible.builtin.group_by:
    key: kb952876_{{ hotfix.status }}
"""

RETURN = r"""
hotfixes:
  description:
    - By hotfix, as V(KB952876), what is its own of this result. Each has RV(kb), RV(status), RV(applicable),
      RV(summary), RV(files), RV(next) and RV(unknown), RV(kernel) with RV(kernel.fixed) and RV(kernel.level) alone,
      RV(restart) with RV(restart.required) alone, and with O(details) RV(plan), RV(unmet), and RV(details) without
      what the host has once.
    - Beside it are, once, RV(windows), RV(kernel) with RV(kernel.running) and RV(kernel.branch), RV(restart) with
      RV(restart.pending) and RV(restart.reasons), RV(ended), and with O(details) RV(details.os),
      RV(details.winrm), RV(details.kernel),
      RV(details.messages) and RV(details.evidence).
  returned: when O(kb) is a list and the host could be asked
  type: dict
  sample: {}
kb:
  description: The hotfix.
  returned: when the host could be asked
  type: str
  sample: KB952876
status:
  description:
    - V(not_applicable), the hotfix is not for this Windows.
    - V(needs_fix), the fix is missing. The running kernel or a file on disk lacks it, or servicing knows no
      package of
      a hotfix whose files tell no version.
    - V(staged), the same, and the payload is staged by this collection.
    - V(install_pending) and V(removal_pending), a restart finishes it.
    - V(fixed), the fix is there, by every file whose version tells it; by servicing where no version does.
    - V(unknown), evidence is missing or contradicts itself. RV(summary) names both facts. What cannot be read is never
      taken for absent, so a package of the hotfix whose state cannot be read leaves it unknown whatever kernel runs.
  returned: when the host could be asked
  type: str
  sample: needs_fix
applicable:
  description: Whether the hotfix is for this build and architecture; null when that is not known.
  returned: when the host could be asked
  type: bool
  sample: true
summary:
  description: The verdict in one sentence.
  returned: when the host could be asked
  type: str
  sample: "KB952876 is missing: the running kernel 6.0.6001.18000 is on the GDR branch."
windows:
  description: Which Windows it is; RV(details.os) has the rest. Each value is null where it is not known.
  returned: when the host could be asked
  type: dict
  contains:
    name:
      description: Ours, from build and product type.
      returned: always
      type: str
      sample: Windows Vista SP1
    version:
      description: Major, minor and build, by WMI, else by the WS-Management service.
      returned: always
      type: str
      sample: 6.0.6001
    architecture:
      description: V(x86), V(x64) or V(ia64).
      returned: always
      type: str
      sample: x64
kernel:
  description: The running kernel against the fix.
  returned: when the hotfix brings a kernel, or O(details) is true
  type: dict
  contains:
    running:
      description: The version of the kernel that runs; null where that is not known or was not asked.
      returned: when O(kb) is no list, or beside RV(hotfixes)
      type: str
      sample: 6.0.6001.18000
    branch:
      description: V(gdr), V(ldr), V(single) or V(other); null as RV(kernel.running).
      returned: when O(details) is true
      type: str
      sample: gdr
    fixed:
      description: The first kernel with the fix for this build, on the branch that runs where that has one; null
        where
        there is none.
      returned: when O(kb) is no list, or in RV(hotfixes)
      type: str
      sample: 6.0.6001.22191
    level:
      description: V(fixed), the running kernel has the fix; V(below), it has not, by number or branch; V(unknown).
        Null
        where the hotfix changes no kernel.
      returned: when O(kb) is no list, or in RV(hotfixes)
      type: str
      sample: below
files:
  description: The changed files that are no kernels, on disk against the fix; RV(details.files) has each. Null where
    the hotfix changes none, or the host is no candidate.
  returned: when there are any, or O(details) is true
  type: dict
  contains:
    level:
      description: V(fixed), all have the fix; V(below), at least one lacks it; V(partly), those that can be compared
        have it, and others cannot; V(unread), none can; V(unknown), the host did not tell one that can.
      returned: always
      type: str
      sample: fixed
    compared:
      description: How many have a version to be compared by.
      returned: always
      type: int
      sample: 2
    below:
      description: The first five that lack the fix, relative to the Windows folder.
      returned: when O(details) is true
      type: list
      elements: str
      sample: []
    unread:
      description: How many tell nothing, because the definition knows no path or no version of theirs.
      returned: always
      type: int
      sample: 0
    absent:
      description: How many are not on the disk, as where the host has not the part of Windows that they belong to.
      returned: when O(details) is true
      type: int
      sample: 0
restart:
  description: Whether a restart is due.
  returned: when the host could be asked
  type: dict
  contains:
    required:
      description: Whether this hotfix needs the restart; null where that is not known.
      returned: when O(kb) is no list, or in RV(hotfixes)
      type: bool
      sample: false
    pending:
      description: Whether any reason that was asked is set; null where none is and one could not be read.
      returned: when O(kb) is no list, or beside RV(hotfixes)
      type: bool
      sample: false
    reasons:
      description:
        - Those that are set, of V(cbs_reboot_pending), V(cbs_reboot_in_progress), V(cbs_packages_pending),
          V(windows_update),
          V(file_rename), V(computer_rename), V(netlogon) and V(sccm).
        - A list where O(details) is true, else text with commas.
      returned: when O(kb) is no list, or beside RV(hotfixes)
      type: raw
      sample: []
next:
  description: What to do, by the article's advice.
  returned: when the host could be asked
  type: dict
  contains:
    code:
      description:
        - V(nothing), V(install_hotfix), V(install_only_if_symptomatic), V(prefer_service_pack), V(reboot) or
          V(investigate).
        - The article advises to install the hotfix only on systems that show the trouble, so RV(status=needs_fix)
          with
          V(install_only_if_symptomatic) is no contradiction. The fix is missing, and whether to install it is yours.
          O(winlegacy.servicing.hotfix#module:only_if_symptomatic) keeps to the advice.
      returned: always
      type: str
      sample: install_only_if_symptomatic
    text:
      description: One or two sentences.
      returned: always
      type: str
      sample: Install KB952876 only if this host shows the trouble, which was not observed.
symptom:
  description: RV(details.symptom.status) of a symptom that was seen, as V(suspected) or V(confirmed).
  returned: when the trouble was seen, nothing ended the questions before their end, and O(details) is false
  type: str
  sample: suspected
plan:
  description: What each desired state of M(winlegacy.servicing.hotfix) takes, from where the host stands.
  returned: when O(details) is true and the host could be asked
  type: dict
  contains:
    staged:
      description: The package on the host, ready to install.
      returned: always
      type: dict
      contains: &plan
        outlook:
          description: V(do), there are steps; V(met), there is nothing to do; V(skip), O(only_if_symptomatic) says
            no;
            V(blocked), it must not be done.
          returned: always
          type: str
          sample: do
        code:
          description: Why, for programs.
          returned: always
          type: str
          sample: install
        text:
          description: Why, for people.
          returned: always
          type: str
          sample: KB952876 will be installed.
        steps:
          description: What M(winlegacy.servicing.hotfix) would do, in its order.
          returned: always
          type: list
          elements: str
          sample: [verify_payload, install_package, verify_servicing, remove_task]
        changes_windows:
          description: Whether a step changes Windows itself, and not only staged files.
          returned: always
          type: bool
          sample: true
        restart:
          description: The restart that the state takes. V(none); V(first), before its steps; V(after), after them,
            or now where none are left; V(unknown).
          returned: always
          type: str
          sample: after
        reached:
          description: Whether the state is there, with no restart to wait for.
          returned: always
          type: bool
          sample: false
        provable:
          description: Whether there is anything of the hotfix to prove by RV(unmet). V(false) where the fix is there
            by another update.
          returned: always
          type: bool
          sample: true
        leftovers:
          description: Whether staged files are on the host that the state, which is there, needs no more.
          returned: always
          type: bool
          sample: false
    present:
      description: The fix installed.
      returned: always
      type: dict
      contains: *plan
    absent:
      description: The hotfix removed.
      returned: always
      type: dict
      contains: *plan
unmet:
  description: What is missing for saying that a desired state is there, by state; what is not known is missing too.
    Worth most with O(depth=full).
  returned: when O(details) is true and the host could be asked
  type: dict
  contains:
    staged:
      description: One sentence each. Empty where the payload is staged whole, or the host needs none.
      returned: always
      type: list
      elements: str
      sample: []
    present:
      description: One sentence each. Empty where a fixed kernel runs, the package is installed and the driver
        is as it should be.
      returned: always
      type: list
      elements: str
      sample: []
    absent:
      description: One sentence each. Empty where no package is installed or pending.
      returned: always
      type: list
      elements: str
      sample: []
unknown:
  description:
    - Questions that were asked and gave no evidence.
    - A list where O(details) is true. Else text that names the first three with their causes and says how many more
      there are; it is empty where there is none.
  returned: when the host could be asked
  type: raw
  contains:
    question:
      description: The question's name.
      returned: always
      type: str
      sample: running_kernel
    cause:
      description:
        - One of V(class_missing), V(property_missing), V(value_missing), V(key_missing), V(method_missing),
          V(access_denied), V(fault),
          V(empty), V(unparsable), V(too_large), V(timeout), V(unauthenticated) and V(inconsistent).
      returned: always
      type: str
      sample: value_missing
    detail:
      description: One clause for people.
      returned: always
      type: str
      sample: BuildLabEx is not there
ended:
  description:
    - What ended the task before its end, with what was learnt until then in the other values; null where nothing did.
    - Where O(details) is not true it is text, V(deadline during packages) for instance.
  returned: when the host could be asked
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
details:
  description: What the verdict rests on, and what else was asked.
  returned: when O(details) is true and the host could be asked
  type: dict
  contains:
    definition:
      description: What the hotfix is, by its definition.
      returned: always
      type: dict
      contains:
        title:
          description: What it is about.
          returned: always
          type: str
          sample: Tcpipreg.sys hangs
        article_revision:
          description: The revision of Microsoft's article that it was taken from; null where the
            definition does not tell.
          returned: always
          type: str
          sample: '2.0'
        article_reviewed:
          description: When the article was last reviewed; null where the definition does not tell.
          returned: always
          type: str
          sample: '2011-10-08'
        restart:
          description: Whether the hotfix takes a restart, V(required), V(possible) or V(no).
          returned: always
          type: str
          sample: required
        products:
          description: The Windows that the article lists.
          returned: always
          type: list
          elements: str
          sample: [Windows Vista Business]
        replaces:
          description: Hotfixes that it takes the place of.
          returned: always
          type: list
          elements: str
          sample: []
        includes:
          description: Hotfixes whose fixes it carries.
          returned: always
          type: list
          elements: str
          sample: []
        prerequisites:
          description: What a host must have first. It is not checked.
          returned: always
          type: list
          elements: dict
          contains:
            text:
              description: What, for people.
              returned: always
              type: str
              sample: Service Pack 1
            os_version:
              description: The build that it is asked of; null, of all.
              returned: always
              type: str
              sample: 6.0.6001
            service_pack:
              description: The service pack, where it is one; else null.
              returned: always
              type: int
              sample: 1
            kb:
              description: The hotfix, where it is one; else null.
              returned: always
              type: str
              sample: null
        registry:
          description: Values that the article asks for. They are neither checked nor set.
          returned: always
          type: list
          elements: dict
          contains:
            key:
              description: The key.
              returned: always
              type: str
              sample: HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Example
            value:
              description: The value's name; null for the key alone.
              returned: always
              type: str
              sample: Enable
            kind:
              description: Its type, as V(REG_DWORD); null where there is none.
              returned: always
              type: str
              sample: REG_DWORD
            data:
              description: Its data; null where there is none.
              returned: always
              type: str
              sample: '1'
            required:
              description: Whether the fix does nothing without it.
              returned: always
              type: bool
              sample: true
            os_version:
              description: The build that it is asked of; null, of all.
              returned: always
              type: str
              sample: null
    reasons:
      description: Why, the decisive reason first.
      returned: always
      type: list
      elements: dict
      contains:
        code:
          description: For programs.
          returned: always
          type: str
          sample: kernel_gdr
        text:
          description: One sentence.
          returned: always
          type: str
          sample: The running kernel 6.0.6001.18000 is on the GDR branch, where no number carries the fix.
    os:
      description: The operating system. Each value is null where it was not asked or is not known.
      returned: always
      type: dict
      contains:
        name:
          description: Ours, from build and product type.
          returned: always
          type: str
          sample: Windows Vista SP1
        caption:
          description: The host's own, localised.
          returned: always
          type: str
          sample: Microsoft Windows Vista Business
        version:
          description: Major, minor and build, by WMI, else by the WS-Management service.
          returned: always
          type: str
          sample: 6.0.6001
        build:
          description: The build.
          returned: always
          type: int
          sample: 6001
        service_pack:
          description: The service pack that the host names. Windows Server 2008 began with 1.
          returned: always
          type: int
          sample: 1
        product_type:
          description: V(workstation), V(domain_controller) or V(server).
          returned: always
          type: str
          sample: workstation
        sku:
          description: The edition's number.
          returned: always
          type: int
          sample: 6
        sku_name:
          description: The edition's name; null for a number that has none here.
          returned: always
          type: str
          sample: Business
        edition_listed:
          description: Whether the article lists this edition. One that it does not list keeps its verdict.
          returned: always
          type: bool
          sample: true
        architecture:
          description: V(x86), V(x64) or V(ia64).
          returned: always
          type: str
          sample: x64
        windows_directory:
          description: The Windows folder.
          returned: always
          type: str
          sample: C:\Windows
        last_boot:
          description: Time of the last boot, in UTC.
          returned: always
          type: str
          sample: '2026-01-01T00:00:00Z'
        pae:
          description: Whether physical address extension is on, which decides the kernel file on x86. Null on other
            architectures.
          returned: always
          type: bool
          sample: null
    winrm:
      description: What the WS-Management service says of itself.
      returned: always
      type: dict
      contains:
        vendor:
          description: The vendor; null when Identify failed.
          returned: always
          type: str
          sample: Microsoft Corporation
        product_version:
          description: Operating system, service pack and stack.
          returned: always
          type: str
          sample: 'OS: 6.0.6001 SP: 1.0 Stack: 1.1'
        stack:
          description: Version of the WinRM stack.
          returned: always
          type: str
          sample: '1.1'
    kernel:
      description: The kernels, running and on disk.
      returned: always
      type: dict
      contains:
        running:
          description: The kernel that runs, by BuildLabEx; null where that is not known or was not asked.
          returned: always
          type: dict
          contains:
            version:
              description: Its version.
              returned: when known
              type: str
              sample: 6.0.6001.18000
            branch:
              description: V(gdr), V(ldr), V(single) or V(other).
              returned: when known
              type: str
              sample: gdr
            lab:
              description: Where and when it was built.
              returned: when known
              type: str
              sample: longhorn_rtm.080118-1840
        on_disk:
          description: The kernel files in System32; null where that is not known or was not asked.
          returned: always
          type: list
          elements: dict
          contains:
            path:
              description: The file.
              returned: always
              type: str
              sample: C:\Windows\System32\ntoskrnl.exe
            version:
              description: Its version.
              returned: always
              type: str
              sample: 6.0.6001.18000
            branch:
              description: V(gdr), V(ldr), V(single) or V(other).
              returned: always
              type: str
              sample: gdr
            size:
              description: Bytes; null where the host does not say.
              returned: always
              type: int
              sample: 4694072
            runs:
              description: Whether this file is the one that the host boots; null where that is not known.
              returned: always
              type: bool
              sample: true
    files:
      description: The changed files that are no kernels, the first 200; null as RV(files).
      returned: always
      type: list
      elements: dict
      contains:
        path:
          description: Relative to the Windows folder, or with a variable before it; null where the definition knows
            none.
          returned: always
          type: str
          sample: System32\drivers\tcpip.sys
        name:
          description: The file's name.
          returned: always
          type: str
          sample: Tcpip.sys
        role:
          description: What it is while it runs, V(driver), V(service) or V(none).
          returned: always
          type: str
          sample: driver
        version:
          description: Its version on this host; null where it was not told or not asked.
          returned: always
          type: str
          sample: 6.0.6001.18000
        branch:
          description: V(gdr), V(ldr), V(single) or V(other); null without a version.
          returned: always
          type: str
          sample: gdr
        fixed:
          description: The version that it was held against; null where there is none.
          returned: always
          type: str
          sample: 6.0.6001.22167
        state:
          description: V(fixed), V(below), V(unknown), V(unread) or V(absent).
          returned: always
          type: str
          sample: below
    packages:
      description: The hotfix's packages that component-based servicing knows; null where that is not known or was not
        asked.
      returned: always
      type: list
      elements: dict
      contains:
        identity:
          description: The package's identity as the host writes it.
          returned: always
          type: str
          sample: Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0
        state:
          description: What its state means; null where it was not read.
          returned: always
          type: str
          sample: installed
        code:
          description: The state's number; null where it was not read.
          returned: always
          type: int
          sample: 112
        root:
          description: Whether this package stands for the whole hotfix.
          returned: always
          type: bool
          sample: true
    symptom:
      description: Whether the trouble that the hotfix is for was seen.
      returned: always
      type: dict
      contains:
        status:
          description:
            - V(not_observed), V(suspected), V(confirmed), V(not_present) or V(unknown); null where it was not asked.
            - A driver that runs proves nothing, so there is no status for a healthy one.
          returned: always
          type: str
          sample: not_observed
        seen:
          description: Whether the trouble was seen, once or twice; null where it was not asked.
          returned: always
          type: bool
          sample: false
        driver:
          description: The driver; null where it is not known or was not asked.
          returned: always
          type: dict
          contains:
            state:
              description: Its state.
              returned: when known
              type: str
              sample: Running
            start_mode:
              description: Its start mode.
              returned: when known
              type: str
              sample: Manual
            started:
              description: Whether it was started.
              returned: when known
              type: bool
              sample: true
        events:
          description: Events of the System log, the newest first; null unless O(events) asked for them and
            got an answer.
          returned: always
          type: list
          elements: dict
          contains:
            source:
              description: Who wrote it.
              returned: always
              type: str
              sample: Service Control Manager
            code:
              description: The event's number.
              returned: always
              type: int
              sample: 7011
            time:
              description: When, in UTC.
              returned: always
              type: str
              sample: '2026-01-01T00:00:00Z'
    staging:
      description: What this collection has staged on the host; null where that is not known or was not asked.
      returned: always
      type: dict
      contains:
        present:
          description: Whether manifest and payload are there.
          returned: when known
          type: bool
          sample: false
        folder:
          description: The staging folder.
          returned: when known
          type: str
          sample: C:\Windows\winlegacy.servicing\KB952876
        manifest:
          description: Whether the manifest is there.
          returned: when known
          type: bool
          sample: false
        payload:
          description: Whether the payload is there.
          returned: when known
          type: bool
          sample: false
    not_asked:
      description: Names of the questions that were not asked. That is no lack of evidence, only of need.
      returned: always
      type: list
      elements: str
      sample: [events]
    messages:
      description: WS-Management messages that were sent after authentication.
      returned: always
      type: int
      sample: 9
    evidence:
      description: What was asked and what came back, raw, by question; null without O(evidence). Its inner
        form may change.
      returned: always
      type: dict
      sample: null
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import HOTFIX_INFO, RUNS_ON_THE_CONTROLLER


def main() -> None:
    """Fail: whoever gets here started the module past its action plugin."""
    module = AnsibleModule(argument_spec=HOTFIX_INFO, supports_check_mode=True)
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="hotfix_info"))


if __name__ == "__main__":
    main()
