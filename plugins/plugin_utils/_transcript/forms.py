# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms that a value may have to stay, and what stands for one that is replaced.

Each form takes a text whole and returns what stands for it, or None where the text is not of that form: then the caller
replaces all of it. A form that lets a text stay is a closed one: a list, or a shape without room for a name.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from . import patterns, vocabulary
from .sentences import kept
from .standins import StandIns
from .times import Shift

_PARTS = re.compile("|".join(f"(?P<{name}>{form.pattern})" for name, form in (
    ("guid", patterns.GUID), ("bare", patterns.BARE_GUID), ("ipv4", patterns.IPV4), ("ipv6", patterns.IPV6),
)))  # fmt: skip
_NO_DIGITS = str.maketrans("0123456789", "qrstuvwxyz")
_MARKS = str.maketrans("", "", "\xae\u2122,")
_KINDS_OF_CLASS = ("_type", "_input", "_output")

Form: TypeAlias = Callable[["Forms", str], "str | None"]


class Forms:
    """All forms, over one transcript's stand-ins. public: names known to be no secret, whole, without case."""

    def __init__(self, stand_ins: StandIns, shift: Shift, public: Iterable[str] = ()) -> None:
        self.stand_ins = stand_ins
        self.shift = shift
        self.public = frozenset(name.casefold() for name in public)

    def of(self, form: Form, text: str) -> str:
        """A text in a form, all replaced where it is not of it; no text stays none, and spaces around one stay."""
        bare = text.strip()
        if not bare:
            return text
        made = form(self, bare)
        return text.replace(bare, self.private(bare) if made is None else made, 1)

    # --- all is replaced --------------------------------------------------------------------------------------------

    def private(self, text: str) -> str:
        """Nothing stays but the shape, true and false, and how times lie to each other."""
        if not text.strip() or patterns.BOOLEAN.fullmatch(text):
            return text
        moved = self.shift.whole(text)
        return moved if moved is not None else self._with_parts(text)

    def _with_parts(self, text: str) -> str:
        """Ids and addresses in their own form, each word and number between them replaced."""
        made, at = [], 0
        for begin, end, stand_in in self._parts(text):
            if begin >= at:
                made += [self.stand_ins.tokens(text[at:begin]), stand_in]
                at = end
        return "".join([*made, self.stand_ins.tokens(text[at:])])

    def _parts(self, text: str) -> list[tuple[int, int, str]]:
        found = []
        for match in patterns.SID.finditer(text):
            found.append((*match.span(), match[1] + self.stand_ins.sid(match[2], match[3])))
        for match in patterns.MAC.finditer(text):
            found.append((*match.span(), self.stand_ins.hexadecimal("addresses", match[0])))
        for match in _PARTS.finditer(text):
            found.append((*match.span(), self._part(match)))
        return sorted(found)

    def _part(self, match: re.Match[str]) -> str:
        text = match[0]
        if match.lastgroup in ("guid", "bare"):
            return self.stand_ins.hexadecimal("ids", text)
        if text in patterns.NOBODYS:
            return text
        return self.stand_ins.ipv4(text) if match.lastgroup == "ipv4" else self.stand_ins.ipv6(text)

    def identifier(self, text: str) -> str:
        """An id of a message, a shell, an enumeration; its prefix stays. WMI calls its HRESULT a MessageID, too."""
        if text.startswith(("HRESULT ", "0x")) and self.code(text):
            return text
        match = re.match("uuid:", text, re.IGNORECASE)
        begin = "" if match is None else match[0]
        return begin + self.private(text[len(begin) :])

    def _coded(self, text: str) -> str:
        """All replaced but the codes of Windows' errors."""
        made, at = [], 0
        for match in patterns.TOLD.finditer(text):
            if self.code(match[0]):
                made += [self.private(text[at : match.start()]), match[0]]
                at = match.end()
        return "".join([*made, self.private(text[at:])])

    # --- texts ------------------------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        """A free text: whole sentences of Windows and codes of errors stay."""
        return self.value(text) or kept(text, self._coded)

    def value(self, text: str) -> str | None:
        """One of the texts with which Windows enumerates, or a name of Windows."""
        bare = " ".join(text.split())
        return text if bare.casefold() in vocabulary.VALUES or self._is_windows(bare) else None

    @staticmethod
    def _is_windows(text: str) -> bool:
        found = text.translate(_MARKS).replace("(R)", "").replace("(TM)", "").casefold().split()
        named = found[:1] == ["windows"] or found[:2] in (["microsoft", "windows"], ["microsoft", "hyper-v"])
        return named and len(found) <= 12 and all(word in vocabulary.PRODUCT for word in found)

    def stream(self, text: str) -> str:
        """Base64 of a program's output: the same of its words."""
        try:
            data = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return self.private(text)
        if b"\0" in data:  # UTF-16, or no text at all: its letters lie apart
            return base64.b64encode(self.private(data.decode("latin-1")).encode("latin-1", "replace")).decode()
        return base64.b64encode(self.words(data.decode("latin-1")).encode("latin-1", "replace")).decode()

    # --- names ------------------------------------------------------------------------------------------------------

    def name(self, text: str) -> str:
        """A name: as it is where it is public, or one that Microsoft gave; else replaced."""
        return text if self.knows(text) else self.private(text)

    def knows(self, name: str) -> bool:
        """Whether a name may stay where names of files, keys, services and packages stand."""
        folded = name.casefold()
        return (
            folded in vocabulary.NAMES
            or folded in self.public
            or patterns.PACKAGE.fullmatch(name) is not None
            or patterns.COMPONENT.fullmatch(name) is not None
        )

    def hotfix(self, text: str) -> str | None:
        """The number of an update, where one stands."""
        return text if patterns.HOTFIX.fullmatch(text) else None

    def path(self, text: str) -> str:
        """A path of a file or a registry key, name by name."""
        return "\\".join(one if patterns.DRIVE.fullmatch(one) else self.name(one) for one in text.split("\\"))

    def class_name(self, text: str) -> str | None:
        return text if is_class(text) else None

    def qualified(self, text: str) -> str | None:
        """A name with a prefix, as of a type or of a fault's code."""
        match = patterns.QNAME.fullmatch(text)
        if match is None:
            return None
        name = match[2].casefold()
        if not (name in vocabulary.SUBCODES or name in vocabulary.TYPES or is_class(name)):
            return None
        return f"{self.prefix(match[1])}:{match[2]}" if match[1] else text

    def prefix(self, text: str) -> str:
        """Of XML's names: one that is usual, or a stand-in."""
        return text if text in vocabulary.PREFIXES else self.stand_ins.tokens(text)

    def uri(self, text: str) -> str:
        """Of a schema: as it is, part by part; anything else is somebody's address."""
        if patterns.ARTICLE.fullmatch(text):
            return text
        schema = patterns.SCHEMA.fullmatch(text)
        if schema is not None:
            return schema[1] + "/".join(
                one if _is_of_schema(one) else self.private(one) for one in schema[2].split("/")
            )
        place = patterns.ENDPOINT.fullmatch(text)
        if place is None:
            return self.private(text)
        port = "" if place[3] is None else f":{place[3] if place[3] in patterns.PORTS else self.private(place[3])}"
        path = "/".join(self.name(one) for one in (place[4] or "").split("/"))
        return f"{place[1]}{self.private(place[2])}{port}{path}"

    # --- numbers and other closed forms -----------------------------------------------------------------------------

    def number(self, text: str) -> str | None:
        return text if patterns.NUMBER.fullmatch(text) else self.code(text)

    def size(self, text: str) -> str | None:
        return text if patterns.SIZE.fullmatch(text) else None

    def code(self, text: str) -> str | None:
        """A code of an error: a short number, or one of the ranges of Windows."""
        found = patterns.code_of(text)
        return text if found is not None and (found <= 99_999 or patterns.is_code(found)) else None

    def setting(self, text: str) -> str | None:
        """A number or a truth."""
        return text if patterns.BOOLEAN.fullmatch(text) else self.number(text)

    def limit(self, text: str) -> str | None:
        """A number, a large one too, or a truth: of the service's configuration."""
        return text if patterns.LIMIT.fullmatch(text) else self.setting(text)

    def lab(self, text: str) -> str:
        """BuildLab, BuildLabEx, or a file's version with its lab: numbers and the names of Microsoft's branches."""
        match = patterns.LAB.fullmatch(text) or patterns.FILE_LAB.fullmatch(text)
        known = match is not None and all(patterns.LAB_WORD.fullmatch(word) for word in match[1].split("_"))
        return text if known else self.version(text)

    def version(self, text: str) -> str:
        """A version of Windows or a file. What stands for another text is none: it would be read as one."""
        known = patterns.VERSION.fullmatch(text) or patterns.FILE_VERSION.fullmatch(text)
        if known or text.casefold() in self.public:
            return text
        return self.stand_ins.tokens(text.translate(_NO_DIGITS))

    def duration(self, text: str) -> str | None:
        return text if patterns.DURATION.fullmatch(text) else None

    def language(self, text: str) -> str | None:
        return text if text.casefold() in vocabulary.LANGUAGES else None

    def product(self, text: str) -> str | None:
        """ProductVersion of Identify."""
        return text if patterns.PRODUCT.fullmatch(text) else None

    def media(self, text: str) -> str | None:
        """A content type."""
        return text if patterns.MEDIA.fullmatch(text) else None


def is_class(name: str) -> bool:
    """Whether a class, or the type of its instances, inputs or outputs, is one that is asked for."""
    folded = name.casefold()
    kind = next((one for one in _KINDS_OF_CLASS if folded.endswith(one)), "")
    bare = folded.removesuffix(kind) if kind else folded
    return bare in vocabulary.CLASSES or (kind in ("_input", "_output") and bare in vocabulary.METHODS)


def _is_of_schema(part: str) -> bool:
    folded = part.casefold()
    return (
        not part
        or folded in vocabulary.PROTOCOL
        or folded in vocabulary.METHODS
        or folded.removesuffix("response") in vocabulary.METHODS
        or folded in vocabulary.SUBCODES
        or is_class(folded)
    )
