# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""icacls."""

from __future__ import annotations

from dataclasses import replace

from winhost.cmd import pathing
from winhost.cmd.program import Run, program
from winhost.cmd.programs.acl import show
from winhost.cmd.programs.icacls_words import INVALID_PARAMETER, NONE_MAPPED, BadWordError, Request, parse_request
from winhost.machine import errors, paths, security
from winhost.machine.errors import Win32Error
from winhost.machine.security import Ace, SecurityDescriptor


@program("icacls")
async def icacls(run: Run) -> int:
    if not run.argv or run.argv[0] in ("/?", "-?"):
        await run.out("ICACLS name /save aclfile [/T] [/C] [/L]")
        return 0 if run.argv else INVALID_PARAMETER
    try:
        request = parse_request(run)
    except BadWordError as error:
        if error.code == NONE_MAPPED:
            await run.err(f"{error.word}: {run.system_text(NONE_MAPPED)}")
        else:
            await run.err(
                run.pick(
                    f'Invalid parameter "{error.word}"',
                    f'Ungültiger Parameter "{error.word}"',
                    f'無効なパラメーター "{error.word}"',
                )
            )
        return error.code
    try:
        if request.restore:
            return await _restore(run, request)
        return await _each(run, request)
    except Win32Error as error:
        await run.err(f"{request.name}: {run.system_text(error.code)}")
        await _summary(run, request, 0, 1)
        return error.code


async def _summary(run: Run, request: Request, good: int, bad: int) -> None:
    if not request.quiet:
        await run.out(
            run.pick(
                f"Successfully processed {good} files; Failed processing {bad} files",
                f"{good} Dateien erfolgreich verarbeitet, bei {bad} Dateien ist ein Verarbeitungsfehler aufgetreten.",
                f"{good} 個のファイルが正常に処理されました。{bad} 個のファイルを処理できませんでした",
            )
        )


def _targets(run: Run, request: Request) -> list[tuple[str, str]]:
    """(name as /save writes it, absolute path)."""
    files = run.machine.files
    found = pathing.matches(
        run.cmd, request.name.rstrip("\\") if len(request.name) > 3 else request.name, directories=True
    )
    if not found:
        raise Win32Error(errors.FILE_NOT_FOUND, request.name)
    out: list[tuple[str, str]] = []
    for path, node in found:
        shown = paths.name_of(path) or path
        out.append((shown, path))
        if request.deep and node.directory and not node.reparse_target:
            out += [
                (shown + below[len(path) :], below)
                for below, _unused in sorted(files.walk(path), key=lambda item: item[0].lower())
            ]
    return out


async def _each(run: Run, request: Request) -> int:
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


async def _one(run: Run, request: Request, shown: str, path: str, saved: list[str]) -> None:
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


def _changed(request: Request, descriptor: SecurityDescriptor, *, directory: bool) -> SecurityDescriptor:
    entries = list(descriptor.dacl or ())
    protected = descriptor.protected
    if request.inheritance == "r":
        protected, entries = True, [ace for ace in entries if not ace.flags & security.INHERITED]
    elif request.inheritance == "d":
        protected, entries = True, [replace(ace, flags=ace.flags & ~security.INHERITED) for ace in entries]
    elif request.inheritance == "e":
        protected = False
    for verb, sid, mask, wanted in request.changes:
        flags = wanted if directory else 0
        inherited = security.INHERITED
        if verb.startswith("/remove"):
            entries = [
                ace
                for ace in entries
                if ace.sid != sid
                or ace.flags & inherited
                or (verb.endswith(":g") and not ace.allow)
                or (verb.endswith(":d") and ace.allow)
            ]
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
    files.set_security(
        path,
        SecurityDescriptor(
            owner, descriptor.group, None if descriptor.dacl is None else explicit, descriptor.protected
        ),
    )


async def _restore(run: Run, request: Request) -> int:
    data = run.read(request.restore)
    lines = data.decode("utf-16-le", "replace").split("\r\n")
    if data[:2] == b"\xff\xfe" or len(lines) < 2:
        raise Win32Error(errors.INVALID_DATA, request.restore)
    good = bad = code = 0
    for name, saved in zip(lines[::2], lines[1::2], strict=False):
        path = paths.join(run.full(request.name), name)
        text = saved
        for old, new in request.substitutes.items():
            text = text.replace(old, new)
        try:
            wanted = security.from_sddl(text)
            now = run.machine.files.security_of(path)
            entries = tuple(ace for ace in wanted.dacl or () if not ace.flags & security.INHERITED)
            run.machine.files.set_security(
                path, replace(now, dacl=entries, protected=wanted.protected), run.session.token
            )
            good += 1
        except (Win32Error, ValueError) as error:
            bad += 1
            code = error.code if isinstance(error, Win32Error) else errors.INVALID_DATA
            await run.err(f"{path}: {run.system_text(code)}")
            if not request.go_on:
                break
    await _summary(run, request, good, bad)
    return code
