# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From update.mum down to the files: families, sub-packages, packages with updates, deployments, components."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

from winhost.machine.content import Body
from winhost.machine.package_model import Brought, Identity, Package, PackageError, PackageUpdate, PayloadFile
from winhost.machine.version_resource import version_of

_DEEPEST = 8


def follow(documents: Mapping[str, bytes], files: Mapping[str, Body]) -> Package:
    """The package. documents: .mum and .manifest by base name; files: what is installed, by path in the package.

    PackageError when a link of the chain leads nowhere.
    """
    return _Chain(documents, files).package()


class _Chain:
    def __init__(self, documents: Mapping[str, bytes], files: Mapping[str, Body]) -> None:
        self._files = {path.casefold(): (path, body) for path, body in files.items()}
        self._packages: dict[tuple[str, str, str, str], ET.Element] = {}
        self._assemblies: dict[tuple[str, str, str, str], tuple[str, ET.Element]] = {}
        self._brought: dict[tuple[str, str, str, str], Brought] = {}
        root = None
        for name, content in documents.items():
            lowered = name.lower()
            if not lowered.endswith((".mum", ".manifest")):
                continue
            element = _parsed(name, content)
            key = _own(element, name).key
            if lowered == "update.mum":
                root = element
            elif lowered.endswith(".mum"):
                self._packages[key] = element
            else:
                self._assemblies[key] = (name[: -len(".manifest")], element)
        if root is None:
            raise PackageError("no update.mum")
        self._root = root

    def package(self) -> Package:
        inner = self._root.find("{*}package")
        if inner is None:
            raise PackageError("update.mum describes no package")
        return Package(
            _own(self._root, "update.mum"),
            inner.get("restart", "").lower(),
            _parents(inner),
            tuple(self._updates(inner, (), ())),
        )

    def _updates(
        self, package: ET.Element, above: tuple[Identity, ...], parents: tuple[tuple[Identity, ...], ...]
    ) -> Iterator[PackageUpdate]:
        if len(above) > _DEEPEST:
            raise PackageError("the packages name each other in a circle")
        for update in package.findall("{*}update"):
            held = update.find("{*}package/{*}assemblyIdentity")
            if held is not None:
                identity = identity_of(held)
                element = self._packages.get(identity.key)
                inner = element.find("{*}package") if element is not None else None
                if inner is None:
                    raise PackageError(f"there is no manifest of {identity.text}")
                yield from self._updates(inner, (*above, identity), (*parents, _parents(inner)))
                continue
            deployed = update.find("{*}component/{*}assemblyIdentity")
            if deployed is not None:
                brought = tuple(self._deployed(identity_of(deployed)))
                yield PackageUpdate(update.get("name", ""), above, parents, brought)

    def _deployed(self, identity: Identity) -> Iterator[Brought]:
        found = self._assemblies.get(identity.key)
        if found is None:
            raise PackageError(f"there is no deployment {identity.text}")
        for needed in found[1].findall("{*}dependency/{*}dependentAssembly/{*}assemblyIdentity"):
            component = identity_of(needed)
            if component.key not in self._brought:
                self._brought[component.key] = self._component(component)
            yield self._brought[component.key]

    def _component(self, identity: Identity) -> Brought:
        found = self._assemblies.get(identity.key)
        if found is None:
            raise PackageError(f"there is no manifest of the component {identity.text}")
        folder, element = found
        files = []
        for file in element.findall("{*}file"):
            name = file.get("name", "")
            path, body = self._files.get(f"{folder}\\{name}".casefold(), ("", None))
            if body is None:
                raise PackageError(f"{folder} has no file {name}")
            version = version_of(body)
            files.append(PayloadFile(path.rpartition("\\")[0], name, body, version, file.get("destinationPath")))
        return Brought(identity, tuple(files))


def _parsed(name: str, content: bytes) -> ET.Element:
    try:
        return ET.fromstring(content)
    except ET.ParseError as error:
        raise PackageError(f"{name}: {error}") from error


def _own(element: ET.Element, name: str) -> Identity:
    own = element.find("{*}assemblyIdentity")
    if own is None:
        raise PackageError(f"{name} has no assemblyIdentity")
    return identity_of(own)


def identity_of(element: ET.Element) -> Identity:
    """The identity that an assemblyIdentity element tells."""
    return Identity(
        element.get("name", ""),
        element.get("version", ""),
        element.get("processorArchitecture", "neutral"),
        element.get("language", "neutral"),
        element.get("publicKeyToken", ""),
    )


def _parents(package: ET.Element) -> tuple[Identity, ...]:
    return tuple(identity_of(one) for one in package.findall("{*}parent/{*}assemblyIdentity"))
