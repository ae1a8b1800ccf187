# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of an inventory's values people may see: passwords are hidden wherever they occur, in values of others too.

A password is often written where it does not belong: into the address, the user's name, the path's query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from .visible import visible

MASK = "***"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://", re.ASCII)
_PORT = re.compile(r"[0-9]{0,5}(?:[/?#].*)?", re.ASCII | re.DOTALL)
_SHORT = 6
"""Characters of a password below which it may be a part of many words: only as a whole word it is hidden then."""


def address_shown(text: str) -> str:
    """An address or a URL as people may see it: of a login `***@host`, of a query `?***`, of what is no port `:***`."""
    scheme = _SCHEME.match(text)
    start = scheme[0] if scheme else ""
    login, at, place = text[len(start) :].rpartition("@")
    if "?" in login:  # of a login or of a query: nobody can tell
        return f"{start}{MASK}"
    host, colon, port = place.partition(":")
    if colon and ":" not in port and not _PORT.fullmatch(port):
        place = f"{host}:{MASK}"
    return f"{start}{MASK if at else ''}{at}{path_shown(place)}"


def path_shown(text: str) -> str:
    """A path or a URL as people may see it: what follows the question mark is not shown."""
    path, mark, query = text.partition("?")
    return f"{path}{mark}{MASK if query else ''}"


def user_shown(text: str) -> str:
    """A user's name as people may see it: no Windows has one with a colon, behind which a password is."""
    user, colon, password = text.partition(":")
    return f"{user}{colon}{MASK if password else ''}"


def hider(passwords: Iterable[str] = (), *, address: str = "", path: str = "", user: str = "") -> Callable[[str], str]:
    """A function that hides in any text the passwords, and of these values of a connection what nobody may see."""
    hidden: dict[str, str] = {}
    for secret, shown in (*_parts(address, path, user), *((one, MASK) for one in passwords if one)):
        for form in filter(None, _forms(secret)):
            hidden.setdefault(form, shown)
    if not hidden:
        return str
    longest_first = sorted(hidden, key=len, reverse=True)
    pattern = re.compile("|".join(_pattern(one, whole=hidden[one] == MASK) for one in longest_first))
    return lambda text: pattern.sub(lambda match: hidden[match[0]], text)


def _parts(address: str, path: str, user: str) -> Iterator[tuple[str, str]]:
    """Each value, and what of it is private with the sign before or behind it, as others are made of it."""
    for value, shown in ((address, address_shown(address)), (path, path_shown(path)), (user, user_shown(user))):
        if value != shown:
            yield value, shown
    login, query, password = _private(address, path, user)
    for value, shown in ((f"{login}@", f"{MASK}@"), (f"?{query}", f"?{MASK}"), (f":{password}", f":{MASK}")):
        if len(value) > 1:
            yield value, shown
    yield from ((one, MASK) for one in private_parts(address=address, path=path, user=user))


def private_parts(*, address: str = "", path: str = "", user: str = "") -> list[str]:
    """What of these values is private, as far as it is long enough not to be a part of any word."""
    login, query, password = _private(address, path, user)
    return [one for one in (login, login.partition(":")[2], query, password) if len(one) >= _SHORT]


def _private(address: str, path: str, user: str) -> tuple[str, str, str]:
    """The address's login, the path's query, and what follows the colon of the user's name."""
    scheme = _SCHEME.match(address)
    login = address[scheme.end() if scheme else 0 :].rpartition("@")[0]
    return login, path.partition("?")[2].strip("/"), user.partition(":")[2]


def _forms(secret: str) -> Iterator[str]:
    """As it is, and as URLs, Python and terminals write it."""
    yield secret
    for allowed in ("", "/", "/?:@=&"):
        yield _percent(secret, allowed)
    both_quotes = repr(f"{secret}'\"")[1:-4]  # as it is written where the text around has both
    yield from (repr(secret)[1:-1], both_quotes, visible(secret), " ".join(secret.split()))


def _percent(text: str, allowed: str) -> str:
    """As a URL has it (RFC 3986, 2.3)."""
    plain = re.compile(rf"[A-Za-z0-9._~{re.escape(allowed)}-]".encode("ascii"))
    octets = text.encode("utf-8", "surrogatepass")
    return "".join(chr(one) if plain.match(bytes([one])) else f"%{one:02X}" for one in octets)


def _pattern(secret: str, *, whole: bool) -> str:
    alone = whole and len(secret) < _SHORT
    return rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])" if alone else re.escape(secret)
