# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cure of mistakes that Ansible itself ends a task for, before any code of ours runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleError

from .option_words import option_cure

_FACTS = "gather_facts"
_SETUP = "setup"
VAULT = "vault secrets"
"""In every ansible-core's words for a vault that is not unlocked. Ansible's messages are not translated."""
_UNDEFINED = re.compile(r"'(?P<name>[^\W\d]\w*)' is undefined")
"""In every ansible-core's words for a template's variable that does not exist."""


def advice(action: str, message: str) -> str:
    """What to do about a failed task's message; "" where that is the message's own matter.

    action: the task's, by its full or short name.
    """
    if VAULT in message.lower():
        return "A vault is not unlocked: run with --ask-vault-pass or --vault-password-file."
    if undefined := _UNDEFINED.search(message):
        return (
            f"Nothing defines {undefined['name']} for this host: correct its name, or put it into group_vars or"
            " host_vars beside the inventory (or give its file with -e @FILE)."
        )
    if cure := option_cure(message):
        return cure
    name = action.rpartition(".")[2]
    if name == _FACTS:
        return "Gathering facts needs PowerShell on the host; where there is none, set gather_facts: false in the play."
    if name == _SETUP:
        return (
            "The module setup needs PowerShell on the host; where there is none, ask with"
            " winlegacy.servicing.hotfix_info or wql_info, and set gather_facts: false in plays."
        )
    return ""


def locked(value: Any, template: Callable[[Any], Any]) -> bool:
    """Whether a variable is in a vault that this run does not unlock, or rests on one that is."""
    try:
        str(template(value))
    except AnsibleError as error:
        return VAULT in str(error).lower()
    return False


def advised(message: str) -> str:
    """A message with the advice before it: what is behind may be cut off."""
    cure = advice("", message)
    return f"{cure} {message}" if cure and cure not in message else message
