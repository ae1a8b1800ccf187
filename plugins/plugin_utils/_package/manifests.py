# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifests of a payload: a package's (.mum) with parents and updates, a component's (.manifest) with its files."""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from .contents import PackageIdentity
from .errors import HostilePackage
from .names import safe_name
from .texts import identity_of, own_identity
from .xmltext import attributes_of, children, local, parse_xml

PACKAGE, MANIFEST = ".mum", ".manifest"
_STATEMENTS_MAX = 20_000
"""Of one manifest: files, updates, parents and dependencies together."""

_IN_UPDATE = frozenset({"package", "applicable", "component"})
_NAME_MAX, _OTHERS_MAX = 60, 5
_IDENTITY_TRANSFORM = "urn:schemas-microsoft-com:HashTransforms.Identity"
_SHA256 = "http://www.w3.org/2000/09/xmldsig#sha256"

Key = tuple[str, str, str, str]
"""Name, version, architecture and language of an identity in lower case, a neutral language empty."""


def key_of(identity: PackageIdentity) -> Key:
    language = identity.language.lower()
    language = "" if language in ("neutral", "*", "none") else language
    return (identity.name.lower(), identity.version, identity.architecture, language)


@dataclass(frozen=True)
class Update:
    """One `update` of a package manifest: its name (`952876-1_neutral_LDR`), the packages and deployments below it.

    applicable: the components that it says to update; disposition: of that statement, empty where there is none.
    others: names of elements beyond those.
    """

    name: str
    packages: tuple[PackageIdentity, ...]
    components: tuple[PackageIdentity, ...]
    applicable: tuple[PackageIdentity, ...] = ()
    disposition: str = ""
    others: tuple[str, ...] = ()

    @property
    def statements(self) -> int:
        return 1 + len(self.packages) + len(self.components) + len(self.applicable)


@dataclass(frozen=True)
class PackageManifest:
    """A .mum. parents: name and version, each once; staged: they must be there, so that they tell the build.

    restart: `required`, `possible` or what else stands there; empty when nothing does. statements: a measure of size.
    """

    member: str
    identity: PackageIdentity
    hotfix: str
    release_type: str
    restart: str
    parents: frozenset[tuple[str, str]]
    staged: bool
    updates: tuple[Update, ...]

    @property
    def statements(self) -> int:
        return 1 + len(self.parents) + sum(one.statements for one in self.updates)

    @property
    def memory(self) -> int:
        """Bytes that its texts take."""
        told = (text for parent in self.parents for text in parent)
        below = (one for update in self.updates for one in (*update.packages, *update.components, *update.applicable))
        return sum(map(sys.getsizeof, told)) + sum(map(_memory, below))


@dataclass(frozen=True)
class ManifestFile:
    """A `file` of a component: its name with backslashes, its destinationPath as it stands (None: it has none), and
    the SHA-256 of its bytes in lower-case digits (empty when no such digest is told). source: its name where it was
    built (`ntkrnlmp.exe` becomes `ntoskrnl.exe`); it is compared and never used as a name."""

    name: str
    source: str
    destination: str | None
    sha256: str


@dataclass(frozen=True)
class ComponentManifest:
    """A .manifest. stem: its name without the ending, which is the folder of its files.

    deployment: it brings no files of its own but the components that it depends on.
    """

    stem: str
    identity: PackageIdentity
    deployment: bool
    dependencies: tuple[PackageIdentity, ...]
    files: tuple[ManifestFile, ...]

    @property
    def statements(self) -> int:
        return 1 + len(self.dependencies) + len(self.files)

    @property
    def memory(self) -> int:
        """Bytes that its texts take."""
        told = (text for one in self.files for text in (one.name, one.source, one.destination or "", one.sha256))
        return sum(map(sys.getsizeof, told)) + sum(map(_memory, self.dependencies))


def read_package_manifest(data: bytes, member: str) -> PackageManifest | None:
    """Read a .mum; None when it is another document or has no identity. Raises as parse_xml does."""
    root = parse_xml(data, member)
    identity = own_identity(root) if local(root) == "assembly" else None
    package = next(children(root, "package"), None)
    if identity is None:
        return None
    if package is None:
        return PackageManifest(member, identity, "", "", "", frozenset(), False, ())
    told = attributes_of(package)
    parents = list(children(package, "parent"))
    manifest = PackageManifest(
        member=member,
        identity=identity,
        hotfix=told.get("identifier", ""),
        release_type=told.get("releaseType", ""),
        restart=told.get("restart", "").lower(),
        parents=frozenset(_parent(one) for parent in parents for one in children(parent, "assemblyIdentity")),
        staged=any(parent.get("disposition", "").lower() == "staged" for parent in parents),
        updates=tuple(_update(one) for one in children(package, "update")),
    )
    _check_bound(manifest, member)
    return manifest


def _memory(identity: PackageIdentity) -> int:
    told = (identity.name, identity.version, identity.architecture, identity.token, identity.language)
    return sum(map(sys.getsizeof, told))


def _parent(element: Element) -> tuple[str, str]:
    identity = identity_of(element)
    return identity.name, identity.version


def _below(element: Element, name: str) -> tuple[PackageIdentity, ...]:
    return tuple(identity_of(one) for child in children(element, name) for one in children(child, "assemblyIdentity"))


def _update(element: Element) -> Update:
    name = attributes_of(element).get("name", "")
    told = list(children(element, "applicable"))
    return Update(
        name,
        _below(element, "package"),
        _below(element, "component"),
        tuple(one for applicable in told for one in _below(applicable, "updateComponent")),
        " ".join(attributes_of(one).get("disposition", "nothing").lower() for one in told),
        tuple(sorted({local(one)[:_NAME_MAX] for one in element} - _IN_UPDATE))[:_OTHERS_MAX],
    )


def read_component_manifest(data: bytes, member: str) -> ComponentManifest | None:
    """Read a .manifest; None when it is another document or has no identity. Raises as parse_xml does."""
    root = parse_xml(data, member)
    identity = own_identity(root) if local(root) == "assembly" else None
    if identity is None:
        return None
    deployment = next(children(root, "deployment"), None) is not None
    dependencies = (
        identity_of(one)
        for dependency in (children(root, "dependency") if deployment else ())
        for assembly in children(dependency, "dependentAssembly")
        for one in children(assembly, "assemblyIdentity")
    )
    manifest = ComponentManifest(
        stem=member[: -len(MANIFEST)],
        identity=identity,
        deployment=deployment,
        dependencies=tuple(dependencies),
        files=tuple(_file(one, member) for one in children(root, "file")),
    )
    _check_bound(manifest, member)
    return manifest


def _file(element: Element, member: str) -> ManifestFile:
    told = attributes_of(element, 1024)
    name = safe_name(told.get("name", ""), member)
    return ManifestFile(name, told.get("sourceName", ""), told.get("destinationPath"), _sha256(element))


def _sha256(file: Element) -> str:
    """The digest over the file's own bytes; others (of another algorithm, or behind a transform) are left out."""
    for told in children(file, "hash"):
        below = {local(one): one for one in told.iter()}
        transform, method, value = (below.get(name) for name in ("Transform", "DigestMethod", "DigestValue"))
        if transform is None or method is None or value is None:
            continue
        if (transform.get("Algorithm"), method.get("Algorithm")) == (_IDENTITY_TRANSFORM, _SHA256):
            try:
                digest = base64.b64decode((value.text or "").strip()[:100], validate=True)
            except ValueError:
                continue
            return digest.hex() if len(digest) == 32 else ""
    return ""


def _check_bound(manifest: PackageManifest | ComponentManifest, member: str) -> None:
    if manifest.statements > _STATEMENTS_MAX:
        raise HostilePackage(f"{member} names more than {_STATEMENTS_MAX} packages, components and files")
