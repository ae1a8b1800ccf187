# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cure of mistakes that Ansible itself ends a task for, before any code of ours runs."""

from __future__ import annotations

_FACTS = frozenset({"gather_facts", "setup"})
_VAULT = "vault secrets"
"""In every ansible-core's words for a vault that is not unlocked. Ansible's messages are not translated."""


def advice(action: str, message: str) -> str:
    """What to do about a failed task's message; "" where that is the message's own matter.

    action: the task's, by its full or short name.
    """
    if _VAULT in message.lower():
        return "A vault is not unlocked: run with --ask-vault-pass or --vault-password-file."
    if action.rpartition(".")[2] in _FACTS:
        return "Gathering facts needs PowerShell on the host; where there is none, set gather_facts: false in the play."
    return ""


def advised(message: str) -> str:
    """A message with the advice behind it."""
    cure = advice("", message)
    return f"{message.rstrip('. ')}. {cure}" if cure else message
