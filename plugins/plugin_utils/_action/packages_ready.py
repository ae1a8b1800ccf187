# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the packages that a run needs are there and may be used, before any host is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._catalogue.definition import Definition
from .._model.facts import Architecture
from .._package.certificates import read_ca_file
from .._package.choose import survey
from .._package.errors import PackageError
from .._package.policy import SignaturePolicy
from .._package.request import PackageRequest, obtain
from .._rollout.checks import as_boolean
from .._rollout.settings import Naming


def ready(naming: Naming, definition: Definition, settings: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """For each architecture the package that is there and accepted; and sentences about what is wrong.

    settings: by name without prefix, checked one by one before. No package at all is wrong too.
    """
    prefix = naming.prefix
    folder, files = settings.get("package_dir"), settings.get("packages") or {}
    if not folder and not files:
        wanted = f"set {prefix}package_dir to the folder on the controller that holds the packages"
        return {}, [f"no package is named: {wanted} (or {prefix}packages)"]
    try:
        if settings.get("ca_file") and settings.get("signature") != SignaturePolicy.IGNORE.value:
            read_ca_file(_local(settings["ca_file"]))
    except PackageError as error:
        return {}, [f"{prefix}{error}"]
    try:
        base = PackageRequest(
            path=Path("unused"),
            pins=tuple(map(str, settings.get("checksum") or ())),
            policy=SignaturePolicy(settings.get("signature")),
            ca_file=_local(settings["ca_file"]) if settings.get("ca_file") else None,
            allow_later=bool(as_boolean(settings.get("allow_later"))),
            prefix=prefix,
        )
        return _of_folder(prefix, definition, base, _local(folder)) if folder else _of_files(definition, base, files)
    except PackageError as error:
        return {}, [f"{prefix}{'package_dir' if folder else 'packages'}: {error}"]


def _of_files(
    definition: Definition, base: PackageRequest, files: Mapping[str, Any]
) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    wrong: list[str] = []
    for name, path in files.items():
        _take(definition, replace(base, path=_local(path)), Architecture(name), found, wrong)
    return found, wrong


def _of_folder(
    prefix: str, definition: Definition, base: PackageRequest, folder: Path
) -> tuple[dict[str, str], list[str]]:
    seen = survey(folder, base.reading)
    there = {one.report.contents.architecture for one in seen if one.report and one.report.contents.kb == definition.kb}
    found: dict[str, str] = {}
    wrong: list[str] = []
    for architecture in Architecture:
        if architecture in there:
            _take(definition, replace(base, path=None, folder=folder), architecture, found, wrong)
    if not found and not wrong:
        names = ", ".join(one.text for one in seen) or "no cabinet at all"
        called = ", ".join(one.file_name for one in definition.packages if one.file_name)
        wrong.append(
            f"{prefix}package_dir: {folder} holds no package of {definition.kb}; found: {names}; put the files there as"
            f" Microsoft delivered them ({called})"
        )
    return found, wrong


def _take(
    definition: Definition,
    request: PackageRequest,
    architecture: Architecture,
    found: dict[str, str],
    wrong: list[str],
) -> None:
    try:
        judged = obtain(request, definition, architecture)
    except PackageError as error:
        wrong.append(f"the package for {architecture.value}: {error}")
        return
    wrong += [f"the package for {architecture.value}: {one.text}" for one in judged.refusals]
    if judged.accepted:
        found[architecture.value] = str(judged.report.path)


def _local(text: Any) -> Path:
    return Path(str(text)).expanduser().resolve()
