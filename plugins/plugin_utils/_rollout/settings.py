# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every setting of the roles and of the playbooks: its check, its default, and whom it is for. One table.

roles/hotfix/defaults/main.yml and roles/kb952876/defaults/main.yml have the defaults that are the roles' own; a test
compares all three. What the settings are called in a run, kb952876_NAME or hotfix_NAME, is a Naming.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._operations.boot_wait import RebootOptions, shutdown_command
from .._operations.installation import Installer
from .._operations.transfer.ways import Way
from .._package.checksums import parse_pins
from .._package.policy import SignaturePolicy
from .._report.formats import FORMATS
from .._report.select import select
from .._wsman.channel import Wanted
from .checks import (
    Check,
    batches,
    boolean,
    by_key,
    choice,
    either,
    many,
    number,
    percentage,
    refused_by,
    some_text,
    text,
    whole,
)
from .part import problem_of_name
from .scope import RESTARTED
from .window import parse

ARCHITECTURES = ("x86", "x64", "ia64")
STATES = ("assessed", "staged", "present", "absent", RESTARTED)


@dataclass(frozen=True)
class Setting:
    """check: what is wrong with a value. default: what holds where it is not set.

    of_run: one value for all hosts of a run. of_playbooks: only the playbooks read it. secret: neither templated nor
    shown. of_any: only the role hotfix has it, which is for any hotfix.
    """

    check: Check
    default: Any = ""
    of_run: bool = False
    of_playbooks: bool = False
    secret: bool = False
    of_any: bool = False


_SOME_PATTERN = either(some_text, many(some_text, least=1))
_MESSAGE = refused_by(lambda value: shutdown_command(RebootOptions(message=str(value))))
_QUERY = refused_by(lambda value: select([], value) if value else None)
_PINS = refused_by(lambda value: parse_pins(tuple(map(str, value))))


def _texts(check: Check, further: Check) -> Check:
    return lambda value: check(value) or further(value)


def _name_of_part(value: Any) -> str | None:
    return problem_of_name(str(value)) if value != "" else None


SETTINGS: Mapping[str, Setting] = {
    "kb": Setting(text, of_run=True, of_any=True),
    "definition": Setting(text, of_run=True, of_any=True),
    "definition_dir": Setting(text, of_run=True, of_any=True),
    "state": Setting(choice(*STATES), "assessed"),
    "depth": Setting(choice("standard", "full"), "standard"),
    "evidence": Setting(boolean, False),
    "only_if_symptomatic": Setting(boolean, False),
    "symptom_interval": Setting(whole(0, 600), 30),
    "fail_if_not_applicable": Setting(boolean, False),
    "package_dir": Setting(text),
    "packages": Setting(by_key(ARCHITECTURES, some_text), {}),
    "checksum": Setting(_texts(many(some_text), _PINS), []),
    "signature": Setting(choice(*(one.value for one in SignaturePolicy)), SignaturePolicy.AUTO.value),
    "ca_file": Setting(text),
    "allow_later": Setting(boolean, False),
    "transfer": Setting(choice(*(one.value for one in Way)), "auto"),
    "transfer_timeout": Setting(whole(60, 86400), 7200),
    "source_paths": Setting(by_key(ARCHITECTURES, some_text), {}),
    "source_user": Setting(text),
    "source_password": Setting(text, secret=True),
    "smb_user": Setting(text),
    "smb_password": Setting(text, secret=True),
    "installer": Setting(choice(*(one.value for one in Installer)), "pkgmgr"),
    "install_timeout": Setting(whole(60, 86400), 3600),
    "lock_timeout": Setting(whole(0, 86400), 600),
    "cleanup": Setting(boolean, True),
    "reboot": Setting(boolean, False),
    "reboot_message": Setting(_texts(text, _MESSAGE), "Maintenance of hotfix KB952876"),
    "reboot_delay": Setting(whole(0, 600), 5),
    "reboot_timeout": Setting(whole(10, 86400), 1800),
    "reboot_settle": Setting(whole(0, 3600), 20),
    "reboot_random_start": Setting(whole(0, 86400), 0),
    "windows": Setting(refused_by(parse), []),
    "window_reserve": Setting(whole(0, 1439), 0),
    "report_hosts": Setting(many(some_text), of_run=True),
    "report_dir": Setting(text, of_run=True),
    "report_formats": Setting(many(choice(*FORMATS), least=1), ["html", "csv", "json", "junit"], of_run=True),
    "report_query": Setting(_texts(text, _QUERY), of_run=True),
    "report_compare": Setting(text, of_run=True),
    "inventory_file": Setting(text, of_run=True),
    "part": Setting(_texts(text, _name_of_part), of_run=True),
    "part_details": Setting(boolean, False, of_run=True),
    "parts": Setting(either(some_text, many(some_text)), [], of_run=True, of_playbooks=True),
    "hosts": Setting(_SOME_PATTERN, "all", of_run=True, of_playbooks=True),
    "canary": Setting(either(choice(""), _SOME_PATTERN), of_run=True, of_playbooks=True),
    "canary_size": Setting(whole(1), 1, of_run=True, of_playbooks=True),
    "canary_done": Setting(boolean, False, of_run=True, of_playbooks=True),
    "batches": Setting(batches, ["10%", "30%"], of_run=True, of_playbooks=True),
    "max_fail_percentage": Setting(percentage, 0, of_run=True, of_playbooks=True),
    "apart": Setting(many(either(some_text, many(some_text, least=2))), [], of_run=True, of_playbooks=True),
}
"""By name, without the prefix."""

RESULTS = ("result", "stage", "change", "restart", "failure")
"""What the role and the playbooks register, without the prefix: nobody else sets these."""

WIRE: Mapping[str, Setting] = {
    "winlegacy_legacy_tls": Setting(boolean, False),
    "winlegacy_connect_timeout": Setting(number(0.1, 600), 5),
    "winlegacy_operation_timeout": Setting(number(0.1, 3600), 20),
    "winlegacy_channel": Setting(choice(*Wanted), Wanted.AUTO.value),
    "winlegacy_early_message": Setting(boolean, False),
}
"""Variables of hosts that every module of the collection reads, by their full names."""


@dataclass(frozen=True)
class Naming:
    """What the settings are called. role: the role that has them, whose name begins theirs. kb: its hotfix, if one."""

    role: str
    kb: str | None = None

    @property
    def prefix(self) -> str:
        """What each name begins with: kb952876_ or hotfix_."""
        return f"{self.role}_"

    @functools.cached_property
    def settings(self) -> Mapping[str, Setting]:
        """By name without the prefix."""
        return {name: self._own(one) for name, one in SETTINGS.items() if self.kb is None or not one.of_any}

    def _own(self, setting: Setting) -> Setting:
        told = setting.default
        if self.kb is None and isinstance(told, str) and "KB952876" in told:
            return replace(setting, default=told.replace("KB952876", "{{ hotfix_kb | default('') }}"))
        return setting

    @functools.cached_property
    def by_name(self) -> Mapping[str, Setting]:
        """All that a user may set, by full name; those of the wire too."""
        return {**{self.prefix + name: one for name, one in self.settings.items()}, **WIRE}

    @functools.cached_property
    def registered(self) -> frozenset[str]:
        """What nobody but the role and the playbooks sets, by full name."""
        return frozenset(f"{role}_{result}" for role in (self.role, HOTFIX.role) for result in RESULTS)

    @functools.cached_property
    def known(self) -> frozenset[str]:
        """Every name of ours."""
        return frozenset({*self.by_name, *self.registered})


HOTFIX = Naming("hotfix")
"""Of the role hotfix, and of the playbooks with hotfix_kb."""

KB952876 = Naming("kb952876", "KB952876")
"""Of the ready-made role, and of the playbooks without hotfix_kb."""

NAMINGS: Mapping[str, Naming] = {one.role: one for one in (KB952876, HOTFIX)}
"""By the role."""


def problem(naming: Naming, name: str, value: Any) -> str | None:
    """What is wrong with a value of a setting (by its full name), as a sentence; None when it can be used."""
    setting = naming.by_name[name]
    wrong = setting.check(value)
    if wrong is None:
        return None
    shown = "" if setting.secret else f" is {_shown(value)}"
    return f"{name}{shown}: {wrong}"


def _shown(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= 80 else f"{written[:77]}..."


def contradictions(naming: Naming, values: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings together: values by name without prefix, of one host or of the run."""

    def has(name: str) -> bool:
        return values.get(name) not in (None, "", {}, [])

    found, prefix = [], naming.prefix
    if values.get("signature") == "require" and not has("ca_file"):
        found.append(f"{prefix}signature is 'require': {prefix}ca_file must name the trusted root certificates")
    if values.get("transfer") == "path" and not has("source_paths"):
        found.append(f"{prefix}transfer is 'path': {prefix}source_paths must say where the hosts find the package")
    for one, other in (("source_user", "source_password"), ("smb_user", "smb_password")):
        if has(one) != has(other):
            found.append(f"{prefix}{one} and {prefix}{other} go together: one of them is not set")
    if has("package_dir") and has("packages"):
        found.append(f"{prefix}package_dir and {prefix}packages exclude each other")
    if has("definition") and has("definition_dir"):
        found.append(f"{prefix}definition and {prefix}definition_dir exclude each other")
    return found
