# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds mutated packages to the readers: a report or a PackageError, in bounded time, and nothing else, ever.

    python tests/fuzz/fuzz_package.py 60                 # random mutations, 60 seconds; needs nothing
    python tests/fuzz/fuzz_package.py 60 --atheris       # guided by coverage; needs PyPI's atheris

Ends with 1 and the input's file on the first violation.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "build" / "collections"), str(ROOT / "tests")]

from packages import Member, build_cab, build_msu, build_pe, contents, write_cabinet  # noqa: E402
from packages.msu import Recipe, inner_members  # noqa: E402

SLOW = 10.0
"""Seconds for one small input; the readers' own bound is higher."""


def seeds() -> list[bytes]:
    """Small valid inputs of every kind."""
    found = [
        build_msu("x64", outer=outer, inner=inner, small_kernels=True)
        for outer in ("none", "mszip", "lzx")
        for inner in ("none", "mszip", "lzx")
    ]
    found += [build_cab("ia64", small_kernels=True), build_pe("x86", (6, 0, 6001, 22191)), build_pe("ia64", None)]
    found.append(build_msu("x64", form="images", small_kernels=True))
    found.append(build_msu("x64", same_content=True, bf_twins=True, small_kernels=True))
    found.append(write_cabinet([[Member("a.cab", b"x")], [Member("b\\c.xml", b"<a/>")]], "mszip"))
    found += [one.data for one in texts()]
    for encoding in ("utf-8", "utf-16-le-bom"):
        found.append(contents.answer_file("Package_for_KB952876", "x64", "a.cab", encoding=encoding))
        found.append(contents.properties("KB952876", "x64", encoding=encoding))
    return found


@functools.cache
def members() -> tuple[Member, ...]:
    """The payload of a small package: the container's index, manifests, catalogues and deltas."""
    return tuple(inner_members(Recipe("x64", same_content=True, small_kernels=True)))


def texts() -> list[Member]:
    """Of these the index, a package's manifest, a deployment and a component."""
    kinds = ("_manifest_.cix.xml", "update.mum", "package_1_", "amd64_87e497", "amd64_microsoft")
    return [next(one for one in members() if one.name.startswith(kind)) for kind in kinds]


def mutate_inside(chance: random.Random, all_seeds: list[bytes]) -> bytes:
    """A whole cabinet in which one or two of the texts are mutated, so that the readers get to them."""
    changed = {one.name: one.data for one in members()}
    for one in chance.sample(texts(), chance.choice((1, 1, 2))):
        changed[one.name] = mutate(one.data, chance, all_seeds, everywhere=True)
    if chance.random() < 0.2:
        del changed[chance.choice(sorted(changed))]
    return write_cabinet([Member(name, data) for name, data in changed.items()], "none")


def mutate(data: bytes, chance: random.Random, all_seeds: list[bytes], *, everywhere: bool = False) -> bytes:
    """Change, cut, repeat or splice a few places; lengths and counts in headers get extreme values."""
    changed = bytearray(data)
    for _round in range(chance.choice((1, 1, 2, 3, 8))):
        if not changed:
            break
        place = chance.randrange(len(changed))
        if not everywhere and chance.random() < 0.6:  # where the structures are
            place = chance.randrange(min(len(changed), 200))
        kind = chance.randrange(7)
        if kind == 0:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[place] = chance.randrange(256)
        elif kind == 2:
            width = chance.choice((2, 4))
            value = chance.choice((0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF))
            changed[place : place + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
        elif kind == 3:
            del changed[place:]
        elif kind == 4:
            del changed[place : place + chance.randrange(64)]
        elif kind == 5:
            changed[place:place] = changed[place : place + chance.randrange(300)]
        else:
            other = chance.choice(all_seeds)
            start = chance.randrange(len(other))
            changed[place : place + 64] = other[start : start + 64]
    return bytes(changed)


def target(folder: Path) -> Callable[[bytes], None]:
    """One input through every reader. Raises whatever is not a PackageError, and AssertionError for an escape."""
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.container import read_container
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.executable import (
        ExecutableError,
        read_executable,
    )
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.limits import Limits
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.manifests import (
        read_component_manifest,
        read_package_manifest,
    )
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.match import compare
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.read import ReadOptions, read_package
    from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.texts import answer_file, properties

    definition = load("KB952876")
    private = folder / "private"
    private.mkdir()
    path = folder / "input"
    options = ReadOptions(
        temporary=private,
        look_at_signature=False,  # osslsigncode is not ours to fuzz
        limits=Limits(seconds=5, total_size=64 << 20, member_size=32 << 20, ratio_allowance=8 << 20),
    )

    def run(data: bytes) -> None:
        start = time.monotonic()
        path.write_bytes(data)
        try:
            report = read_package(path, options)
            report.as_dict()
            compare(definition, report.contents).as_dict()
        except PackageError as error:
            assert "\n" not in str(error), "a message of two lines"
        readers: tuple[Callable[[], object], ...] = (
            lambda: answer_file(data, "a.xml"),
            lambda: properties(data, "p.txt"),
            lambda: read_container(data, "index", options.limits),
            lambda: read_package_manifest(data, "a.mum"),
            lambda: read_component_manifest(data, "a.manifest"),
        )
        for reader in readers:
            with contextlib.suppress(PackageError):
                reader()
        with contextlib.suppress(ExecutableError):
            read_executable(io.BytesIO(data))
        assert not any(private.iterdir()), "a temporary file stayed behind"
        assert sorted(one.name for one in folder.iterdir()) == ["input", "private"], "a file was written elsewhere"
        assert time.monotonic() - start < SLOW, "it took too long"

    return run


def by_chance(run: Callable[[bytes], None], seconds: float, seed: int) -> int:
    """Mutate until the time is over; returns the count of inputs."""
    chance, all_seeds, count = random.Random(seed), seeds(), 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        inside = chance.random() < 0.4
        data = mutate_inside(chance, all_seeds) if inside else mutate(chance.choice(all_seeds), chance, all_seeds)
        try:
            run(data)
        except BaseException:
            keep = Path(tempfile.gettempdir()) / f"fuzz-failure-{seed}-{count}"
            keep.write_bytes(data)
            print(f"failing input: {keep}", file=sys.stderr)
            raise
        count += 1
    return count


def by_coverage(folder: Path, seconds: int) -> None:
    """Let atheris find inputs; it ends the process itself."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    with atheris.instrument_imports(include=["ansible_collections"]):
        run = target(folder)
    corpus = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, data in enumerate(seeds()):
        (corpus / str(number)).write_bytes(data)
    arguments = [sys.argv[0], f"-max_total_time={seconds}", "-max_len=60000", "-timeout=20", "-print_final_stats=1"]
    atheris.Setup([*arguments, str(corpus)], run)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz the package readers.")
    parser.add_argument("seconds", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-package-"))
    if arguments.atheris:
        by_coverage(folder, arguments.seconds)
        return
    count = by_chance(target(folder), arguments.seconds, arguments.seed)
    print(f"{count} inputs in {arguments.seconds} s, none crashed, hung or escaped")


if __name__ == "__main__":
    main()
