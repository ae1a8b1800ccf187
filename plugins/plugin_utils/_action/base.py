# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of action plugins that talk to the task's host over WS-Management."""

from __future__ import annotations

import gc
import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ansible.errors import AnsibleActionFail, AnsibleAuthenticationFailure, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from .._model.plain import plain
from .._text.visible import visible
from .._wsman import errors
from .._wsman.client import Client
from .connection import channel_from_connection
from .interruption import tidy_end
from .misspelt import strange_options
from .option_words import slips
from .preload import preload
from .run_record import insist_on_check
from .templars import templar_of
from .variables import BadInput, WireOptions

if TYPE_CHECKING:
    from .transcript import Recording

display = Display()
preload()

HOST_LOST = (errors.AuthenticationRefused, errors.Unreachable, errors.ConnectionLost)


def converse(
    connection: Any,
    wire: WireOptions,
    perform: Callable[[Client], dict[str, Any]],
    *,
    seconds: float | None = None,
    say: Callable[[str], None] | None = None,
    recording: Recording | None = None,
) -> dict[str, Any]:
    """What perform() makes of a client over one connection, which is closed whatever happens.

    seconds: of all together, some for tidying up come on top; None: no limit of its own. recording: keeps every
    message. Raises the wire's errors.
    """
    channel = channel_from_connection(
        connection,
        legacy_tls=wire.legacy_tls,
        connect_timeout=wire.connect_timeout,
        channel=wire.channel,
        early=wire.early_message,
    )
    try:
        kept = channel if recording is None else recording.over(channel)
        client = Client(kept, operation_timeout=wire.operation_timeout)
        if seconds is not None:
            client.deadline.set(seconds)
        with tidy_end():
            outcome = perform(client)
        if say is not None:
            say(f"{client.messages} WS-Man messages")
        return outcome
    finally:
        channel.close()


def settle(
    work: Callable[[], Mapping[str, Any]], name: str, host: str | None, variables: Iterable[object] = ()
) -> tuple[dict[str, Any], errors.WSManError | None]:
    """The keys of a task's result, and the error by which the host was lost, if it was.

    An error of ours fails with one sentence; an unexpected one too, with its traceback at -vvv only. Raises Ansible's.
    variables: names of the host's; one that is a slip may be why it was lost, and is named.
    """
    try:
        return shown(work()), None
    except HOST_LOST as error:
        if named := slips(variables):
            error.amended(error.reported, do=f"{error.do} {named}".strip())
        learnt = {key: value for key, value in shown(error.learnt).items() if key != "failed"}
        return {**learnt, "unreachable": True, "msg": str(error)}, error
    except (errors.WSManError, BadInput) as error:
        known = error.learnt if isinstance(error, errors.WSManError) else {}
        return {**shown(known), "failed": True, "msg": visible(f"{error} {slips(variables)}".strip())}, None
    except AnsibleError:
        raise
    except Exception as error:  # noqa: BLE001 - a user never sees a traceback
        display.vvv(visible(traceback.format_exc()), host=host)
        kind = type(error).__name__
        said = visible(f"{name} failed unexpectedly: {kind}: {error} (-vvv shows where)")
        return {"failed": True, "msg": said}, None


def shown(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """A result in plain types, every text of it fit for a terminal. What is raw data is in it as base64."""
    made: dict[str, Any] = plain(outcome, shown=True)
    return made


class HostAction(ActionBase):  # type: ignore[misc]
    """Validate, open one connection, ask or act, close it, shape the result.

    A subclass sets SPEC and NAME and implements prepare() (no I/O: whatever is wrong with the arguments is said before
    the host is asked) and perform(). Lost hosts and refused credentials make the host UNREACHABLE; any other error of
    ours fails the task with one sentence; an unexpected one too, with its traceback at -vvv only.
    """

    NAME: ClassVar[str]
    SPEC: ClassVar[Mapping[str, Any]]
    RULES: ClassVar[Mapping[str, Any]] = {}
    host: str | None = None
    """The inventory's name of the task's host."""
    recording: Recording | None = None
    """Set by prepare() where the task is to leave a transcript of its messages."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False
    _supports_diff = False

    def prepare(self, arguments: dict[str, Any]) -> Any:
        """What perform() needs, from the validated arguments. Raises BadInput (or another ValueError of the domain)."""
        raise NotImplementedError

    def perform(self, client: Client, request: Any) -> dict[str, Any]:
        """The task's work over the client; returns the result's keys."""
        raise NotImplementedError

    def deadline(self, request: Any) -> float | None:  # noqa: ARG002 - for subclasses
        """Seconds that the whole task may take, some for tidying up come on top; None: no limit of its own."""
        return None

    def say(self, line: str) -> None:
        """A line of progress, seen at -vv."""
        display.vv(visible(f"{self.NAME}: {line}"), host=self.host)

    def warn(self, text: str) -> None:
        """A warning."""
        display.warning(visible(text))

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task. Only Ansible's own exceptions leave this method."""
        if multiprocessing.parent_process() is not None:
            gc.freeze()  # one task a worker: to look through what Ansible has loaded frees nothing, but copies it
        if self._task.async_val:
            why = f"{self.NAME} runs on the controller and cannot run async: remove async and poll"
            return {"changed": False, "failed": True, "msg": why}
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.host = self._host(task_vars)
        strange = strange_options(self.NAME, self._task.args, self.SPEC)
        if strange:
            return {**result, "changed": False, "failed": True, "msg": strange}
        try:
            _unused, arguments = self.validate_argument_spec(dict(self.SPEC), **self.RULES)
        except AnsibleActionFail as error:  # returned and not raised: 2.16 would announce a traceback
            said = str(error).replace(f"({self._load_name}) module", self.NAME)
            return {**result, "changed": False, "failed": True, "msg": said}
        if self._becomes():
            self.warn(f"{self.NAME} ignores become: WS-Management acts as the connection's own user")
        answer, lost = settle(
            lambda: self._work(arguments, task_vars or {}), self.NAME, self.host, self._own_variables(task_vars or {})
        )
        if lost is not None and not lost.learnt:
            refused = isinstance(lost, errors.AuthenticationRefused)
            raise (AnsibleAuthenticationFailure if refused else AnsibleConnectionFailure)(str(lost)) from None
        result.update(answer)
        return result

    def _work(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        insist_on_check(self._task, [self.host])
        request = self.prepare({name: plain(value) for name, value in arguments.items() if name in self.SPEC})
        return converse(
            self._connection,
            self._wire_options(task_vars),
            lambda client: self.perform(client, request),
            seconds=self.deadline(request),
            say=self.say,
            recording=self.recording,
        )

    def _wire_options(self, task_vars: Mapping[str, Any]) -> WireOptions:
        """Of the host that is talked to: under delegate_to not the task's own, neither its values nor its templates."""
        if not self._task.delegate_to:
            return WireOptions.from_vars(task_vars, self._templar.template)
        variables = self._own_variables(task_vars)
        templar = templar_of(self._templar, variables)
        return WireOptions.from_vars(variables, templar.template)

    def _own_variables(self, task_vars: Mapping[str, Any]) -> Mapping[str, Any]:
        """Of the host that is talked to."""
        delegate = self._task.delegate_to
        if not delegate:
            return task_vars
        found: Mapping[str, Any] = (task_vars.get("ansible_delegated_vars") or {}).get(delegate) or {}
        return found

    def _becomes(self) -> bool:
        """Whether become is asked for, by the task, the play, the command line or a variable."""
        return bool(getattr(self._connection, "become", None) or getattr(self._play_context, "become", False))

    @staticmethod
    def _host(task_vars: Mapping[str, Any] | None) -> str | None:
        name = (task_vars or {}).get("inventory_hostname")
        return None if name is None else str(name)
