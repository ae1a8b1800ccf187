# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's assessment: what to ask, in which order, and what it may cost. Knows nothing of tasks or forks.

Order, by weight: identity · OS · kernels on disk with the staging files · BuildLabEx (and, only where it is unknown,
the architecture) · packages and their state · servicing's reboot indicators · the driver · Windows Update · pending
renames; in full depth then processor, computer rename, Netlogon, Configuration Manager. Opt-in questions (events, a
second look at the driver) come last and on top of the budget.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ..._catalogue.definition import Definition, Watched
from ..._model.answer import Answer, Cause
from ..._model.cbs import is_root_of_kb
from ..._model.facts import Architecture, Driver, Facts, RebootIndicator
from ..._verdict.placement import place
from ..._verdict.plan import PlanOptions
from ..._verdict.symptom import hangs
from ..._verdict.verdict import decide
from ..._windows import (
    architecture,
    driver,
    events,
    identity,
    kernel,
    operating_system,
    package_keys,
    reboot_pending,
    registry,
)
from ..._windows.wmi import HOST_LOST
from ..._wsman import errors
from ..._wsman.client import Client
from ..ending import ending
from .result import Assessment
from .witness import Witness

BUDGET = 10
"""WS-Man messages that standard depth may cost a candidate."""

_QUERY = 2
"""Messages to allow for a query: some services send the first row alone (2008 R2) or end with an empty page."""

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
    plan: the user's conditions for the plans that come with the verdict.
    """

    depth: Depth = Depth.STANDARD
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
    return _Interview(client, definition, options or AssessOptions(), clock, sleep).run()


class _Interview:
    def __init__(
        self,
        client: Client,
        definition: Definition,
        options: AssessOptions,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._witness = Witness(client)
        self._before = client.messages
        self._definition = definition
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._until = clock() + options.deadline
        self._facts = Facts()
        self._full = options.depth is Depth.FULL
        self._driver_seen = 0.0
        self._ended: dict[str, object] | None = None

    def run(self) -> Assessment:
        """Ask, in the order of the module's docstring. A host that has said nothing at all has no assessment."""
        try:
            self._ask()
        except HOST_LOST as error:
            if not self._facts.identity.was_asked:
                raise
            self._ended = ending(error, self._witness.question)
            if not isinstance(error, errors.ConversationOver):
                error.learnt = self._assessment().as_dict()
                raise
        return self._assessment()

    def _ask(self) -> None:
        for question in (self._identity, self._os):
            question()
            if not self._full and self._ruled_out():
                return
        self._files()
        self._running_kernel()
        self._architecture()
        self._packages()
        self._servicing()
        self._driver()
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
        return self._in_time() and (self._full or self._messages + cost <= BUDGET)

    def _in_time(self, pause: float = 0.0, at: str = "") -> bool:
        """Whether the deadline leaves time for a question after a pause. The first that it leaves none for is noted."""
        if self._clock() + pause < self._until:
            return True
        if self._ended is None:
            where = at or f"what comes after {self._witness.question or 'nothing'}"
            over = errors.ConversationOver(f"the deadline of {self._options.deadline:g} s left no time for {where}")
            self._ended = ending(over, where)
        return False

    def _ruled_out(self) -> bool:
        return decide(self._definition, self._facts).applicable is False

    def _assessment(self) -> Assessment:
        facts = replace(self._facts, messages=self._messages)
        verdict = decide(self._definition, facts)
        return Assessment(self._definition, facts, verdict, self._witness.evidence, self._options.plan, self._ended)

    def _identity(self) -> None:
        self._witness.about("identity")
        self._facts = replace(self._facts, identity=identity.identity(self._witness.identify))

    def _os(self) -> None:
        if self._affordable(_QUERY):
            self._witness.about("os", operating_system.PROPERTIES)
            self._facts = replace(self._facts, os=operating_system.operating_system(self._witness))

    def _files(self) -> None:
        if not self._affordable(_QUERY + 1):
            return
        self._witness.about("disk_kernel")
        folder = self._windows_directory()
        if folder.value is None:
            detail = f"the Windows folder is not known: {folder.detail}"
            cause = folder.cause or Cause.PROPERTY_MISSING
            self._facts = replace(
                self._facts, disk_kernel=Answer.unknown(cause, detail), staging=Answer.unknown(cause, detail)
            )
            return
        found = kernel.files_on_disk(self._witness, folder.value, self._definition.kernel_names, self._definition.kb)
        self._facts = replace(self._facts, disk_kernel=found.kernels, staging=found.staging)

    def _windows_directory(self) -> Answer[str]:
        """The Windows folder by the OS' own row, else by the registry; a guessed one could be of another Windows."""
        os = self._facts.os.value
        if os is not None and os.windows_directory is not None:
            return Answer.known(os.windows_directory)
        if os is not None and os.windows_directory_refused:
            return Answer.unknown(Cause.UNPARSABLE, os.windows_directory_refused)
        answer = registry.get_string(self._witness, kernel.CURRENT_VERSION, "SystemRoot")
        checked, refused = operating_system.absolute_directory(answer.value or "")
        if answer.is_known and checked is None:
            return Answer.unknown(Cause.UNPARSABLE, refused or "SystemRoot is empty")
        return answer if checked is None else Answer.known(checked)

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

    def _architecture(self) -> None:
        """BuildLabEx names the architecture too: standard depth asks the registry only where it did not."""
        if (self._full or not self._facts.running_kernel.is_known) and self._affordable(1):
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
        listing = package_keys.identities(self._witness, self._definition.kb)
        if listing.value is None:
            found = package_keys.at_known_identities(
                self._witness, self._catalogue_identities(), listing, lambda: self._affordable(1 + _KEPT_FOR_REBOOT)
            )
        elif not self._full and any(is_root_of_kb(name, self._definition.kb) for name in listing.value):
            roots = [name for name in listing.value if is_root_of_kb(name, self._definition.kb)]
            found = Answer.known(
                package_keys.states(self._witness, roots, lambda: self._affordable(1))
                + package_keys.states(self._witness, listing.value[len(roots) :], lambda: False)
            )
        else:
            found = Answer.known(
                package_keys.states(self._witness, listing.value, lambda: self._affordable(1 + _KEPT_FOR_REBOOT))
            )
        self._facts = replace(self._facts, packages=found)

    def _catalogue_identities(self) -> tuple[str, ...]:
        """By the catalogue: the root of this architecture (of each if that is unknown); in full depth its parts too."""
        placed = place(self._definition, self._facts).architecture
        wanted = list(Architecture) if placed is None else [placed]
        roots = [package.identity for package in self._definition.packages if package.architecture in wanted]
        if not self._full or placed is None:
            return tuple(roots)
        package = self._definition.package(placed)
        return (*roots, *sorted(package.sub_packages if package is not None else ()))

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

    def _driver(self) -> None:
        if self._definition.watched is not None and self._affordable(_QUERY):
            self._witness.about("driver", driver.PROPERTIES)
            self._facts = replace(self._facts, driver=self._look_at_driver(self._definition.watched))
            self._driver_seen = self._clock()

    def _look_at_driver(self, watched: Watched) -> Answer[Driver]:
        return driver.driver(self._witness, watched.name, watched.kind.value)

    def _second_look(self) -> None:
        """Look again at a driver that was stopping, symptom_interval after the first look. Its latest state counts."""
        watched = self._definition.watched
        if self._options.symptom_interval <= 0 or watched is None or not hangs(watched, self._facts.driver):
            return
        pause = max(0.0, self._driver_seen + self._options.symptom_interval - self._clock())
        if not self._in_time(pause, "the second look at the driver"):
            return
        self._sleep(pause)
        self._witness.about("driver", driver.PROPERTIES)
        again = self._look_at_driver(watched)
        if hangs(watched, again) and again.value is not None:
            between = round(self._clock() - self._driver_seen, 1)
            again = Answer.known(replace(again.value, repeated_after=between))
        if again.is_known:
            self._facts = replace(self._facts, driver=again)

    def _events(self) -> None:
        symptom = self._definition.symptom
        sources = () if symptom is None else symptom.events
        if not self._options.events or not sources or not self._in_time(at="the events"):
            return
        os = self._facts.os.value
        now = os.local_time if os is not None and os.local_time is not None else datetime.now(UTC)
        self._witness.about("events")
        found = events.events(
            self._witness,
            [events.Source(one.source, one.codes, prefix=one.prefix) for one in sources],
            now=now,
            window=self._options.events_window,
            deadline=min(self._options.events_deadline, self._until - self._clock()),
        )
        self._facts = replace(self._facts, events=found)
