# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the bytes of an article to facts: read_article(data, name) -> ArticleFacts.

Markdown (as Microsoft publishes its support articles), HTML (as browsers save them) and text (as it is copied out of a
browser) are told apart by what is in them. The project keeps no sentence of an article; who reads one of his own may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ..._model.kb import DIGITS, kb_in
from ..definition import Restart
from ..errors import ArticleError
from .blocks import Block, Blocks, Heading, Limits, Line
from .hypertext import read_html
from .markdown import read_markdown
from .plain_text import read_text
from .products import Product, products_in
from .rows import FileRow
from .statements import (
    Replacement,
    Sections,
    needs_nothing,
    numbers_in,
    only_if_symptomatic,
    registry,
    replacement,
    restart,
)
from .tables import headings, read_tables

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{1,20})")
# fmt: off
_CHARSETS = frozenset(
    (
        "utf-8", "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "iso-8859-1",
        "iso-8859-2", "iso-8859-15", "koi8-r", "shift_jis", "euc-jp", "gb2312", "gbk", "big5", "euc-kr"
    )
)
# fmt: on
_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:Original KB number|Article ID|KB number|Artikel-ID|Num\u00e9ro d'article|Id\. de art\u00edculo|ID articolo)"
    rf"\W{{1,20}}(?:KB ?)?({DIGITS})(?![0-9])",
    re.IGNORECASE,
)
_IN_MANIFESTS = re.compile(rf"package_(?:[0-9]{{1,3}}_)?for_kb({DIGITS})[_~]", re.IGNORECASE)
_KEYWORD = re.compile(rf"(?<!\w)KB({DIGITS})(?!\w)")
_ADDRESS = re.compile(
    rf"(?:support\.microsoft\.com/(?:[a-z]{{2}}-[a-z]{{2}}/)?(?:kb|help)/|kbid=)({DIGITS})", re.IGNORECASE
)
_CANONICAL = re.compile(r"<(?:link|meta)\b[^<>]{0,300}(?:canonical|og:url)[^<>]{0,400}>", re.IGNORECASE)
_REVIEW = re.compile(
    r"Last Review\W{1,5}([A-Za-z]{3,9}) ([0-9]{1,2}), ([0-9]{4})\W{1,5}Revision\W{1,5}([0-9]{1,3}\.[0-9]{1,3})"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TITLE_MAX, _TEXT_MAX = 200, 2_000


@dataclass(frozen=True)
class ArticleFacts:
    """What one article tells. None: it does not tell it, or not in a way that is understood.

    kb: its own number; kb_source: where that stands. required: hotfixes that must be there; running: Windows that must
    be. needs: the prerequisites as they stand; needs_nothing: they are that there are none. symptom: the text of that
    section. Both texts are the article's own words, for the definition of who has it. rows: of all file tables.
    unread: what could not be read, as clauses. nameless: its rows as far as they can be told, without a file's name.
    """

    kb: str | None
    kb_source: str
    title: str | None
    revision: str | None
    last_review: date | None
    restart: Restart | None
    replacement: Replacement | None
    registry: tuple[str, ...] | None
    required: tuple[str, ...] | None
    running: tuple[Product, ...]
    needs: str | None
    needs_nothing: bool
    only_if_symptomatic: bool | None
    products: tuple[Product, ...]
    symptom: str | None
    rows: tuple[FileRow, ...]
    unread: tuple[str, ...]
    nameless: tuple[FileRow, ...] = ()


def read_article(data: bytes, name: str, limits: Limits | None = None) -> ArticleFacts:
    """Read one article. name: of its file, for messages.

    Raises ArticleError when it is too large, no text, or tells two numbers of its own.
    """
    bounds = limits or Limits()
    if len(data) > bounds.size:
        raise ArticleError(f"{name}: it has {len(data)} bytes, and at most {bounds.size} are read of an article")
    text = _decoded(data, name)
    blocks = Blocks(name, bounds)
    piped = any(line.lstrip("> \t").startswith("|") for line in text.splitlines())
    if _PAGE.search(text[:5_000]) or (text.count("<td") > 2 and not piped):
        read_html(text, blocks)
    elif piped or any(line.startswith("#") for line in text.splitlines()):
        read_markdown(text, blocks)
    else:
        read_text(text, blocks)
    return _facts(blocks.found, text, name, bounds)


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        codec = "utf-8-sig"
    else:
        told = _CHARSET.search(data[:4_096])
        codec = told[1].decode("ascii").lower() if told else "utf-8"
        codec = codec if codec in _CHARSETS else "utf-8"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise ArticleError(f"{name}: it is no text: give the article as Markdown, HTML or text")
    return text


def _facts(blocks: list[Block], text: str, name: str, bounds: Limits) -> ArticleFacts:
    tables = read_tables(blocks, name, bounds.rows)
    sections = Sections(headings(blocks))
    kb, source = _number(sections.whole, tables.rows, text, name)
    needs = sections.text("prerequisites")
    review = _REVIEW.search(sections.whole)
    return ArticleFacts(
        kb=kb,
        kb_source=source,
        title=_title(blocks),
        revision=review[4] if review else None,
        last_review=_review_day(review),
        restart=restart(sections),
        replacement=replacement(sections, kb),
        registry=registry(sections),
        required=None if needs is None else tuple(f"KB{one}" for one in numbers_in(needs) if f"KB{one}" != kb),
        running=products_in(needs or ""),
        needs=needs[:_TEXT_MAX] if needs else None,
        needs_nothing=needs_nothing(needs),
        only_if_symptomatic=only_if_symptomatic(sections),
        products=_products(sections),
        symptom=(sections.text("symptoms") or "")[:_TEXT_MAX] or None,
        rows=tables.rows,
        unread=tables.unread,
        nameless=tables.nameless,
    )


def _number(whole: str, rows: tuple[FileRow, ...], text: str, name: str) -> tuple[str | None, str]:
    """The article's own number and where it stands. Raises ArticleError when two places that must know it disagree."""
    told = {f"KB{one}": "its number" for one in _NUMBERED.findall(whole)}
    for row in rows:
        if match := _IN_MANIFESTS.match(row.name):
            told.setdefault(f"KB{match[1]}", f"its table's {row.name}")
    if len(told) > 1:
        listed = ", ".join(f"{kb} by {where}" for kb, where in sorted(told.items()))
        raise ArticleError(f"{name}: it tells more than one number of its own: {listed}")
    if told:
        return next(iter(told.items()))
    head = " ".join(_CANONICAL.findall(text[:200_000]))
    for numbers, where in (
        (set(_ADDRESS.findall(head)), "its address"),
        (set(_KEYWORD.findall(whole)), "its text"),
    ):
        if len(numbers) == 1:
            return f"KB{next(iter(numbers))}", where
    kb = kb_in(name)
    return (kb, "the file's name") if kb else (None, "")


def _title(blocks: list[Block]) -> str | None:
    """The first heading of level 1, else the first line where it is short enough to be one."""
    first = next((one.text for one in blocks if isinstance(one, Heading) and one.level == 1), None)
    if first is None and blocks and isinstance(blocks[0], Line):
        first = blocks[0].text
    return first if first and len(first) <= _TITLE_MAX else None


def _products(sections: Sections) -> tuple[Product, ...]:
    text = sections.text("products")
    if text is None:
        match = re.search(r"Original product version:?(.{0,6000}?)Original KB number", sections.whole)
        text = match[1] if match else ""
    return products_in(text)


def _review_day(match: re.Match[str] | None) -> date | None:
    try:
        return date(int(match[3]), _MONTHS.index(match[1][:3].lower()) + 1, int(match[2])) if match else None
    except ValueError:
        return None
