#!/usr/bin/python
# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of package_info; the work is done by the action plugin of the same name."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: package_info
short_description: Tell what a hotfix package is before it touches a host
version_added: 1.0.0
description:
  - Reads a C(.msu) or C(.cab) file on the controller. It tells the hotfix, the architecture, the package identity,
    the state of its signature, and what it brings. For each file that is where it goes, for which builds of Windows,
    on which branch, its size and its checksum.
  - The payload of Microsoft's packages is a delta container. It holds no executables but differences, and an index
    with
    the files' names, sizes and hashes. The index, every member that it names and every manifest are read and must
    agree. The differences are not undone, so that a file's own version is not told where it comes as one; its
    component's is, in RV(package.files[].component_version).
  - Compares it with the article's file tables, as the catalogue holds them, and says whether it may be used.
  - No host is asked, whatever the task's connection is; C(connection=local) serves.
  - Nothing of the package is run, and nothing of it is written outside of a private temporary folder. A file that
    claims absurd sizes, or names outside of its folder, is refused.
author:
  - winlegacy.servicing contributors (@winlegacy)
requirements:
  - The Python package C(libarchive-c) and the system's libarchive on the controller (C(libarchive13) on Debian,
    Ubuntu
    and SUSE, C(libarchive) on Enterprise Linux, Fedora, Alpine and Arch), for packages whose cabinets are packed with
    LZX or MSZIP, as all of Microsoft's are. Without them RV(package.not_looked_into) says what stayed closed, and
    such
    a package is refused.
  - For signatures, C(osslsigncode) 2.9 or later on the controller; 2.13 or later is recommended. Debian and Ubuntu
    have it in the package C(osslsigncode) (on Debian 12 take that of bookworm-backports), Enterprise Linux in EPEL.
    Without it only a O(checksum) proves where a package comes from.
  - For signatures, the Python package C(cryptography), which ansible-core brings along.
options:
  architecture:
    description:
      - The architecture that the package must be for. Needed with O(package_dir).
      - Without it, a package is compared with the tables of its own architecture.
    type: str
    choices: [x86, x64, ia64]
  details:
    description:
      - Also return what is in the package (RV(package.files) and more), how its signature was judged, and each
        difference in RV(match.differences). That can be thousands of lines.
      - Without it the answer is which file it is, of which hotfix and by whom, and why it is refused; it fits a screen.
    type: bool
    default: false
  fail_on_refusal:
    description:
      - V(true) fails the task when the package may not be used; what was found is returned all the same.
      - V(false) only tells it, in RV(accepted) and RV(refusals).
      - A file that is not the pinned one, or no readable package, fails the task in any case.
    type: bool
    default: true
extends_documentation_fragment:
  - winlegacy.servicing.attributes
  - winlegacy.servicing.attributes.info
  - winlegacy.servicing.definition
  - winlegacy.servicing.package
seealso:
  - module: winlegacy.servicing.hotfix_info
"""

EXAMPLES = r"""
- name: Is this the hotfix that the article describes?
  winlegacy.servicing.package_info:
    path: /srv/hotfixes/Windows6.0-KB952876-x64.msu
  delegate_to: localhost

- name: Look into an update package that may be another one, without failing (what is no package fails in any case)
  winlegacy.servicing.package_info:
    path: /srv/inbox/Windows6.0-update.msu
    fail_on_refusal: false
    details: true
  delegate_to: localhost
  register: other_package

- name: Show why it is not accepted
  ansible.builtin.debug:
    msg: "{{ other_package.refusals | map(attribute='text') | list }}"

- name: What does the package put where, and on which Windows?
  ansible.builtin.debug:
    msg: "{{ item.target }} {{ item.component_version }} ({{ item.branch }}) for {{ item.builds | join(', ') }}"
  loop: "{{ other_package.package.files | default([], true) | selectattr('place', 'equalto', 'path') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Choose the package for 32-bit hosts out of a folder, one that the laboratory signed itself
  winlegacy.servicing.package_info:
    package_dir: /srv/hotfixes
    architecture: x86
    signature: require
    ca_file: /srv/hotfixes/laboratory-root.pem
  delegate_to: localhost

- name: Accept only the very file that was examined before
  winlegacy.servicing.package_info:
    path: /srv/hotfixes/Windows6.0-KB952876-x64.msu
    checksum:
      - "sha256:{{ examined_sha256 }}"
  delegate_to: localhost
"""

RETURN = r"""
package:
  description: What the file is.
  returned: when the file could be read as a package
  type: dict
  contains:
    path:
      description: The file.
      returned: always
      type: str
      sample: /srv/hotfixes/Windows6.0-KB952876-x64.msu
    size:
      description: Its size in bytes.
      returned: when O(details) is true
      type: int
      sample: 2416332
    sha1:
      description: Its SHA-1 checksum, the one that C(certutil) tells on every Windows.
      returned: when O(details) is true
      type: str
      sample: da39a3ee5e6b4b0d3255bfef95601890afd80709
    sha256:
      description: Its SHA-256 checksum.
      returned: always
      type: str
      sample: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    kind:
      description: V(msu) has an answer file and the payload in a cabinet; V(cab) is a payload alone.
      returned: when O(details) is true
      type: str
      sample: msu
    kb:
      description: The hotfix, when all of the package's statements agree; else null.
      returned: always
      type: str
      sample: KB952876
    architecture:
      description: V(x86), V(x64) or V(ia64), when all of the package's statements agree; else null.
      returned: always
      type: str
      sample: x64
    identity:
      description: The package identity, from the payload's C(update.mum), else from the answer file; null when
        neither tells it.
      returned: when O(details) is true
      type: dict
      contains:
        text:
          description: The form that CBS and C(pkgmgr) use.
          returned: always
          type: str
          sample: Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0
        name:
          description: The name.
          returned: always
          type: str
          sample: Package_for_KB952876
        version:
          description: The version.
          returned: always
          type: str
          sample: 6.0.1.0
        architecture:
          description: The architecture in the words of CBS.
          returned: always
          type: str
          sample: amd64
        public_key_token:
          description: The publisher's token.
          returned: always
          type: str
          sample: 31bf3856ad364e35
        language:
          description: The language.
          returned: always
          type: str
          sample: neutral
    applicability:
      description: The text that says what the package is for; null when there is none.
      returned: when O(details) is true
      type: str
      sample: Windows Vista SP1;Windows Server 2008;
    properties:
      description: All of C(pkgProperties.txt), from name to value; empty when it is absent.
      returned: when O(details) is true
      type: dict
      sample: {"KB Article Number": "952876"}
    answer_file:
      description: The unattend file in the package; null when there is none.
      returned: when O(details) is true
      type: dict
      contains:
        name:
          description: Its name.
          returned: always
          type: str
          sample: Windows6.0-KB952876-x64.xml
        packages:
          description: What it wants done. Each has C(action), C(identity) (as above, or null) and C(source), a
            cabinet's name or null.
          returned: always
          type: list
          elements: dict
          sample: []
        other_elements:
          description: Names of elements that a hotfix has no use for.
          returned: always
          type: list
          elements: str
          sample: []
    cabinet:
      description:
        - The payload. C(name) is its name, C(compression) one of V(none), V(mszip), V(lzx), V(quantum), V(unknown),
          or several joined by V(+).
        - Null when it could not be told which cabinet is the payload.
      returned: when O(details) is true
      type: dict
      sample: {"name": "Windows6.0-KB952876-x64.cab", "compression": "lzx"}
    names:
      description: C(name) and C(size) of each member of the payload by its directory, which is known even where it
        could not be unpacked. Those of a delta container have numbers for names.
      returned: when O(details) is true
      type: list
      elements: dict
      sample: [{"name": "update.mum", "size": 3597}]
    installs:
      description: What the payload says of its installation; null when it could not be unpacked.
      returned: when O(details) is true
      type: dict
      contains:
        container:
          description: What the index of a delta container calls it; null for a payload that holds the files
            themselves.
          returned: always
          type: str
          sample: kb952876.cab
        expanded_size:
          description: Bytes of all files once they are installed. Staging asks for twice as much free space, four
            times
            the package's size and 100 MiB.
          returned: always
          type: int
          sample: 14028391
        release:
          description: V(1), or the number of the re-release, as in V(-v2). It is the third number of the version.
          returned: always
          type: int
          sample: 1
        release_type:
          description: The kind of update in the package's own word; null when it tells none.
          returned: always
          type: str
          sample: Hotfix
        restart:
          description: V(required), V(possible) or V(none); null when the root manifest was not read.
          returned: always
          type: str
          sample: required
        families:
          description:
            - The parts of the package, each for one kind of Windows, as the root manifest names them, for example
              V(client), V(server), V(sc) (Server Core), V(winpe).
            - Empty when the manifests do not say it.
          returned: always
          type: list
          elements: dict
          contains:
            name:
              description: The name.
              returned: always
              type: str
              sample: client
            builds:
              description: Builds of a running Windows, from the parents; empty for Windows PE and for parents that
                are
                not known here.
              returned: always
              type: list
              elements: str
              sample: [6.0.6000, 6.0.6001]
            parents:
              description: Packages one of which must be there, with their versions.
              returned: always
              type: list
              elements: str
              sample: [Package_30_for_KB936330 6.0.1.18000]
    files:
      description:
        - What the payload brings; null when it could not be unpacked.
        - Of a delta container these are the files of its index, and members that it does not name.
      returned: when O(details) is true
      type: list
      elements: dict
      contains:
        name:
          description: The name with the component's folder.
          returned: always
          type: str
          sample: update.mum
        size:
          description: Size in bytes, once installed.
          returned: always
          type: int
          sample: 3597
        sha1:
          description: SHA-1 checksum, once installed; null when the package does not tell it.
          returned: always
          type: str
          sample: da39a3ee5e6b4b0d3255bfef95601890afd80709
        sha256:
          description: SHA-256 checksum, once installed, from the index or the component's manifest; null when neither
            tells it.
          returned: always
          type: str
          sample: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        executable:
          description: Whether it is an image, or its name says that Windows would run it.
          returned: always
          type: bool
          sample: false
        version:
          description: An executable's own file version; null when it tells none, and when the package holds a
            difference instead of it.
          returned: always
          type: str
          sample: 6.0.6001.22191
        architecture:
          description: An executable's architecture; null when it tells none.
          returned: always
          type: str
          sample: x64
        problem:
          description: Why something is not told of it, or what contradicts itself; else null.
          returned: always
          type: str
          sample: osslsigncode 2.9 has known faults in reading hostile files
        delivery:
          description:
            - How its bytes come. V(plain) is a member of that name, V(raw) a member of another name.
            - V(delta) is a difference, and V(copy) the same bytes as another file. Both are made on the host.
          returned: always
          type: str
          sample: delta
        component:
          description: The component that brings it, by its manifest; null for the package's own manifests and
            catalogues.
          returned: always
          type: str
          sample: Microsoft-Windows-OS-Kernel
        component_version:
          description: That component's version; null where no component is known. For most of Windows it is the
            files'
            own; it is not for Windows Installer, Internet Explorer, the driver frameworks and the C runtime.
          returned: always
          type: str
          sample: 6.0.6001.22191
        component_architecture:
          description: That component's architecture in the words of CBS; null as
            RV(package.files[].component_version).
          returned: always
          type: str
          sample: amd64
        language:
          description: That component's language; null as RV(package.files[].component_version).
          returned: always
          type: str
          sample: neutral
        place:
          description:
            - V(path) goes to RV(package.files[].target).
            - V(driver_store) and V(component_store) are kept by Windows under names of its own.
            - V(package) is data of the package itself. V(unknown) is not told, or not understood.
          returned: always
          type: str
          sample: path
        target:
          description: Where it goes, relative to the Windows folder or beginning with a variable such as
            C(%ProgramFiles%); null unless RV(package.files[].place=path).
          returned: always
          type: str
          sample: System32\ntoskrnl.exe
        branch:
          description: V(gdr) or V(ldr), by the update's name and by the revision; null when none tells it or they
            contradict each other.
          returned: always
          type: str
          sample: ldr
        builds:
          description: Builds of a running Windows that it is for, from the parents of its update. Where a parent is
            not known here, RV(package.files[].problem) names it.
          returned: always
          type: list
          elements: str
          sample: [6.0.6001]
        families:
          description: The parts of the package that bring it.
          returned: always
          type: list
          elements: str
          sample: [client, sc, server, winpesrv]
    outer_files:
      description: The files of the C(.msu) itself, the payload among them, each with C(name), C(size), C(sha1),
        C(sha256), C(executable), C(version), C(architecture) and C(problem) as in RV(package.files); empty for a
        C(.cab).
      returned: when O(details) is true
      type: list
      elements: dict
      sample: []
    signature:
      description: The Authenticode signature. Revocation is not looked up; nothing is asked from the network.
      returned: always
      type: dict
      contains:
        state:
          description:
            - V(valid) is proven, by what RV(package.signature.proven_by) says. V(untrusted) means the digest matches
              the file, and the signer or the time is not proven.
            - V(invalid) means that the digest does not match, that the signature is damaged, or that it was made
              through an authority that Microsoft withdrew.
            - V(unsigned) has none. V(not_checked) is nothing known.
          returned: always
          type: str
          sample: valid
        reasons:
          description:
            - Codes; empty when valid.
            - With V(untrusted) these are V(expired), V(not_yet_valid), V(issuer_unknown), V(weak_algorithm),
              V(chain_unproven), V(not_microsoft), V(not_for_code), V(no_timestamp) and V(timestamp_unproven).
              V(not_microsoft) has a chain to a root of Microsoft's, and yet the signer is not Microsoft
              Corporation or
              its certificate is from none of the known code-signing authorities.
            - With V(invalid) they are V(digest_mismatch), V(size_mismatch), V(signature_broken), V(unreadable) and
              V(distrusted).
            - With V(not_checked) they are V(tool_missing), V(tool_too_old), V(tool_failed), V(library_missing),
              V(timeout) and V(not_wanted).
          returned: when O(details) is true
          type: list
          elements: str
          sample: []
        detail:
          description: One sentence.
          returned: when O(details) is true
          type: str
          sample: >-
            digest, chain and time are proven; it was time-stamped on 2008-04-19; the signer's certificate has expired
            since (2008-09-22); revocation was not looked up
        proven_by:
          description: Whose roots made it valid, V(microsoft) or V(ca_file); null when it is not valid.
          returned: always
          type: str
          sample: microsoft
        signer:
          description: The subject of the certificate that is proven to have signed; null unless it is valid.
          returned: always
          type: str
          sample: /C=US/ST=Washington/L=Redmond/O=Microsoft Corporation/CN=Microsoft Corporation
        time_stamp:
          description: The proven moment of signing, ISO 8601 in UTC; null without a proven time stamp.
          returned: always
          type: str
          sample: '2008-04-19T02:03:07Z'
        expired:
          description: The signer's certificate has expired since; the time stamp keeps the signature valid.
          returned: when O(details) is true
          type: bool
          sample: true
        tool:
          description: What checked it; null when nothing did.
          returned: when O(details) is true
          type: str
          sample: osslsigncode 2.13
        tool_advice:
          description: What is better about a newer one, and where it is to be had; null when there is nothing to say.
          returned: always
          type: str
          sample: osslsigncode 2.9 has known faults in reading hostile files
    not_looked_into:
      description: What stayed closed and why; empty when everything was read.
      returned: when O(details) is true
      type: list
      elements: str
      sample: []
match:
  description: The comparison with the article's file tables of that architecture.
  returned: when the file could be read as a package
  type: dict
  contains:
    kb:
      description: The hotfix that it was compared with.
      returned: always
      type: str
      sample: KB952876
    architecture:
      description: The architecture whose tables were taken; null when the package tells none and none was asked for.
      returned: when O(details) is true
      type: str
      sample: x64
    status:
      description:
        - V(matches) is what the article tells. V(differs) has a later version or other bytes, which O(allow_later)
          accepts.
        - V(not_compared) has something that could not be looked into. V(mismatch) is something else, or contradicts
          itself. Both are always refused.
      returned: always
      type: str
      sample: matches
    identity:
      description: The identity of the hotfix's root package, as CBS lists it; null when the architecture is
        unknown or
        the hotfix has no package for it.
      returned: when O(details) is true
      type: dict
      contains:
        text:
          description: The form that CBS and C(pkgmgr) use.
          returned: always
          type: str
          sample: Package_for_KB952876~31bf3856ad364e35~amd64~~6.0.1.0
        certain:
          description: Whether it was read in this package, or elsewhere by whoever wrote the catalogue.
          returned: always
          type: bool
          sample: true
        source:
          description: Where it was read, or what it is inferred from.
          returned: always
          type: str
          sample: update.mum of this package
    differences:
      description: Each difference, the weightiest first. V(not_looked_into) comes before others of its weight.
      returned: when O(details) is true
      type: list
      elements: dict
      contains:
        code:
          description:
            - One of V(wrong_kb), V(kb_unknown), V(wrong_architecture), V(architecture_unknown), V(wrong_publisher),
              V(other_identity), V(unexpected_instruction), V(executable_missing), V(extra_executable),
              V(extra_cabinet), V(extra_file), V(file_missing), V(older_version), V(later_version),
              V(version_unknown), V(version_conflict), V(wrong_branch), V(size), V(name), V(other_bytes),
              V(store_folder), V(sha1), V(sha256), V(sub_package_missing), V(extra_sub_package), V(target_missing),
              V(file_name) or V(not_looked_into).
            - Of what a package says of itself also V(source_missing), V(source_hash), V(source_size), V(source_kind),
              V(basis_missing), V(basis_differs), V(basis_circular), V(duplicate_name), V(duplicate_id),
              V(duplicate_identity), V(source_shared), V(index_kind), V(row_missing), V(hash_conflict),
              V(file_unknown), V(other_package), V(name_conflict), V(update_conflict), V(branch_conflict),
              V(release_type) or V(restart).
            - Of where an executable goes also V(wrong_target), V(target_unknown), V(wrong_component),
              V(component_unknown), V(not_deployed), V(wrong_build) or V(build_unknown).
          returned: always
          type: str
          sample: later_version
        weight:
          description: What it alone makes of the comparison, as in RV(match.status).
          returned: always
          type: str
          sample: differs
        subject:
          description: The file, or the place in the package.
          returned: always
          type: str
          sample: update.mum
        expected:
          description: What the article tells; null for nothing.
          returned: always
          type: str
          sample: 6.0.1.0
        found:
          description: What was found; null for nothing.
          returned: always
          type: str
          sample: 6.0.1.1
        text:
          description: All of it in one clause.
          returned: always
          type: str
          sample: "update.mum: later version (expected 6.0.1.0, found 6.0.1.1)"
accepted:
  description: Whether the package may be used.
  returned: when the file could be read as a package
  type: bool
  sample: true
refusals:
  description: Every reason not to use it; empty when it is accepted.
  returned: when the file could be read as a package
  type: list
  elements: dict
  contains:
    code:
      description:
        - One of V(package_differs), V(package_not_compared), V(package_mismatch), V(signature_invalid),
          V(signature_untrusted), V(signature_unsigned) or V(signature_not_checked).
      returned: always
      type: str
      sample: package_mismatch
    text:
      description: One sentence. A task that fails for it has it in its message.
      returned: when O(details) is true or O(fail_on_refusal) is false
      type: str
      sample: Windows6.0-KB952876-x86.msu is not the package of KB952876
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.winlegacy.servicing.plugins.module_utils._info_specs import RUNS_ON_THE_CONTROLLER
from ansible_collections.winlegacy.servicing.plugins.module_utils._package_specs import PACKAGE_INFO, PACKAGE_INFO_RULES


def main() -> None:
    """Fail: whoever gets here started the module past its action plugin."""
    module = AnsibleModule(
        argument_spec=PACKAGE_INFO,
        supports_check_mode=True,
        mutually_exclusive=PACKAGE_INFO_RULES["mutually_exclusive"],
        required_one_of=PACKAGE_INFO_RULES["required_one_of"],
        required_by=PACKAGE_INFO_RULES["required_by"],
        required_if=PACKAGE_INFO_RULES["required_if"],
    )
    module.fail_json(msg=RUNS_ON_THE_CONTROLLER.format(name="package_info"))


if __name__ == "__main__":
    main()
