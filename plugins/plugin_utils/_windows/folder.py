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
_MOST_NAMES, _MOST_BYTES = 200, 65536
_BETWEEN = "*"
"""Between folders and files in a listing: no name of a file can be this."""


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


def refuse_reparse_points(shell: Commander, paths: Sequence[str]) -> None:
    """FolderRefusedError when a folder is a junction or another reparse point (fsutil's exit code decides).

    paths: outermost first; where one does not exist yet, those below it cannot.
    """
    _past_reparse_points(shell, paths, "")


def _past_reparse_points(shell: Commander, paths: Sequence[str], more: str) -> bytes:
    """As refuse_reparse_points; more: what the same command line does next, where all of the folders are there."""
    fsutil = program("fsutil")
    checks = [
        f"(if not exist {quote(path)} exit {_NONE_IS}) & {fsutil} reparsepoint query {quote(path)} >nul 2>nul & "
        f"(if errorlevel 9009 exit {_NO_FSUTIL}) & (if not errorlevel 1 exit {_IS_REPARSE_POINT + number})"
        for number, path in enumerate(paths)
    ]
    result = shell.run(f"{' & '.join(checks)}{more} & exit {_NONE_IS}")
    code = result.exit_code
    if code == _NONE_IS:
        return result.stdout
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
    refuse_reparse_points(shell, [*parents, path])
    for own in (parents[-1], path):
        made = _make(shell, own)
        problems = _problems(client, shell, own)
        if problems and made:
            _secure(shell, own)
            problems = _problems(client, shell, own)
        if problems:
            hint = () if made else (f"it was there before ({_shown(names_in(shell, own))}): remove it on the host",)
            raise FolderRefusedError(own, [*problems, *hint])
    listed = _listed(shell, [parents[-1], path])
    strange = [f"{name} (a folder)" if folder else name for name, folder in listed if not is_ours(name, folder=folder)]
    if strange:
        raise FolderRefusedError(path, [f"it holds {_shown(strange)}, which we did not put there"])


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


def _make(shell: Commander, path: str) -> bool:
    """Make a folder. Whether it was made now; False where it was there. CommandError when it cannot be."""
    inside = quote(path + "\\")
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
