# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an HTTP answer means: a SOAP envelope to be read, or an error of the channel. Pure functions."""

from __future__ import annotations

from . import errors
from .place import Place

_HEAD = 4096
_SHOWN = 120
_NOWHERE = Place()
_USUAL_PATHS = frozenset({"", "/wsman"})
_TOO_LARGE = "Look at MaxEnvelopeSizekb in the host's winrm get winrm/config, and at what stands between."
_GATEWAY = frozenset({403, 407, 500, 502, 503, 504, 511})
"""What a proxy says when it will not or cannot pass a request on."""


def is_soap(body: bytes) -> bool:
    """Whether a body begins like a SOAP envelope (its reader decides whether it is one)."""
    head = body[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")  # UTF-16 loses its zero bytes
    return head.startswith(b"<") and b"Envelope" in head


def is_html(body: bytes, content_type: str) -> bool:
    """Whether a body is a web page."""
    head = body[:_HEAD].lstrip().lower()
    return "html" in content_type.lower() or head.startswith((b"<!doctype html", b"<html"))


def _shown(body: bytes) -> str:
    text = " ".join(body[:_HEAD].decode("ascii", "replace").split())
    return f" ({text[:_SHOWN]})" if text else ""


def redirected(location: str, place: Place = _NOWHERE) -> errors.WSManError:
    """The error for a redirect, which is never followed: it would carry credentials elsewhere."""
    target = location[:200] or "another address"
    if place.between:
        came = f"{place.between} redirects to {target}, which is not followed"
        return errors.ProxyFailed(came, do=place.past_proxy)
    return errors.NotWSMan(
        f"the host redirects to {target}, which is not followed",
        do=f"Point the inventory at the WinRM service itself (ansible_port, {place.names.path}); a network that wants "
        "a login first redirects too.",
    )


def refused_later(came: str) -> errors.AuthenticationRefused:
    """The error for a refusal in a session that had answered before: what was accepted then is not the mistake."""
    return errors.AuthenticationRefused(
        f"the host no longer accepts this user, whom it had answered before in this session ({came})",
        do="The account may have been changed, locked or disabled meanwhile, or its password or ticket has expired.",
    )


def _refused(place: Place) -> errors.WSManError:
    """HTTP 403 from the host itself: a right that is missing, or (no other hint) a path that nobody may use."""
    if place.path.rstrip("/").lower() not in _USUAL_PATHS and not place.established:
        return errors.NotWSMan(
            f"HTTP 403: nothing may be used at the path {place.path[:80]}",
            do=f"Check {place.names.path} first (wsman is usual), then the user's rights.",
        )
    if place.established:
        return errors.AuthenticationRefused(
            "HTTP 403: the host no longer lets this user use WinRM, whom it had answered before in this session",
            do="The user's rights or groups, or the host's policy, may have been changed meanwhile.",
        )
    return errors.AuthenticationRefused("HTTP 403: this user may not use WinRM", do="Use an administrator.")


def _no_soap_500(body: bytes, place: Place) -> errors.WSManError:
    """HTTP 500 without SOAP. An empty one of Windows' own HTTP server, at the first message in clear, has a meaning."""
    if place.established:
        came = f"HTTP 500 without a SOAP answer, on a session that had answered before{_shown(body)}"
        return errors.ServiceFailed(came, do="The service failed at this message: look at its log.")
    if body or place.tls or place.encrypted or not place.windows_http:
        came = f"HTTP 500 without a SOAP answer{_by(place)}{_shown(body)}"
        return errors.NotWSMan(came, do=f"Check that the port and {place.names.path} belong to WinRM.")
    return errors.NotWSMan(
        "HTTP 500 without a SOAP answer: Windows says so when it demands encrypted messages",
        do="Use the ntlm, kerberos or credssp transport with message encryption, or HTTPS.",
    )


def _error(status: int, body: bytes, place: Place) -> errors.WSManError:
    if status == 401 and place.established:
        return refused_later("HTTP 401")
    if status == 401:
        return errors.AuthenticationRefused(
            "HTTP 401: the credentials or the authentication method were refused",
            do=f"Check user, password and {place.names.transport} (Windows refuses basic by default).",
        )
    if status == 407 or (status in _GATEWAY and place.between):
        who = place.between or place.proxy or "a proxy"
        wants = " and asks for credentials" if status == 407 else ""
        return errors.ProxyFailed(f"{who} answered HTTP {status}{wants}; the host was not reached", do=place.past_proxy)
    if status == 403:
        return _refused(place)
    if status == 404:
        return errors.NotWSMan(
            f"HTTP 404: no WinRM at this path{_by(place)}", do=f"Check ansible_port and {place.names.path}."
        )
    if status == 413:
        return errors.EnvelopeTooLarge("HTTP 413: the message is larger than the host accepts", do=_TOO_LARGE)
    if status in {502, 504}:
        return errors.Unreachable(f"HTTP {status}: a proxy or gateway cannot reach the host")
    if status == 503:
        return errors.ServiceBusy("HTTP 503: the WinRM service is not ready", do="Try again later.")
    if status == 500:
        return _no_soap_500(body, place)
    return errors.NotWSMan(
        f"HTTP {status} without a SOAP answer{_by(place)}{_shown(body)}",
        do="Check that the port and path belong to WinRM.",
    )


def _by(place: Place) -> str:
    """Who a foreign answer says it is from."""
    return f" (the server calls itself {place.last.server[:60]})" if place.last.server else ""


def undeciphered(status: int, content_type: str) -> str:
    """What came where an authentication library found no message of its own: in words, for an error."""
    if is_html(b"", content_type):
        return "a web page was answered, not WS-Management"
    if not content_type:
        return f"an empty answer (HTTP {status} without a content type)"
    kind = content_type.partition(";")[0][:60]
    return f"HTTP {status} with {kind!r}, which is no answer of the authentication asked for"


def unproven(status: int, place: Place) -> errors.WSManError:
    """The error for a message in clear where only encrypted ones count."""
    who = f" by {place.between}" if place.between else ""
    return errors.Unproven(
        f"an answer that is not encrypted came{who} (HTTP {status}), though {place.method} encrypts messages here: the "
        "server never proved that it knows the password, so nothing in it counts",
        do=place.past_proxy if place.between else "Check ansible_host and ansible_port: a stranger may answer there, "
        "or a service that cannot encrypt; such a one needs HTTPS, which proves who it is by its certificate.",
    )


def accept(status: int, content_type: str, body: bytes, place: Place = _NOWHERE) -> bytes:
    """The body to be read as SOAP, or the error that the status stands for.

    A SOAP answer counts whatever the status (faults come as 400, 500, 503), except where authentication failed, or
    where it came in clear and only encrypted ones count.
    """
    if 300 <= status < 400:
        raise redirected(place.last.location, place)
    if status in {401, 403, 407} or (status != 200 and not is_soap(body)):
        raise _error(status, body, place)
    if status == 200 and is_html(body, content_type) and not is_soap(body):
        if place.between:
            came = f"{place.between} answered with a web page in the host's place"
            raise errors.ProxyFailed(came, do=place.past_proxy)
        raise errors.NotWSMan(
            f"a web page was answered, not WS-Management{_by(place)}",
            do=f"Check ansible_port and {place.names.path}; a network that wants a login first answers so too.",
        )
    if place.in_clear:
        raise unproven(status, place)
    return body
