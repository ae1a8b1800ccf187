# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text members of a test package: manifests, the answer file, the package properties, the scan cabinet."""

from __future__ import annotations

from .cab import Member, write_cabinet

TOKEN = "31bf3856ad364e35"
CBS_ARCHITECTURE = {"x86": "x86", "x64": "amd64", "ia64": "ia64"}
_DECLARATION = '<?xml version="1.0" encoding="{encoding}"?>\n'
_ASSEMBLY = "urn:schemas-microsoft-com:asm.v3"


def encoded(text: str, encoding: str) -> bytes:
    """Text in `utf-8`, `utf-8-sig`, `utf-16-le` or `utf-16-be` (no mark), `utf-16-le-bom` or `utf-16-be-bom`."""
    if encoding.endswith("-bom"):
        return ("\ufeff" + text).encode(encoding.removesuffix("-bom"))
    return text.encode(encoding)


def _declared(encoding: str) -> str:
    return _DECLARATION.format(encoding="utf-16" if encoding.startswith("utf-16") else "utf-8")


def identity_element(name: str, architecture: str, version: str = "6.0.1.0", token: str = TOKEN) -> str:
    return (
        f'<assemblyIdentity name="{name}" version="{version}" language="neutral" '
        f'processorArchitecture="{CBS_ARCHITECTURE.get(architecture, architecture)}" publicKeyToken="{token}" />'
    )


def identity_text(name: str, architecture: str, version: str = "6.0.1.0", token: str = TOKEN) -> str:
    return f"{name}~{token}~{CBS_ARCHITECTURE.get(architecture, architecture)}~~{version}"


def package_manifest(name: str, architecture: str, kb: str, size: int, version: str = "6.0.1.0") -> bytes:
    """A .mum of exactly `size` bytes: the true elements, then blanks."""
    text = (
        _declared("utf-8") + f'<assembly xmlns="{_ASSEMBLY}" manifestVersion="1.0" copyright="tests">\n'
        f"  {identity_element(name, architecture, version)}\n"
        f'  <package identifier="{kb}" releaseType="Hotfix" restart="possible" />\n'
    )
    return _filled(text, "</assembly>\n", size)


def component_manifest(name: str, architecture: str, version: str, files: list[str], size: int) -> bytes:
    """A component's .manifest of exactly `size` bytes."""
    listed = "".join(f'  <file name="{one}" destinationPath="$(runtime.system32)\\" />\n' for one in files)
    text = (
        _declared("utf-8") + f'<assembly xmlns="{_ASSEMBLY}" manifestVersion="1.0">\n'
        f"  {identity_element(name, architecture, version)}\n{listed}"
    )
    return _filled(text, "</assembly>\n", size)


def _filled(start: str, end: str, size: int) -> bytes:
    room = size - len(start) - len(end)
    if room < 0:
        raise ValueError(f"the text needs {len(start) + len(end)} bytes, {size} were wished")
    return (start + " " * room + end).encode()


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
    return encoded(
        _declared(encoding) + f'{doctype}<unattend xmlns="urn:schemas-microsoft-com:unattend">\n'
        f'    <servicing>\n        <package action="{action}">\n'
        f"            {identity_element(name, architecture, version)}\n"
        f'            <source location="%configsetroot%\\{source}" />\n'
        f"        </package>\n    </servicing>\n{extra}</unattend>\n",
        encoding,
    )


def properties(kb: str, architecture: str, *, encoding: str = "utf-8", applicability: str | None = None) -> bytes:
    """pkgProperties.txt: lines of name="value"."""
    if applicability is None:
        applicability = "Windows Vista;Windows Vista SP1;Windows Server 2008;"
    number = kb.upper().removeprefix("KB")
    lines = {
        "ApplicabilityInfo": applicability,
        "Applies to": "Windows 6.0",
        "Build Date": "2008/05/31",
        "Company": "winlegacy.servicing tests",
        "File Version": "1",
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
