# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables and the connection that a task of its own would have for each host of a play, in one process.

hostvars alone lack the variables of play, role and task, and what -u and -k say. So the steps are Ansible's own: the
variable manager for a host's variables, and the executor's methods that load a connection and set its options. Their
names are private; where one is missing, nothing is guessed.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from ansible.executor import task_executor
from ansible.executor.process import worker
from ansible.utils.sentinel import Sentinel

from .._text.visible import visible
from .advice import advised
from .alike import Alike
from .own_place import forget_own_place, is_own_place
from .run_record import play_itself
from .templars import templar_of
from .variables import BadInput, WireOptions

_KEYWORDS = ("connection", "port", "remote_user", "become", "become_user", "become_method", "become_flags")
"""What play, block or task can say of a connection with a template of each host's variables."""

_SHARED = ("ansible_play_hosts_all", "ansible_play_hosts", "ansible_play_batch", "play_hosts")
"""Lists of all hosts, the same for each: made once, and not ten thousand times ten thousand names."""


@dataclass
class HostTask:
    """Of one host. own: its variables, as they were before there was a connection."""

    name: str
    connection: Any
    own: dict[str, Any]
    engine: Any
    becomes: bool

    @functools.cached_property
    def variables(self) -> Mapping[str, Any]:
        """With what a connection tells of itself besides, once they are looked at: most hosts have nothing to evaluate.
        """
        self.connection.update_vars(self.own)
        return self.own

    def template(self, value: Any) -> Any:
        """A value, evaluated with the host's variables, which are those that the engine has."""
        _completed = self.variables
        return self.engine.template(value)

    @property
    def wire(self) -> WireOptions:
        """Raises BadInput."""
        return WireOptions.from_vars(self.own, self.template)


class HostTasks:
    """Made in the worker of the one task. Raises BadInput where this ansible-core lacks what is needed."""

    def __init__(self, action: Any, variables: Mapping[str, Any]) -> None:
        task, process = action._task, getattr(worker, "current_worker", None)
        if task.delegate_to and not is_own_place(action._connection):
            raise BadInput("delegate_to can only be localhost here: each host is asked by its own connection")
        self._templar, self._task, self._shared_loader = action._templar, task, action._shared_loader_obj
        self._play = play_itself(task)
        self._context: Any = getattr(process, "_play_context", None)
        self._manager: Any = getattr(process, "_variable_manager", None)
        self._inventory: Any = getattr(self._manager, "_inventory", None)
        needed = (self._play, self._context, self._manager, self._inventory)
        methods = [getattr(_Executor, name, None) for name in ("_get_connection", "_set_connection_options")]
        if None in (*needed, *methods, getattr(task, "_get_parent_attribute", None)):
            raise BadInput(
                "this ansible-core or strategy does not show the variables of other hosts: use the strategy linear, or"
                " winlegacy.servicing.hotfix_info"
            )
        self._lists = {name: variables[name] for name in _SHARED if name in variables}
        written = {name: _raw(task, name) for name in _KEYWORDS}
        self._templates = {
            name: one for name, one in written.items() if isinstance(one, str) and self._templar.is_template(one)
        }
        self._attributes = {**task.dump_attrs(), "delegate_to": None, "connection": _connection(task, written)}
        forget_own_place(task, self._play, action._loader)
        self._alike = Alike(self._attributes)

    def of(self, name: str) -> HostTask:
        """What a task for this host would have. Nothing is sent. Raises BadInput in one sentence."""
        host = self._inventory.get_host(name)
        if host is None:
            raise BadInput(f"{name!r} is no host of the inventory")
        try:
            return self._of(host)
        except Exception as error:  # noqa: BLE001 - a template of this host can raise anything; the others go on
            raise BadInput(f"its connection cannot be set up: {advised(visible(_told(error)))}") from None

    def _of(self, host: Any) -> HostTask:
        only = [host.name]  # not empty: the manager would look for all hosts then
        variables = self._manager.get_vars(play=self._play, host=host, task=self._task, _hosts=only, _hosts_all=only)
        variables.update(self._lists)
        templar = templar_of(self._templar, variables)
        engine = getattr(templar, "_engine", templar)
        kind = variables.get("ansible_connection", self._attributes["connection"])
        told = None if self._templates else self._alike.told(kind, variables, engine.template)
        connection, becomes = None if told is None else self._alike.like(told), False
        if connection is None:
            connection, becomes = self._set_up(host, variables, engine)
            if not becomes and not self._templates:
                self._alike.keep(kind, variables, engine.template, connection)
        return HostTask(host.name, connection, variables, engine, becomes)

    def _set_up(self, host: Any, variables: dict[str, Any], engine: Any) -> tuple[Any, bool]:
        """A connection by Ansible's own steps, and whether it becomes another user."""
        task = self._keywords(engine)
        context = self._context.set_task_and_variable_override(task=task, variables=variables, templar=engine)
        context.post_validate(templar=engine)
        if not context.remote_addr:
            context.remote_addr = host.address
        connection = _Executor(task, context, self._shared_loader).connect(variables, engine)
        return connection, bool(getattr(connection, "become", None) or context.become)

    def _keywords(self, engine: Any) -> SimpleNamespace:
        """The task as far as a connection reads it, its keywords evaluated for the host."""
        attributes = dict(self._attributes)
        for name, template in self._templates.items():
            value = engine.template(template)
            attributes[name] = int(value) if name == "port" and value is not None else value
        return SimpleNamespace(**attributes, _uuid=self._task._uuid, dump_attrs=lambda: dict(attributes))


class _Executor(task_executor.TaskExecutor):  # type: ignore[misc]
    """Only what loads a connection and sets its options; the executor of a task, without running one."""

    _task: Any = None  # a property of the current task's in 2.21

    def __init__(self, task: Any, context: Any, shared_loader: Any) -> None:
        self._task, self._play_context, self._shared_loader_obj = task, context, shared_loader
        self._connection: Any = None
        self._new_stdin = None

    def connect(self, variables: Mapping[str, Any], templar: Any) -> Any:
        """The connection plugin with all its options; not connected."""
        kind = variables.get("ansible_connection")
        kind = self._task.connection if kind is None else templar.template(kind)
        try:
            self._connection = self._get_connection(variables, templar, kind)
        except ImportError as error:
            raise BadInput(f"the connection plugin {kind} cannot be loaded: {error}") from None
        self._set_connection_options(variables, templar)
        self._connection._play_context = self._play_context
        return self._connection

    def _set_plugin_options(self, *_told: Any) -> list[str]:
        """None are needed of shells and of become: no command is run."""
        return []


def _raw(task: Any, name: str) -> Any:
    """A keyword as it is written: the worker has evaluated the task's own for its host already."""
    written = task.get_ds() or {}
    return written[name] if name in written else task._get_parent_attribute(name, omit=True)


def _connection(task: Any, written: Mapping[str, Any]) -> Any:
    """What connection is where nobody writes one: ansible-core 2.21 has put the first host's into the task."""
    if written["connection"] is not Sentinel:
        return written["connection"]
    default = type(task).fattributes["connection"].default
    return default() if callable(default) else default


def _told(error: Exception) -> str:
    """In one line. Before ansible-core 2.19 Ansible tells the cause once for each layer that it went through."""
    kept = ""
    for sentence in " ".join(str(error).split()).split(". "):
        if sentence not in kept:
            kept = f"{kept}. {sentence}" if kept else sentence
    return kept[:300] or type(error).__name__
