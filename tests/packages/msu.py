# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds test packages of KB952876 (or of another hotfix) that have the form of Microsoft's .msu and .cab files.

    build_msu("x64")                          what the article describes: both builds, true names and sizes
    build_msu("x86", inner="lzx")             the payload in an LZX cabinet (as large as the kernels: 14 MB)
    build_msu("x64", kernel_versions={6001: (6, 0, 6001, 22300)})    a later kernel
    write_msu(folder, "x64")                  the same as a file with the article's name

The kernels are images with a version resource and zeros: MSZIP makes a package of some 60 kB of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import contents
from .article import KERNELS, MANIFESTS, MUMS
from .cab import CabinetOverrides, Compression, Member, write_cabinet
from .pe import Version, build_pe

KB = "KB952876"
LABS = {6000: "vista_ldr.080530-1505", 6001: "vistasp1_ldr.080530-1504"}


@dataclass(frozen=True)
class Recipe:
    """Everything that can vary in a package. The defaults make what the article describes."""

    architecture: str
    kb: str = KB
    builds: tuple[int, ...] | None = None
    inner: Compression = "mszip"
    outer: Compression = "none"
    identity_version: str = "6.0.1.0"
    identity_name: str | None = None
    claimed_architecture: str | None = None
    """The architecture that the identities tell; None: the true one."""
    kernel_versions: Mapping[int, Version | None] = field(default_factory=dict)
    kernel_sizes: Mapping[int, int] = field(default_factory=dict)
    kernel_architecture: str | None = None
    small_kernels: bool = False
    """Kernels as small as an image can be, instead of the article's sizes."""
    flat: bool = False
    """Kernels without their component folder."""
    catalogs: bool = True
    drop: Collection[str] = ()
    """Members to leave out, in lower case: base names of the inner cabinet, or `answer`, `properties`, `wsusscan`."""
    replace: Mapping[str, bytes] = field(default_factory=dict)
    """Other contents for members of the inner cabinet, by lower-case base name."""
    extra: Sequence[Member] = ()
    outer_extra: Sequence[Member] = ()
    answer_encoding: str = "utf-8"
    properties_encoding: str = "utf-8"
    answer: bytes | None = None
    applicability: str | None = None
    inner_name: str | None = None
    answer_source: str | None = None
    inner_overrides: CabinetOverrides | None = None
    outer_overrides: CabinetOverrides | None = None

    @property
    def file_name(self) -> str:
        return f"Windows6.0-{self.kb}-{self.architecture}.msu"

    @property
    def identity(self) -> str:
        return self.identity_name or f"Package_for_{self.kb}"

    @property
    def told_architecture(self) -> str:
        return self.claimed_architecture or self.architecture


def kernel(architecture: str, name: str, version: Version | None, size: int) -> bytes:
    """A kernel image of that name, version and size in bytes (0: as small as possible)."""
    return build_pe(
        architecture,
        version,
        size,
        lab=LABS.get(version[2], "") if version else "",
        original_name=name,
        noise=name.encode(),
    )


_kernel: Callable[[str, str, Version | None, int], bytes] = functools.cache(kernel)


def inner_members(recipe: Recipe) -> list[Member]:
    """What the payload cabinet holds."""
    told = recipe.told_architecture
    members: list[Member] = []
    for name, size in MUMS[recipe.architecture]:
        name = name.replace("kb952876", recipe.kb.lower()).replace("6.0.1.0", recipe.identity_version)  # noqa: PLW2901
        identity = recipe.identity if name == "update.mum" else name.split("~")[0]
        body = contents.package_manifest(identity, told, recipe.kb, size, recipe.identity_version)
        members.append(Member(name, body))
        if recipe.catalogs:
            members.append(Member(name.removesuffix(".mum") + ".cat", b"catalogue of " + name.encode()))
    builds = recipe.builds or tuple(build for one, build in MANIFESTS if one == recipe.architecture)
    for build in builds:
        members += _component(recipe, build)
    if recipe.catalogs:
        members.append(Member("_manifest_.cix.xml", b'<Container xmlns="urn:ContainerIndex" />'))
    members = [
        Member(one.name, recipe.replace.get(_base(one.name), one.data))
        for one in members
        if _base(one.name) not in recipe.drop
    ]
    return [*members, *recipe.extra]


def _base(name: str) -> str:
    return name.rpartition("\\")[2].lower()


def _component(recipe: Recipe, build: int) -> list[Member]:
    told = recipe.told_architecture
    kernels = KERNELS[recipe.architecture, build]
    true_version = kernels[0][1]
    version = recipe.kernel_versions.get(build, true_version)
    old, new = ".".join(map(str, true_version)), ".".join(map(str, version or true_version))
    members, folder = [], ""
    for full_name, size in MANIFESTS[recipe.architecture, build]:
        name = full_name.replace(old, new)
        files = [one for one, _version, _size in kernels] if "os-kernel" in name else []
        body = contents.component_manifest(name.split("_")[1], told, new, files, size)
        members.append(Member(name, body))
        folder = name.removesuffix(".manifest")
    for name, _version, full_size in kernels:
        size = 0 if recipe.small_kernels else recipe.kernel_sizes.get(build, full_size)
        image = _kernel(recipe.kernel_architecture or recipe.architecture, name, version, size)
        members.append(Member(name if recipe.flat else f"{folder}\\{name}", image))
    return members


def payload(recipe: Recipe) -> bytes:
    """The payload cabinet alone: what pkgmgr takes with /m."""
    return write_cabinet(inner_members(recipe), recipe.inner, recipe.inner_overrides)


def outer_members(recipe: Recipe) -> list[Member]:
    """What the .msu holds."""
    stem = recipe.file_name.removesuffix(".msu")
    cabinet = recipe.inner_name or f"{stem}.cab"
    answer = recipe.answer or contents.answer_file(
        recipe.identity,
        recipe.told_architecture,
        recipe.answer_source or cabinet,
        version=recipe.identity_version,
        encoding=recipe.answer_encoding,
    )
    told = contents.properties(
        recipe.kb, recipe.told_architecture, encoding=recipe.properties_encoding, applicability=recipe.applicability
    )
    members = {
        "wsusscan": Member("WSUSSCAN.cab", contents.scan_cabinet(recipe.kb)),
        "payload": Member(cabinet, payload(recipe)),
        "answer": Member(f"{stem}.xml", answer),
        "properties": Member(f"{stem}-pkgProperties.txt", told),
    }
    return [*(one for key, one in members.items() if key not in recipe.drop), *recipe.outer_extra]


def build_msu(architecture: str, **options: Any) -> bytes:
    """An .msu; `options` are the fields of Recipe."""
    recipe = Recipe(architecture, **options)
    return write_cabinet(outer_members(recipe), recipe.outer, recipe.outer_overrides)


def build_cab(architecture: str, **options: Any) -> bytes:
    """The payload cabinet alone; `options` are the fields of Recipe."""
    return payload(Recipe(architecture, **options))


def write_msu(folder: Path, architecture: str, *, name: str | None = None, **options: Any) -> Path:
    """An .msu as a file in that folder, under the article's name unless another is given."""
    path = folder / (name or Recipe(architecture, **options).file_name)
    path.write_bytes(build_msu(architecture, **options))
    return path
