# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds test packages of KB952876 (or of another hotfix) that have the form of Microsoft's .msu and .cab files.

    build_msu("x64")                          what the article describes: both builds, true names and sizes
    build_msu("x86", inner="lzx")             the payload in an LZX cabinet
    build_msu("x64", kernel_versions={6001: (6, 0, 6001, 22300)})    a later kernel
    build_msu("x64", form="images")           the files themselves in the payload instead of deltas and their list
    build_msu("x86", **kb942288.OPTIONS)      another hotfix, with many packages and languages
    write_msu(folder, "x64")                  the same as a file with the article's name

The kernels are images with a version resource and zeros. They lie in the payload as deltas of a toy encoding behind the
genuine mark, and stand in the container's list with the size and hash that they have on the disk.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from . import container, contents, kb952876, manifests, mums
from .cab import CabinetOverrides, Compression, Member, write_cabinet
from .container import Payload
from .kb952876 import LABS
from .pe import Version, build_pe
from .plan import CBS_ARCHITECTURE, Component, Plan, PlannedFile

KB = "KB952876"
Form = Literal["delta", "images"]


@dataclass(frozen=True)
class Recipe:
    """Everything that can vary in a package. The defaults make what the article describes."""

    architecture: str
    kb: str = KB
    form: Form = "delta"
    plan: Callable[[Recipe], Plan] = kb952876.plan
    """What the package consists of; the options of builds and kernels are KB952876's."""
    builds: tuple[int, ...] | None = None
    inner: Compression = "mszip"
    outer: Compression = "none"
    identity_version: str = "6.0.1.0"
    """The third number counts re-releases: from 2 on it is in the file's name."""
    identity_name: str | None = None
    restart: str | None = "required"
    claimed_architecture: str | None = None
    """The architecture that the identities tell; None: the true one."""
    kernel_versions: Mapping[int, Version | None] = field(default_factory=dict)
    component_versions: Mapping[int, Version] = field(default_factory=dict)
    """The components' versions, by build, where they are not the kernels' own."""
    kernel_sizes: Mapping[int, int] = field(default_factory=dict)
    kernel_architecture: str | None = None
    small_kernels: bool = False
    """Kernels as small as an image can be, instead of the article's sizes."""
    same_content: bool = False
    """Two small data files of one content beside the kernels: the second has only a basis in the list. The article does
    not list them, so that they are a difference."""
    bf_twins: bool = False
    """The sub-packages of the other way of installing as well."""
    flat: bool = False
    """The files without their component folder."""
    catalogs: bool = True
    shared_catalogs: bool = True
    """The catalogues of Windows PE's sub-packages have the content of others: they have only a basis in the list."""
    hash_algorithm: str = "SHA1"
    drop: Collection[str] = ()
    """Members to leave out, in lower case: base names of the inner cabinet, or `answer`, `properties`, `wsusscan`."""
    replace: Mapping[str, bytes] = field(default_factory=dict)
    """Other contents for members or files of the payload, by lower-case base name; the list then tells the new ones."""
    break_members: Mapping[str, bytes | None] = field(default_factory=dict)
    """Other bytes for members of the payload's cabinet (None: left out), by exact name, behind the list's back."""
    edit_list: Callable[[str], str] | None = None
    """Changes the text of the container's list."""
    extra: Sequence[Member] = ()
    """More members of the payload's cabinet, which the list does not know."""
    extra_files: Sequence[Payload] = ()
    """More files that the payload brings."""
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
    def release(self) -> str:
        return [*self.identity_version.split("."), "1", "1", "1"][2]

    @property
    def file_name(self) -> str:
        again = "" if self.release in ("0", "1") else f"-v{self.release}"
        return f"Windows6.0-{self.kb}{again}-{self.architecture}.msu"

    @property
    def identity(self) -> str:
        return self.identity_name or f"Package_for_{self.kb}"

    @property
    def told_architecture(self) -> str:
        return self.claimed_architecture or self.architecture


def kernel(architecture: str, name: str, version: Version | None, size: int) -> bytes:
    """A kernel image of that name, version and size in bytes (0: as small as possible)."""
    return _image(architecture, name, version, size, LABS.get(version[2], "") if version else "")


def _image(architecture: str, name: str, version: Version | None, size: int, lab: str) -> bytes:
    return build_pe(architecture, version, size, lab=lab, original_name=name, noise=name.encode())


_cached_image: Callable[[str, str, Version | None, int, str], bytes] = functools.lru_cache(maxsize=32)(_image)


def files_of(recipe: Recipe) -> list[Payload]:
    """What the package installs, with the contents that will lie on the disk."""
    return [one for component in _plan(recipe).components() for one in _payload(recipe, component)] + list(
        recipe.extra_files
    )


def inner_members(recipe: Recipe) -> list[Member]:
    """What the payload cabinet holds."""
    plan = _plan(recipe)
    word = CBS_ARCHITECTURE.get(recipe.told_architecture, recipe.told_architecture)
    head = mums.Head(recipe.kb, word, recipe.identity_version, recipe.restart)
    texts: dict[str, bytes] = {}
    files: list[Payload] = []
    for component in plan.components():
        own = _payload(recipe, component)
        images = {_base_case(one.path): one.content for one in own}
        texts[component.folder + ".manifest"] = manifests.component_manifest(component, images)
        files += own
    for deployment in plan.deployments():
        texts[deployment.folder + ".manifest"] = manifests.deployment_manifest(deployment)
    for name, body in mums.package_manifests(plan, head, recipe.identity).items():
        texts[name] = body
        if recipe.catalogs:
            texts[name.removesuffix(".mum") + ".cat"] = _catalog(name)
    shared = _shared(recipe, texts)
    for one in shared:
        del texts[one.path]
    members = [
        Member(name, recipe.replace.get(name.lower(), body))
        for name, body in sorted(texts.items(), reverse=True)
        if name.lower() not in recipe.drop
    ]
    kept = [one for one in files if _base(one.path) not in recipe.drop]
    made = _assembled(recipe, members, [*kept, *shared, *recipe.extra_files])
    return [*(_broken(recipe, made) if recipe.break_members else made), *recipe.extra]


def _shared(recipe: Recipe, texts: Mapping[str, bytes]) -> list[Payload]:
    """Catalogues that are the root's own once more: genuine packages of many parts have such files."""
    if not recipe.shared_catalogs or recipe.form != "delta" or "update.cat" not in texts or "update.cat" in recipe.drop:
        return []
    own = recipe.replace.get("update.cat", texts["update.cat"])
    names = sorted(name for name in texts if "_winpe" in name and name.endswith(".cat"))
    return [Payload(name, own, "update.cat") for name in names if name not in {*recipe.drop, *recipe.replace}]


def _assembled(recipe: Recipe, members: list[Member], files: list[Payload]) -> list[Member]:
    if recipe.form == "images":
        return [*members, *(Member(_base_case(one.path) if recipe.flat else one.path, one.content) for one in files)]
    made = container.pack(
        members,
        files,
        name=f"{recipe.kb.lower()}.cab",
        algorithm=recipe.hash_algorithm,
        edit=recipe.edit_list,
    )
    return [Member(one.name, recipe.replace.get(one.name, one.data)) for one in made if one.name not in recipe.drop]


def _broken(recipe: Recipe, made: list[Member]) -> list[Member]:
    known = {one.name for one in made}
    for name in recipe.break_members:
        if name not in known:
            raise ValueError(f"the payload has no member {name}")
    told = [(one.name, recipe.break_members.get(one.name, one.data)) for one in made]
    return [Member(name, data) for name, data in told if data is not None]


def _plan(recipe: Recipe) -> Plan:
    plan = recipe.plan(recipe)
    return plan.with_twins() if recipe.bf_twins else plan


def _catalog(name: str) -> bytes:
    """Bytes in place of a signed catalogue; those of each one differ."""
    return b"0\x82fixture" + hashlib.sha256(name.encode()).digest() * 4


def _base(name: str) -> str:
    return _base_case(name).lower()


def _base_case(name: str) -> str:
    return name.rpartition("\\")[2]


def _payload(recipe: Recipe, component: Component) -> list[Payload]:
    contents_of: dict[str, bytes] = {}
    found = []
    for file in component.files:
        body = contents_of[file.same_as] if file.same_as else _content(recipe, component, file)
        contents_of[file.name] = recipe.replace.get(file.name.lower(), body)
        twin = f"{component.folder}\\{file.same_as}" if file.same_as else None
        found.append(Payload(f"{component.folder}\\{file.name}", contents_of[file.name], twin, file.alone))
    return found


def _content(recipe: Recipe, component: Component, file: PlannedFile) -> bytes:
    if not file.image:
        seed = hashlib.sha256(f"{component.folder}\\{file.name}".encode()).digest()
        return (seed * (file.size // len(seed) + 1))[: file.size]
    machine = recipe.kernel_architecture or {"amd64": "x64"}.get(component.architecture, component.architecture)
    if component.architecture not in CBS_ARCHITECTURE.values():
        machine = recipe.kernel_architecture or recipe.architecture
    return _cached_image(machine, file.name, file.version, file.size, file.lab)


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
        recipe.answer_source or f"{cabinet.removesuffix('.cab')}.CAB",
        version=recipe.identity_version,
        encoding=recipe.answer_encoding,
    )
    told = contents.properties(
        recipe.kb,
        recipe.told_architecture,
        encoding=recipe.properties_encoding,
        applicability=recipe.applicability,
        release=recipe.release,
    )
    members = {
        "wsusscan": Member("WSUSSCAN.cab", contents.scan_cabinet(recipe.kb)),
        "payload": Member(cabinet, payload(recipe)),
        "properties": Member(f"{stem}-pkgProperties.txt", told),
        "answer": Member(f"{stem}.xml", answer),
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
