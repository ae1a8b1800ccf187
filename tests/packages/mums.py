# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Package manifests (.mum): the root, its families, their sub-packages, and the packages with updates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .plan import CBS_ARCHITECTURE, TOKEN, Parent, Part, Plan, Sub

ASSEMBLY = "urn:schemas-microsoft-com:asm.v3"
_MAKER = "Fixture for the tests"
_STAMP = "2008-05-31T18:22:10Z"
_INSTALLER = (
    '    <installerAssembly name="Microsoft-Windows-ServicingStack" version="6.0.0.0" language="neutral" '
    'processorArchitecture="{architecture}" versionScope="nonSxS" publicKeyToken="' + TOKEN + '" />'
)


@dataclass(frozen=True)
class Head:
    """What all package manifests of one package share. architecture: the word of the servicing stack."""

    kb: str
    architecture: str
    version: str
    restart: str | None
    """`required`, `possible`, or None: the attribute is left out."""

    @property
    def number(self) -> str:
        return self.kb.upper().removeprefix("KB")

    def identity(self, name: str) -> str:
        return own_identity(name, self.architecture, self.version)


def own_identity(name: str, architecture: str, version: str, token: str = TOKEN) -> str:
    """An assemblyIdentity as packages write their own."""
    return (
        f'<assemblyIdentity name="{name}" version="{version}" language="neutral" '
        f'processorArchitecture="{CBS_ARCHITECTURE.get(architecture, architecture)}" publicKeyToken="{token}" />'
    )


def component_identity(name: str, architecture: str, version: str, language: str = "neutral") -> str:
    """An assemblyIdentity as components, deployments and base packages write it."""
    return (
        f'<assemblyIdentity name="{name}" version="{version}" processorArchitecture="{architecture}" '
        f'language="{language}" buildType="release" publicKeyToken="{TOKEN}" versionScope="nonSxS" />'
    )


def _parent_identity(parent: Parent, architecture: str) -> str:
    if parent.form == "base":
        return component_identity(parent.name, architecture, parent.version, parent.language)
    built = ' buildType="release"' if parent.form == "language" else ""
    return (
        f'<assemblyIdentity name="{parent.name}" language="{parent.language}" version="{parent.version}" '
        f'processorArchitecture="{architecture}" publicKeyToken="{TOKEN}"{built} />'
    )


def package_manifest(
    head: Head, name: str, parents: Iterable[Parent], disposition: str, updates: list[str], *, size: int, deep: bool
) -> bytes:
    """A .mum with these update elements, of `size` bytes where the text is not larger (0: as large as the text)."""
    evaluated = ' applicabilityEvaluation="deep"' if deep else ""
    restart = f' restart="{head.restart}"' if head.restart else ""
    told = [f"      {_parent_identity(parent, head.architecture)}" for parent in parents]
    lines = [
        f"  {head.identity(name)}",
        f'  <package identifier="{head.kb}"{evaluated} releaseType="Hotfix"{restart}>',
        *([f'    <parent integrate="separate" disposition="{disposition}">', *told, "    </parent>"] if told else []),
        _INSTALLER.format(architecture=head.architecture),
        *updates,
        "  </package>",
    ]
    body = "\r\n".join(lines) + "\r\n"
    start = _start(head, _MAKER)
    over = len(start) + len(body) + len("</assembly>") - size if size else 0
    if over > 0:  # room is made where nothing is told
        start = _start(head, _MAKER[: max(0, len(_MAKER) - (over + 1) // 2)])
    return filled(start + body, "</assembly>", size)


def _start(head: Head, maker: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\r\n'
        f'<assembly xmlns="{ASSEMBLY}" manifestVersion="1.0" description="Fix for {head.kb}" displayName="default" '
        f'company="{maker}" copyright="{maker}" supportInformation="http://support.microsoft.com/?kbid={head.number}" '
        f'creationTimeStamp="{_STAMP}" lastUpdateTimeStamp="{_STAMP}">\r\n'
    )


def filled(start: str, end: str, size: int) -> bytes:
    """The text, with blanks before its end when it is shorter than `size` bytes."""
    return (start + " " * max(0, size - len(start) - len(end)) + end).encode()


def package_manifests(plan: Plan, head: Head, root: str) -> dict[str, bytes]:
    """All package manifests by file name; `root` is the name in update.mum's identity."""
    return dict(_Writer(plan, head, root).write())


class _Writer:
    """Counts updates and packages through the plan, as the genuine ones are counted."""

    def __init__(self, plan: Plan, head: Head, root: str) -> None:
        self._plan, self._head, self._root = plan, head, root
        self._updates = self._packages = 0

    def write(self) -> Iterator[tuple[str, bytes]]:
        holders: dict[str, list[str]] = {}
        made: list[tuple[str, bytes]] = []
        for sub in self._plan.subs:
            names = []
            twin = "_bf" if sub.family.endswith("_bf") else ""
            for part in sub.parts:
                self._packages += 1
                name = f"Package_{self._packages}_for_{self._head.kb}{twin}"
                made.append(self._part(name, part))
                names.append(name)
            held = [self._held(name) for name in names]
            name = self._sub_name(sub)
            made.append(self._file(name, sub.parents, "staged", held))
            holders.setdefault(sub.family, []).append(name)
        listed: dict[str, list[str]] = {family: [] for family in self._plan.families}
        for sub in self._plan.subs:
            listed[sub.family].append(self._held(self._sub_name(sub)))
        for family, subs in self._plan.families.items():
            made.append(self._file(f"Package_for_{self._head.kb}_{family}", [subs[0].base], "detect", listed[family]))
        families = [self._held(f"Package_for_{self._head.kb}_{family}") for family in self._plan.families]
        yield self._file(self._root, self._root_parents(), "detect", families, file="update.mum")
        yield from reversed(made)

    def _sub_name(self, sub: Sub) -> str:
        family, twin = sub.family.removesuffix("_bf"), "_bf" if sub.family.endswith("_bf") else ""
        return f"Package_for_{self._head.kb}_{family}_{sub.index}{twin}"

    def _root_parents(self) -> list[Parent]:
        found: dict[Parent, None] = {}
        for sub in self._plan.subs:
            found.update(dict.fromkeys([sub.base, *sub.parents]))
            for part in sub.parts:
                found.update(dict.fromkeys(part.parents))
        return list(found)

    def _number(self) -> int:
        self._updates += 1
        return self._updates

    def _held(self, name: str) -> str:
        return "\r\n".join(
            (
                f'    <update name="{self._head.number}-{self._number()}_neutral_PACKAGE">',
                '      <package integrate="hidden">',
                f"        {self._head.identity(name)}",
                "      </package>",
                "    </update>",
            )
        )

    def _part(self, name: str, part: Part) -> tuple[str, bytes]:
        updates = []
        for update in part.updates:
            deployment = update.deployment
            deployed = component_identity(deployment.name, self._head.architecture, deployment.version)
            updates += [
                f'    <update name="{self._head.number}-{self._number()}_neutral_{update.branch}">',
                '      <applicable disposition="staged">',
                f'        <updateComponent elevate="{update.elevate}">',
                *(
                    f"          {component_identity(one.name, one.architecture, one.version, one.language)}"
                    for one in deployment.components
                ),
                "        </updateComponent>",
                "      </applicable>",
                "      <component>",
                f"        {deployed}",
                "      </component>",
                "    </update>",
            ]
        return self._file(name, part.parents, "detect", updates, deep=False)

    def _file(
        self,
        name: str,
        parents: Iterable[Parent],
        disposition: str,
        updates: list[str],
        *,
        deep: bool = True,
        file: str = "",
    ) -> tuple[str, bytes]:
        head = self._head
        file = file or f"{name.lower()}~{TOKEN}~{CBS_ARCHITECTURE[self._plan.architecture]}~~{head.version}.mum"
        size = self._plan.mum_sizes.get(file, 0)
        return file, package_manifest(head, name, parents, disposition, updates, size=size, deep=deep)
