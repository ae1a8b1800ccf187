# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shells that a host lists: whose they are and how long they idle (MS-WSMV 3.1.4.8 and notes <103>, <114>).

WinRM 1.1 lists the caller's own, at shell/cmd, without owners; later ones list them at shell.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import messages, uris
from .client import Client
from .envelope import Message
from .faults import WSManFault
from .response import expect
from .values import Row, element_row
from .xmlread import child, text_of

_MOST_PAGES = 10
_MOST_SHELLS = 100
_PAGE = 20
_MOST_COMMAND = 8192
_LATER = frozenset({"CommandLine", "Owner", "ClientIP", "ShellRunTime", "ShellInactivity", "State"})
"""With any of these it has run something, or the host is no WinRM 1.1, whose list would tell that."""


@dataclass(frozen=True)
class ListedShell:
    """One shell: its id; owner, client's address and inactivity are empty where the host does not tell them.

    unused: WinRM 1.1 lists it without a command line, so that it never ran one. Such a shell does not idle out.
    command: its last command line; WinRM 1.1 alone tells it.
    """

    shell_id: str
    owner: str = ""
    client: str = ""
    inactive: str = ""
    unused: bool = False
    command: str = ""


def list_shells(client: Client) -> tuple[ListedShell, ...]:
    """The shells that the host shows to this caller, at most 100. Raises the wire's errors."""
    try:
        return _listed(client, uris.SHELL)
    except WSManFault:
        return _listed(client, uris.CMD_SHELL)


def list_with_commands(client: Client) -> tuple[ListedShell, ...]:
    """The same with what each runs or ran last; empty where the host does not tell that (all but WinRM 1.1)."""
    try:
        return _listed(client, uris.CMD_SHELL)
    except WSManFault:
        return ()


def _listed(client: Client, resource: str) -> tuple[ListedShell, ...]:
    body = f"<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>{_PAGE}</w:MaxElements></n:Enumerate>"
    start = Message(uris.ACTION_ENUMERATE, resource, body, "listing the host's shells", "EnumerateResponse")
    message, expected, found = start, "EnumerateResponse", list[ListedShell]()
    for _page in range(_MOST_PAGES):
        answer = expect(client.exchange(message, idempotent=False), expected)
        rows = [element_row(item) for item in child(answer, "Items") or ()]
        found += [_shell(row, unused=resource == uris.CMD_SHELL and not _LATER & row.keys()) for row in rows]
        context = text_of(child(answer, "EnumerationContext"))
        if child(answer, "EndOfSequence") is not None or not context or len(found) >= _MOST_SHELLS:
            break
        message, expected = messages.pull(start, context, _PAGE), "PullResponse"
    return tuple(one for one in found if one.shell_id)[:_MOST_SHELLS]


def _shell(row: Row, *, unused: bool) -> ListedShell:
    def said(name: str) -> str:
        return _printable(row.get(name))[:80]

    line = row.get("CommandLine")
    command = _printable(line.get("Command") if isinstance(line, dict) else line)[:_MOST_COMMAND]
    return ListedShell(said("ShellId"), said("Owner"), said("ClientIP"), said("ShellInactivity"), unused, command)


def _printable(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(character for character in text if character.isprintable())
