# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of this command line that the next one has to repeat: left out, a setting that spared a host is lost."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.splitter import parse_kv

from .._rollout.settings import SETTINGS
from .local_files import typed

_OF_STEP = frozenset({"state", "reboot", "part", "parts"})
"""Settings that belong to one step of the work, without the prefix: the next step has its own."""

_KNOWN = re.compile(r"(?:kb952876|hotfix|winlegacy|ansible)_\w+")
_SECRET = re.compile(r"pass|pwd|secret|token|credential", re.IGNORECASE)
_BARE = "_raw_params"
"""Where parse_kv puts words that have no =."""
_UNNAMED = "an option -e of this run has words that are no NAME=VALUE (a value with spaces needs quotes)"
_LOGIN = re.compile(r"://[^/\s@]*:[^/\s]*@")
_OF_PROCESS = ("/dev/", "/proc/")
"""What the shell makes for one command, as in -e @<(decrypt settings), is gone after it."""

_ASKING = frozenset({"kb", "state", "depth", "evidence", "symptom_interval"})
"""Options of an ad hoc command's module that the next command needs no more, or has by itself."""


class _Unshown(Exception):
    """Why the options are not written out, as the end of a sentence; holds no value of any."""


@dataclass(frozen=True)
class Again:
    """words: options as a shell reads them, in their order. unshown: why there are none, although there should be."""

    words: tuple[str, ...] = ()
    unshown: str | None = None


def options_again(given: Mapping[str, Any]) -> Again:
    """What to type again of a command line. given: its options, as Ansible names them (context.CLIARGS)."""
    try:
        _check_module(given)
        for source in given.get("inventory") or ():
            _lasting(str(source), "-i")
        return Again(words=(*_variables(given), *_vault(given), *_connection(given)))
    except _Unshown as reason:
        return Again(unshown=str(reason))


def _variables(given: Mapping[str, Any]) -> Iterator[str]:
    for one in map(str, given.get("extra_vars") or ()):
        if not one.strip():
            continue
        if one.startswith("@"):
            yield _word("-e", f"@{typed(_lasting(one[1:], '-e'))}")
            continue
        values = _values(one, "-e")
        names = [str(name) for name in values]
        if _BARE in names:
            raise _Unshown(_UNNAMED)
        for name in _names(values):
            if _SECRET.search(name):
                raise _Unshown(f"{_told(name)} may be a secret")
        for name in names:
            if not _KNOWN.fullmatch(name):
                raise _Unshown(f"{_told(name)} is no setting of this collection and may be a secret")
        if _LOGIN.search(f"{one}{values}"):
            raise _Unshown("an option -e of this run holds a login")
        if not (len(names) == 1 and _is_of_step(names[0])):
            yield _word("-e", one)


def _values(text: str, option: str) -> dict[Any, Any]:
    """Names and values as Ansible reads them."""
    try:
        values = yaml.safe_load(text) if text.lstrip()[0] in "[{" else parse_kv(text)
    except (yaml.YAMLError, AnsibleError, ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise _Unshown(f"an option {option} of this run cannot be read")
    return dict(values)


def _names(value: Any) -> Iterator[str]:
    """All names, those inside values too."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _is_of_step(name: str) -> bool:
    prefix, _separator, setting = name.partition("_")
    return name == "hotfix_kb" or (prefix in ("kb952876", "hotfix") and setting in _OF_STEP)


def _vault(given: Mapping[str, Any]) -> Iterator[str]:
    for one in map(str, given.get("vault_ids") or ()):
        _lasting(one.rpartition("@")[2], "--vault-id")
        yield _word("--vault-id", one)
    for one in map(str, given.get("vault_password_files") or ()):
        yield _word("--vault-password-file", typed(_lasting(one, "--vault-password-file")))
    if given.get("ask_vault_pass"):
        yield "--ask-vault-pass"


def _connection(given: Mapping[str, Any]) -> Iterator[str]:
    """Names and files, never a password; nothing that is Ansible's default, or its configuration's."""
    for option, name, usual in (
        ("-u", "remote_user", constants.DEFAULT_REMOTE_USER),
        ("-c", "connection", constants.DEFAULT_TRANSPORT),
        ("-f", "forks", constants.DEFAULT_FORKS),
        ("--connection-password-file", "connection_password_file", constants.CONNECTION_PASSWORD_FILE),
    ):
        value = given.get(name)
        if value is not None and value != usual:
            yield _word(option, _lasting(str(value), option))
    if given.get("ask_pass"):
        yield "-k"


def _check_module(given: Mapping[str, Any]) -> None:
    """An ad hoc command's module has options of its own, which are no settings of a playbook yet."""
    text = given.get("module_args")
    if not isinstance(text, str) or not text.strip():
        return
    names = sorted({str(name) for name in _values(text, "-a")} & (set(SETTINGS) - _ASKING))
    if names:
        settings = f"kb952876_{names[0]} or hotfix_{names[0]}"
        raise _Unshown(f"{names[0]} of -a has to become a setting of the playbook ({settings})")


def _lasting(text: str, option: str) -> str:
    if text.startswith(_OF_PROCESS):
        raise _Unshown(f"what {option} names was there for this run only")
    return text


def _word(option: str, value: str) -> str:
    if not value.isprintable():
        raise _Unshown(f"an option {option} of this run has characters that cannot be shown")
    return f"{option} {shlex.quote(value)}"


def _told(name: str) -> str:
    """A name for a sentence; none that is no name, as it may hold anything."""
    return name if re.fullmatch(r"\w{1,60}", name, re.ASCII) else "an option -e of this run"
