# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package options that package_info and hotfix share."""

from __future__ import annotations


class ModuleDocFragment:
    """See plugins/module_utils/_package_specs.py for the specification that these describe."""

    DOCUMENTATION = r"""
options:
  path:
    description:
      - The package on the controller, a C(.msu) file or the C(.cab) file that is in one. What it is called does not
        matter.
      - A relative path is looked for as in M(ansible.builtin.copy), in the C(files) folders of the role and play.
    type: path
  package_dir:
    description:
      - A folder on the controller that holds packages. The right one is chosen by what the files are, not by their
        names.
      - No fitting file, or more than one, is an error that lists what was found. Folders below it are not looked
        into.
    type: path
  checksum:
    description:
      - Pins, each V(sha1:) or V(sha256:) and the hexadecimal digits. They are checked before the file is parsed.
      - Of each algorithm that is given, one of the pins must be the file's checksum. So one list can hold the pins
        of the packages for all architectures.
    type: list
    elements: str
    default: []
  signature:
    description:
      - How the origin of the package must be proven. Its Authenticode signature is checked by C(osslsigncode) 2.9 or
        later, which must be installed on the controller.
      - V(auto) accepts a package when its signature is valid and Microsoft's, or when O(ca_file) makes it valid, or
        when O(checksum) pins the file. Anything else is refused before a host is changed. Microsoft's means that the
        chain ends at one of Microsoft's roots, which the collection brings along, that the signer is Microsoft
        Corporation, and that one of Microsoft's known code-signing authorities issued its certificate.
      - V(require) accepts only a signature that O(ca_file) makes valid, and needs that option.
      - V(prefer) refuses an invalid one, and accepts any other state with a warning. A signature is valid by
        O(ca_file), or without that option when it is Microsoft's.
      - V(ignore) does not look at it, and warns.
      - Only the first signature of a package counts. Windows Vista knows no nested ones.
      - Certificates of 2008 have expired. A signature whose time stamp is proven stays valid.
    type: str
    choices: [auto, require, prefer, ignore]
    default: auto
  ca_file:
    description:
      - A file on the controller with the trusted root certificates of signer and time stamp, in PEM form. It is for
        packages that you signed yourself, in a laboratory for example; Microsoft's need none.
    type: path
  allow_later:
    description:
      - Accept a package whose files are of a later version or of another size than the article tells.
      - A package that is something else (another hotfix, another architecture, an older version, a kernel missing,
        more that Windows would run) is refused in any case.
    type: bool
    default: false
notes:
  - A package is copied once in a run, into Ansible's local temporary folder (E(ANSIBLE_LOCAL_TEMP)), where only the
    controller's own user can read and write. What is judged and what is sent to hosts are that copy's bytes, whoever
    writes to the file meanwhile. The folder needs room for one copy of each package that is sent.
"""
