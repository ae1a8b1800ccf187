# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text members of a test package: manifests, the answer file, the package properties, the scan cabinet."""

from __future__ import annotations

from . import mums
from .cab import Member, write_cabinet
from .plan import CBS_ARCHITECTURE, TOKEN

_DECLARATION = '<?xml version="1.0" encoding="{encoding}"?>\r\n'


def encoded(text: str, encoding: str) -> bytes:
    """Text in `utf-8`, `utf-8-sig`, `utf-16-le` or `utf-16-be` (no mark), `utf-16-le-bom` or `utf-16-be-bom`."""
    if encoding.endswith("-bom"):
        return ("\ufeff" + text).encode(encoding.removesuffix("-bom"))
    return text.encode(encoding)


def _declared(encoding: str) -> str:
    return _DECLARATION.format(encoding="utf-16" if encoding.startswith("utf-16") else "utf-8")


def identity_text(name: str, architecture: str, version: str = "6.0.1.0", token: str = TOKEN) -> str:
    return f"{name}~{token}~{CBS_ARCHITECTURE.get(architecture, architecture)}~~{version}"


def package_manifest(name: str, architecture: str, kb: str, size: int, version: str = "6.0.1.0") -> bytes:
    """A .mum of exactly `size` bytes that names nothing below it."""
    head = mums.Head(kb, CBS_ARCHITECTURE.get(architecture, architecture), version, "possible")
    return mums.package_manifest(head, name, [], "detect", [], size=size, deep=False)


def answer_file(
    name: str,
    architecture: str,
    source: str,
    *,
    version: str = "6.0.1.0",
    encoding: str = "utf-8",
    action: str = "install",
    doctype: str = "",
    extra: str = "",
) -> bytes:
    """The unattend file of an .msu. `extra` goes into the root, `doctype` before it."""
    identity = mums.own_identity(name, architecture, version).replace("<assemblyIdentity ", "<assemblyIdentity  ")
    return encoded(
        _declared(encoding) + f'{doctype}<unattend xmlns="urn:schemas-microsoft-com:unattend">\r\n'
        f'    <servicing>\r\n        <package action="{action}">\r\n'
        f"            {identity}\r\n"
        f'            <source location="%configsetroot%\\{source}" />\r\n'
        f"        </package>\r\n     </servicing>\r\n{extra}</unattend>\r\n\r\n",
        encoding,
    )


_APPLICABILITY = {
    "ia64": "WinPE 2.1;Windows Server 2008;Windows Server Core;",
    "": "WinPE 2.1;Windows Vista SP1;Windows Server 2008;Windows Server Core;Windows Vista;WinPE 2.0;",
}


def properties(
    kb: str, architecture: str, *, encoding: str = "utf-8", applicability: str | None = None, release: str = "1"
) -> bytes:
    """pkgProperties.txt: lines of name="value". release: the third number of the package's version."""
    if applicability is None:
        applicability = _APPLICABILITY.get(architecture, _APPLICABILITY[""])
    number = kb.upper().removeprefix("KB")
    lines = {
        "ApplicabilityInfo": applicability,
        "Applies to": "Windows 6.0",
        "Build Date": "2008/05/31",
        "Company": "winlegacy.servicing tests",
        "File Version": release,
        "Installation Type": "FULL",
        "Installer Engine": "Component Based Servicing - WUSA.exe",
        "Installer Version": "6.0.0.0",
        "KB Article Number": number,
        "Language": "ALL",
        "Package Type": "Hotfix",
        "Processor Architecture": CBS_ARCHITECTURE.get(architecture, architecture),
        "Product Name": "Windows 6.0",
        "Support Link": f"http://support.microsoft.com?kbid={number}",
    }
    return encoded("".join(f'{key}="{value}"\r\n' for key, value in lines.items()), encoding)


def scan_cabinet(kb: str) -> bytes:
    """WSUSSCAN.cab: update metadata, which nothing here reads."""
    return write_cabinet([Member("package.xml", f"<update kb='{kb}'/>".encode())], "mszip")
