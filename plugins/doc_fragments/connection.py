# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the modules of this collection reach a host."""

from __future__ import annotations


class ModuleDocFragment:
    """One fragment: requirements and notes about connection and inventory variables."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - pywinrm on the controller (for C(ansible_connection=winrm)), or pypsrp (for C(ansible_connection=psrp))
notes:
  - The host needs neither PowerShell nor Python. The controller speaks WS-Management to it through the transport, the
    authentication
    and the credentials of the host's own P(ansible.builtin.winrm#connection) or P(ansible.builtin.psrp#connection)
    connection.
    Any other connection plugin fails the task.
  - WinRM 1.1, which Windows Vista SP1 and Windows Server 2008 came with, listens on port 80 (HTTPS on 443). Set
    C(ansible_port=80)
    and C(ansible_winrm_scheme=http) for it. Hosts with KB968930 use 5985 and 5986.
  - Set C(gather_facts=false) in plays on such hosts, as gathering facts needs PowerShell.
  - The inventory variable C(winlegacy_legacy_tls) (default V(false)) lets HTTPS connections use TLS 1.0 with its old
    ciphers, which
    is all that Windows Vista SP1 and Windows Server 2008 have. It weakens the protection of these connections against
    anybody who can
    change their traffic. HTTP with NTLM or Kerberos, whose messages are encrypted, does not need it.
  - The inventory variable C(winlegacy_connect_timeout) (default V(5) seconds) says how long a host may take to accept
    a connection,
    C(winlegacy_operation_timeout) (default V(20) seconds) how long it may take for one message.
  - Basic, client certificates and NTLM go over a lean channel of the collection's own, with the options of the
    connection plugin
    meaning what they mean to pywinrm; Kerberos, CredSSP and proxies over pywinrm's transport. The inventory variable
    C(winlegacy_channel) (V(auto), V(lean) or V(pywinrm), default V(auto)) chooses otherwise. The lean channel takes
    three
    requests to the first answer of NTLM with encrypted messages; C(winlegacy_early_message=true) (default V(false))
    makes it two, which no real Windows has been seen to take yet.
  - With NTLM outside a domain, User Account Control filters the token of every administrator but the built-in one.
    Such a login is
    shown only a part of WMI.
  - C(become) has no effect.
"""
