# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host that was logged in to says of itself: whether it can be assessed, staged to and serviced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from .._model.answer import Answer, Cause
from .._model.facts import Architecture, Driver, Facts, OperatingSystem
from .._verdict.filtered import filtered_token
from .._verdict.restart import pending_indicators
from .finding import Check, Finding, notice, ok, problem, sentence, unknown
from .seen import ClockSeen

T = TypeVar("T")

KERBEROS_LIMIT = timedelta(minutes=5)
"""Kerberos' own default for clocks that disagree (RFC 4120, 5.10: 5 minutes is typical; Windows' and MIT's default)."""

_ONE_CLOCK = timedelta(minutes=1)
"""What two looks at one clock may differ by: an answer's Date is in whole seconds, and a clock can be set between."""

ROOMY = 1024 * 1024 * 1024
_MEGABYTE = 1024 * 1024
_NO_SUCH = frozenset({Cause.CLASS_MISSING, Cause.METHOD_MISSING})


@dataclass(frozen=True)
class ShellsSeen:
    """Of the user who is logged in. used: shells that are listed as this user's. quota: None where it is not told.

    allowed: AllowRemoteShellAccess, None where it is not told.
    """

    used: int
    quota: int | None
    allowed: bool | None


def _told(answer: Answer[T]) -> str:
    """Why an answer is none, with one full stop."""
    return f"{answer.detail.rstrip('. ') or 'no reason was given'}."


def judge_wmi(os: Answer[OperatingSystem]) -> Iterator[Finding]:
    """Whether WMI answers at all. A row that lacks properties is an answer: judge_token has that."""
    if os.value is not None or os.cause is Cause.PROPERTY_MISSING:
        caption = f": {os.value.caption}" if os.value is not None and os.value.caption else ""
        yield ok(Check.WMI, f"Win32_OperatingSystem answers{caption}.")
    elif os.cause is Cause.ACCESS_DENIED:
        yield problem(Check.WMI, f"This user may not read WMI: {_told(os)}", "Use an administrator of the host.")
    elif os.cause in _NO_SUCH:
        yield problem(Check.WMI, f"WMI does not know Win32_OperatingSystem: {_told(os)}",
                      "Look at the service Winmgmt; its repository may be damaged.")  # fmt: skip
    else:
        yield unknown(Check.WMI, f"Win32_OperatingSystem gave no answer: {_told(os)}", "Ask again; look at Winmgmt.")


def judge_token(facts: Facts, policy: Answer[int]) -> Iterator[Finding]:
    """Whether User Account Control filters this user's token. policy: LocalAccountTokenFilterPolicy."""
    filtered = filtered_token(facts)
    rows = (facts.os, facts.disk_kernel)
    if filtered is None:
        if any(one.is_known for one in rows):
            yield ok(Check.TOKEN, "Nothing is withheld from this user.")
        else:
            yield unknown(Check.TOKEN, "No row of WMI came that could show a filtered token.")
        return
    lack = "; ".join(one.detail for one in rows if one.cause is Cause.PROPERTY_MISSING)
    if policy.value == 1:
        yield unknown(
            Check.TOKEN,
            f"{sentence(lack).rstrip('.')}, as for a filtered token; but LocalAccountTokenFilterPolicy is 1, so that "
            "none is filtered.",
            "Use another administrator, and compare.",
        )
        return
    told = "" if policy.value is None else f" (LocalAccountTokenFilterPolicy is {policy.value})"
    shows, _unused, cure = filtered.text.partition(": ")
    yield problem(Check.TOKEN, f"{shows}{told}; it shows by this: {lack}.", sentence(cure))


def judge_clock(seen: Answer[ClockSeen], before: ClockSeen | None = None, *, kerberos: bool) -> Iterator[Finding]:
    """seen: by WMI, or by the Date of an HTTP answer. before: by that one, where seen is by WMI: both have to agree."""
    if seen.value is None:
        yield unknown(Check.CLOCK, f"The host does not tell the time: {_told(seen)}")
        return
    skew = seen.value.skew
    if before is not None and abs(skew - before.skew) > _ONE_CLOCK + seen.value.within + before.within:
        yield unknown(Check.CLOCK, f"The host's clock is off by {_span(abs(skew))} as WMI tells it, and by "
                      f"{_span(abs(before.skew))} as its HTTP answers do.",
                      "Look at its time zone, and at what answers in its place.")  # fmt: skip
        return
    least = max(abs(skew) - seen.value.within, timedelta(0))
    direction = "ahead of" if skew > timedelta(0) else "behind"
    text = f"The host's clock is {_span(abs(skew))} {direction} this controller's"
    cure = "Set one of the clocks: w32tm /resync on the host, or correct the controller's."
    if least > KERBEROS_LIMIT:
        make = problem if kerberos else notice
        yield make(Check.CLOCK, f"{text}; Kerberos takes at most 5 minutes.", cure)
    else:
        yield ok(Check.CLOCK, f"{text}." if least > timedelta(seconds=2) else "The clocks agree.")


def _span(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def judge_code_page(code_set: Answer[str], language: Answer[int]) -> Iterator[Finding]:
    """What its programs speak: nothing is decided from their words, so that every language will do."""
    if code_set.value is None:
        yield unknown(Check.CODE_PAGE, f"The host does not tell its code page: {_told(code_set)}")
        return
    tongue = f", language {language.value}" if language.value is not None else ""
    yield ok(Check.CODE_PAGE, f"Code page {code_set.value} (ANSI){tongue}; shells are opened with 437.")


def judge_registry(answer: Answer[Architecture]) -> Iterator[Finding]:
    """Whether StdRegProv reads the registry."""
    if answer.value is not None:
        yield ok(Check.REGISTRY, f"StdRegProv reads the registry: {answer.value.value}.")
    elif answer.cause is Cause.ACCESS_DENIED:
        yield problem(Check.REGISTRY, f"This user may not read the registry through WMI: {_told(answer)}",
                      "Use an administrator of the host.")  # fmt: skip
    elif answer.cause in _NO_SUCH:
        yield problem(Check.REGISTRY, f"There is no StdRegProv that works: {_told(answer)}",
                      "Repair WMI on the host: installed packages and restarts are read through it.")  # fmt: skip
    else:
        yield unknown(Check.REGISTRY, f"StdRegProv gave no answer: {_told(answer)}")


def judge_shells(seen: Answer[ShellsSeen]) -> Iterator[Finding]:
    """Whether one more shell can be opened: staging and installing need one, an assessment none."""
    if seen.value is None:
        yield unknown(Check.SHELLS, f"The host does not list its shells: {_told(seen)}")
        return
    used, quota, allowed = seen.value.used, seen.value.quota, seen.value.allowed
    if allowed is False:
        yield problem(Check.SHELLS, "Remote shells are forbidden (AllowRemoteShellAccess is false): staging and "
                      "installing need one.", "Run on the host: winrm set winrm/config/winrs "
                      "@{AllowRemoteShellAccess=\"true\"}, or change the policy that sets it.")  # fmt: skip
    elif quota is None:
        yield unknown(Check.SHELLS, f"This user has {used} shells; the quota is not told.")
    elif used >= quota:
        yield problem(Check.SHELLS, f"This user has {used} shells, and MaxShellsPerUser is {quota}: no other opens.",
                      "End those that nobody needs, or wait: an idle one ends by itself after some time.")  # fmt: skip
    else:
        yield ok(Check.SHELLS, f"{used} of {quota} shells of this user are in use.")


def judge_task_service(service: Answer[Driver]) -> Iterator[Finding]:
    """The Task Scheduler, by which the installer is run as SYSTEM."""
    yield from _service(service, Check.TASK_SERVICE, "Task Scheduler", "Schedule", runs=True)


def judge_servicing(installer: Answer[Driver], facts: Facts) -> Iterator[Finding]:
    """TrustedInstaller, and whether the host waits for a restart. facts: with the reboot indicators."""
    yield from (one for one in _service(installer, Check.SERVICING, "Windows Modules Installer", "TrustedInstaller",
                                        runs=False) if one.cure)  # fmt: skip
    pending, reasons = pending_indicators(facts)
    if pending:
        names = ", ".join(one.value for one in reasons)
        yield notice(Check.SERVICING, f"A restart is pending ({names}): servicing may refuse installations until then.",
                     "Restart the host, with winlegacy.servicing.reboot for example.")  # fmt: skip
    elif pending is None:
        lacking = [f"{one.value} ({answer.detail})" for one, answer in facts.reboot.items() if answer.is_unknown]
        said = "; ".join(lacking) or "no answer"
        yield unknown(Check.SERVICING, f"It is not known whether a restart is pending: {said}.")
    elif installer.value is not None and installer.value.start_mode not in {None, "Disabled"}:
        yield ok(Check.SERVICING, f"No restart is pending; TrustedInstaller starts {installer.value.start_mode}.")


def _service(seen: Answer[Driver], check: Check, title: str, name: str, *, runs: bool) -> Iterator[Finding]:
    """runs: whether it has to run already. Words of State and StartMode are WMI's own, in no language."""
    if seen.value is None:
        yield unknown(check, f"The host does not tell of the service {name}: {_told(seen)}", "Look at it on the host.")
    elif seen.value.start_mode == "Disabled":
        yield problem(check, f"The {title} ({name}) is disabled (state {seen.value.state}): nothing can be installed.",
                      f"Run on the host: sc config {name} start= {'auto' if runs else 'demand'}"
                      f"{f' && net start {name}' if runs else ''}.")  # fmt: skip
    elif runs and seen.value.state != "Running":
        yield problem(check, f"The {title} ({name}) is {seen.value.state}: nothing can be installed.",
                      f"Run on the host: net start {name}.")  # fmt: skip
    else:
        yield ok(check, f"The {title} is {seen.value.state}, start mode {seen.value.start_mode or 'not told'}.")


def judge_script_host(enabled: Answer[bool], program: Answer[bool]) -> Iterator[Finding]:
    """Windows Script Host by its switch in the registry (there by default), and cscript.exe by its file."""
    lacking = (
        "the setting Enabled of Windows Script Host is 0" if enabled.value is False
        else "there is no cscript.exe" if program.value is False else ""
    )  # fmt: skip
    if lacking:
        yield notice(Check.SCRIPT_HOST, f"Scripts do not run: {lacking}. A package goes the slow way, by certutil.",
                     "Nothing has to be done; smb, or a path that the host reads, is faster.")  # fmt: skip
    elif enabled.value is None:
        yield unknown(Check.SCRIPT_HOST, f"Whether scripts run is not told: {_told(enabled)}")
    elif program.value is None:
        yield unknown(Check.SCRIPT_HOST, f"Whether cscript.exe is there is not told: {_told(program)}")
    else:
        yield ok(Check.SCRIPT_HOST, "Windows Script Host is on.")


def judge_free_space(drive: str, free: Answer[int], least: int) -> Iterator[Finding]:
    """least: bytes without which nothing is staged, whatever its size."""
    if free.value is None:
        yield unknown(Check.FREE_SPACE, f"The host does not tell the free space of {drive}: {_told(free)}")
        return
    text = f"{drive} has {free.value // _MEGABYTE} MB free"
    wants = f"staging needs {least // _MEGABYTE} MB and several times the package"
    if free.value < least:
        yield problem(Check.FREE_SPACE, f"{text}; {wants}.", f"Make room on {drive}.")
    elif free.value < ROOMY:
        yield notice(Check.FREE_SPACE, f"{text}; {wants}.", f"Make room on {drive}.")
    else:
        yield ok(Check.FREE_SPACE, f"{text}.")
