# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy's URL as people write it: its parts, whether it can be used at all, and what of it must not be shown.

Read as text: a URL that no library parses must be shown without its password, too.
"""

from __future__ import annotations

import os
import re
import sys
from urllib.parse import unquote

from . import errors
from .address import name_problem

ENVIRONMENT = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://", re.ASCII)


def _parts(url: str) -> tuple[str, str, str]:
    """Scheme (http where none is given), login, and host with port."""
    match = _SCHEME.match(url)
    scheme, rest = (match[1].lower(), url[match.end() :]) if match else ("http", url)
    login, _unused, place = rest.rpartition("@")
    return scheme, login, re.split(r"[/?#]", place, maxsplit=1)[0]


def without_login(url: str) -> str:
    """A proxy's URL without user and password."""
    scheme, _login, place = _parts(url)
    return f"{scheme}://{place}"


def passwords(*urls: object) -> list[str]:
    """The passwords in these proxies and in those of the environment, as written and as decoded."""
    found = []
    for url in (*urls, *(os.environ.get(name) for name in ENVIRONMENT)):
        password = _parts(str(url))[1].partition(":")[2] if url else ""
        found += [password, unquote(password)]
    return [one for one in dict.fromkeys(found) if one]


def in_use(url: str) -> bool:
    """Whether the environment (or the system, where it has such a setting) names a proxy for this address."""
    names = {name.lower() for name in ENVIRONMENT}
    if sys.platform == "linux" and not any(os.environ[name] for name in os.environ if name.lower() in names):
        return False
    from requests.utils import get_environ_proxies, select_proxy

    return bool(select_proxy(url, get_environ_proxies(url)))


def check_proxy(url: str) -> None:
    """Raises errors.ProxyFailed, without the proxy's name and an advice, for a URL that cannot be a proxy's."""
    problem = _problem(*_parts(url.strip()))
    if problem:
        raise errors.ProxyFailed(f"it cannot be used: {problem}; nothing was sent")


def _problem(scheme: str, login: str, place: str) -> str:
    if scheme.startswith("socks"):
        return "it is a SOCKS proxy, and only HTTP proxies are supported"
    if scheme not in {"http", "https"}:
        return f"its scheme is {scheme[:20]!r}, expected http or https"
    if re.search(r"[/?#\\]", login):
        return "its user or password holds one of / ? # \\, which a URL has as %2F, %3F, %23 and %5C"
    if place.startswith("["):
        host, closed, port = place[1:].partition("]")
        if not closed or (port and not port.startswith(":")):
            return "its address has one bracket only"
        port = port[1:] if port else "1"
        if ":" not in host:
            return "what its brackets hold is no IPv6 address"
    else:
        host, colon, port = place.partition(":")
        port = port if colon else "1"
    if not host:
        return "it names no host"
    wrong = name_problem(host)
    if wrong:
        return f"of its host, {wrong}"
    if not re.fullmatch(r"[0-9]{1,5}", port, re.ASCII) or not 1 <= int(port) <= 65535:
        return f"the port {port[:40]!r} is none of 1 to 65535"
    return ""
