#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of hotfix_definition; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: hotfix_definition
short_description: Write the definition of a hotfix from its packages and its article
version_added: 1.0.0
description:
  - Makes the file that O(winlegacy.servicing.hotfix_info#module:definition_dir) reads, so that a hotfix that the
    collection does not know becomes one that it does. It is written from the hotfix's packages, from its Knowledge Base
    article, or from both.
    The guide R(A hotfix of your own,ansible_collections.winlegacy.servicing.docsite.guide_own_hotfix) shows the way.
  - Packages tell for which builds and architectures they are, which files they bring where, on which branch, with size
    and hash, their identity, and whether they want a restart. They do not tell the files' own versions.
  - The article tells the versions, and why and for whom the hotfix is. Each row of its file tables is held against
    the
    packages, and every difference is told by name in RV(differences).
  - An article alone makes a definition that is good for assessing, as far as it is known where its files lie.
    Articles
    never say that; what is in O(paths) and some well-known files of Windows is known. The rest counts as unread, and
    then only servicing can tell.
  - What neither of them tells stays empty and is named in RV(not_told). Nothing is guessed from a component's
    version.
  - Builds of Windows that the sources name and do not tell (a package that was not given, an article that was cut
    off) are named in RV(not_told) too. Hosts of such a build are C(unknown), never C(not_applicable).
  - The definition is checked as every definition is, and against the packages that it was made of. Sources that do
    not
    belong together are refused with file, field and reason, and then nothing is written.
  - No host is asked, whatever the task's connection is; C(connection=local) serves.
author:
  - winlegacy.servicing contributors (@winlegacy)
requirements:
  - For packages the Python package C(libarchive-c) and the system's libarchive (C(libarchive13) or C(libarchive)),
    and
    C(osslsigncode) for their signatures, as M(winlegacy.servicing.package_info) says. An article needs nothing more.
options:
  dest:
    description:
      - The file to write. A folder gets a file of the name that
        O(winlegacy.servicing.hotfix_info#module:definition_dir) looks for, as V(kb942288.json).
      - A relative path begins beside the playbook. The folder must exist; a slash at the end says that it is one.
      - A link stays one, and the file that it leads to is written; it must exist.
      - A file that is neither empty nor a definition is never replaced, unless its name ends with C(.json).
        One that the definition is made from never is.
    type: path
    required: true
  packages:
    description:
      - The hotfix's C(.msu) or C(.cab) files on the controller, one for each architecture, all of one release.
      - A relative path is looked for as in M(ansible.builtin.copy), in the C(files) folders of the role and play.
    type: list
    elements: path
    default: []
  article:
    description:
      - The Knowledge Base article as a file on the controller. It may be Markdown (as Microsoft publishes its support
        articles), HTML (as a browser saves the page) or text (as it is copied out of one).
      - File tables are read in any language. What the running text says of a restart, of prerequisites and of
        replaced
        hotfixes is understood in English only.
    type: path
  kb:
    description:
      - The hotfix, as V(KB952876) or the number alone. Only needed where neither packages nor article tell it.
      - Where they do, they must be of this one.
    type: str
  title:
    description: One sentence that says what the hotfix mends, instead of the article's title.
    type: str
  paths:
    description:
      - Where files of an article alone lie, by their names, relative to the Windows folder. Packages tell that
        themselves, so that with O(packages) it is refused, as is a name that the article does not have.
      - For the 32-bit copies on a 64-bit Windows V(System32) becomes V(SysWOW64).
    type: dict
    default: {}
  checksum:
    description: Pins of the packages, each V(sha1:) or V(sha256:) and the hexadecimal digits. Each package must have
      one of them.
    type: list
    elements: str
    default: []
  signature:
    description: How the origin of the packages must be proven, as in M(winlegacy.servicing.package_info). What a
      definition is made of is what every host is held against.
    type: str
    choices: [auto, require, prefer, ignore]
    default: auto
  ca_file:
    description: A file with the trusted roots of packages that you signed yourself, in PEM form.
    type: path
  details:
    description: Also return RV(definition), which is thousands of lines on a terminal.
    type: bool
    default: false
extends_documentation_fragment:
  - winlegacy.servicing.attributes
attributes:
  action:
    support: full
    details: The whole work is done on the controller; no host is asked, and no connection is opened.
  async:
    support: none
    details: The task fails when it is started with C(async).
  check_mode:
    support: full
    details: Everything is read, made and checked; nothing is written.
  diff_mode:
    support: none
    details: With O(details) the definition is in the result.
  platform:
    support: full
    platforms: posix
seealso:
  - module: winlegacy.servicing.package_info
  - module: winlegacy.servicing.hotfix_info
"""

EXAMPLES = r"""
- name: A definition from the packages and the saved article
  winlegacy.servicing.hotfix_definition:
    packages:
      - /srv/hotfixes/Windows6.0-KB958644-x86.msu
      - /srv/hotfixes/Windows6.0-KB958644-x64.msu
    article: /srv/hotfixes/KB958644.html
    dest: /srv/definitions
  delegate_to: localhost
  run_once: true
  register: made

- name: What is left to write by hand, and what article and packages tell otherwise
  ansible.builtin.debug:
    msg: "{{ made.not_told | map(attribute='field') | list + made.differences | map(attribute='text') | list }}"

- name: Only the article is there, and where its files lie is known
  winlegacy.servicing.hotfix_definition:
    article: /srv/hotfixes/KB2654668.md
    paths:
      Mqqm.dll: System32\mqqm.dll
    dest: /srv/definitions/kb2654668.json
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
dest:
  description: The file with the definition; in check mode, where it would be.
  returned: success
  type: str
  sample: /srv/definitions/kb958644.json
kb:
  description: The hotfix.
  returned: success
  type: str
  sample: KB958644
definition:
  description: >-
    The definition as it is in the file; the page
    R(Definitions,ansible_collections.winlegacy.servicing.docsite.definitions)
    describes each field.
  returned: when O(details) is true
  type: dict
  sample: {"format": 2, "kb": "KB958644", "restart": "required"}
not_told:
  description: What neither packages nor article tell, so that the definition leaves it empty or out.
  returned: success
  type: list
  elements: dict
  contains:
    field:
      description: The field of the definition, or the file that it is about.
      returned: always
      type: str
      sample: symptom.watch
    text:
      description: Why, as a clause.
      returned: always
      type: str
      sample: which driver or service shows the trouble has to be written by hand
differences:
  description: What article and packages tell otherwise. Empty without an article or without packages.
  returned: success
  type: list
  elements: dict
  contains:
    file:
      description: The file.
      returned: always
      type: str
      sample: Netapi32.dll
    architecture:
      description: V(x86), V(x64) or V(ia64).
      returned: always
      type: str
      sample: x64
    field:
      description: V(name) where only one of them has the file, V(version), V(size), or V(restart).
      returned: always
      type: str
      sample: size
    article:
      description: What the article says; null where it has no such file.
      returned: always
      type: str
      sample: "466944"
    package:
      description: What the package says; null where it has no such file. Of a version it is the component's where the
        package holds differences only.
      returned: always
      type: str
      sample: "466432"
    text:
      description: One clause.
      returned: always
      type: str
      sample: "Netapi32.dll (x64): size: the article says 466944, the package 466432"
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._authoring_specs import (
    HOTFIX_DEFINITION,
    HOTFIX_DEFINITION_RULES,
)
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER


def main() -> None:
    """Fail: whoever gets here started the module past its action plugin."""
    module = AnsibleModule(
        argument_spec=HOTFIX_DEFINITION,
        supports_check_mode=True,
        required_if=HOTFIX_DEFINITION_RULES["required_if"],
    )
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="hotfix_definition"))


if __name__ == "__main__":
    main()
