# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's assessment: what to ask, in which order, and what it may cost. Knows nothing of tasks or forks.

Facts are asked by what the hotfixes together need. Order, by weight: identity · OS · files on disk with the staging
files · BuildLabEx (and, only where it is unknown, the architecture) · packages and their state · servicing's reboot
indicators · drivers and services · Windows Update · pending renames; in full depth then processor, computer rename,
Netlogon, Configuration Manager. Opt-in questions (events, a second look at a driver) come last and on top of the
budget.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ..._catalogue.definition import Definition
from ..._model.answer import Answer, Cause
from ..._model.facts import Facts, RebootIndicator
from ..._verdict.files import paths_of
from ..._verdict.plan import PlanOptions
from ..._verdict.verdict import decide
from ..._windows import (
    architecture,
    identity,
    kernel,
    operating_system,
    package_keys,
    reboot_pending,
)
from ..._windows.disk_query import PAGE
from ..._windows.wmi import HOST_LOST
from ..._wsman import errors
from ..._wsman.client import Client
from ..ending import ending
from . import symptoms
from .result import Assessment
from .shown import together
from .subject import Subject
from .windows_folder import windows_directory
from .witness import Witness

BUDGET = 10
"""WS-Man messages that standard depth may cost a candidate. Where several hotfixes are assessed at once, the state of
each root package that servicing lists comes on top."""

_QUERY = 2
"""Messages to allow for a query: some services send the first row alone (2008 R2) or end with an empty page."""

_KEPT_AFTER_FILES = 3
"""Messages that files leave for what decides with them: the running kernel, packages, servicing's indicators. One for
the state of its root package on top, where one hotfix is asked for alone. The rest of the budget is for the files."""

_KEPT_FOR_REBOOT = 3
"""Messages that sub-packages leave for the questions after them: servicing's indicators, the driver."""


class Depth(enum.Enum):
    """standard: what decides, within the budget, and no more once the verdict is `not_applicable`. full: everything."""

    STANDARD = "standard"
    FULL = "full"


@dataclass(frozen=True)
class AssessOptions:
    """What to ask. Times in seconds.

    events: look into the System log, over events_window, for at most events_deadline.
    symptom_interval: look at a driver that is stopping again after this time (0: once).
    deadline: no question is begun later than this after the first, events and a second look included. (A client's own
    deadline also ends a question at hand.)
    all_files: ask for every file of the hotfix at any depth, on top of the budget.
    plan: the user's conditions for the plans that come with the verdict.
    """

    depth: Depth = Depth.STANDARD
    all_files: bool = False
    events: bool = False
    events_window: timedelta = timedelta(days=7)
    events_deadline: float = 120.0
    symptom_interval: float = 0.0
    deadline: float = 300.0
    plan: PlanOptions = field(default_factory=PlanOptions)


def assess(
    client: Client,
    definition: Definition,
    options: AssessOptions | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Assessment:
    """Ask a host what the definition needs to know, and judge it.

    A question that fails is unknown, and only that one. Raises the wire's errors only where the host is lost
    (Unreachable, AuthenticationRefused, ConnectionLost after the client's one reconnect) or is no WS-Man service; what
    was learnt until then is in the error's `learnt`. At the client's deadline what was learnt is the assessment.
    """
    interview = _Interview(client, (definition,), options or AssessOptions(), clock, sleep)
    return interview.run(lambda seen: seen[0].as_dict())[0]


def assess_all(
    client: Client,
    definitions: Sequence[Definition],
    options: AssessOptions | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Assessment, ...]:
    """As assess(), of several hotfixes in one conversation, in their order. `learnt` has the form of together()."""
    interview = _Interview(client, definitions, options or AssessOptions(), clock, sleep)
    return interview.run(together)


class _Interview:
    def __init__(
        self,
        client: Client,
        definitions: Sequence[Definition],
        options: AssessOptions,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._client, self._witness = client, Witness(client)
        self._before = client.messages
        self._all = [Subject(one) for one in definitions]
        self._open = self._all
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._until = clock() + options.deadline
        self._facts = Facts()
        self._full = options.depth is Depth.FULL
        self._on_top = 0
        self._ended: dict[str, object] | None = None

    def run(self, shape: Callable[[tuple[Assessment, ...]], dict[str, Any]]) -> tuple[Assessment, ...]:
        """Ask, in the order of the module's docstring. A host that has said nothing at all has no assessment."""
        try:
            with self._client.keeping():
                self._ask()
        except HOST_LOST as error:
            if not self._facts.identity.was_asked:
                raise
            self._ended = ending(error, self._witness.question)
            if not isinstance(error, errors.ConversationOver):
                error.learnt = shape(self._assessments())
                raise
        return self._assessments()

    def _ask(self) -> None:
        for question in (self._identity, self._os):
            question()
            if not self._full:
                self._open = [one for one in self._open if not one.ruled_out(self._facts)]
            if not self._open:
                return
        self._files()
        self._running_kernel()
        self._architecture()
        self._packages()
        self._servicing()
        symptoms.look(self._witness, self._open, self._clock, self._affordable)
        self._reboot(RebootIndicator.WINDOWS_UPDATE, self._windows_update, 1)
        self._reboot(RebootIndicator.FILE_RENAME, reboot_pending.file_rename, 1)
        if self._full:
            self._processor()
            self._reboot(RebootIndicator.COMPUTER_RENAME, reboot_pending.computer_rename, 2)
            self._reboot(RebootIndicator.NETLOGON, self._netlogon, 2)
            self._reboot(RebootIndicator.SCCM, reboot_pending.sccm, 2)
        self._events()
        self._second_look()

    @property
    def _messages(self) -> int:
        return self._witness.messages - self._before

    def _affordable(self, cost: int) -> bool:
        return self._in_time() and (self._full or self._messages + cost <= BUDGET + self._on_top)

    def _in_time(self, pause: float = 0.0, at: str = "") -> bool:
        """Whether the deadline leaves time for a question after a pause. The first that it leaves none for is noted."""
        if self._clock() + pause < self._until:
            return True
        if self._ended is None:
            where = at or f"what comes after {self._witness.question or 'nothing'}"
            over = errors.ConversationOver(f"the deadline of {self._options.deadline:g} s left no time for {where}")
            self._ended = ending(over, where)
        return False

    def _assessments(self) -> tuple[Assessment, ...]:
        shared = replace(self._facts, messages=self._messages)
        return tuple(self._assessment(one, one.facts(shared)) for one in self._all)

    def _assessment(self, subject: Subject, facts: Facts) -> Assessment:
        verdict = decide(subject.definition, facts)
        evidence, options = self._witness.evidence, self._options.plan
        return Assessment(subject.definition, facts, verdict, evidence, options, self._ended)

    def _identity(self) -> None:
        self._witness.about("identity")
        self._facts = replace(self._facts, identity=identity.identity(self._witness.identify))

    def _os(self) -> None:
        if self._affordable(_QUERY):
            self._witness.about("os", operating_system.PROPERTIES)
            told = self._os_version()
            found = operating_system.operating_system(self._witness, None if told is None else told[2])
            self._facts = replace(self._facts, os=found)

    def _files(self) -> None:
        if not self._affordable(_QUERY + 1):
            return
        self._witness.about("disk_kernel")
        folder = windows_directory(self._witness, self._facts.os)
        if folder.value is None:
            cause = folder.cause or Cause.PROPERTY_MISSING
            nothing: Answer[Any] = Answer.unknown(cause, f"the Windows folder is not known: {folder.detail}")
            self._facts = replace(self._facts, disk_kernel=nothing, files=nothing)
            for one in self._open:
                one.staging = nothing
            return
        targets = [target for one in self._open for target in one.targets(self._facts)]
        before = self._messages
        found = kernel.files_on_disk(
            self._witness,
            folder.value,
            frozenset(name for one in self._open for name in one.kernel_names),
            [one.definition.kb for one in self._open],
            paths=paths_of(targets),
            room=self._room_for_files,
        )
        self._on_top += max(0, self._messages - before - 1) if self._options.all_files else 0
        files = found.files
        if files.value is not None and not files.detail and not self._in_time():
            files = replace(files, detail="the deadline left no time to ask for it")
        self._facts = replace(self._facts, disk_kernel=found.kernels, files=files)
        for one in self._open:
            one.staging = found.staging[one.definition.kb]

    def _room_for_files(self) -> int:
        """Rows that a query for files may bring; 0 where there is no time or message left for it."""
        if not self._in_time():
            return 0
        kept = _KEPT_AFTER_FILES + (1 if len(self._open) == 1 else 0)
        endless = self._full or self._options.all_files
        return kernel.ENDLESS if endless else max(0, BUDGET - self._messages - kept) * PAGE

    def _running_kernel(self) -> None:
        version = self._os_version()
        if version is not None and self._affordable(1):
            self._witness.about("running_kernel")
            self._facts = replace(
                self._facts, running_kernel=kernel.running_kernel(self._witness, (version[0], version[1]))
            )

    def _os_version(self) -> tuple[int, int, int] | None:
        """The version by the OS' own row, else by Identify."""
        if self._facts.os.value is not None:
            return self._facts.os.value.version
        return None if self._facts.identity.value is None else self._facts.identity.value.os_version

    def _architecture(self, names: Sequence[str] = ()) -> None:
        """BuildLabEx names the architecture too: standard depth asks the registry only where it did not, or where the
        packages that servicing lists (names) are of another."""
        running = self._facts.running_kernel.value
        wanted = self._full or running is None or not package_keys.fits(names, running.architecture)
        if wanted and not self._facts.architecture.was_asked and self._affordable(1):
            self._witness.about("architecture")
            self._facts = replace(self._facts, architecture=architecture.architecture(self._witness))

    def _processor(self) -> None:
        if self._affordable(_QUERY):
            self._witness.about("processor")
            self._facts = replace(self._facts, processor=architecture.processor(self._witness))

    def _packages(self) -> None:
        if not self._affordable(2):
            return
        self._witness.about("packages")
        listing = package_keys.listed(self._witness)
        if listing.value is None:
            for one in self._open:
                known = one.known_identities(self._facts, parts=self._full)
                one.packages = package_keys.at_known_identities(self._witness, known, listing, self._part_affordable)
            return
        self._architecture(listing.value)
        self._witness.about("packages")
        if len(self._open) > 1:
            self._on_top += sum(len(one.roots(listing.value)) for one in self._open)
        for one in self._open:
            one.ask_states(
                self._witness,
                listing.value,
                full=self._full,
                root_affordable=lambda: self._affordable(1),
                part_affordable=self._part_affordable,
            )

    def _part_affordable(self) -> bool:
        return self._affordable(1 + _KEPT_FOR_REBOOT)

    def _servicing(self) -> None:
        if self._affordable(1):
            self._witness.about("reboot.servicing")
            self._facts = replace(self._facts, reboot={**self._facts.reboot, **reboot_pending.servicing(self._witness)})

    def _reboot(self, indicator: RebootIndicator, ask: Callable[[Witness], Answer[bool]], cost: int) -> None:
        if self._affordable(cost):
            self._witness.about(f"reboot.{indicator.value}")
            self._facts = replace(self._facts, reboot={**self._facts.reboot, indicator: ask(self._witness)})

    @property
    def _lists_work(self) -> bool:
        """Whether this host's registry provider has listed keys: only then is an empty list of its one."""
        return self._facts.reboot.get(RebootIndicator.CBS_REBOOT_PENDING, Answer.not_asked()).is_known

    def _windows_update(self, witness: Witness) -> Answer[bool]:
        return reboot_pending.windows_update(witness, lists_work=self._lists_work)

    def _netlogon(self, witness: Witness) -> Answer[bool]:
        return reboot_pending.netlogon(witness, lists_work=self._lists_work)

    def _second_look(self) -> None:
        """Look again at what hung, symptom_interval after the first look. Its latest state counts."""
        again = symptoms.hanging(self._open) if self._options.symptom_interval > 0 else []
        if not again:
            return
        first = max(one.driver_seen for one in again)
        pause = max(0.0, first + self._options.symptom_interval - self._clock())
        if self._in_time(pause, "the second look at the driver"):
            self._sleep(pause)
            symptoms.look(self._witness, again, self._clock)

    def _events(self) -> None:
        asking = [one for one in self._open if symptoms.sources(one.definition)]
        if not self._options.events or not asking or not self._in_time(at="the events"):
            return
        os = self._facts.os.value
        now = os.local_time if os is not None and os.local_time is not None else datetime.now(UTC)
        deadline = min(self._options.events_deadline, self._until - self._clock())
        symptoms.read_events(self._witness, asking, now=now, window=self._options.events_window, deadline=deadline)
