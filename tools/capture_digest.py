# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Structural digests of captured messages: names, namespaces, attribute names, nesting; no text and no values.

Captures themselves are not ours to publish; their shape is a fact. Usage: capture_digest.py CAPTURES DIGESTS
writes DIGESTS/<source>/<name>.json for every CAPTURES/<source>/<name>.xml. An element is
[name in Clark notation, attribute names, whether it holds text, children].
"""

from __future__ import annotations

import argparse
import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

SOAP_BODY = "{http://www.w3.org/2003/05/soap-envelope}Body"


def digest_element(element: ET.Element) -> list[Any]:
    """One element and all below it."""
    return [
        element.tag,
        sorted(element.attrib),
        bool((element.text or "").strip()),
        [digest_element(child) for child in element],
    ]


def digest(path: Path) -> dict[str, Any]:
    """The digest of one capture. `holds`: local names of the SOAP body's children."""
    root = ET.parse(path).getroot()  # noqa: S314 - files of our own choosing
    body = root.find(SOAP_BODY)
    holds = [child.tag.rpartition("}")[2] for child in body] if body is not None else None
    return {"capture": f"{path.parent.name}/{path.name}", "holds": holds, "root": digest_element(root)}


def main(arguments: list[str] | None = None) -> int:
    """Write the digests; 1 when there is no capture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("captures", type=Path)
    parser.add_argument("digests", type=Path)
    options = parser.parse_args(arguments)
    found = sorted(options.captures.glob("*/*.xml"))
    for path in found:
        target = options.digests / path.parent.name / f"{path.stem}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(digest(path), separators=(",", ":")) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} digests\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
