# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""shutdown."""

from __future__ import annotations

from dataclasses import dataclass

from winhost.cmd.program import Run, program
from winhost.machine import errors

_SUCCESS_TEXT_CODES = (
    errors.SHUTDOWN_IS_SCHEDULED,
    errors.SHUTDOWN_IN_PROGRESS,
    errors.NO_SHUTDOWN_IN_PROGRESS,
    errors.PRIVILEGE_NOT_HELD,
)
MAX_DELAY = 315360000
MAX_COMMENT = 512


@dataclass
class _Request:
    verb: str = ""
    delay: float = 30.0
    comment: str = ""
    reason: str = ""
    force: bool = False
    computer: str = ""


def _read(words: list[str]) -> _Request | None:
    request = _Request()
    position = 0
    while position < len(words):
        word = words[position].lower()
        position += 1
        if word[:1] not in "/-":
            return None
        name = word[1:]
        if name in ("r", "s", "a", "l", "h", "g", "i", "p", "e"):
            if request.verb:
                return None
            request.verb = name
        elif name == "f":
            request.force = True
        elif name in ("t", "c", "m", "d") and position < len(words):
            value = words[position]
            position += 1
            if name == "t":
                if not value.isdigit() or int(value) > MAX_DELAY:
                    return None
                request.delay = float(value)
            elif name == "c":
                if len(value) > MAX_COMMENT:
                    return None
                request.comment = value
            elif name == "m":
                request.computer = value.lstrip("\\")
            elif not _reason(value):
                return None
            else:
                request.reason = value
        else:
            return None
    return request if request.verb else None


def _reason(value: str) -> bool:
    """`[p|u:]major:minor`, the numbers below 256 and 65536."""
    parts = value.lower().split(":")
    if parts and parts[0] in ("p", "u", "pu", "up"):
        parts = parts[1:]
    return len(parts) == 2 and all(part.isdigit() for part in parts) and int(parts[0]) < 256 and int(parts[1]) < 65536


@program("shutdown")
async def shutdown(run: Run) -> int:
    request = _read(run.argv)
    if request is None:
        await run.out(
            run.pick(
                "Usage: shutdown [/i | /l | /s | /r | /g | /a | /p | /h | /e] [/f]",
                "Syntax: shutdown ...",
                "使用法: shutdown ...",
            )
        )
        return 1
    if request.computer and request.computer.lower() not in (
        run.machine.computer_name.lower(),
        "localhost",
        "127.0.0.1",
    ):
        return await _say(run, 53)
    if "SeShutdownPrivilege" not in run.session.token.privileges:
        return await _say(run, errors.ACCESS_DENIED)
    if run.session.token.network and "SeRemoteShutdownPrivilege" not in run.session.token.privileges:
        return await _say(run, errors.PRIVILEGE_NOT_HELD)
    power = run.machine.power
    if request.verb == "a":
        return await _say(run, power.abort())
    if request.verb not in ("r", "s", "g", "p"):
        return await _say(run, errors.INVALID_PARAMETER if request.verb != "l" else 0)
    delay = 0.0 if request.verb == "p" else request.delay
    code = power.request_shutdown(
        delay,
        reboot=request.verb in ("r", "g"),
        reason=request.reason,
        comment=request.comment,
        requested_by=run.session.token.account,
    )
    return await _say(run, code)


async def _say(run: Run, code: int) -> int:
    if code:
        await run.err(f"{run.system_text(code)}({code})")
    return code
