# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the wire can raise. A text says which endpoint, what was asked, what came back and what to do.

Lost hosts (callers make them UNREACHABLE): Unreachable, ConnectionLost, AuthenticationRefused.
No text ever holds a password: the channel scrubs what libraries say.
"""

from __future__ import annotations

from .._text.private import path_shown
from .._text.visible import visible


class WSManError(Exception):
    """Root of the tree. `asked` and `endpoint` are filled in by the layer that knows them."""

    def __init__(self, reported: str, *, do: str = "", asked: str = "", endpoint: str = "") -> None:
        super().__init__(visible(reported))
        self.reported = visible(reported)
        self.do = do
        self.asked = asked
        self.endpoint = path_shown(endpoint)
        self.learnt: dict[str, object] = {}
        """What had been learnt until then, as the result of a module: nothing is lost with the host."""

    def amended(self, reported: str, *, do: str) -> WSManError:
        """Say more: what was reported, and what to do; returns self."""
        self.reported, self.do = visible(reported), do
        self.args = (self.reported,)
        return self

    def located(self, *, asked: str = "", endpoint: str = "") -> WSManError:
        """Add where and what, without overwriting what is known already; returns self."""
        self.asked = self.asked or asked
        self.endpoint = self.endpoint or path_shown(endpoint)
        return self

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.endpoint, self.asked) if part)
        text = f"{place}: {self.reported}" if place else self.reported
        return visible(f"{text.rstrip('. ')}. {self.do}" if self.do else text)


# --- the channel --------------------------------------------------------------------------------------------------


class Unreachable(WSManError):
    """No TCP or TLS connection: dead host, refused port, unknown name, time-out before the connection stood."""


class ProxyFailed(Unreachable):
    """A proxy between here and the host refuses, fails, or is not there; the host itself was not reached."""


class TLSFailed(Unreachable):
    """The host answers but no TLS session comes about (version, certificate, a port without TLS)."""


class AuthenticationRefused(WSManError):
    """HTTP 401 or 403, or the authentication library gave up (no ticket, wrong password)."""


class NotWSMan(WSManError):
    """Something answers that is no WS-Management service: HTTP 404, a redirect, HTML."""


class EnvelopeTooLarge(WSManError):
    """The request or the answer exceeds an envelope limit (HTTP 413, or a fault that says so): ask for less at once."""


class ServiceBusy(WSManError):
    """HTTP 503 without a SOAP answer: the service is starting, stopping or out of resources."""


class ServiceFailed(WSManError):
    """HTTP 500 without a SOAP answer from a service that had answered before: it failed at this one message."""


class ConnectionLost(WSManError):
    """Reset, cut or silent in the middle: whether the message was acted upon is not known."""


class Silent(ConnectionLost):
    """No whole answer within the time allowed. It is not asked again: the answer would be the same silence."""


class Unproven(ConnectionLost):
    """An answer in clear where messages are encrypted: who sent it did not prove that it knows the password.

    A stranger can say it, so nothing in it counts.
    """


class Unanswered(Silent):
    """This one question got no answer on a host that had answered others: it costs its own answer only."""


class WrongConnection(WSManError):
    """The inventory's connection plugin is neither winrm nor psrp."""


class ChannelUnavailable(WSManError):
    """The controller cannot build the channel: a Python package is missing or an option is unusable."""


class BadAddress(ChannelUnavailable):
    """What the inventory says of the host's address cannot be used. Nothing was sent."""


class MissingLibrary(ChannelUnavailable):
    """A Python package is missing on the controller; the text names the pip package."""


# --- the messages -------------------------------------------------------------------------------------------------


class InvalidRequest(WSManError, ValueError):
    """The caller's value cannot be sent, for instance a character that XML 1.0 cannot carry. Nothing was sent."""


class MalformedResponse(WSManError):
    """The answer is no well-formed SOAP 1.2 envelope, or it holds what is refused (DTD, excessive depth or size)."""


class UnexpectedResponse(WSManError):
    """A well-formed envelope that is no answer to what was asked."""


class ContradictoryResponse(UnexpectedResponse):
    """An answer that says two different things of one matter."""


class WrongRelatesTo(UnexpectedResponse):
    """The answer belongs to another message (or says of none)."""


class EnumerationLimit(WSManError):
    """The host went on sending pages beyond the bound on pages or on empty pages."""


class TooMuch(WSManError):
    """The host said more than is taken in: rows, values, bytes, output. The text names the bound."""


class DeadlineExceeded(WSManError):
    """The caller's deadline passed; what had been begun on the host was ended as far as possible."""


class ConversationOver(DeadlineExceeded):
    """The deadline of the whole task passed. Raised once; then there are seconds for tidying up."""


class ShellBusy(WSManError):
    """A second command was asked for while one runs in the same shell (WinRM 1.1 allows one)."""
