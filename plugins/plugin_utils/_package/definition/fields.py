# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a definition that tell why, for whom and with what consequence: from the article, where it tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ..._catalogue.article.article import ArticleFacts
from ..._catalogue.definition import OsVersion, Restart
from .brought import NotTold

_TEXT_MAX = 500
_NO_ARTICLE = "no article was given"
_SILENT = "the article does not tell it, or not in a sentence that is understood (only English ones are)"
_BEFORE_SP2 = date(2008, 12, 1)
"""Service Pack 2 for Vista and Server 2008 (April 2009) carries all earlier updates and hotfixes; what was built in its
last months may have missed it."""

_ORDER = (Restart.NO, Restart.POSSIBLE, Restart.REQUIRED)


def text(value: str | None) -> str | None:
    """A text that a definition may hold: printable, on one line, at most 500 characters."""
    if value is None:
        return None
    kept = " ".join("".join(one if one.isprintable() else " " for one in value).split())
    return (kept if len(kept) <= _TEXT_MAX else f"{kept[: _TEXT_MAX - 3]}...") or None


def restart(article: Restart | None, packages: Iterable[str], not_told: NotTold) -> Restart:
    """The stronger of what article and packages tell. A package that says nothing leaves it to Windows: possible."""
    told = {one for one in Restart if one.value in set(packages)} | ({article} if article else set())
    if not told:
        not_told.note("restart", "neither article nor package tells it, so that it is taken as possible")
        return Restart.POSSIBLE
    return max(told, key=_ORDER.index)


def symptom(article: ArticleFacts | None, not_told: NotTold) -> dict[str, Any] | None:
    """The article's section; what could be looked at on a host, only a person can say."""
    not_told.note("symptom.watch", "which driver or service shows the trouble has to be written by hand")
    told = text(article.symptom) if article else None
    if told is None:
        not_told.note("symptom", _SILENT if article else _NO_ARTICLE)
    return None if told is None else {"text": told, "watch": None, "events": []}


def advice(article: ArticleFacts | None, not_told: NotTold) -> dict[str, Any] | None:
    told = article.only_if_symptomatic if article else None
    if told is None:
        not_told.note("advice", _SILENT if article else _NO_ARTICLE)
        return None
    return {"only_if_symptomatic": told, "preferred_service_pack": None, "support_ended": None}


def products(article: ArticleFacts | None, not_told: NotTold) -> list[dict[str, Any]]:
    """The article's list where it names editions; a list without any would make every edition an unlisted one."""
    found = article.products if article else ()
    if not any(one.skus for one in found):
        not_told.note(
            "products", "the article lists no edition of Windows that is known here" if article else _NO_ARTICLE
        )
        return []
    return [
        {"name": one.name, "architecture": one.architecture.value if one.architecture else None, "skus": list(one.skus)}
        for one in found
    ]


def prerequisites(article: ArticleFacts | None, not_told: NotTold) -> list[dict[str, Any]]:
    """The section as it stands, and each hotfix that it names; nothing where it says that there are none."""
    if article is None or article.needs is None:
        not_told.note("prerequisites", _SILENT if article else _NO_ARTICLE)
        return []
    if article.needs_nothing:
        return []
    blank = {"os_version": None, "service_pack": None, "kb": None}
    found = [{"text": text(article.needs), **blank}]
    return found + [{**blank, "text": f"{kb} is installed", "kb": kb} for kb in article.required or ()]


def replaced(article: ArticleFacts | None, not_told: NotTold) -> tuple[list[str], list[str]]:
    told = article.replacement if article else None
    if told is None:
        not_told.note("replaces", _SILENT if article else _NO_ARTICLE)
        return [], []
    return list(told.replaces), list(told.includes)


def registry(article: ArticleFacts | None, not_told: NotTold) -> list[dict[str, Any]]:
    """The keys that the article names; which values they want is for a person to write."""
    keys = article.registry if article else None
    if keys is None:
        not_told.note("registry", _SILENT if article else _NO_ARTICLE)
    blank = {"value": None, "kind": None, "data": None, "required": True, "os_version": None}
    for key in keys or ():
        not_told.note(f"registry: {key}", "which values it wants, and for which Windows, has to be written by hand")
    return [{"key": key, **blank} for key in keys or ()]


def included(builds: Iterable[OsVersion], built: date | None, not_told: NotTold) -> list[dict[str, Any]]:
    """The later builds of NT 6.0 that carry the fix already."""
    builds = set(builds)
    if not builds <= {(6, 0, 6000), (6, 0, 6001)} or built is None or built >= _BEFORE_SP2:
        not_told.note("fixed_by_service_pack", "whether a later service pack carries the fix is not told by its date")
        return []
    return [{"os_version": f"6.0.{build}", "service_pack": 2} for build in (6002, 6003)]
