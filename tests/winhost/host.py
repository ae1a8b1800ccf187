# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated host, put together: a machine, its WMI, its shells, its WS-Management service and its listener."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from winhost import profiles
from winhost.cmd import Session, run_command, run_program
from winhost.faults.plan import FaultSpec, Plan
from winhost.http.credentials import NtlmStore
from winhost.http.server import HostServer, Record
from winhost.http.settings import AuthSettings, Limits, Listener
from winhost.http.tls import server_context
from winhost.machine.machine import Machine
from winhost.spec import FleetError, HostSpec
from winhost.wmi.provider import WmiProvider
from winhost.wsman.service import Service
from winhost.wsman.shells import Shells
from winhost.wsman.stacks import STACKS, Stack
from winhost.wsman.streams import CommandStreams

log = logging.getLogger(__name__)

_ENVELOPE_SLACK = 8192


class NetworkClock:
    """The time that network timers count in: real seconds, which tests may move forward."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.offset


class Host:
    """Everything of one host."""

    def __init__(self, spec: HostSpec, store: NtlmStore, log_record: Callable[[Record], None]) -> None:
        self.spec = spec
        profile = self._profile(spec)
        self.profile = profile
        winrm = dict(profile.winrm)
        self.stack = _stack(spec, profile.stack, winrm)
        self.auth = AuthSettings.from_mapping({**winrm.get("auth", {}), **spec.auth})
        try:
            self.machine = Machine(spec.name, profile, doubt=spec.doubt, time_scale=spec.time_scale)
        except ValueError as error:
            raise FleetError(f"host {spec.name}: {error}") from None
        if spec.computer_name:
            self.machine.computer_name = self.machine.accounts.computer_name = spec.computer_name
        self.clock = NetworkClock()
        machine = self.machine
        self.shells = Shells(
            self.stack,
            run=self._run,
            make_session=self._session,
            monotonic=self.clock,
            oem_code_page=lambda: machine.code_page,
            doubt=machine.doubt,
            present=not (profile.build == 6000 and machine.doubt["vista_rtm_shell"] == "no_shell"),
        )
        self.service = Service(
            self.stack,
            WmiProvider(machine),
            computer_name=machine.computer_name,
            os_version=lambda: profile.version,
            service_pack=lambda: f"{profile.service_pack}.0",
            monotonic=self.clock,
            doubt=machine.doubt,
            auth=self.auth.as_config(),
            shells=self.shells,
        )
        default_port = winrm.get(f"{spec.scheme}_port") or (
            self.stack.https_port if spec.scheme == "https" else self.stack.http_port
        )
        self.listener = Listener(
            spec.address,
            spec.port or int(default_port),
            certificates={key.lower(): value for key, value in spec.certificates.items()},
        )
        if spec.scheme == "https":
            self.listener.tls = server_context(spec.tls, spec.name, want_client_certificate=self.auth.certificate)
        self.server = HostServer(
            spec.name,
            self.listener,
            self.service,
            machine.accounts,
            auth_settings=self.auth,
            limits=Limits(
                self.stack.max_envelope_kb * 1024 + _ENVELOPE_SLACK,
                self.stack.max_connections,
                self.stack.connection_idle_s,
                self.stack.packet_retrieval_s,
            ),
            store=store,
            plan=Plan([FaultSpec.from_mapping(fault) for fault in profile.faults] + list(spec.faults)),
            log=log_record,
            strike=self.strike,
            credssp_available=self.stack.credssp,
            max_envelope=self.stack.max_envelope_kb * 1024,
            now=machine.clock.now,
        )
        machine.power.on_shutdown.append(self._goes_down)
        machine.power.on_listening.append(self._comes_up)
        self._tasks: set[asyncio.Task[None]] = set()

    @staticmethod
    def _profile(spec: HostSpec) -> Any:
        try:
            if spec.overrides:
                return profiles.register(f"{spec.profile}@{spec.name}", {"extends": spec.profile, **spec.overrides})
            return profiles.profile(spec.profile)
        except profiles.ProfileError as error:
            raise FleetError(f"host {spec.name}: {error}") from None

    @property
    def endpoint(self) -> str:
        return f"{self.listener.scheme}://{self.listener.address}:{self.listener.port}/wsman"

    async def start(self) -> None:
        await self.server.start()

    def stop(self) -> None:
        self.service.reset()
        self.server.stop(reset=False)

    def sweep(self) -> None:
        """What timers do: idle shells, commands above their time."""
        if self.shells.shells:
            self.shells.sweep()

    async def _run(self, session: Any, line: str, streams: CommandStreams, skip_cmd: bool) -> int:
        run = run_program if skip_cmd else run_command
        return await run(self.machine, session, line, streams)

    def _session(
        self, token: Any, environment: Mapping[str, str], directory: str, code_page: int, stack: Stack
    ) -> Session:
        return Session(
            token,
            dict(environment),
            directory,
            code_page,
            memory_limit_mb=stack.max_memory_per_shell_mb,
            process_limit=stack.max_processes_per_shell,
        )

    def _goes_down(self) -> None:
        self.service.reset()
        self.server.stop()

    def _comes_up(self) -> None:
        task = asyncio.get_running_loop().create_task(self._listen_again())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen_again(self) -> None:
        for _unused in range(50):
            try:
                await self.server.start()
                return
            except OSError:
                await asyncio.sleep(0.1)
        log.error("host %s could not listen again on %s", self.spec.name, self.endpoint)

    async def strike(self, spec: FaultSpec) -> None:
        """Carry out a fault that changes the machine."""
        machine = self.machine
        if spec.kind == "reboot":
            machine.power.crash() if spec.options.get("crash") else machine.power.request_shutdown(
                spec.seconds, reason="fault"
            )
        elif spec.kind == "power_off":
            machine.power.settings.never_returns = True
            machine.power.crash()
        elif spec.kind == "clock_step":
            machine.clock.step(timedelta(seconds=spec.seconds))
        elif spec.kind == "disk_full":
            drive = machine.files.drives["C:"]
            drive.used_elsewhere = drive.size
        elif spec.kind == "refuse":
            self.server.stop()
            if spec.seconds:
                asyncio.get_running_loop().call_later(spec.seconds, self._comes_up)


def _stack(spec: HostSpec, name: str, winrm: Mapping[str, Any]) -> Stack:
    chosen = STACKS.get(str(winrm.get("stack", name)))
    if chosen is None:
        raise FleetError(f"host {spec.name}: no stack {name!r}; there are: {', '.join(STACKS)}")
    try:
        return chosen.limited(**{**winrm.get("limits", {}), **spec.limits})
    except TypeError as error:
        raise FleetError(f"host {spec.name}: limits: {error}") from None
