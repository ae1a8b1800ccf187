# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SHA-1 of several files by one command line: each file's own, or none at all."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.command import CommandError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.files import (
    ANOTHER_SHA1,
    HashUnavailableError,
    only_with_sha1,
    sha1,
    sha1s,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import ShellResult
from unit.winhost.cmd.harness import Host as Machine

A, B = "a9" * 20, "0b" * 20
SPACED = " ".join(A[at : at + 2] for at in range(0, 40, 2))


def old(digest: str, path: str) -> str:
    """What certutil of NT 6.0 prints: words of the host's language around spaced pairs."""
    return f"SHA1-Hash der Datei {path}:\r\n{digest}\r\nCertUtil: -hashfile-Befehl wurde erfolgreich ausgeführt.\r\n"


class Host:
    def __init__(self, printed: str, code: int = 0) -> None:
        self.result = ShellResult(code, printed.encode("cp437", errors="replace"), b"")
        self.lines: list[str] = []

    def run(self, command: str, **_more: Any) -> ShellResult:
        self.lines.append(command)
        return self.result


def test_each_file_gets_its_own_in_order() -> None:
    host = Host(old(SPACED, "C:\\a") + old(B, "C:\\b"))
    assert sha1s(host, ["C:\\a", "C:\\b"]) == [A, B]
    (line,) = host.lines
    assert line.index('-hashfile "C:\\a" && ') < line.index('-hashfile "C:\\b"')


@pytest.mark.parametrize("printed", ["", old(A, "C:\\a"), old(A, "C:\\a") + old(B, "C:\\b") + f"{B}\r\n"])
def test_fewer_or_more_than_files_are_none(printed: str) -> None:
    with pytest.raises(HashUnavailableError, match=r"C:\\a, C:\\b"):
        sha1s(Host(printed), ["C:\\a", "C:\\b"])


def test_a_certutil_that_fails_is_told() -> None:
    with pytest.raises(CommandError, match=r"hashing C:\\a, C:\\b"):
        sha1s(Host(old(A, "C:\\a"), 2), ["C:\\a", "C:\\b"])


def test_of_one_file_the_first_counts() -> None:
    assert sha1(Host(old(A, "C:\\a") + f"{B}\r\n"), "C:\\a") == A
    with pytest.raises(HashUnavailableError, match="printed no SHA-1"):
        sha1(Host("nothing"), "C:\\a")


@pytest.mark.parametrize("profile", ["vista_sp1_x86", "srv2008r2"])
@pytest.mark.parametrize("form", ["spaced", "compact"])
def test_a_line_goes_on_behind_its_files_own_sha1_alone(profile: str, form: str) -> None:
    machine = Machine(profile, certutil_format=form)
    machine.file("C:\\a b.msu", b"hello")
    digest = hashlib.sha1(b"hello").hexdigest()
    went = only_with_sha1("C:\\a b.msu", digest) + "echo(went & exit 7"
    assert (machine.run(went).split(), machine.code) == (["went"], 7)
    machine.file("C:\\a b.msu", b"hellO")
    assert (machine.run(went), machine.code) == ("", ANOTHER_SHA1)
    machine.run('del "C:\\a b.msu"')
    assert (machine.run(went), machine.code) == ("", ANOTHER_SHA1)


def test_a_line_stops_where_certutil_writes_the_hash_in_a_way_of_its_own() -> None:
    machine = Machine(certutil_format="spaced_to_the_end")
    machine.file("C:\\f", b"hello")
    digest = hashlib.sha1(b"hello").hexdigest()
    assert (machine.run(only_with_sha1("C:\\f", digest) + "echo(went"), machine.code) == ("", ANOTHER_SHA1)
    assert sha1(Host(machine.run("certutil -hashfile C:\\f")), "C:\\f") == digest
