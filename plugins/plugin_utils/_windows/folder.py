# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder that only administrators can write: made, secured by SID, and proven before anything is put into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .._wsman.errors import WSManError
from .command import Commander, CommandError, Step, program, quote, run_checked
from .errors import HostError
from .security import ADMINISTRATORS, SYSTEM, Descriptor, DescriptorError, from_sddl, from_wmi

_IS_REPARSE_POINT = 100
"""Plus the position of the folder that is one."""

_NO_FSUTIL = 29
_NONE_IS = 20
_THERE = 21
_NOT_MADE = 5
_NO_ROOT = 6
_MADE, _ABSENT = ("*made", "*made too"), "*absent"
"""Words of ours in a command's output: no name of a file can be one."""
_MOST_NAMES, _MOST_BYTES = 200, 65536
_BETWEEN = "*"
"""Between folders and files in a listing: as the words above."""


class Invoker(Protocol):
    """The part of the WS-Man client that reads a security descriptor."""

    def invoke(
        self,
        target: tuple[str, str],
        method: str,
        params: Mapping[str, str],
        *,
        selectors: Mapping[str, str] | None = ...,
        idempotent: bool = ...,
    ) -> Mapping[str, object]:
        ...


class IsOurs(Protocol):
    """Whether a name in the folder, of a folder or of a file, is one that we put there."""

    def __call__(self, name: str, *, folder: bool) -> bool:
        ...


class FolderRefusedError(HostError):
    """The folder is not one that only administrators can write: which folder, and each reason."""

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__(f"refusing to use {path}: {'; '.join(problems)}")


def read_descriptor(client: Invoker, shell: Commander, path: str) -> Descriptor:
    """Owner and DACL of a folder: through WMI (no process), else from `icacls /save` (no owner).

    Raises DescriptorError when neither way gives one.
    """
    try:
        setting = ("root/cimv2", "Win32_LogicalFileSecuritySetting")
        answer = client.invoke(setting, "GetSecurityDescriptor", {}, selectors={"Path": path}, idempotent=True)
        if str(answer.get("ReturnValue")) == "0":
            return from_wmi(answer.get("Descriptor"))
    except (WSManError, DescriptorError):
        pass  # the class may be missing
    return _descriptor_from_icacls(shell, path)


def _descriptor_from_icacls(shell: Commander, path: str) -> Descriptor:
    saved = quote(f"{path}.acl.tmp")
    icacls = program("icacls")
    command = f"{icacls} {quote(path)} /save {saved} >nul && type {saved} & del /f /q {saved}"
    result = run_checked(shell, Step(f"reading the access list of {path}", command))
    text = result.stdout.replace(b"\xff\xfe", b"").replace(b"\x00", b"").decode("ascii", errors="replace")
    if "D:" not in text:
        raise DescriptorError(f"neither Win32_LogicalFileSecuritySetting nor icacls gives the access list of {path}")
    return from_sddl(text)


def _past_reparse_points(shell: Commander, paths: Sequence[str], more: str) -> bytes:
    """FolderRefusedError when a folder is a junction or another reparse point (fsutil's exit code decides).

    paths: outermost first; where one is missing, nothing more is done. more: what the same command line does next.
    """
    checks = [
        f"(if not exist {quote(path)} exit {_NONE_IS}) & {_reparse_check(path, number)}"
        for number, path in enumerate(paths)
    ]
    result = shell.run(f"{' & '.join(checks)}{more} & exit {_NONE_IS}")
    _judge_reparse_points(result.exit_code, paths)
    return result.stdout


def _reparse_check(path: str, number: int) -> str:
    return (
        f"{program('fsutil')} reparsepoint query {quote(path)} >nul 2>nul & "
        f"(if errorlevel 9009 exit {_NO_FSUTIL}) & (if not errorlevel 1 exit {_IS_REPARSE_POINT + number})"
    )


def _judge_reparse_points(code: int | None, paths: Sequence[str]) -> None:
    if code == _NONE_IS:
        return
    if code is not None and 0 <= code - _IS_REPARSE_POINT < len(paths):
        problem = "it is a reparse point (a junction or a link), so files would land somewhere else"
        raise FolderRefusedError(paths[code - _IS_REPARSE_POINT], [problem])
    problem = f"fsutil cannot tell whether it or a folder above it is a reparse point (exit code {code})"
    raise FolderRefusedError(paths[-1], [problem])


def prepare(
    client: Invoker,
    shell: Commander,
    path: str,
    *,
    parents: Sequence[str],
    is_ours: IsOurs,
) -> None:
    """Make the folder when it is not there, and prove that only administrators can write to it.

    parents: the folders above it, outermost first; the last of them is ours too and gets the same proof.
    is_ours: whether something in the folder is what we put there.
    A folder that others made or could write to is refused and not repaired: what is in it would keep its rights.
    Access lists are set by SID (names are localised), on folders that were made just now only.
    Raises FolderRefusedError, CommandError, and what the client raises.
    """
    new: list[str] = []
    try:
        _prepared(client, shell, [*parents, path], is_ours, new)
    except (FolderRefusedError, CommandError):
        _unmake(shell, new)
        raise


def _prepared(client: Invoker, shell: Commander, paths: Sequence[str], is_ours: IsOurs, new: list[str]) -> None:
    """new: gets the folders that were made, outermost first."""
    own, path = paths[-2:]
    made, absent = _made(shell, paths, new)
    if not _is_safe(client, shell, own, made=own in made):
        if path in made:  # in a folder that others may write to: not before that one is secured
            run_checked(shell, Step(f"removing {path}", f"rd {quote(path)} & if exist {_inside(path)} exit 5"))
            new.remove(path)
        _make_safe(client, shell, own)
        made, absent = {own}, True
    fresh = path in made
    if absent and _make(shell, path):
        new.append(path)
        fresh = True
    if not _is_safe(client, shell, path, made=fresh):
        _make_safe(client, shell, path)
    listed = _listed(shell, [own, path])
    strange = [f"{name} (a folder)" if folder else name for name, folder in listed if not is_ours(name, folder=folder)]
    if strange:
        problem = f"it holds {_shown(strange)}, which we did not put there: look at it, and remove it on the host"
        raise FolderRefusedError(path, [problem])


def _unmake(shell: Commander, new: Sequence[str]) -> None:
    """After a refusal: what was made goes again where it is empty, and nothing that was there before.

    No name above them is one that others could have turned into a link since: the outermost stands in Windows' folder.
    """
    if new:
        shell.run(" & ".join(f"rd {quote(path)} 2>nul" for path in reversed(new)) + " & exit 0")


def prove(client: Invoker, shell: Commander, paths: Sequence[str]) -> None:
    """FolderRefusedError when somebody else than administrators may write to one of these folders and files."""
    for path in paths:
        problems = _problems(client, shell, path)
        if problems:
            raise FolderRefusedError(path, problems)


def names_in(shell: Commander, path: str) -> list[str]:
    """Names in a folder, at most 200."""
    return _names(shell.run(f"dir /b /a {quote(path)} 2>nul & exit 0").stdout)[:_MOST_NAMES]


def _names(printed: bytes) -> list[str]:
    lines = printed[:_MOST_BYTES].decode("cp437", errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _listed(shell: Commander, paths: Sequence[str]) -> list[tuple[str, bool]]:
    """Names in the last of these folders, none of which may be a reparse point, and whether each is a folder."""
    inside = quote(paths[-1])
    more = f" & (dir /b /ad {inside} 2>nul) & echo({_BETWEEN} & (dir /b /a-d {inside} 2>nul)"
    names = _names(_past_reparse_points(shell, paths, more))
    if _BETWEEN not in names:
        raise FolderRefusedError(paths[-1], ["it is gone again, or it holds too much to be listed"])
    at = names.index(_BETWEEN)
    return [(name, True) for name in names[:at]] + [(name, False) for name in names[at + 1 :]]


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) or "empty"


def _is_safe(client: Invoker, shell: Commander, path: str, *, made: bool) -> bool:
    """Whether only administrators can write to it. FolderRefusedError where others can, and it was there before."""
    problems = _problems(client, shell, path)
    if problems and not made:
        hint = f"it was there before ({_shown(names_in(shell, path))}): remove it on the host"
        raise FolderRefusedError(path, [*problems, hint])
    return not problems


def _make_safe(client: Invoker, shell: Commander, path: str) -> None:
    _secure(shell, path)
    prove(client, shell, [path])


def _made(shell: Commander, paths: Sequence[str], new: list[str]) -> tuple[set[str], bool]:
    """Make the last two folders where the first of them is missing, and none is a reparse point (FolderRefusedError).

    Those that were made now (they are put into new as well), and whether the last is missing still: where the folder
    above it was there before, that one is to be proven first. CommandError when one cannot be made.
    """
    own = list(zip(paths[-2:], _MADE, strict=True))
    checks = (f"(if exist {quote(path)} ({_reparse_check(path, number)}))" for number, path in enumerate(paths))
    making = (f"md {quote(one)} & (if not exist {_inside(one)} exit {_NOT_MADE}) & echo({word}" for one, word in own)
    above, last = paths[-2:]
    command = (
        f"(if not exist {_inside(paths[0])} exit {_NO_ROOT}) & {' & '.join(checks)} & "
        f"(if not exist {_inside(above)} ({' & '.join(making)})) & "
        f"(if not exist {_inside(last)} echo({_ABSENT}) & exit {_NONE_IS}"
    )
    result = shell.run(command)
    said = _names(result.stdout)
    new += [one for one, word in own if word in said]
    if result.exit_code == _NO_ROOT:
        raise FolderRefusedError(paths[0], ["the host names it as its Windows folder, and has no such folder"])
    if result.exit_code == _NOT_MADE:
        raise CommandError(f"making {last}", command, result)
    _judge_reparse_points(result.exit_code, paths)
    return set(new), _ABSENT in said


def _inside(path: str) -> str:
    """A folder's name as `if exist` takes it: a file is none."""
    return quote(path + "\\")


def _make(shell: Commander, path: str) -> bool:
    """Make a folder. Whether it was made now; False where it was there. CommandError when it cannot be."""
    inside = _inside(path)
    command = f"(if exist {inside} exit {_THERE}) & md {quote(path)} & if not exist {inside} exit 5"
    result = shell.run(command)
    if result.exit_code == _THERE:
        return False
    if result.exit_code != 0:
        raise CommandError(f"making {path}", command, result)
    return True


def _problems(client: Invoker, shell: Commander, path: str) -> tuple[str, ...]:
    try:
        descriptor = read_descriptor(client, shell, path)
    except DescriptorError as error:
        return (str(error),)
    return descriptor.problems()


def _secure(shell: Commander, path: str) -> None:
    """Owner Administrators, no inheritance, full control for Administrators and SYSTEM.

    Failures may pass, since the proof comes after. icacls of Vista RTM knows no /inheritance: there the inherited
    list of %SystemRoot% stays, which lets nobody else write.
    """
    grants = f"/grant:r *{ADMINISTRATORS}:(OI)(CI)F /grant:r *{SYSTEM}:(OI)(CI)F"
    for arguments in (f"/setowner *{ADMINISTRATORS}", f"/inheritance:r {grants}", f"{grants}"):
        shell.run(f"{program('icacls')} {quote(path)} {arguments} >nul")
