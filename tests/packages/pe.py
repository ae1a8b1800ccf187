# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes Portable Executable images that hold a version resource, nothing that runs, and padding to a wished size."""

from __future__ import annotations

import struct

MACHINES = {"x86": 0x014C, "x64": 0x8664, "ia64": 0x0200}
_RESOURCE_RVA = 0x2000
_TEXT_RVA = 0x1000
_ALIGN = 0x200

Version = tuple[int, int, int, int]


def _aligned(data: bytes, to: int = 4) -> bytes:
    return data + b"\0" * (-len(data) % to)


def _block(key: str, value: bytes, *, text: bool, children: bytes = b"", value_length: int | None = None) -> bytes:
    """One node of a version resource: length, value length, type, key, padding, value, padding, children."""
    head = _aligned(b"\0" * 6 + (key + "\0").encode("utf-16-le"))
    body = head + value
    if children:
        body = _aligned(body) + children
    length = len(value) // 2 if text else len(value)
    return struct.pack("<HHH", len(body), length if value_length is None else value_length, text) + body[6:]


def version_resource(version: Version, strings: dict[str, str]) -> bytes:
    """VS_VERSIONINFO with its fixed part and one string table in English."""
    high, low = (version[0] << 16) | version[1], (version[2] << 16) | version[3]
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x00010000, high, low, high, low, 0x3F, 0, 0x40004, 1, 0, 0, 0)
    pairs = b"".join(
        _aligned(_block(key, (text + "\0").encode("utf-16-le"), text=True)) for key, text in strings.items()
    )
    table = _block("040904B0", b"", text=True, children=pairs)
    string_info = _aligned(_block("StringFileInfo", b"", text=True, children=table))
    translation = _block("Translation", struct.pack("<HH", 0x0409, 0x04B0), text=False)
    var_info = _block("VarFileInfo", b"", text=True, children=translation)
    return _block("VS_VERSION_INFO", fixed, text=False, children=string_info + var_info)


def _resource_section(resource: bytes) -> bytes:
    """A directory of three levels (type 16, name 1, language 1033) that ends at one data entry."""
    tree = b""
    for level, number in enumerate((16, 1, 1033)):
        following = 24 * (level + 1) | (0x80000000 if level < 2 else 0)
        tree += struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1) + struct.pack("<II", number, following)
    tree += struct.pack("<IIII", _RESOURCE_RVA + 88, len(resource), 0, 0)
    return tree + resource


def build_pe(
    architecture: str,
    version: Version | None,
    size: int = 0,
    *,
    lab: str = "",
    original_name: str = "ntoskrnl.exe",
    noise: bytes = b"",
) -> bytes:
    """An image of that architecture, padded with zeros to `size` bytes (0: as small as it is).

    version None leaves the version resource out. `noise` is put at the start of the padding, to make images differ.
    """
    resource = b""
    if version is not None:
        text = ".".join(map(str, version)) + (f" ({lab})" if lab else "")
        strings = {
            "CompanyName": "winlegacy.servicing tests",
            "FileDescription": "Not a kernel: a test file",
            "FileVersion": text,
            "OriginalFilename": original_name,
            "ProductVersion": ".".join(map(str, version)),
        }
        resource = _resource_section(version_resource(version, strings))
    wide = architecture != "x86"
    code = _aligned(b"\xf4" * 16, _ALIGN)
    raw = _aligned(resource, _ALIGN)
    optional_size = 240 if wide else 224
    headers_size = 0x400
    optional = struct.pack("<HBBIIIII", 0x20B if wide else 0x10B, 8, 0, len(code), len(raw), 0, _TEXT_RVA, _TEXT_RVA)
    base = struct.pack("<Q", 0x400000) if wide else struct.pack("<II", _RESOURCE_RVA, 0x400000)
    optional += base + struct.pack("<II6HI", 0x1000, _ALIGN, 6, 0, 6, 0, 6, 0, 0)
    optional += struct.pack("<IIIHH", 0x10000, headers_size, 0, 1, 0)
    optional += struct.pack("<QQQQ" if wide else "<IIII", 0x40000, 0x1000, 0x100000, 0x1000)
    directories = [(0, 0)] * 16
    if resource:
        directories[2] = (_RESOURCE_RVA, len(resource))
    optional += struct.pack("<II", 0, 16) + b"".join(struct.pack("<II", *one) for one in directories)
    if len(optional) != optional_size:
        raise AssertionError(f"optional header of {len(optional)} bytes")
    sections = [(b".text", len(code), _TEXT_RVA, len(code), headers_size, 0x60000020)]
    if resource:
        sections.append((b".rsrc", len(resource), _RESOURCE_RVA, len(raw), headers_size + len(code), 0x40000040))
    coff = struct.pack(
        "<HHIIIHH", MACHINES[architecture], len(sections), 1212215040, 0, 0, optional_size, 0x22 if wide else 0x102
    )
    table = b"".join(
        struct.pack("<8sIIIIIIHHI", name, virtual, rva, raw_size, offset, 0, 0, 0, 0, flags)
        for name, virtual, rva, raw_size, offset, flags in sections
    )
    dos = b"MZ" + b"\0" * 58 + struct.pack("<I", 0x80)
    image = (dos.ljust(0x80, b"\0") + b"PE\0\0" + coff + optional + table).ljust(headers_size, b"\0") + code + raw
    if size and size < len(image) + len(noise):
        raise ValueError(f"an image needs {len(image) + len(noise)} bytes, {size} were wished")
    return (image + noise).ljust(size, b"\0")
