# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hotfix is meant, and where its definition is."""

from __future__ import annotations


class ModuleDocFragment:
    """See plugins/module_utils/_definition_specs.py for the specification that these describe."""

    DOCUMENTATION = r"""
options:
  kb:
    description:
      - The hotfix, as V(KB952876) or the number alone.
      - Without it the one of O(definition), else KB952876.
    type: str
  definition:
    description:
      - One definition of a hotfix on the controller, a JSON file, as the page
        R(Definitions,ansible_collections.winlegacy.servicing.docsite.definitions) describes it.
      - It is checked whole before a host is asked. What is wrong is said with file, field and reason.
      - A relative path is looked for as in M(ansible.builtin.copy), in the C(files) folders of the role and play.
    type: path
  definition_dir:
    description:
      - A folder on the controller with definitions, named V(kbNUMBER.json). Other files in it do not matter.
      - A definition there goes before the collection's own of the same hotfix. This collection brings KB942288 and
        KB952876.
    type: path
"""
