# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of an icacls command line."""

from __future__ import annotations

from dataclasses import dataclass, field

from winhost.cmd.program import Run
from winhost.cmd.programs.acl import parse_permission

INVALID_PARAMETER = 87
NONE_MAPPED = 1332


@dataclass
class Request:
    """What the words ask for. changes: (verb, SID, mask, flags) in order."""

    name: str = ""
    save: str = ""
    restore: str = ""
    owner: str = ""
    find: str = ""
    reset: bool = False
    verify: bool = False
    inheritance: str = ""
    changes: list[tuple[str, str, int, int]] = field(default_factory=list)
    substitutes: dict[str, str] = field(default_factory=dict)
    deep: bool = False
    go_on: bool = False
    quiet: bool = False
    links: bool = False


class BadWordError(Exception):
    def __init__(self, code: int, word: str) -> None:
        super().__init__(word)
        self.code = code
        self.word = word


def has_inheritance(run: Run) -> bool:
    """Whether this icacls knows /inheritance: nobody has shown when NT 6.0 got it (a doubt switch)."""
    build = run.machine.profile.build
    if build >= 7600:
        return True
    choice = run.machine.doubt["icacls_inheritance"]
    return choice == "present" or (choice == "from_6001" and build >= 6001)


def _sid(run: Run, word: str) -> str:
    text = word.strip()
    if text.startswith("*"):
        if not text[1:].upper().startswith("S-1-"):
            raise BadWordError(NONE_MAPPED, word)
        return text[1:].upper()
    sid = run.machine.accounts.sid_of(text)
    if sid is None:
        raise BadWordError(NONE_MAPPED, word)
    return sid


def parse_request(run: Run) -> Request:
    request = Request()
    words = run.argv
    position = 0

    def following(word: str) -> str:
        nonlocal position
        if position >= len(words):
            raise BadWordError(INVALID_PARAMETER, word)
        position += 1
        return words[position - 1]

    while position < len(words):
        word = words[position]
        position += 1
        lowered = word.lower()
        if not word.startswith(("/", "-")):
            if request.name:
                raise BadWordError(INVALID_PARAMETER, word)
            request.name = word
            continue
        lowered = "/" + lowered[1:]
        match lowered:
            case "/t":
                request.deep = True
            case "/c":
                request.go_on = True
            case "/l":
                request.links = True
            case "/q":
                request.quiet = True
            case "/reset":
                request.reset = True
            case "/verify":
                request.verify = True
            case "/save":
                request.save = following(word)
            case "/restore":
                request.restore = following(word)
            case "/findsid":
                request.find = _sid(run, following(word))
            case "/setowner":
                request.owner = _sid(run, following(word))
            case "/substitute":
                request.substitutes[_sid(run, following(word))] = _sid(run, following(word))
            case "/inheritance:e" | "/inheritance:d" | "/inheritance:r":
                if not has_inheritance(run):
                    raise BadWordError(INVALID_PARAMETER, word)
                request.inheritance = lowered[-1]
            case "/grant" | "/grant:r" | "/deny":
                _entries(run, request, lowered, words, following)
                while position < len(words) and ":" in words[position] and not words[position].startswith("/"):
                    _entries(run, request, lowered, words, following)
            case "/remove" | "/remove:g" | "/remove:d":
                request.changes.append((lowered, _sid(run, following(word)), 0, 0))
                while position < len(words) and not words[position].startswith("/"):
                    request.changes.append((lowered, _sid(run, following(word)), 0, 0))
            case "/setintegritylevel":
                following(word)
            case _:
                raise BadWordError(INVALID_PARAMETER, word)
    if not request.name:
        raise BadWordError(INVALID_PARAMETER, "")
    return request


def _entries(run: Run, request: Request, verb: str, words: list[str], following: object) -> None:
    word: str = following(verb)  # type: ignore[operator]
    who, _unused, rights = word.rpartition(":")
    parsed = parse_permission(rights)
    if parsed is None or not who:
        raise BadWordError(INVALID_PARAMETER, word)
    request.changes.append((verb, _sid(run, who), *parsed))
