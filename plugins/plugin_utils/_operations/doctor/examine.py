# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way to one host: look, judge, and go on as far as that makes sense."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..._doctor import network as judge
from ..._doctor.course import Course, Diagnosis
from ..._doctor.finding import Check, Finding, Severity, Trouble
from ..._doctor.host import judge_clock
from ..._doctor.inventory import PORTS, judge_inventory
from ..._doctor.seen import ClockSeen, InventorySeen, ServiceSeen, TLSSeen
from ..._model.answer import Answer
from ..._wsman import errors, messages
from ..._wsman.channel import Channel
from ..._wsman.client import Client
from ..._wsman.foreign import TLS_RECORD, not_http
from ..._wsman.identify import read_identify_response
from ..._wsman.place import WINRM, Place, Variables
from ..._wsman.tls_context import TLSOptions
from . import network
from .questions import HostQuestions
from .service import Anonymous, service, trouble

_WITHOUT_CREDENTIALS = (Check.TLS, Check.IDENTIFY, Check.AUTHENTICATION)
_THROUGH_PROXY = (Check.RESOLUTION, Check.PORTS, *_WITHOUT_CREDENTIALS)
_LEAST = 0.5


@dataclass(frozen=True)
class Reach:
    """How to reach a host. Times in seconds.

    tls: what the inventory demands; a function, as it may need a library that is missing (it raises the wire's errors).
    log_in: a channel that knows this one method. Nothing is sent until its first message.
    hide: takes out of a text what nobody may see.
    """

    inventory: InventorySeen
    log_in: Callable[[str], Channel]
    tls: Callable[[], TLSOptions | None] = lambda: None
    names: Variables = WINRM
    connect_timeout: float = 5.0
    operation_timeout: float = 20.0
    hide: Callable[[str], str] = str


@dataclass
class Examination:
    """One host's. deadline: seconds of all together. controller: findings that are the same for all hosts."""

    reach: Reach
    deadline: float
    controller: Iterable[Finding] = ()
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._ends = self.clock() + self.deadline
        self._course = Course(self.controller)
        self._schemes: tuple[str, ...] | None = None
        self._service: ServiceSeen | None = None
        self._clock: ClockSeen | None = None
        self._subject = ""

    def run(self) -> Diagnosis:
        """Never raises the wire's errors: each is a finding."""
        seen, course = self.reach.inventory, self._course
        course.add(judge_inventory(seen))
        if course.opens(Check.PROXY):
            course.add(judge.judge_proxy(seen))
        if seen.proxy:
            course.skip(_THROUGH_PROXY, "a proxy stands between", blocks=False)
        else:
            self._network()
        self._log_in_and_ask()
        if self._clock is not None and not course.has(Check.CLOCK) and course.opens(Check.CLOCK):
            course.add(self._by_date(self._clock))
        elif not course.has(Check.CLOCK):
            course.skip([Check.CLOCK], "nothing told the host's time")
        for check in Check:
            course.opens(check)  # what is left out so far has its reason in what it needs
        return Diagnosis.of(course.findings, self._subject).hiding(self.reach.hide)

    def _seconds(self, most: float, before: float = 0.0) -> float:
        """What a look may take at most of the time that is left. before: what goes on top of it, for connecting."""
        return max(_LEAST, min(most, self._ends - self.clock() - before))

    # --- the network --------------------------------------------------------------------------------------------

    def _network(self) -> None:
        seen, course = self.reach.inventory, self._course
        if not course.opens(Check.RESOLUTION):
            return
        try:
            found = network.addresses(seen.host, seen.port, self._seconds(self.reach.connect_timeout))
        except errors.WSManError as error:
            course.add([trouble(error).of(Check.RESOLUTION)])
            return
        shown = ", ".join(dict.fromkeys(str(one[4][0]) for one in found))
        course.add([Finding(Check.RESOLUTION, Severity.OK, f"{seen.host} is {shown}.")])
        ports = network.look_at_ports(found, (seen.port, *PORTS), self._seconds(self.reach.connect_timeout))
        course.add(judge.judge_ports(seen, ports))
        self._without_credentials()

    def _without_credentials(self) -> None:
        """TLS, Identify and what is offered, over one connection as the inventory wants it."""
        seen, course = self.reach.inventory, self._course
        if not course.opens(Check.TLS):
            return
        tls = self._look_at_tls() if seen.tls else TLSSeen()
        asked = self._asked()
        if isinstance(asked, errors.MissingLibrary):  # what the inventory demands of TLS is pywinrm's to say
            course.skip(_WITHOUT_CREDENTIALS, f"{Check.PACKAGES.value} has a problem")
            return
        if not seen.tls and isinstance(asked, errors.ConnectionLost) and self._look_at_tls().version:
            asked = not_http(TLS_RECORD, Place(seen.endpoint, names=self.reach.names))
        if seen.tls:
            failure = asked if isinstance(asked, errors.TLSFailed) else None
            course.add(judge.judge_tls(seen, tls, trouble(failure) if failure else None, self.now()))
        elif isinstance(asked, errors.TLSFailed):
            course.add([trouble(asked).of(Check.TLS)])
        else:
            course.add([Finding(Check.TLS, Severity.OK, "None is asked for (http).")])
        if not course.opens(Check.IDENTIFY):
            return
        failed = trouble(asked) if asked is not None else None
        course.add(judge.judge_identify(seen, self._service, failed))
        if course.opens(Check.AUTHENTICATION):
            course.add(judge.judge_authentication(seen, self._schemes))
        if self._clock is not None:  # a problem of the clock comes before the login that Kerberos refuses for it
            course.add(one for one in self._by_date(self._clock) if one.severity is Severity.PROBLEM)

    def _by_date(self, clock: ClockSeen) -> Iterator[Finding]:
        seen = self.reach.inventory
        method = judge.login_method(seen.methods, self._schemes)
        return judge_clock(Answer.known(clock), kerberos=method == "kerberos")

    def _look_at_tls(self) -> TLSSeen:
        seen = self.reach.inventory
        return network.look_at_tls(seen.host, seen.port, self._seconds(2 * self.reach.connect_timeout))

    def _asked(self) -> errors.WSManError | None:
        """Ask without credentials; what went wrong, if anything did."""
        reach = self.reach
        anonymous: Anonymous | None = None
        connecting = self._seconds(reach.connect_timeout)
        try:
            anonymous = Anonymous(
                reach.inventory.endpoint, reach.tls(), connecting, reach.names,
                legacy_tls=reach.inventory.legacy_tls, now=self.now,
            )  # fmt: skip
            self._service = anonymous.identify(self._seconds(reach.operation_timeout, connecting))
            self._clock = anonymous.clock
            with contextlib.suppress(errors.WSManError):  # what it offers is not known then, and the login will tell
                self._schemes = anonymous.offered(self._seconds(reach.operation_timeout))
        except errors.WSManError as error:
            return error
        finally:
            if anonymous is not None:
                anonymous.close()
        return None

    # --- the host -----------------------------------------------------------------------------------------------

    def _log_in_and_ask(self) -> None:
        if not self._course.opens(Check.LOGIN):
            return
        seen = self.reach.inventory
        method = judge.login_method(seen.methods, self._schemes)
        channel: Channel | None = None
        try:
            channel = self.reach.log_in(method)
            client = Client(channel, operation_timeout=self.reach.operation_timeout, clock=self.clock)
            client.deadline.set(self._seconds(self.deadline))
            self._logged_in(client, method)
            self._ask(client, method)
        except errors.WSManError as error:
            self._course.add([self._login_failed(error, method)])
        finally:
            if channel is not None:
                channel.close()

    def _logged_in(self, client: Client, method: str) -> None:
        """One attempt. A lost connection is no second one: a host that hangs up may count it."""
        said = read_identify_response(client.exchange(messages.identify(), idempotent=False))
        after = service(said)
        seen = self.reach.inventory
        self._course.add(judge.judge_login(seen, method, self._service, after))
        self._subject = f"{after.product_version or after.vendor}, {method} at {seen.endpoint}"

    def _login_failed(self, error: errors.WSManError, method: str) -> Finding:
        told: Trouble = trouble(error)
        if not isinstance(error, errors.AuthenticationRefused):
            return told.of(Check.LOGIN)
        offered = self._schemes is not None and judge.offers(method, self._schemes)
        return judge.judge_refusal(told, offered=offered, user=self.reach.inventory.user)

    def _ask(self, client: Client, method: str) -> None:
        user, kerberos = self.reach.inventory.user, method == "kerberos"
        questions = HostQuestions(client, user, self.now, kerberos=kerberos, before=self._clock)
        try:
            questions.run(self._course)
        except errors.WSManError as error:
            self._lost(error)

    def _lost(self, error: errors.WSManError) -> None:
        """The host was lost, or the time is over, at a question: the later ones are not asked."""
        done = {one.check for one in self._course.findings}
        left = [one for one in Check if one not in done and list(Check).index(one) > list(Check).index(Check.LOGIN)]
        over = isinstance(error, errors.ConversationOver)
        if left and not over:
            self._course.add([trouble(error).of(left[0])])
            left = left[1:]
        self._course.skip(left, "the deadline is over" if over else "the host was lost before")
