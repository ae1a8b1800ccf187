# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All hosts of a play as their variables are written, for what of the controller depends on them; nothing is templated.

A name of a method inside a template counts, and what a template makes of it does not show: each host's own look tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._doctor.seen import InventorySeen

_METHODS = ("kerberos", "credssp", "ntlm", "certificate", "basic")


def sketches(task_vars: Mapping[str, Any]) -> list[InventorySeen]:
    """Each different sketch once."""
    told = task_vars.get("hostvars")
    names = task_vars.get("ansible_play_hosts_all") or ()
    found = {sketch(told.raw_get(name)) for name in names} if told is not None else set()
    return [InventorySeen(kind, methods=methods, user=user, managed_ticket=managed, scheme=scheme, legacy_tls=legacy)
            for kind, methods, user, managed, scheme, legacy in sorted(found)]  # fmt: skip


def sketch(values: Mapping[str, Any]) -> tuple[str, tuple[str, ...], str, bool, str, bool]:
    """Connection, first method, user (only where its realm matters), whether kinit is run, scheme, and TLS 1.0."""
    kind = str(values.get("ansible_connection", "ssh")).rpartition(".")[2]
    written = values.get("ansible_winrm_transport" if kind == "winrm" else "ansible_psrp_auth")
    first = written[0] if isinstance(written, (list, tuple)) and written else written
    method = next((one for one in _METHODS if one in str(first or "").casefold()), "")
    user = str(values.get("ansible_user", values.get("ansible_winrm_user", "")))
    if not method and kind == "winrm" and "@" in user:
        method = "kerberos"
    kerberos = method == "kerberos"
    password = any(name in values for name in ("ansible_password", "ansible_winrm_password", "ansible_winrm_pass"))
    managed = kerberos and kind == "winrm" and str(
        values.get("ansible_winrm_kinit_mode", "managed" if password else "manual")
    ) == "managed"  # fmt: skip
    scheme = str(values.get("ansible_winrm_scheme", "https"))
    legacy = str(values.get("winlegacy_legacy_tls", "")).casefold() in {"true", "yes", "1", "on"}
    shown = user if kerberos and "{" not in user else ""
    return kind, (method,) if method else (), shown, managed, scheme, legacy
