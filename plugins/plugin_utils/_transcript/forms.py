# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms in which a text of a message may stay, or is replaced part by part.

Each form takes a text whole and returns what stands for it, or None where the text is not of that form: then the caller
replaces all of it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from .._wsman.fault_codes import BY_SUBCODE
from .standins import StandIns
from .times import Shift
from .vocabulary import EDITIONS, WORDS, is_public

_CODE = re.compile(r"0x[0-9A-Fa-f]{8}(?![0-9A-Fa-f])|(?<![0-9])(?:21508[0-9]{5}|2147[0-9]{6})(?![0-9])")
_RESULT = re.compile("(?:HRESULT )?0x[0-9A-Fa-f]{8}")
_GUID = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
_BARE_GUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32}(?![0-9A-Za-z])")
_SID = re.compile(r"(S-1-5-21-)([0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10})-([0-9]{1,10})(?![0-9])", re.IGNORECASE)
_MAC = re.compile(r"(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])")
_IPV4 = re.compile(
    r"(?<![0-9.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9.])"
)
_IPV6 = re.compile(
    r"(?<![0-9A-Za-z:])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::"
    r"(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)(?![0-9A-Za-z:])"
)
_GROUPS = re.compile(r"(?<![0-9])[0-9]{1,4}(?:[ .,:/_-][0-9]{1,4}){2,}(?![0-9])")
"""Numbers in groups, as of a telephone, a card or a day."""

_NOBODYS = re.compile(r"127\.[0-9.]+|0\.0\.0\.0|255\.[0-9.]+|::1?")
_PARTS = re.compile("|".join(f"(?P<{name}>{form.pattern})" for name, form in (
    ("guid", _GUID), ("bare", _BARE_GUID), ("ipv4", _IPV4), ("ipv6", _IPV6),
)))  # fmt: skip

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}")
_BOOLEAN = re.compile("true|false", re.IGNORECASE)
_VERSION = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,7}){1,3}")
_LAB = re.compile(r"(?:[0-9]{1,5}\.){1,2}(?:(?:x86|amd64|ia64)(?:fre|chk)\.)?(\w{1,40})\.[0-9]{6}-[0-9]{4}", re.ASCII)
_FILE_LAB = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,7}){3} \((\w{1,40})\.[0-9]{6}-[0-9]{4}\)", re.ASCII)
_LAB_WORD = re.compile(
    "(?:vista|longhorn|lh|winblue|winmain|win|rtm|gdr|ldr|qfe|escrow|sp|oob|lab|beta|rc|rs|th|release|refresh|svc|prod|r|[0-9])*",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    r"[\w.-]{1,160}~31bf3856ad364e35~(?:x86|amd64|ia64|wow64)?~[A-Za-z-]{0,20}~[0-9]{1,5}(?:\.[0-9]{1,7}){3}", re.ASCII
)
_COMPONENT = re.compile(
    r"(?:x86|amd64|ia64|wow64|msil)_[\w.-]{1,120}_31bf3856ad364e35_[0-9]{1,5}(?:\.[0-9]{1,7}){3}_[\w-]{1,12}_[0-9a-f]{16}",
    re.ASCII | re.IGNORECASE,
)
_HOTFIX = re.compile(r"(?:KB|Q)[0-9]{5,7}(?:-v[0-9])?", re.IGNORECASE)
_MICROSOFTS = (_PACKAGE, _COMPONENT, _HOTFIX)
"""Names that Microsoft gave: packages and components signed with its own key, and hotfixes."""

_CLASS = re.compile(
    r"(?:(?:Win32|CIM|CCM|MSFT|Msft|Winlegacy)_[A-Za-z0-9_]{1,60}|__[A-Za-z0-9_]{1,60}|StdRegProv|MSFT_WmiError|\*)(?:_Type)?"
)
_METHOD = re.compile("[A-Z][A-Za-z]{2,60}")
_LANGUAGE = re.compile(r"(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2})?")
_DURATION = re.compile(r"P(?:[0-9]{1,6}D)?(?:T[0-9A-Z.]{1,20})?")
_QNAME = re.compile(r"(?:[A-Za-z_][\w.-]{0,20}:)?([A-Za-z_][\w.-]{0,80})", re.ASCII)
_CIM_TYPE = re.compile("cim[A-Z][A-Za-z]{2,20}")
_PRODUCT = re.compile(r"OS: ?[0-9.]{1,20} SP: ?[0-9.]{1,10} Stack: ?[0-9.]{1,10}")
_ARTICLE = re.compile(r"http://(?:go|support)\.microsoft\.com/(?:\?kbid=|fwlink/\?LinkId=)[0-9]{4,8}", re.IGNORECASE)
_SCHEMA = re.compile(
    r"http://(?:schemas\.(?:microsoft\.com|dmtf\.org|xmlsoap\.org)|www\.w3\.org)/[\w./*-]{1,200}", re.ASCII
)
_WMI = re.compile(
    r"(http://schemas\.(?:microsoft\.com|dmtf\.org)/wbem/(?:wsman|wscim)/1/(?:wmi/|cim-schema/2/))([\w./*-]+)", re.ASCII
)
_ENDPOINT = re.compile(r"(https?://)(\[[^\]]*\]|[^/:]+)(:[0-9]{1,5})?(/.*)?", re.DOTALL)
_DRIVE = re.compile("[A-Za-z]:")

Form: TypeAlias = "Callable[[Forms, str], str | None]"


class Forms:
    """All forms, over one transcript's stand-ins. public: names known to be no secret, whole, without case.

    named: words that name somebody: in free texts they are replaced even if they are words of Windows' messages, though
    not if they are of the names of its editions.
    """

    def __init__(self, stand_ins: StandIns, shift: Shift, public: Iterable[str] = ()) -> None:
        self.stand_ins = stand_ins
        self.shift = shift
        self.public = frozenset(name.casefold() for name in public)
        self.named: set[str] = set()

    # --- all is replaced --------------------------------------------------------------------------------------------

    def private(self, text: str) -> str:
        """Nothing stays but the shape, true and false, and how times lie to each other."""
        if not text.strip() or _BOOLEAN.fullmatch(text):
            return text
        moved = self.shift.whole(text)
        return moved if moved is not None else self._with_parts(text, self.stand_ins.tokens)

    def identity(self, text: str) -> str:
        """As private(); its words name somebody, and are replaced in free texts as well."""
        self.named.update(token.casefold() for token in re.findall(r"[^\W\d_]{3,}", text))
        return self.private(text)

    def _with_parts(self, text: str, rest: Callable[[str], str]) -> str:
        """Ids and addresses in their own form, what lies between them as rest() says."""
        made, at = [], 0
        for begin, end, stand_in in self._parts(text):
            if begin >= at:
                made += [rest(text[at:begin]), stand_in]
                at = end
        return "".join([*made, rest(text[at:])])

    def _parts(self, text: str) -> list[tuple[int, int, str]]:
        found = []
        for match in _SID.finditer(text):
            found.append((*match.span(), match[1] + self.stand_ins.sid(match[2], match[3])))
        for match in _MAC.finditer(text):
            found.append((*match.span(), self.stand_ins.hexadecimal("addresses", match[0])))
        for match in _PARTS.finditer(text):
            found.append((*match.span(), self._part(match)))
        return sorted(found)

    def _part(self, match: re.Match[str]) -> str:
        text = match[0]
        if match.lastgroup in ("guid", "bare"):
            return self.stand_ins.hexadecimal("ids", text)
        if _NOBODYS.fullmatch(text):
            return text
        return self.stand_ins.ipv4(text) if match.lastgroup == "ipv4" else self.stand_ins.ipv6(text)

    # --- words ------------------------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        """A free text: codes and words of Windows stay, unless somebody has such a name."""
        made, at = [], 0
        for match in _CODE.finditer(text):
            made += [self._words(text[at : match.start()]), match[0]]
            at = match.end()
        return "".join([*made, self._words(text[at:])])

    def _words(self, text: str) -> str:
        made, at = [], 0
        for match in _GROUPS.finditer(text):
            made += [self._kept(text[at : match.start()], self._nobodys), self.private(match[0])]
            at = match.end()
        return "".join([*made, self._kept(text[at:], self._nobodys)])

    def _nobodys(self, token: str) -> bool:
        word = token.casefold()
        return is_public(token) and (word not in self.named or word in EDITIONS)

    def _kept(self, text: str, keep: Callable[[str], bool]) -> str:
        return self._with_parts(text, lambda rest: self.stand_ins.tokens(rest, keep))

    def name(self, text: str) -> str:
        """A name: as it is where it is public or made of words of Windows, else a stand-in for what is not."""
        if text.casefold() in self.public or any(form.fullmatch(text) for form in _MICROSOFTS):
            return text
        return self._kept(text, lambda token: token.casefold() in WORDS)

    def path(self, text: str) -> str:
        """A path of a file or a registry key, name by name."""
        return "\\".join(one if _DRIVE.fullmatch(one) else self.name(one) for one in text.split("\\"))

    def stream(self, text: str) -> str:
        """Base64 of a program's output: the same of its words."""
        try:
            data = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return self.private(text)
        if b"\0" in data:  # UTF-16, or no text at all: its letters lie apart
            return base64.b64encode(self.private(data.decode("latin-1")).encode("latin-1", "replace")).decode()
        return base64.b64encode(self.words(data.decode("latin-1")).encode("latin-1", "replace")).decode()

    def identifier(self, text: str) -> str:
        """An id of a message, a shell, an enumeration; its prefix stays."""
        if _RESULT.fullmatch(text):  # MessageID is also what WMI calls its HRESULT
            return text
        match = re.match("uuid:", text, re.IGNORECASE)
        begin = "" if match is None else match[0]
        return begin + self.private(text[len(begin) :])

    # --- closed forms -----------------------------------------------------------------------------------------------

    def uri(self, text: str) -> str:
        """Of a schema: as it is, with what may be a name in it; anything else is somebody's address."""
        wmi = _WMI.fullmatch(text)
        if wmi is not None:
            return wmi[1] + self._of_wmi(wmi[2])
        if _SCHEMA.fullmatch(text) or _ARTICLE.fullmatch(text):
            return text
        place = _ENDPOINT.fullmatch(text)
        if place is None:
            return self.private(text)
        return f"{place[1]}{self.identity(place[2])}{place[3] or ''}{self.name(place[4] or '')}"

    def _of_wmi(self, path: str) -> str:
        """Namespaces, a class, and what of a class is called."""
        made: list[str] = []
        for one in path.split("/"):
            of_class = bool(made) and _CLASS.fullmatch(made[-1]) is not None and _METHOD.fullmatch(one) is not None
            made.append(one if of_class or _CLASS.fullmatch(one) else self.name(one))
        return "/".join(made)

    def qualified(self, text: str) -> str | None:
        """A name with a prefix, as of a type or of a fault's code."""
        match = _QNAME.fullmatch(text.strip())
        if match is None:
            return None
        known = (
            match[1] in BY_SUBCODE
            or _CLASS.fullmatch(match[1])
            or _CIM_TYPE.fullmatch(match[1])
            or _camel_is_public(match[1])
        )
        return text if known else None

    def lab(self, text: str) -> str | None:
        """BuildLab, BuildLabEx, or a file's version with its lab: numbers and the names of Microsoft's branches."""
        match = _LAB.fullmatch(text.strip()) or _FILE_LAB.fullmatch(text.strip())
        known = match is not None and all(_LAB_WORD.fullmatch(word) for word in match[1].split("_"))
        return text if known else self.version(text)

    def version(self, text: str) -> str | None:
        return text if _VERSION.fullmatch(text.strip()) else None

    def number(self, text: str) -> str | None:
        return text if _NUMBER.fullmatch(text.strip()) or _CODE.fullmatch(text.strip()) else None

    def setting(self, text: str) -> str | None:
        """A number or a truth."""
        return text if _BOOLEAN.fullmatch(text.strip()) else self.number(text)

    def duration(self, text: str) -> str | None:
        return text if _DURATION.fullmatch(text.strip()) else None

    def language(self, text: str) -> str | None:
        return text if _LANGUAGE.fullmatch(text) else None

    def product(self, text: str) -> str | None:
        """ProductVersion of Identify."""
        return text if _PRODUCT.fullmatch(text.strip()) else self.words(text)

    def class_name(self, text: str) -> str | None:
        return text if _CLASS.fullmatch(text) else None

    def of(self, form: Form, text: str) -> str:
        """A text in a form, all replaced where it is not of it; no text stays none, and spaces around one stay."""
        bare = text.strip()
        if not bare:
            return text
        made = form(self, bare)
        return text.replace(bare, self.private(bare) if made is None else made, 1)


def _camel_is_public(name: str) -> bool:
    """DestinationUnreachable, TimedOut, Sender: words that a fault's code is made of."""
    known = {"sender", "receiver", "timed", "destination", "unreachable", "unsupported", "cannot", "must", "understand"}
    words = [word.casefold() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    return all(word in known or is_public(word) for word in words)
