# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The remote shells of one host: their quotas and time-outs, and the verbs that are about a whole shell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from winhost.wsman import faults
from winhost.wsman import names as ns
from winhost.wsman.caller import Caller
from winhost.wsman.enumeration import Enumerations, wanted_filter
from winhost.wsman.reply import Reply, new_uuid
from winhost.wsman.request import Request, duration, text_of, truth
from winhost.wsman.shell import RunCommand, Shell
from winhost.wsman.shell_verbs import ShellVerbs
from winhost.wsman.stacks import Stack

MakeSession = Callable[[Any, Mapping[str, str], str, int, Stack], Any]
"""(token, environment, working directory, code page, stack) -> the session that cmd/ runs commands in."""

_CODE_PAGE_NOT_SUPPORTED = 0x80338140
_KNOWN_CODE_PAGES = frozenset(
    {
        437,
        720,
        737,
        775,
        850,
        852,
        855,
        857,
        858,
        860,
        861,
        862,
        863,
        864,
        865,
        866,
        869,
        874,
        932,
        936,
        949,
        950,
        1250,
        1251,
        1252,
        1253,
        1254,
        1255,
        1256,
        1257,
        1258,
        20127,
        28591,
        65001,
    }
)


class Shells:
    """Create, Get, Enumerate and Delete of shells; the other verbs go to ShellVerbs."""

    def __init__(
        self,
        stack: Stack,
        *,
        run: RunCommand,
        make_session: MakeSession,
        monotonic: Callable[[], float],
        oem_code_page: Callable[[], int],
        doubt: Mapping[str, str],
        present: bool = True,
    ) -> None:
        self.stack = stack
        self.present = present
        self._make_session = make_session
        self._monotonic = monotonic
        self._oem_code_page = oem_code_page
        self.shells: dict[str, Shell] = {}
        self.verbs = ShellVerbs(self, run, monotonic, doubt)

    def operations(self, user: str) -> int:
        """What the user's shells count towards MaxConcurrentOperationsPerUser; Terminate never lowers it (note 118)."""
        return sum(shell.operations for shell in self.shells.values() if shell.user == user)

    def clear(self) -> None:
        for shell in list(self.shells.values()):
            self.delete(shell)

    def delete(self, shell: Shell) -> None:
        self.shells.pop(shell.id.casefold(), None)
        shell.close()

    def sweep(self) -> None:
        """Close what is idle or too old; kill a command above MaxShellRunTime (stack 1.1)."""
        now = self._monotonic()
        for shell in list(self.shells.values()):
            idle = shell.idle_counts and not shell.running and now - shell.last_used > shell.idle_seconds
            old = shell.lifetime_seconds is not None and now - shell.created > shell.lifetime_seconds
            if idle or old:
                self.delete(shell)
                continue
            limit = self.stack.max_shell_run_time_ms
            if limit is not None:
                for command in shell.running:
                    if now - command.started > limit / 1000:
                        command.kill()

    async def dispatch(self, request: Request, caller: Caller, enumerations: Enumerations) -> Reply:
        self.sweep()
        if not self.present:
            raise faults.not_found("This host has no remote shell.")
        action = request.action
        if request.resource_uri != ns.SHELL_CMD and not (
            request.resource_uri == ns.SHELL and action in (ns.GET, ns.ENUMERATE, ns.PULL, ns.RELEASE)
        ):
            raise faults.not_found("No plug-in serves this shell.")
        if action == ns.CREATE:
            return self._create(request, caller)
        if action == ns.ENUMERATE:
            self._reading_allowed(request)
            if wanted_filter(request) is not None:
                raise faults.Fault(
                    "n:FilteringNotSupported", faults.FILTERING_NOT_SUPPORTED, "Shells cannot be filtered."
                )
            mine = [shell for shell in self.shells.values() if shell.user == caller.user]
            return enumerations.start(request, caller.user, [self._described(shell) for shell in mine])
        if action == ns.PULL:
            return enumerations.pull(request, caller.user)
        if action == ns.RELEASE:
            return enumerations.release(request, caller.user)
        if action not in (ns.GET, ns.DELETE) and action not in ns.SHELL_VERBS:
            raise faults.action_not_supported(action)
        if action == ns.GET:
            self._reading_allowed(request)
        shell = self._find(request, caller)
        shell.last_used = self._monotonic()
        if action == ns.GET:
            return Reply(ns.GET + "Response", self._described(shell), ("x", "rsp", "p"))
        if action == ns.DELETE:
            self.delete(shell)
            return Reply(ns.DELETE + "Response", "", ("p",))
        return await self.verbs.dispatch(request, shell)

    def _reading_allowed(self, request: Request) -> None:
        """Stack 1.x reads shells at shell/cmd, later ones at shell alone (notes 103 and 114)."""
        wanted = ns.SHELL if self.stack.credssp else ns.SHELL_CMD
        if request.resource_uri != wanted:
            raise faults.action_not_supported(request.action)
        if f"{{{ns.WSMAN}}}FragmentTransfer" in request.headers:
            raise faults.Fault(
                "w:UnsupportedFeature",
                faults.FRAGMENT_TRANSFER,
                "Shells have no fragments.",
                detail="FragmentLevelAccess",
            )

    def _find(self, request: Request, caller: Caller) -> Shell:
        wanted = request.selectors.get("shellid")
        if wanted is None:
            raise faults.selectors(faults.INSUFFICIENT_SELECTORS, "The request names no ShellId.")
        if set(request.selectors) - {"shellid"}:
            raise faults.selectors(faults.UNEXPECTED_SELECTORS, "The request has selectors that a shell does not have.")
        shell = self.shells.get(wanted.casefold())
        if shell is None or shell.user != caller.user:
            raise faults.selectors(
                faults.UNEXPECTED_SELECTORS,
                f"The shell {wanted[:100]} was not found on this server. It may be closed or may never have been.",
            )
        return shell

    def _create(self, request: Request, caller: Caller) -> Reply:
        body = request.body
        if body is None or body.tag != f"{{{ns.SHELL}}}Shell":
            raise self.verbs.bad_xml(request.body_name or "Shell")
        self._check_quota(caller)
        environment: dict[str, str] = {}
        for variable in body.iterfind(f"{{{ns.SHELL}}}Environment/{{{ns.SHELL}}}Variable"):
            environment[variable.get("Name") or ""] = variable.text or ""
        environment.pop("", None)
        code_page = self._code_page(request)
        lifetime = self._seconds(body, "Lifetime")
        if lifetime is None and self.stack.max_shell_run_time_ms is not None:
            lifetime = self.stack.max_shell_run_time_ms / 1000
        idle = self._seconds(body, "IdleTimeOut")
        if idle is None:
            idle = self.stack.shell_idle_ms / 1000
        elif self.stack.credssp:
            idle = (
                max(60.0, min(idle, self.stack.shell_idle_ms / 1000)) if self.stack.name == "2.0" else max(60.0, idle)
            )
        directory = text_of(body.find(f"{{{ns.SHELL}}}WorkingDirectory"))
        now = self._monotonic()
        shell_id = ("uuid:" if self.stack.uuid_shell_ids else "") + new_uuid()
        shell = Shell(
            shell_id,
            caller.user,
            self._make_session(caller.token, environment, directory, code_page, self.stack),
            now,
            caller.client_ip,
            code_page,
            idle,
            lifetime,
            tuple(text_of(body.find(f"{{{ns.SHELL}}}InputStreams")).split()),
            tuple(text_of(body.find(f"{{{ns.SHELL}}}OutputStreams")).split()) or ("stdout", "stderr"),
            last_used=now,
            idle_counts=not self.stack.idle_only_with_keepalive,
        )
        self.shells[shell_id.casefold()] = shell
        return self._created(shell, caller)

    def _created(self, shell: Shell, caller: Caller) -> Reply:
        modern = self.stack.credssp
        address = escape(caller.address) if modern else ns.ANONYMOUS
        declared = (
            ""
            if modern
            else (f' xmlns:w="{ns.WSMAN}" xmlns:a="{ns.ADDRESSING}" xmlns:x="{ns.TRANSFER}" xmlns:rsp="{ns.SHELL}"')
        )
        body = (
            f"<x:ResourceCreated{declared}><a:Address>{address}</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{ns.SHELL_CMD}</w:ResourceURI>"
            f'<w:SelectorSet><w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet>'
            "</a:ReferenceParameters></x:ResourceCreated>"
        )
        if self.stack.shell_in_create_response:
            body += self._described(shell)
        return Reply(ns.CREATE + "Response", body, ("x", "rsp", "p") if modern else ())

    def _described(self, shell: Shell) -> str:
        now = self._monotonic()
        old = not self.stack.credssp
        rows = [("ShellId", shell.id)]
        if old and shell.lifetime_seconds is not None:
            rows.append(("Lifetime", f"PT{shell.lifetime_seconds - (now - shell.created):.3f}S"))
        if not old:
            rows += [
                ("ResourceUri", ns.SHELL_CMD),
                ("Owner", escape(shell.user.rpartition("\\")[2])),
                ("ClientIP", shell.client_ip),
                ("IdleTimeOut", f"PT{shell.idle_seconds:.3f}S"),
            ]
        rows += [("InputStreams", " ".join(shell.input_streams)), ("OutputStreams", " ".join(shell.output_streams))]
        if not old:
            rows += [("ShellRunTime", _clock(now - shell.created)), ("ShellInactivity", _clock(now - shell.last_used))]
        inner = "".join(f"<rsp:{name}>{value}</rsp:{name}>" for name, value in rows)
        if old and shell.last_line:
            inner += f"<rsp:CommandLine><rsp:Command>{escape(shell.last_line)}</rsp:Command></rsp:CommandLine>"
        return f'<rsp:Shell xmlns:rsp="{ns.SHELL}">{inner}</rsp:Shell>'

    def _check_quota(self, caller: Caller) -> None:
        mine = [shell for shell in self.shells.values() if shell.user == caller.user]
        others = {shell.user for shell in self.shells.values()}
        if len(mine) >= self.stack.max_shells_per_user:
            text = "The user has as many concurrent shells as this host allows. Close one or retry later."
            raise faults.Fault("w:QuotaLimit", faults.SHELLS_QUOTA, text, wmi_error=True)
        if caller.user not in others and len(others) >= self.stack.max_concurrent_users:
            raise faults.Fault(
                "w:QuotaLimit",
                faults.SHELLS_QUOTA,
                "As many users as this host allows have shells open. Retry later.",
                wmi_error=True,
            )

    def _code_page(self, request: Request) -> int:
        option = request.options.get("WINRS_CODEPAGE")
        if option is None:
            return self._oem_code_page()
        if not option.value.isascii() or not option.value.isdigit() or int(option.value) not in _KNOWN_CODE_PAGES:
            raise faults.Fault(
                "w:InvalidOptions",
                _CODE_PAGE_NOT_SUPPORTED,
                "The code page of the client is not supported here.",
                detail="InvalidValue",
            )
        return int(option.value)

    def _seconds(self, body: Any, name: str) -> float | None:
        element = body.find(f"{{{ns.SHELL}}}{name}")
        if element is None or truth(element.get(f"{{{ns.XSI}}}nil")):
            return None
        value = text_of(element)
        seconds = (
            float(value) / 1000 if value.isascii() and value.isdigit() and name == "IdleTimeOut" else duration(value)
        )
        if seconds is None:
            raise self.verbs.bad_xml(name)
        return seconds


def _clock(seconds: float) -> str:
    whole = int(max(0.0, seconds))
    return f"P{whole // 86400}DT{whole // 3600 % 24}H{whole // 60 % 60}M{whole % 60}S"
