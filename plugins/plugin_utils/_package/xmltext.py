# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text and XML of a package's members, in UTF-8 or UTF-16: hardened, and as a stream where they may be large."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from .errors import HostilePackage, PackageError
from .names import shown

_DEPTH_MAX = 64
_CHUNK = 65536
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = ("utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "unicode")
"""What a declaration may tell. Another one is refused: the host's parser would read another document than we do."""

Start = Callable[[str, dict[str, str]], object]
End = Callable[[str], object]


def _encoding(data: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if encoding:
        return encoding
    start = data[:64]  # ASCII in UTF-16: every other byte is zero
    even, odd = start[0::2].count(0), start[1::2].count(0)
    return "utf-8" if even == odd else ("utf-16-be" if even > odd else "utf-16-le")


def _pieces(data: bytes, what: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(_encoding(data))()
    try:
        for start in range(0, len(data) or 1, _CHUNK):
            text = decoder.decode(data[start : start + _CHUNK], final=start + _CHUNK >= len(data))
            yield text.removeprefix("\ufeff") if start == 0 else text
    except UnicodeDecodeError:
        raise PackageError(f"{what}: its text is neither UTF-8 nor UTF-16") from None


def decode(data: bytes, what: str) -> str:
    """Text in UTF-8 or UTF-16 of either order, with a mark or without. Raises PackageError for anything else."""
    return "".join(_pieces(data, what))


def stream_xml(data: bytes, what: str, start: Start, end: End, text: Callable[[str], object] | None = None) -> None:
    """Feed a document to handlers; names have the form `namespace}name`.

    Raises HostilePackage for a document type or absurd nesting, PackageError for what is no XML or is declared in
    another encoding than UTF-8 and UTF-16. What a handler raises comes through.
    """
    parser = expat.ParserCreate("utf-8", "}")
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH_MAX:
            raise HostilePackage(f"{what}: its XML is nested more than {_DEPTH_MAX} deep")
        start(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    def doctype(*_unused: object) -> None:
        raise HostilePackage(f"{what}: its XML has a document type declaration, which no package has")

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _DECLARED:
            raise PackageError(f"{what}: it declares the encoding {shown(encoding)}; UTF-8 or UTF-16 was expected")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declared
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        started = False
        for piece in _pieces(data, what):
            piece = piece if started else piece.lstrip()  # noqa: PLW2901 - blanks before a declaration do no harm
            started = started or bool(piece)
            parser.Parse(piece.encode("utf-8", "strict"), False)
        parser.Parse(b"", True)
    except UnicodeEncodeError:
        raise PackageError(f"{what}: its text is neither UTF-8 nor UTF-16") from None
    except expat.ExpatError as error:
        raise PackageError(f"{what} is no XML: {error}") from None


def parse_xml(data: bytes, what: str) -> Element:
    """The root of an XML document. Raises as stream_xml does."""
    builder = TreeBuilder()
    stream_xml(data, what, builder.start, builder.end, builder.data)
    return builder.close()


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The direct children of that local name."""
    return (child for child in element if local(child) == name)


def attributes_of(element: Element, longest: int = 200) -> dict[str, str]:
    """Attributes by local name, blanks at the ends removed, cut at `longest` characters."""
    return {key.rpartition("}")[2]: value.strip()[:longest] for key, value in element.attrib.items()}
