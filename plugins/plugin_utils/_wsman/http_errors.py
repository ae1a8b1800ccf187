# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns whatever the HTTP and authentication libraries raise into the errors tree; no text keeps a secret."""

from __future__ import annotations

import http.client
import re
import struct
from collections.abc import Iterable, Iterator

from . import errors, http_status, tls_errors
from .address import CHECK_PORT, USUAL_PORTS
from .foreign import not_http
from .place import Place
from .sockets import AnswerTooLong, NotHTTP

_AUTHENTICATION_MODULES = (
    "kerberos", "winkerberos", "gssapi", "krb5", "spnego", "requests_ntlm", "requests_credssp", "ntlm_auth",
    "winrm.vendor.requests_kerberos", "pypsrp.negotiate",
)  # fmt: skip
_LIMIT = 300
_TUNNEL = re.compile(r"Tunnel connection failed: ([0-9]{3}[^\'\")]{0,80})")

_CUT_SHORT = frozenset(
    {
        "ChunkedEncodingError", "ContentDecodingError", "IncompleteRead", "InvalidChunkLength", "ProtocolError",
        "ReadTimeout", "ReadTimeoutError", "TimeoutError", "Undeciphered",
    }
)  # fmt: skip
"""What requests, urllib3 and our own channel raise where an answer ends, stays away, or cannot be opened."""

SLIPS = (AttributeError, LookupError, TypeError, UnicodeError, struct.error)
"""What pywinrm, pypsrp and their authentication libraries raise where an answer is not of the form they expect."""


def scrub(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret replaced, cut to a readable length."""
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        text = text.replace(secret, "********")
    flat = " ".join(text.split())
    return flat if len(flat) <= _LIMIT else flat[: _LIMIT - 1] + "…"


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """An exception with all that it wraps: causes, contexts, `reason` and exception arguments."""
    seen: set[int] = set()
    waiting: list[BaseException] = [exc]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
        waiting.extend(item for item in inner if isinstance(item, BaseException))


def is_authentication(exc: BaseException) -> bool:
    """Whether an authentication library raised it (no ticket, a refused token)."""
    return type(exc).__module__.startswith(_AUTHENTICATION_MODULES) or isinstance(exc, PermissionError)


def is_incomplete(exc: BaseException) -> bool:
    """Whether the answer was not read to its end: what came of it says less than it seems to."""
    return any(isinstance(item, AnswerTooLong) or type(item).__name__ in _CUT_SHORT for item in _chain(exc))


def _of_status(place: Place) -> str:
    """The status of an answer of which something went wrong later."""
    status = place.last.status
    return f"HTTP {status}, and then " if status is not None and status >= 400 else ""


def translate(exc: BaseException, place: Place) -> errors.WSManError:
    """The error for an exception of requests, urllib3, pywinrm, pypsrp, or an authentication library.

    place.established: a good answer has come on this channel before, so an odd failure means a lost connection rather
    than something that is no WinRM service.
    """
    secrets, established = place.secrets, place.established
    chain = list(_chain(exc))
    names = {type(item).__name__ for item in chain}
    said = scrub(f"{type(exc).__name__}: {exc}", secrets)
    too_long = next((item for item in chain if isinstance(item, AnswerTooLong)), None)
    if too_long is not None:
        return errors.EnvelopeTooLarge(f"{_of_status(place)}{too_long}", do=_too_long(place))
    foreign = next((item for item in chain if isinstance(item, NotHTTP)), None)
    if foreign is not None:
        return not_http(foreign.first, place)
    line = next((item for item in chain if type(item).__name__ in {"BadStatusLine", "UnknownProtocol"}), None)
    if line is not None:
        return not_http(scrub(str(line), secrets).encode(), place)
    if "TooManyRedirects" in names:
        location = getattr(getattr(exc, "response", None), "headers", {}).get("Location", "")
        return http_status.redirected(scrub(location, secrets), place)
    files = next((item for item in chain if "TLS CA certificate bundle" in str(item) or "TLS cert" in str(item)), None)
    if files is not None and isinstance(files, OSError):
        return tls_errors.local_error(scrub(str(files), secrets), place)
    tunnel = _TUNNEL.search(" ".join(str(item) for item in chain))
    if tunnel is not None:
        came = f"{place.proxy or 'a proxy'} refused the way to {place.host}: HTTP {scrub(tunnel[1], secrets)}"
        return errors.ProxyFailed(came, do=place.past_proxy)
    if not established and names & {"SSLError", "SSLCertVerificationError", "SSLZeroReturnError", "SSLEOFError"}:
        inner = next((str(item) for item in reversed(chain) if "SSL" in type(item).__name__), str(exc))
        return tls_errors.explain(chain, scrub(inner, secrets), place)
    if "ProxyError" in names and place.proxy:
        return errors.ProxyFailed(f"{place.proxy} failed: {_root_text(chain, secrets)}", do=place.past_proxy)
    if names & {"ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError", "ProxyError"}:
        return errors.Unreachable(f"no connection: {_root_text(chain, secrets)}", do=CHECK_PORT)
    if names & {"ReadTimeout", "ReadTimeoutError"}:
        return errors.Silent("the host went silent: no answer within the read time-out")
    if any(is_authentication(item) for item in chain):
        of_token = _of_token(names, said, place)
        if of_token is not None:
            return of_token
        if established:
            return http_status.refused_later(f"authentication failed: {said}")
        return errors.AuthenticationRefused(f"authentication failed: {said}", do="Check user, password or ticket.")
    if names & {"InvalidURL", "LocationParseError", "MissingSchema", "InvalidSchema", "InvalidProxyURL"}:
        return errors.BadAddress(f"the address cannot be used: {said}", do="Check ansible_host and port.")
    if any(isinstance(item, OSError | http.client.HTTPException) for item in chain) or "ProtocolError" in names:
        if isinstance(chain[-1], http.client.HTTPException) and "got more than" in str(chain[-1]):
            came = f"{_of_status(place)}the answer is larger in its headers or chunks than HTTP allows: {chain[-1]}"
            return errors.ConnectionLost(came, do=_too_long(place))
        came = f"{_of_status(place)}the connection broke: {_root_text(chain, secrets)}"
        return errors.ConnectionLost(came, do=_at_first(place))
    if type(exc).__name__ == "WinRMError" and not established:
        do = f"Check the {place.names.any_option} options and the installed pip packages."
        return errors.ChannelUnavailable(said, do=do)
    if established:
        return errors.ConnectionLost(f"the answer could not be read: {said}")
    do = f"Check ansible_port and {place.names.transport}."
    return errors.NotWSMan(f"the answer is not WinRM's: {said}", do=do)


def _too_long(place: Place) -> str:
    if place.established:
        return "Ask for less at once (properties, a condition), or look at what answers there; this side sets a bound."
    return f"Check ansible_port and {place.names.path}: no WinRM says so much to a first message."


def _of_token(names: set[str], said: str, place: Place) -> errors.WSManError | None:
    """The error for what pyspnego says of a token or a seal of the other side, which no password would mend."""
    if "BadMICError" in names:
        return errors.Unproven(
            f"the seal of an answer is broken ({place.method}): what answered does not hold this session's key, or the "
            "answer was changed on its way",
            do="Look at what stands between; try again.",
        )
    if "OperationNotAvailableError" in names and "without integrity" in said:
        return errors.NotWSMan(
            f"the server's {place.method} login leaves out signing and sealing, so that no message can be encrypted",
            do="Check ansible_port, and what stands between: every Windows offers both. HTTPS needs neither.",
        )
    if "InvalidTokenError" in names and place.method == "ntlm" and not place.established:
        came = f"what the server sent for the ntlm login cannot be read ({said})"
        return errors.NotWSMan(came, do="Check ansible_port, and what stands between: no Windows says so.")
    return None


def _at_first(place: Place) -> str:
    """What to do about a connection that broke before anything was answered: often it is the scheme."""
    if place.established or place.last.heard or place.between:
        return ""
    if place.tls:
        return f"Check ansible_port and {place.names.scheme}: {USUAL_PORTS}."
    return f"If an HTTPS listener is at this port, set {place.names.scheme}: https. {USUAL_PORTS}."


def slip(exc: Exception, place: Place) -> errors.WSManError:
    """The error for one of SLIPS, by what the host answered last. Without any answer it is none of the host's."""
    last = place.last
    if last.status is None:
        said = scrub(f"{type(exc).__name__}: {exc}", place.secrets)
        came = f"the library of the {place.method} transport failed before the host answered ({said})"
        return errors.ChannelUnavailable(came, do="Check the connection options and pip packages.")
    came = http_status.undeciphered(last.status, last.content_type)
    if place.established:
        return errors.ConnectionLost(f"the answer could not be read: {came}")
    if place.between:
        return errors.ProxyFailed(f"{place.between} answered in the host's place: {came}", do=place.past_proxy)
    do = f"Check ansible_port, {place.names.path} and {place.names.transport}."
    return errors.NotWSMan(came, do=do)


def _root_text(chain: list[BaseException], secrets: Iterable[str]) -> str:
    """The innermost operating system text ("Connection refused") where there is one."""
    system = next((item for item in reversed(chain) if isinstance(item, OSError) and item.strerror), None)
    if system is not None:
        return str(system.strerror)
    if any(type(item).__name__ == "RemoteDisconnected" for item in chain):
        return "it was closed without an answer"
    cut = next((item for item in chain if type(item).__name__ == "IncompleteRead"), None)
    if cut is not None:
        return _cut_text(getattr(cut, "partial", None), getattr(cut, "expected", None))
    return scrub(str(chain[-1]) or type(chain[-1]).__name__, secrets)


def _cut_text(came: object, missing: object) -> str:
    """How much of an answer came: urllib3 counts, http.client keeps the bytes. missing: how many were yet to come."""
    count = came if isinstance(came, int) else len(came) if isinstance(came, bytes) else 0
    whole = f" of {count + missing}" if isinstance(missing, int) else ""
    return f"the answer ended after {count}{whole} bytes"
