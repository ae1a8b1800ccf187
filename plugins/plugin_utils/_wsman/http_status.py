# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an HTTP answer means: a SOAP envelope to be read, or an error of the channel. Pure functions."""

from __future__ import annotations

from . import errors

_HEAD = 4096
_SHOWN = 120


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


def redirected(location: str) -> errors.NotWSMan:
    """The error for a redirect, which is never followed: it would carry credentials elsewhere."""
    return errors.NotWSMan(
        f"the host redirects to {location[:200] or 'another address'}, which is not followed",
        do="Point the inventory at the WinRM service itself (ansible_port, ansible_winrm_path).",
    )


def _error(status: int, body: bytes) -> errors.WSManError:
    if status == 401:
        return errors.AuthenticationRefused(
            "HTTP 401: the credentials or the authentication method were refused",
            do="Check user, password and ansible_winrm_transport (Windows refuses basic by default).",
        )
    if status == 403:
        return errors.AuthenticationRefused("HTTP 403: this user may not use WinRM", do="Use an administrator.")
    if status == 404:
        return errors.NotWSMan("HTTP 404: no WinRM at this path", do="Check ansible_port and ansible_winrm_path.")
    if status == 407:
        return errors.Unreachable("HTTP 407: a proxy asks for credentials", do="Check ansible_winrm_proxy.")
    if status == 413:
        return errors.EnvelopeTooLarge("HTTP 413: the message is larger than the host accepts", do="Send less at once.")
    if status in {502, 504}:
        return errors.Unreachable(f"HTTP {status}: a proxy or gateway cannot reach the host")
    if status == 503:
        return errors.ServiceBusy("HTTP 503: the WinRM service is not ready", do="Try again later.")
    if status == 500:
        return errors.NotWSMan(
            "HTTP 500 without a SOAP answer: Windows says so when it demands encrypted messages" + _shown(body),
            do="Use the ntlm, kerberos or credssp transport with message encryption, or HTTPS.",
        )
    return errors.NotWSMan(
        f"HTTP {status} without a SOAP answer{_shown(body)}", do="Check that the port and path belong to WinRM."
    )


def undeciphered(status: int, content_type: str) -> str:
    """What came where an authentication library found no message of its own: in words, for an error."""
    if is_html(b"", content_type):
        return "a web page was answered, not WS-Management"
    if not content_type:
        return f"an empty answer (HTTP {status} without a content type)"
    kind = content_type.partition(";")[0][:60]
    return f"HTTP {status} with {kind!r}, which is no answer of the authentication asked for"


def accept(status: int, content_type: str, body: bytes) -> bytes:
    """The body to be read as SOAP, or the error that the status stands for.

    A SOAP answer counts whatever the status (faults come as 400, 500, 503), except where authentication failed.
    """
    if 300 <= status < 400:
        raise redirected("")
    if status in {401, 403} or (status != 200 and not is_soap(body)):
        raise _error(status, body)
    if status == 200 and is_html(body, content_type) and not is_soap(body):
        raise errors.NotWSMan(
            "a web page was answered, not WS-Management", do="Check ansible_port and ansible_winrm_path."
        )
    return body
