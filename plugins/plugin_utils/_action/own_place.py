# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that say where the one task for all hosts runs itself, and so are no host's.

Ansible sets up the connection of the first host before such a task begins, and ends the task where that is not
possible. Whoever writes the play spares the first host this with `ansible_connection: local`, and more of the kind, for
the task, a block, an include or the play. No host is swept by such a connection, so that the meaning is plain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_LOCAL = ("local", "ansible.builtin.local")
_CONNECTION = "ansible_connection"
_OF_CONNECTIONS = "ansible_"


def forget_own_place(task: Any, play: Any, loader: Any) -> None:
    """Take them from the task, all that is around it, and its play. A worker has copies of its own of these.

    loader: Ansible's DataLoader, for the play's vars_files.
    """
    for level in (*_levels(task), play):
        told = level.vars
        if isinstance(told, Mapping) and _is_local(told):
            level.vars = {name: value for name, value in told.items() if not str(name).startswith(_OF_CONNECTIONS)}
    play.vars_files = [file for file in play.get_vars_files() if not _is_of_place(file, play, loader)]


def is_own_place(connection: Any) -> bool:
    """Whether a connection is one of the controller."""
    return str(getattr(connection, "transport", "")).rpartition(".")[2] == "local"


def _levels(task: Any) -> Iterator[Any]:
    level = task
    while level is not None:
        yield level
        level = getattr(level, "_parent", None)


def _is_local(told: Mapping[Any, Any]) -> bool:
    kind = told.get(_CONNECTION)
    return isinstance(kind, str) and kind in _LOCAL


def _is_of_place(file: Any, play: Any, loader: Any) -> bool:
    """Whether a file of a play's vars_files has such variables, and no others."""
    if not isinstance(file, str) or "{{" in file:
        return False
    try:
        found = loader.load_from_file(loader.path_dwim_relative_stack(play.get_search_path(), "vars", file))
    except Exception:  # noqa: BLE001 - Ansible itself says what is wrong with it
        return False
    return (
        isinstance(found, Mapping)
        and _is_local(found)
        and all(str(name).startswith(_OF_CONNECTIONS) for name in found)
    )
