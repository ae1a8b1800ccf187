# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions for tests: small ones of hotfixes that never were, as the JSON that a user would write."""

from __future__ import annotations

from typing import Any

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import build
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.definition import Definition

TOKEN = "31bf3856ad364e35"
CBS_NAMES = {"x86": "x86", "x64": "amd64", "ia64": "ia64"}


def file(path: str | None, *, name: str = "", role: str = "none", changed: bool = True, **fixed: Any) -> dict[str, Any]:
    """A file with the first fixed version of each branch by its name (ldr="6.0.6001.22191"; None: not known)."""
    stem = (name or str(path).rpartition("\\")[2]).lower()
    return {
        "name": name or str(path).rpartition("\\")[2],
        "path": path,
        "role": role,
        "pae": None,
        "changed": changed,
        "branches": [
            {
                "branch": branch,
                "version": version,
                "component": f"Component-{stem}",
                "component_version": "6.0.6001.22162",
                "store_folder": f"amd64_component-{stem}_{branch}_none_0123",
                "size": 1000,
                "sha1": None,
                "sha256": None,
            }
            for branch, version in fixed.items()
        ],
    }


def data(number: int, files: list[dict[str, Any]], architectures: tuple[str, ...] = ("x64",), **more: Any) -> Any:
    """The JSON of a definition for build 6001."""
    return {
        "format": 2,
        "kb": f"KB{number}",
        "title": "A hotfix that never was",
        "release_type": "Hotfix",
        "restart": "required",
        "article": None,
        "symptom": None,
        "advice": None,
        "packages": [
            {
                "architecture": one,
                "file_name": f"Windows6.0-KB{number}-{one}.msu",
                "identity": f"Package_for_KB{number}~{TOKEN}~{CBS_NAMES[one]}~~6.0.1.0",
                "identity_certain": True,
                "identity_source": "made",
                "sha256": None,
                "sub_packages": [],
                "members": None,
            }
            for one in architectures
        ],
        "targets": [
            {"os_version": "6.0.6001", "service_pack": 1, "architecture": one, "files": files} for one in architectures
        ],
        "fixed_by_service_pack": [{"os_version": "6.0.6002", "service_pack": 2}],
        "unfilled": [],
        "products": [],
        "prerequisites": [],
        "replaces": [],
        "includes": [],
        "registry": [],
        **more,
    }


def made(
    number: int, files: list[dict[str, Any]], architectures: tuple[str, ...] = ("x64",), **more: Any
) -> Definition:
    """The same, loaded."""
    return build(data(number, files, architectures, **more), f"kb{number}.json")
