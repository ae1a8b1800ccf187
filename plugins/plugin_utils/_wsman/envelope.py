# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds SOAP envelopes with headers of our own: nothing that WinRM 1.1 would refuse (MS-WSMV 3.1.4.1).

No DataLocale, SessionId, OperationId or SequenceId header is sent (Windows 8 and later only); Locale carries
mustUnderstand=false (true is refused).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from . import errors, uris

# XML 1.0 section 2.2, the characters that a document cannot carry even as references.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"[ !#-%'-;=?-~]*")
"""What stands for itself: ASCII that is visible, and none of _ESCAPES."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}

_ESCAPED = re.compile(f"[{''.join(_ESCAPES)}]")

_NAMESPACES = (
    f'xmlns:s="{uris.SOAP}" xmlns:a="{uris.ADDRESSING}" xmlns:n="{uris.ENUMERATION}" '
    f'xmlns:w="{uris.WSMAN}" xmlns:rsp="{uris.SHELL}" xmlns:xsi="{uris.XSI}"'
)


def escape(value: str) -> str:
    """Text for an element or an attribute; carriage returns and line ends survive. InvalidRequest if XML cannot."""
    if _PLAIN.fullmatch(value):
        return value
    match = _FORBIDDEN.search(value)
    if match:
        raise errors.InvalidRequest(
            f"the character U+{ord(match[0]):04X} at position {match.start()} cannot be carried by XML 1.0",
            do="Remove it from the value.",
        )
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], value)


def checked_name(name: str) -> str:
    """A name used as an XML element: ASCII letters, digits, `_`, `.`, `-`. InvalidRequest otherwise."""
    if not _NAME.fullmatch(name):
        raise errors.InvalidRequest(f"{name[:60]!r} is not a usable name of a class, method or property")
    return name


def new_message_id() -> str:
    """A fresh wsa:MessageID."""
    return f"uuid:{uuid.uuid4()}".upper().replace("UUID:", "uuid:")


@dataclass(frozen=True)
class Settings:
    """What every envelope of one client says. operation_timeout: seconds. max_envelope_size: bytes, 8192 at least."""

    to: str
    operation_timeout: float = 20.0
    max_envelope_size: int = 153600
    locale: str = "en-US"


@dataclass(frozen=True)
class Message:
    """A request without its client's settings: body already escaped XML, the rest plain text.

    expects: the last segment of the answer's action ("PullResponse"); "" where the answer carries no headers.
    asked: one clause for error texts.
    """

    action: str
    resource: str
    body: str
    asked: str
    expects: str
    selectors: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Envelope:
    """A built request: its bytes, and what the answer must relate to ("" for Identify)."""

    data: bytes
    message_id: str
    message: Message


def _selector_set(selectors: Mapping[str, str]) -> str:
    if not selectors:
        return ""
    inner = "".join(
        f'<w:Selector Name="{escape(name)}">{escape(value)}</w:Selector>' for name, value in selectors.items()
    )
    return f"<w:SelectorSet>{inner}</w:SelectorSet>"


def _option_set(options: Mapping[str, str]) -> str:
    if not options:
        return ""
    inner = "".join(f'<w:Option Name="{escape(name)}">{escape(value)}</w:Option>' for name, value in options.items())
    return f"<w:OptionSet>{inner}</w:OptionSet>"


def build(message: Message, settings: Settings) -> Envelope:
    """The envelope of a message. Raises InvalidRequest when a value cannot be carried."""
    if not message.action:  # Identify: DSP0226 clause 11 asks for no header
        text = f'<s:Envelope xmlns:s="{uris.SOAP}"><s:Header/><s:Body>{message.body}</s:Body></s:Envelope>'
        return Envelope(text.encode(), "", message)
    message_id = new_message_id()
    header = (
        f"<a:To>{escape(settings.to)}</a:To>"
        f'<w:ResourceURI s:mustUnderstand="true">{escape(message.resource)}</w:ResourceURI>'
        f'<a:ReplyTo><a:Address s:mustUnderstand="true">{uris.ANONYMOUS}</a:Address></a:ReplyTo>'
        f'<a:Action s:mustUnderstand="true">{escape(message.action)}</a:Action>'
        f'<w:MaxEnvelopeSize s:mustUnderstand="true">{settings.max_envelope_size}</w:MaxEnvelopeSize>'
        f"<a:MessageID>{message_id}</a:MessageID>"
        f'<w:Locale xml:lang="{escape(settings.locale)}" s:mustUnderstand="false"/>'
        f"{_selector_set(message.selectors)}{_option_set(message.options)}"
        f"<w:OperationTimeout>PT{settings.operation_timeout:.3f}S</w:OperationTimeout>"
    )
    text = f"<s:Envelope {_NAMESPACES}><s:Header>{header}</s:Header><s:Body>{message.body}</s:Body></s:Envelope>"
    return Envelope(text.encode(), message_id, message)
