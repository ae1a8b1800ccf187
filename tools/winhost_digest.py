# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Structural digests of captured messages: element names, namespaces, attribute names, nesting and order; no text.

    python tools/winhost_digest.py CAPTURES_FOLDER OUTPUT.json

The simulated host's own answers go through the same function, so that a test can hold one against the other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lxml import etree

_PREFIXES = {
    "http://www.w3.org/2003/05/soap-envelope": "s",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing": "a",
    "http://schemas.xmlsoap.org/ws/2004/09/transfer": "x",
    "http://schemas.xmlsoap.org/ws/2004/09/enumeration": "n",
    "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd": "w",
    "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd": "p",
    "http://schemas.microsoft.com/wbem/wsman/1/windows/shell": "rsp",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault": "f",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd": "wsmid",
    "http://schemas.dmtf.org/wbem/wscim/1/common": "cim",
    "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd": "b",
}


def _short(name: str) -> str:
    qualified = etree.QName(name)
    if qualified.namespace is None:
        return str(qualified.localname)
    namespace = "".join(qualified.namespace.split())  # one capture has a line break inside a namespace name
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{qualified.localname}" if prefix else f"{{{namespace}}}{qualified.localname}"


def digest(document: bytes, *, tolerant: bool = False) -> list[str]:
    """The distinct paths of a message in document order, each with the names of its attributes."""
    parser = etree.XMLParser(
        recover=tolerant, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(document, parser)
    seen: dict[str, None] = {}
    _walk(root, "", seen)
    return list(seen)


def _walk(element: etree._Element, above: str, seen: dict[str, None]) -> None:
    path = f"{above}/{_short(str(element.tag))}"
    attributes = sorted(_short(str(name)) for name in element.attrib)
    seen[path + (f" [{' '.join(attributes)}]" if attributes else "")] = None
    for child in element:
        if isinstance(child.tag, str):
            _walk(child, path, seen)


def main() -> int:
    """Write the digests of a folder of captures."""
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    digests = {
        str(path.relative_to(folder)): digest(path.read_bytes(), tolerant=True)
        for path in sorted(folder.rglob("*.xml"))
    }
    output.write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
