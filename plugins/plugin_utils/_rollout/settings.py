# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every setting of the role and of the playbooks: its check, its default, and whom it is for. One table.

roles/kb952876/defaults/main.yml has the defaults that are the role's own; a test compares both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from .window import parse

PREFIX = "kb952876_"
ARCHITECTURES = ("x86", "x64", "ia64")
STATES = ("assessed", "staged", "present", "absent")


@dataclass(frozen=True)
class Setting:
    """check: what is wrong with a value. default: what holds where it is not set.

    of_run: one value for all hosts of a run. of_playbooks: only the playbooks read it. secret: neither templated nor
    shown.
    """

    check: Check
    default: Any = ""
    of_run: bool = False
    of_playbooks: bool = False
    secret: bool = False


_SOME_PATTERN = either(some_text, many(some_text, least=1))
_MESSAGE = refused_by(lambda value: shutdown_command(RebootOptions(message=str(value))))
_QUERY = refused_by(lambda value: select([], value) if value else None)
_PINS = refused_by(lambda value: parse_pins(tuple(map(str, value))))


def _texts(check: Check, further: Check) -> Check:
    return lambda value: check(value) or further(value)


SETTINGS: Mapping[str, Setting] = {
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

BY_NAME: Mapping[str, Setting] = {**{PREFIX + name: one for name, one in SETTINGS.items()}, **WIRE}
"""All of them, by their full names."""

KNOWN = frozenset({*(PREFIX + name for name in (*SETTINGS, *RESULTS)), *WIRE})


def problem(name: str, value: Any) -> str | None:
    """What is wrong with a value of a setting (by its full name), as a sentence; None when it can be used."""
    setting = BY_NAME[name]
    wrong = setting.check(value)
    if wrong is None:
        return None
    shown = "" if setting.secret else f" is {_shown(value)}"
    return f"{name}{shown}: {wrong}"


def _shown(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= 80 else f"{written[:77]}..."


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings together: values by name without prefix, of one host or of the run."""

    def has(name: str) -> bool:
        return values.get(name) not in (None, "", {}, [])

    found = []
    if values.get("signature") == "require" and not has("ca_file"):
        found.append(f"{PREFIX}signature is 'require': {PREFIX}ca_file must name the trusted root certificates")
    if values.get("transfer") == "path" and not has("source_paths"):
        found.append(f"{PREFIX}transfer is 'path': {PREFIX}source_paths must say where the hosts find the package")
    for one, other in (("source_user", "source_password"), ("smb_user", "smb_password")):
        if has(one) != has(other):
            found.append(f"{PREFIX}{one} and {PREFIX}{other} go together: one of them is not set")
    if has("package_dir") and has("packages"):
        found.append(f"{PREFIX}package_dir and {PREFIX}packages exclude each other")
    return found
