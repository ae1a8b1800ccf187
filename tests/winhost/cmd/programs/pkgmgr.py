# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pkgmgr and wusa: GUI programs over the machine's servicing stack."""

from __future__ import annotations

import asyncio

from winhost.cmd.arguments import switch_value
from winhost.cmd.program import SEVEN, Run, program
from winhost.machine import errors
from winhost.machine.cbs import Outcome
from winhost.machine.errors import Win32Error

_BAD_SWITCH = 87


def signed(code: int) -> int:
    """A 32-bit exit code as cmd.exe shows it."""
    return code - 0x100000000 if code & 0x80000000 else code


async def dialog() -> None:
    """A dialog that nobody sees: it waits until the process is ended."""
    await asyncio.Event().wait()


@program("pkgmgr", gui=True, megabytes=96)
async def pkgmgr(run: Run) -> int:
    options: dict[str, str] = {}
    for word in run.argv:
        name = word.partition(":")[0].lower()
        if not name.startswith("/") or name[1:] not in (
            "n",
            "ip",
            "up",
            "m",
            "s",
            "l",
            "o",
            "p",
            "iu",
            "uu",
            "uc",
            "quiet",
            "norestart",
            "?",
            "h",
            "help",
        ):
            return await _wrong(run, quiet="/quiet" in [other.lower() for other in run.argv])
        options[name[1:]] = switch_value(word) or options.get(name[1:], "")
    quiet = "quiet" in options
    work = [name for name in ("n", "ip", "up") if name in options]
    if len(work) != 1 or ("ip" in options) != ("m" in options):
        return await _wrong(run, quiet=quiet)
    if not quiet:
        await dialog()
    if not run.session.token.administrator:
        return errors.ACCESS_DENIED
    if options.get("l"):
        _log(run, options["l"], f"{run.name}{run.arguments}")
    run.allocate(8 << 20)
    outcome = await _work(run, work[0], options)
    code = signed(outcome.code)
    if options.get("l"):
        _log(run, options["l"], f"Return code: 0x{outcome.code & 0xFFFFFFFF:08x}")
    if outcome.reboot_required and "norestart" not in options:
        run.machine.power.request_shutdown(0.0, reason="pkgmgr", requested_by=run.session.token.account)
    return code


async def _work(run: Run, verb: str, options: dict[str, str]) -> Outcome:
    cbs, token = run.machine.cbs, run.session.token
    if verb == "n":
        return await cbs.apply_answer_file(run.full(options["n"]), token, run.cmd.environment.get("configsetroot"))
    if verb == "ip":
        scratch = options.get("s", "")
        if scratch and not run.machine.files.is_dir(run.full(scratch)):
            run.machine.files.mkdir(run.full(scratch), token, parents=True)
        return await cbs.install_cab(run.full(options["m"]), token)
    return await cbs.uninstall(options["up"], token)


async def _wrong(run: Run, *, quiet: bool) -> int:
    if not quiet:
        await dialog()
    return _BAD_SWITCH


def _log(run: Run, name: str, line: str) -> None:
    """pkgmgr's log. Whether it adds .txt to the name that it is given is not known (a doubt switch)."""
    if run.machine.doubt["pkgmgr_log_name"] == "with_txt":
        name += ".txt"
    stamp = run.machine.clock.now().strftime("%Y-%m-%d %H:%M:%S")
    try:
        run.machine.files.append(
            run.full(name), f"{stamp}, Info                  Pkgmgr: {line}\r\n".encode(), run.session.token
        )
    except Win32Error:
        return


@program("wusa", gui=True, megabytes=70)
async def wusa(run: Run) -> int:
    words = [word.lower() for word in run.argv]
    names = [word for word in run.argv if not word.startswith(("/", "-"))]
    quiet = "/quiet" in words
    allowed = {"/quiet", "/norestart"} | ({"/uninstall", "/extract"} if run.machine.profile.build >= SEVEN else set())
    if (
        any(
            word.startswith("/") and word.partition(":")[0] not in allowed and not word.startswith(("/kb:", "/log"))
            for word in words
        )
        or not names
    ):
        if not quiet:
            await dialog()
        return _BAD_SWITCH
    if run.session.token.network or not run.session.token.administrator:
        # The update agent's interfaces refuse callers from the network.
        return errors.ACCESS_DENIED
    service = run.machine.services.get("wuauserv")
    if service is not None and service.start_mode == "Disabled":
        return errors.SERVICE_DISABLED
    path = run.full(names[0])
    if not run.machine.files.exists(path):
        return errors.FILE_NOT_FOUND
    if not quiet:
        await dialog()
    outcome = await run.machine.cbs.install_msu(path, run.session.token)
    if outcome.reboot_required and "/norestart" not in words:
        run.machine.power.request_shutdown(0.0, reason="wusa", requested_by=run.session.token.account)
    return signed(outcome.code)
