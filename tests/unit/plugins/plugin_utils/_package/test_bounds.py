# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a package claims, reading it ends in time and in 100 MB of memory, with a reason: measured from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import MatchStatus, compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.texts import properties
from packages import Member, build_msu, write_cabinet
from packages.contents import answer_file

from .conftest import Maker

KB = load("KB952876")
MEMORY = 100_000_000
SECONDS = 60.0
"""On a machine that others use as well; alone, each is over in a few seconds."""

_MEASURE = """
import sys
from pathlib import Path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import compare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import read_package
try:
    match = compare(load("KB952876"), read_package(Path(sys.argv[1])).contents)
    found = "; ".join(one.text for one in match.differences if one.code != "file_missing")
    told = match.status.value + ": " + found[:100_000]
except PackageError as error:
    told = type(error).__name__ + ": " + str(error)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak)
print(told)
"""


@dataclass(frozen=True)
class Measured:
    told: str
    memory: int
    seconds: float


@pytest.fixture
def measured(tmp_path: Path) -> Callable[[bytes], Measured]:
    """Read a file in a process of its own; its peak of memory in bytes, its time, and what it said."""
    if not Path("/proc/self/status").exists():
        pytest.skip("peak memory is read from /proc")

    def run(data: bytes) -> Measured:
        path = tmp_path / "x.msu"
        path.write_bytes(data)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        start = time.monotonic()
        command = [sys.executable, "-c", _MEASURE, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=110)
        seconds = time.monotonic() - start
        assert done.returncode == 0, done.stderr
        peak, told = done.stdout.split("\n", 1)
        return Measured(told.strip(), int(peak) * 1024, seconds)

    return run


def package(members: list[Member]) -> bytes:
    payload = write_cabinet(members, "mszip")
    answer = answer_file("Package_for_KB952876", "x64", "a.cab")
    return write_cabinet([Member("a.cab", payload), Member("a.xml", answer)], "none")


def index(rows: Iterator[str]) -> Member:
    text = f'<Container name="kb952876.cab" xmlns="urn:ContainerIndex"><Files>{"".join(rows)}</Files></Container>'
    return Member("_manifest_.cix.xml", text.encode())


ROOT = Member(
    "update.mum",
    b'<assembly><assemblyIdentity name="Package_for_KB952876" version="6.0.1.0" processorArchitecture="amd64"/>'
    b'<package identifier="KB952876"/></assembly>',
)
HASH = '<Hash alg="SHA1" value="' + "0" * 40 + '"/>'


def many_rows(count: int) -> bytes:
    return package([ROOT, index(f'<File id="{n}" name="a{n}" length="1"/>' for n in range(count))])


def long_rows(count: int) -> bytes:
    """As many files as are accepted, each with everything that a row may have, and no member of them there."""
    name = "x86_" + "n" * 130
    rows = (
        f'<File id="{n}" name="{name}\\f{n}" length="1">{HASH}<Delta><Source type="PA30" name="{n}">{HASH}</Source>'
        f'<Basis file="{n + 1}"/></Delta></File>'
        for n in range(count)
    )
    return package([ROOT, index(rows)])


def many_members(count: int) -> bytes:
    rows = (
        f'<File id="{n}" name="x86_a\\f{n}.dll" length="1">{HASH}<Delta><Source type="PA30" name="{n}">{HASH}</Source>'
        "</Delta></File>"
        for n in range(count)
    )
    return package([ROOT, index(rows), *(Member(str(n), b"PA30") for n in range(count))])


def many_manifests(count: int) -> bytes:
    files = "".join(f'<file name="f{n}"/>' for n in range(30))
    return package(
        [
            ROOT,
            *(
                Member(
                    f"x86_{n}.manifest",
                    f'<assembly><assemblyIdentity name="c{n}" version="1.0.0.0"/>{files}</assembly>'.encode(),
                )
                for n in range(count)
            ),
        ]
    )


def wide_manifest(text: bytes, count: int = 1) -> bytes:
    body = b"<assembly>" + text * (1_000_000 // len(text)) + b"</assembly>"
    return package([ROOT, *(Member(f"x86_{n}.manifest", body) for n in range(count))])


def identity(name: str, more: str = "") -> str:
    return f'<assemblyIdentity name="{name}" version="1.0.0.0" processorArchitecture="amd64"{more}/>'


def many_ways(updates: int, components: int) -> bytes:
    """A root that names one deployment thousands of times, which names one component thousands of times."""
    named, below = identity("d") * updates, identity("c") * components
    root = f'<package identifier="KB952876"><update name="1_LDR"><component>{named}</component></update></package>'
    needed = f"<deployment/><dependency><dependentAssembly>{below}</dependentAssembly></dependency>"
    return package(
        [
            Member(
                "update.mum",
                f"<assembly>{identity('Package_for_KB952876').replace('1.0.0', '6.0.1')}{root}</assembly>".encode(),
            ),
            Member("d.manifest", f"<assembly>{identity('d')}{needed}</assembly>".encode()),
            Member("c.manifest", f"<assembly>{identity('c')}</assembly>".encode()),
        ]
    )


def wide_texts(count: int, letter: str) -> bytes:
    """Manifests of 1 MiB, of attributes that are as long as they may be, each in the widest form that it can have."""
    members = []
    for number in range(count):
        one = (
            f'<file name="f{{n}}" sourceName="{{n}}{"a" * 1000}{letter}" destinationPath="{{n}}{"b" * 1000}{letter}"/>'
        )
        files = "".join(one.format(n=n) for n in range(500))
        members.append(Member(f"c{number}.manifest", f"<assembly>{identity(f'c{number}')}{files}</assembly>".encode()))
    return package([ROOT, *members])


def wide_identities(count: int) -> bytes:
    language = f' language="{"l" * 150}\U0001f600"'
    members = []
    for number in range(count):
        needed = "".join(identity(f"{n}{'n' * 150}\U0001f600", language) for n in range(1500))
        body = f"<deployment/><dependency><dependentAssembly>{needed}</dependentAssembly></dependency>"
        members.append(Member(f"c{number}.manifest", f"<assembly>{identity(f'c{number}')}{body}</assembly>".encode()))
    return package([ROOT, *members])


def many_sources(count: int, each: int) -> bytes:
    rows = (
        f'<File id="{n}" name="a\\f{n}" length="1"><Delta>'
        + "".join(f'<Source type="PA30" name="{n}-{s}"/>' for s in range(each))
        + "</Delta></File>"
        for n in range(count)
    )
    return package([ROOT, index(rows)])


def wide_rows(count: int, length: int) -> bytes:
    rows = (f'<File id="{n}" name="x86_{n}{"n" * length}\U0001f600\\f.dll" length="1"/>' for n in range(count))
    return package([ROOT, index(rows)])


def near_the_bounds() -> bytes:
    """An index and manifests that tell as much as is accepted, each with the other."""
    long = "n" * 170 + "\U0001f600"
    files = "".join(f'<file name="{n}{long}" sourceName="{n}{long}" destinationPath="{n}{long}"/>' for n in range(100))
    manifests = [
        Member(f"x86_{n}.manifest", f"<assembly>{identity(f'c{n}')}{files}</assembly>".encode()) for n in range(32)
    ]
    rows = (f'<File id="{n}" name="x86_{n % 32}\\{n // 32}{long}" length="1">{HASH}</File>' for n in range(8_500))
    return package([ROOT, index(rows), *manifests])


@pytest.mark.parametrize(
    ("make_package", "told"),
    [
        (lambda: many_rows(1_000_000), "HostilePackage: .* has [0-9]{8} bytes; at most 8388608 are accepted"),
        (lambda: many_rows(150_000), "HostilePackage: .* lists more than 20000 files"),
        (lambda: long_rows(18_000), "mismatch: .*source missing"),
        (lambda: many_members(18_000), "mismatch: .*source hash"),
        (lambda: many_manifests(19_000), "HostilePackage: .* name more than 40000 things"),
        (lambda: wide_manifest(b"<a/>"), "no manifest with an identity"),
        (lambda: wide_manifest(b"<a/>", 80), "HostilePackage: .* have [0-9]+ bytes; at most 67108864 are accepted"),
        (lambda: wide_manifest(b"<assembly>"), "HostilePackage: .* nested more than 64 deep"),
        (lambda: wide_manifest(b" "), "no manifest with an identity"),
        (lambda: wide_manifest(b'<a b="c"/>', 20), "no manifest with an identity"),
        (lambda: many_ways(7_000, 12_000), "mismatch: .*it has no end"),
        (lambda: wide_texts(60, "a"), "HostilePackage: .*its manifests tell takes more than 8388608 bytes"),
        (lambda: wide_texts(60, "\U0001f600"), "HostilePackage: .*its manifests tell takes more than 8388608 bytes"),
        (lambda: wide_identities(60), "HostilePackage: .*(?:takes more than 8388608 bytes|more than 40000 things)"),
        (lambda: many_sources(20_000, 8), "HostilePackage: .*more than 40000 sources and bases"),
        (lambda: wide_rows(18_000, 300), "HostilePackage: .*its names take more than 8388608 bytes"),
        (near_the_bounds, "mismatch: .*source missing"),
    ],
    ids=[
        *("rows", "short-rows", "long-rows", "members", "manifests", "elements", "texts", "nesting", "blanks", "tags"),
        *("ways", "wide-texts", "astral-texts", "identities", "sources", "wide-rows", "near"),
    ],
)
def test_memory_and_time_are_bounded(
    measured: Callable[[bytes], Measured], make_package: Callable[[], bytes], told: str
) -> None:
    found = measured(make_package())
    assert re.search(told, found.told), found.told[:500]
    print(f"{found.memory // 1_000_000} MB, {found.seconds:.1f} s")
    assert found.memory < MEMORY
    assert found.seconds < SECONDS


def test_an_entity_bomb_is_refused_at_its_first_line(measured: Callable[[bytes], Measured]) -> None:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{lines}]><Container name="&e11;" xmlns="urn:ContainerIndex"/>'.encode()
    for name in ("_manifest_.cix.xml", "update.mum", "x86_a.manifest", "package_1~.mum"):
        found = measured(package([Member(name, bomb), *([ROOT] if name != "update.mum" else [])]))
        assert found.told.startswith("HostilePackage: ")
        assert "document type" in found.told
        assert found.memory < MEMORY
        assert found.seconds < SECONDS


def test_properties_of_a_million_blanks(measured: Callable[[bytes], Measured]) -> None:
    for line in (b" " * 1_000_000, b"a" + b" " * 1_000_000 + b"b", b'a="' + b" " * 1_000_000, b"=" * 1_000_000):
        start = time.monotonic()
        properties(line, "p.txt")
        assert time.monotonic() - start < 2.0
    path = build_msu("x64", drop={"properties"}, outer_extra=[Member("x-pkgProperties.txt", b" " * 1_000_000)])
    assert measured(path).told == "matches:"


@pytest.mark.parametrize("installer", ["answer", "properties"])
def test_a_text_that_was_not_read_is_not_compared(make: Maker, installer: str) -> None:
    """The host would read it: padded beyond the bound, an answer file could want anything."""
    extra = Member(
        "Windows6.0-KB952876-x64.xml", answer_file("Package_for_KB952876", "x64", "a.cab") + b" " * (1 << 20)
    )
    if installer == "properties":
        extra = Member("Windows6.0-KB952876-x64-pkgProperties.txt", b'A="1"\n' * 200_000)
    path = make("x64", drop={installer}, outer_extra=[extra])
    found = compare(KB, read_package(path).contents)
    assert found.status is MatchStatus.NOT_COMPARED
    assert not found.acceptable(allow_later=True)
    assert extra.name in (found.differences[0].found or "")


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-7", "UTF-32", "ibm037", "x-user-defined", ""])
@pytest.mark.parametrize("name", ["update.mum", "answer", "_manifest_.cix.xml"])
def test_members_in_another_encoding_are_refused(make: Maker, name: str, encoding: str) -> None:
    start = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    with pytest.raises(PackageError, match=r"encoding|no XML"):
        if name == "answer":
            read_package(make("x64", answer=start + b"<unattend/>"))
        else:
            read_package(make("x64", replace={name: start + b"<assembly/>"}))
