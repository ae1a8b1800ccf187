# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding of the doctor: one line that says what, how it shows, and the cure."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """What a finding means for the work on a host."""

    OK = "ok"
    NOTICE = "notice"
    PROBLEM = "problem"
    NOT_ASKED = "not_asked"
    UNKNOWN = "unknown"


class Check(enum.StrEnum):
    """What is looked at, in the order of the way from the controller to a host's servicing."""

    PACKAGES = "packages"
    OPENSSL = "openssl"
    KERBEROS = "kerberos"
    VARIABLES = "variables"
    CONNECTION = "connection"
    ADDRESS = "address"
    CREDENTIALS = "credentials"
    PROXY = "proxy"
    RESOLUTION = "resolution"
    PORTS = "ports"
    TLS = "tls"
    IDENTIFY = "identify"
    AUTHENTICATION = "authentication"
    CLOCK = "clock"
    LOGIN = "login"
    WMI = "wmi"
    TOKEN = "token"  # noqa: S105 - a name
    CODE_PAGE = "code_page"
    REGISTRY = "registry"
    SHELLS = "shells"
    TASK_SERVICE = "task_service"
    SCRIPT_HOST = "script_host"
    FREE_SPACE = "free_space"
    SERVICING = "servicing"


@dataclass(frozen=True)
class Finding:
    """text: what, and how it shows. cure: what to do; empty where there is nothing to do."""

    check: Check
    severity: Severity
    text: str
    cure: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"id": self.check.value, "severity": self.severity.value, "text": self.text, "cure": self.cure}


@dataclass(frozen=True)
class Trouble:
    """An error that the wire has words for already: what it reports, and what to do."""

    text: str
    cure: str = ""

    def of(self, check: Check, severity: Severity = Severity.PROBLEM) -> Finding:
        return Finding(check, severity, sentence(self.text), sentence(self.cure))


def sentence(text: str) -> str:
    """A text that begins with a capital letter and has a full stop."""
    text = text.strip()
    if not text:
        return ""
    if text.partition(" ")[0].rstrip(",:;").isalpha():  # and no name of a variable, a host, a program
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def ok(check: Check, text: str) -> Finding:
    """All is well, and what was seen."""
    return Finding(check, Severity.OK, text)


def notice(check: Check, text: str, cure: str = "") -> Finding:
    """Worth knowing; the work goes on."""
    return Finding(check, Severity.NOTICE, text, cure)


def problem(check: Check, text: str, cure: str) -> Finding:
    """This keeps the work from being done."""
    return Finding(check, Severity.PROBLEM, text, cure)


def unknown(check: Check, text: str, cure: str = "") -> Finding:
    """It was asked, and the answer is no evidence."""
    return Finding(check, Severity.UNKNOWN, text, cure)
