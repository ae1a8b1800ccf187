# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package with the structure of the genuine Windows6.0-KB942288-v2-x86.msu, for the comparison with its digest.

Nothing of the genuine package is in it but what its structure is made of: names of components, files and languages.
The files are our own, smaller, and of a version that is not their component's.

    write_msu(folder, "x86", **kb942288.OPTIONS)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .plan import (
    CBS_ARCHITECTURE,
    FOUNDATION,
    RTM,
    SERVER_CORE,
    SP1,
    VISTA_SP1,
    WINPE,
    Component,
    Deployment,
    Parent,
    Part,
    Plan,
    PlannedFile,
    Sub,
    Update,
)

if TYPE_CHECKING:
    from .msu import Recipe

# fmt: off
_LANGUAGES = (
    "ar-SA", "bg-BG", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-US", "es-ES", "et-EE", "fi-FI", "fr-FR", "he-IL",
    "hr-HR", "hu-HU", "it-IT", "ja-JP", "ko-KR", "lt-LT", "lv-LV", "nb-NO", "nl-NL", "pl-PL", "pt-BR", "pt-PT",
    "ro-RO", "ru-RU", "sk-SK", "sl-SI", "sr-Latn-CS", "sv-SE", "th-TH", "tr-TR", "uk-UA", "zh-CN", "zh-TW",
)
# fmt: on
_VERSIONS = {6000: "6.0.6000.20817", 6001: "6.0.6001.22162"}
_BASE_VERSIONS = {6000: RTM, 6001: SP1}
_NEUTRAL = (
    ("Installer-Handler", ("msihnd.dll",)),
    ("Installer-Executable", ("msiexec.exe",)),
    ("Installer-Engine", ("msi.dll", "msimsg.dll")),
)
_ALONE = ("ar-SA", "cs-CZ", "ja-JP", "th-TH")
"""Languages whose first file leans on no other."""
_CLIENT_PACK = "Microsoft-Windows-WindowsFoundation-LanguagePack-Package"
_SERVER_PACK = "Microsoft-Windows-ServerFoundation-Base-LanguagePack-Package"
_WINPE_PACK = "Microsoft-Windows-WinPE-LanguagePack-Package"


def plan(recipe: Recipe) -> Plan:
    """The plan: six sub-packages, 214 packages with updates, 35 languages and two builds."""
    architecture = CBS_ARCHITECTURE[recipe.architecture]
    neutral = {build: tuple(Update(one) for one in _engine(architecture, build)) for build in _VERSIONS}
    client, server, pe = (_CLIENT_PACK,), (_SERVER_PACK, _CLIENT_PACK), (_WINPE_PACK,)
    foundation = {build: Parent(FOUNDATION, version) for build, version in _BASE_VERSIONS.items()}
    core, winpe = Parent(SERVER_CORE, SP1), {build: Parent(WINPE, one) for build, one in _BASE_VERSIONS.items()}

    def spoken(
        build: int, base: Parent, packs: tuple[str, ...], *, last: bool = False, old: bool = False
    ) -> list[Part]:
        return [
            Part(
                _parents(base, packs, _covered(language), 6000 if old else build, last=last),
                (
                    Update(
                        _resources(architecture, build, language, alone=base.name == WINPE),
                        elevate="serviceLevel" if old else "distribution",
                    ),
                ),
            )
            for language in _LANGUAGES
        ]

    everything = [one for language in _LANGUAGES for one in _covered(language)]

    def sub(family: str, build: int, base: Parent, packs: tuple[str, ...], parts: list[Part]) -> Sub:
        parents = _parents(base, packs, everything, build, last=base.name == WINPE)
        return Sub(family, 0, base, parents, tuple(parts))

    def whole(build: int, base: Parent, packs: tuple[str, ...]) -> list[Part]:
        return [Part((base,), neutral[build]), *spoken(build, base, packs)]

    service_pack = [
        *spoken(6001, foundation[6000], client, old=True),
        Part((foundation[6000], VISTA_SP1), neutral[6001]),
    ]
    return Plan(
        recipe.kb,
        recipe.architecture,
        (
            sub("winpesrv", 6001, winpe[6001], pe, spoken(6001, winpe[6001], pe, last=True)),
            Sub("client", 1, foundation[6000], (VISTA_SP1,), tuple(service_pack)),
            sub("server", 6001, foundation[6001], server, whole(6001, foundation[6001], server)),
            sub("sc", 6001, core, server, whole(6001, core, server)),
            sub("client", 6000, foundation[6000], client, whole(6000, foundation[6000], client)),
            sub("winpe", 6000, winpe[6000], pe, spoken(6000, winpe[6000], pe, last=True)),
        ),
    )


def _covered(language: str) -> list[str]:
    """The languages that one resource component serves."""
    return ["zh-HK", "zh-TW"] if language == "zh-TW" else [language]


def _parents(
    base: Parent, packs: tuple[str, ...], languages: list[str], build: int, *, last: bool = False
) -> tuple[Parent, ...]:
    spoken = [Parent(pack, _BASE_VERSIONS[build], "language", language) for pack in packs for language in languages]
    return tuple([*spoken, base] if last else [base, *spoken])


def _engine(architecture: str, build: int) -> list[Deployment]:
    version = (4, 5, build, int(_VERSIONS[build].rpartition(".")[2]))
    return [
        _deployed(
            [
                Component(
                    f"Microsoft-Windows-{name}",
                    _VERSIONS[build],
                    one,
                    files=tuple(PlannedFile(file, 0, version) for file in files),
                )
                for one in _architectures(architecture)
            ]
        )
        for name, files in _NEUTRAL
    ]


def _resources(architecture: str, build: int, language: str, *, alone: bool) -> Deployment:
    """The language's messages. alone: without those for 32-bit programs, which WinPE does not run."""
    version = (4, 5, build, int(_VERSIONS[build].rpartition(".")[2]))
    goal = f"$(runtime.system32)\\{language}\\"
    file = PlannedFile("msimsg.dll.mui", 0, version, goal, alone=build == 6001 and language in _ALONE)
    told = "en-us" if language == "en-US" else language
    return _deployed(
        [
            Component("Microsoft-Windows-Installer-Engine.Resources", _VERSIONS[build], one, told, files=(file,))
            for one in (_architectures(architecture)[:1] if alone else _architectures(architecture))
        ]
    )


def _architectures(architecture: str) -> list[str]:
    return ["amd64", "x86"] if architecture == "amd64" else [architecture]


def _deployed(components: list[Component]) -> Deployment:
    return Deployment(tuple(components), components[0].architecture)


OPTIONS: Mapping[str, Any] = {
    "kb": "KB942288",
    "identity_version": "6.0.2.0",
    "plan": plan,
    "restart": "possible",
    "shared_catalogs": False,
}
