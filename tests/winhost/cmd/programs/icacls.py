# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""icacls and takeown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from winhost.cmd import pathing
from winhost.cmd.program import Run, program
from winhost.cmd.programs.acl import parse_permission, show
from winhost.machine import errors, paths, security
from winhost.machine.errors import Win32Error
from winhost.machine.security import Ace, SecurityDescriptor

INVALID_PARAMETER = 87
NONE_MAPPED = 1332
_FULL_SETS = security.FILE_ALL


@dataclass
class _Request:
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


class _BadWordError(Exception):
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
            raise _BadWordError(NONE_MAPPED, word)
        return text[1:].upper()
    sid = run.machine.accounts.sid_of(text)
    if sid is None:
        raise _BadWordError(NONE_MAPPED, word)
    return sid


def _parse(run: Run) -> _Request:
    request = _Request()
    words = run.argv
    position = 0

    def following(word: str) -> str:
        nonlocal position
        if position >= len(words):
            raise _BadWordError(INVALID_PARAMETER, word)
        position += 1
        return words[position - 1]

    while position < len(words):
        word = words[position]
        position += 1
        lowered = word.lower()
        if not word.startswith(("/", "-")):
            if request.name:
                raise _BadWordError(INVALID_PARAMETER, word)
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
                    raise _BadWordError(INVALID_PARAMETER, word)
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
                raise _BadWordError(INVALID_PARAMETER, word)
    if not request.name:
        raise _BadWordError(INVALID_PARAMETER, "")
    return request


def _entries(run: Run, request: _Request, verb: str, words: list[str], following: object) -> None:
    word: str = following(verb)  # type: ignore[operator]
    who, _unused, rights = word.rpartition(":")
    parsed = parse_permission(rights)
    if parsed is None or not who:
        raise _BadWordError(INVALID_PARAMETER, word)
    request.changes.append((verb, _sid(run, who), *parsed))


@program("icacls")
async def icacls(run: Run) -> int:
    if not run.argv or run.argv[0] in ("/?", "-?"):
        await run.out("ICACLS name /save aclfile [/T] [/C] [/L]")
        return 0 if run.argv else INVALID_PARAMETER
    try:
        request = _parse(run)
    except _BadWordError as error:
        if error.code == NONE_MAPPED:
            await run.err(f"{error.word}: {run.system_text(NONE_MAPPED)}")
        else:
            await run.err(run.pick(f'Invalid parameter "{error.word}"', f'Ungültiger Parameter "{error.word}"', f'無効なパラメーター "{error.word}"'))
        return error.code
    try:
        if request.restore:
            return await _restore(run, request)
        return await _each(run, request)
    except Win32Error as error:
        await run.err(f"{request.name}: {run.system_text(error.code)}")
        await _summary(run, request, 0, 1)
        return error.code


async def _summary(run: Run, request: _Request, good: int, bad: int) -> None:
    if not request.quiet:
        await run.out(run.pick(
            f"Successfully processed {good} files; Failed processing {bad} files",
            f"{good} Dateien erfolgreich verarbeitet, bei {bad} Dateien ist ein Verarbeitungsfehler aufgetreten.",
            f"{good} 個のファイルが正常に処理されました。{bad} 個のファイルを処理できませんでした"))


def _targets(run: Run, request: _Request) -> list[tuple[str, str]]:
    """(name as /save writes it, absolute path)."""
    files = run.machine.files
    found = pathing.matches(run.cmd, request.name.rstrip("\\") if len(request.name) > 3 else request.name, directories=True)
    if not found:
        raise Win32Error(errors.FILE_NOT_FOUND, request.name)
    out: list[tuple[str, str]] = []
    for path, node in found:
        shown = paths.name_of(path) or path
        out.append((shown, path))
        if request.deep and node.directory and not node.reparse_target:
            out += [(shown + below[len(path):], below) for below, _unused in sorted(files.walk(path), key=lambda item: item[0].lower())]
    return out


async def _each(run: Run, request: _Request) -> int:
    good = bad = code = 0
    saved: list[str] = []
    for shown, path in _targets(run, request):
        await run.cmd.breathe()
        try:
            await _one(run, request, shown, path, saved)
            good += 1
        except Win32Error as error:
            bad += 1
            code = code or error.code
            await run.err(f"{path}: {run.system_text(error.code)}")
            if not request.go_on:
                break
    if request.save and good:
        text = "".join(line + "\r\n" for line in saved)
        run.write(request.save, text.encode("utf-16-le"))
    await _summary(run, request, good, bad)
    return code


async def _one(run: Run, request: _Request, shown: str, path: str, saved: list[str]) -> None:
    files, token = run.machine.files, run.session.token
    node = files.get(path, follow=False)
    if node is None:
        raise Win32Error(errors.FILE_NOT_FOUND, path)
    if not files.allowed(path, token, security.READ_CONTROL):
        raise Win32Error(errors.ACCESS_DENIED, path)
    descriptor = files.security_of(path)
    if request.save:
        saved += [shown, descriptor.to_sddl(owner=False)]
    elif request.owner:
        _set_owner(run, path, descriptor, request.owner)
    elif request.find:
        if any(ace.sid == request.find for ace in descriptor.dacl or ()):
            await run.out(f"SID Found: {path}.")
    elif request.reset:
        files.set_security(path, replace(descriptor, dacl=(), protected=False), token)
    elif request.changes or request.inheritance:
        files.set_security(path, _changed(request, descriptor, directory=node.directory), token)
        if not request.quiet:
            await run.out(run.pick(f"processed file: {path}", f"Bearbeitete Datei: {path}", f"処理ファイル: {path}"))
    elif not request.verify:
        await _show(run, path, descriptor, directory=node.directory)


async def _show(run: Run, path: str, descriptor: SecurityDescriptor, *, directory: bool) -> None:
    lines = []
    for ace in descriptor.dacl or ():
        known = run.machine.accounts.name_of(ace.sid)
        who = ("\\".join(part for part in known if part)) if known else ace.sid
        lines.append(f"{who}:{show(ace, directory=directory)}")
    for index, line in enumerate(lines or ["Everyone:(F)" if descriptor.dacl is None else ""]):
        await run.out((path if index == 0 else " " * len(path)) + " " + line)
    await run.out()


def _changed(request: _Request, descriptor: SecurityDescriptor, *, directory: bool) -> SecurityDescriptor:
    entries = list(descriptor.dacl or ())
    protected = descriptor.protected
    if request.inheritance == "r":
        protected, entries = True, [ace for ace in entries if not ace.flags & security.INHERITED]
    elif request.inheritance == "d":
        protected, entries = True, [replace(ace, flags=ace.flags & ~security.INHERITED) for ace in entries]
    elif request.inheritance == "e":
        protected = False
    for verb, sid, mask, flags in request.changes:
        if not directory:
            flags = 0
        inherited = security.INHERITED
        if verb.startswith("/remove"):
            entries = [ace for ace in entries if ace.sid != sid or ace.flags & inherited or (verb.endswith(":g") and not ace.allow) or (verb.endswith(":d") and ace.allow)]
            continue
        if verb == "/grant:r":
            entries = [ace for ace in entries if ace.sid != sid or not ace.allow or ace.flags & inherited]
        allow = verb != "/deny"
        same = next((ace for ace in entries if ace.sid == sid and ace.allow == allow and ace.flags == flags), None)
        if same is not None:
            entries[entries.index(same)] = replace(same, mask=same.mask | mask)
        else:
            entries.append(Ace(allow, sid, mask, flags))
    # Canonical order: own denials, own grants, then what is inherited.
    entries.sort(key=lambda ace: (bool(ace.flags & security.INHERITED), ace.allow))
    return replace(descriptor, dacl=tuple(entries), protected=protected)


def _set_owner(run: Run, path: str, descriptor: SecurityDescriptor, owner: str) -> None:
    token, files = run.session.token, run.machine.files
    own = token.has(owner) or "SeRestorePrivilege" in token.privileges
    may = files.allowed(path, token, security.WRITE_OWNER) or "SeRestorePrivilege" in token.privileges
    if not own:
        raise Win32Error(1307, path)
    if not may:
        raise Win32Error(errors.ACCESS_DENIED, path)
    explicit = tuple(ace for ace in descriptor.dacl or () if not ace.flags & security.INHERITED)
    files.set_security(path, SecurityDescriptor(owner, descriptor.group, None if descriptor.dacl is None else explicit, descriptor.protected))


async def _restore(run: Run, request: _Request) -> int:
    data = run.read(request.restore)
    lines = data.decode("utf-16-le", "replace").split("\r\n")
    if data[:2] == b"\xff\xfe" or len(lines) < 2:
        raise Win32Error(errors.INVALID_DATA, request.restore)
    good = bad = code = 0
    for name, text in zip(lines[::2], lines[1::2], strict=False):
        path = paths.join(run.full(request.name), name)
        for old, new in request.substitutes.items():
            text = text.replace(old, new)
        try:
            wanted = security.from_sddl(text)
            now = run.machine.files.security_of(path)
            entries = tuple(ace for ace in wanted.dacl or () if not ace.flags & security.INHERITED)
            run.machine.files.set_security(path, replace(now, dacl=entries, protected=wanted.protected), run.session.token)
            good += 1
        except (Win32Error, ValueError) as error:
            bad += 1
            code = error.code if isinstance(error, Win32Error) else errors.INVALID_DATA
            await run.err(f"{path}: {run.system_text(code)}")
            if not request.go_on:
                break
    await _summary(run, request, good, bad)
    return code


@program("takeown")
async def takeown(run: Run) -> int:
    words = [word.lower() for word in run.argv]
    name = next((run.argv[index + 1] for index, word in enumerate(words[:-1]) if word == "/f"), "")
    if not name:
        await run.err(run.cmd.text("bad_option", " ".join(run.argv)))
        return 1
    token, files = run.session.token, run.machine.files
    owner = security.ADMINISTRATORS if "/a" in words else token.sid
    found = pathing.matches(run.cmd, name, directories=True)
    if not found:
        await run.err(run.cmd.text("error", run.system_text(errors.FILE_NOT_FOUND)))
        return 1
    for path, node in found:
        places = [path] + ([below for below, _unused in files.walk(path)] if "/r" in words and node.directory else [])
        for place in places:
            if "SeTakeOwnershipPrivilege" not in token.privileges and not files.allowed(place, token, security.WRITE_OWNER):
                await run.err(run.cmd.text("error", run.system_text(errors.ACCESS_DENIED)))
                return 1
            now = files.security_of(place)
            explicit = tuple(ace for ace in now.dacl or () if not ace.flags & security.INHERITED)
            files.set_security(place, SecurityDescriptor(owner, now.group, None if now.dacl is None else explicit, now.protected))
            await run.out(run.cmd.text("success", f'"{place}"'))
    return 0
