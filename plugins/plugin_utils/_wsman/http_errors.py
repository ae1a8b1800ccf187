# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns whatever the HTTP and authentication libraries raise into the errors tree; no text keeps a secret."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from . import errors, http_status
from .adapter import AnswerTooLong, LastAnswer

_AUTHENTICATION_MODULES = (
    "kerberos", "winkerberos", "gssapi", "krb5", "spnego", "requests_ntlm", "requests_credssp", "ntlm_auth",
    "winrm.vendor.requests_kerberos", "pypsrp.negotiate",
)  # fmt: skip
_LIMIT = 300

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


def _tls(said: str, *, legacy_tls: bool) -> errors.WSManError:
    low = said.lower()
    if "wrong version number" in low or "wrong_version_number" in low or "record layer failure" in low:
        return errors.NotWSMan(
            f"TLS was spoken to a port that does not speak it ({said})",
            do="Set ansible_winrm_scheme: http, or ansible_port to the HTTPS port.",
        )
    if "certificate verify failed" in low or "certificate_verify_failed" in low or "hostname" in low:
        return errors.TLSFailed(
            f"the host's certificate is not accepted ({said})",
            do="Name its authority in ansible_winrm_ca_trust_path, or ansible_winrm_server_cert_validation: ignore.",
        )
    advice = "Check the host's TLS settings." if legacy_tls else (
        "A host that speaks TLS 1.0 at most (Windows Vista, Server 2008) needs winlegacy_legacy_tls: true, which "
        "weakens HTTPS to it; HTTP with ntlm or kerberos message encryption needs no TLS."
    )  # fmt: skip
    return errors.TLSFailed(f"no TLS session came about ({said})", do=advice)


def translate(
    exc: BaseException, *, secrets: Iterable[str], established: bool, legacy_tls: bool = False
) -> errors.WSManError:
    """The error for an exception of requests, urllib3, pywinrm, pypsrp, or an authentication library.

    established: a good answer has come on this channel before, so an odd failure means a lost connection rather than
    something that is no WinRM service.
    """
    secrets = tuple(secrets)
    chain = list(_chain(exc))
    names = {type(item).__name__ for item in chain}
    said = scrub(f"{type(exc).__name__}: {exc}", secrets)
    too_long = next((item for item in chain if isinstance(item, AnswerTooLong)), None)
    if too_long is not None:
        kind = errors.EnvelopeTooLarge if "bytes" in str(too_long) else errors.ConnectionLost
        return kind(str(too_long))
    if "TooManyRedirects" in names:
        location = getattr(getattr(exc, "response", None), "headers", {}).get("Location", "")
        return redirect_error(scrub(location, secrets))
    if not established and names & {"SSLError", "SSLCertVerificationError", "SSLZeroReturnError"}:
        inner = next((str(item) for item in reversed(chain) if "SSL" in type(item).__name__), str(exc))
        return _tls(scrub(inner, secrets), legacy_tls=legacy_tls)
    if names & {"ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError", "ProxyError"}:
        return errors.Unreachable(f"no connection: {_root_text(chain, secrets)}", do="Check address and port.")
    if names & {"ReadTimeout", "ReadTimeoutError"}:
        return errors.ConnectionLost("the host went silent: no answer within the read time-out")
    if any(is_authentication(item) for item in chain):
        return errors.AuthenticationRefused(f"authentication failed: {said}", do="Check user, password or ticket.")
    if any(isinstance(item, OSError) for item in chain) or names & {"ProtocolError", "IncompleteRead"}:
        return errors.ConnectionLost(f"the connection broke: {_root_text(chain, secrets)}")
    if names & {"InvalidURL", "LocationParseError", "MissingSchema", "InvalidSchema", "InvalidProxyURL"}:
        return errors.ChannelUnavailable(f"the address cannot be used: {said}", do="Check ansible_host and port.")
    if type(exc).__name__ == "WinRMError" and not established:
        return errors.ChannelUnavailable(said, do="Check the ansible_winrm_* options and the installed pip packages.")
    if established:
        return errors.ConnectionLost(f"the answer could not be read: {said}")
    return errors.NotWSMan(f"the answer is not WinRM's: {said}", do="Check ansible_port and ansible_winrm_transport.")


def slip(
    exc: Exception, last: LastAnswer, *, secrets: Iterable[str], method: str, established: bool
) -> errors.WSManError:
    """The error for one of SLIPS, by what the host answered last. Without any answer it is none of the host's."""
    if last.status is None:
        said = scrub(f"{type(exc).__name__}: {exc}", secrets)
        came = f"the library of the {method} transport failed before the host answered ({said})"
        return errors.ChannelUnavailable(came, do="Check the connection options and pip packages.")
    came = http_status.undeciphered(last.status, last.content_type)
    if established:
        return errors.ConnectionLost(f"the answer could not be read: {came}")
    return errors.NotWSMan(came, do="Check ansible_port, ansible_winrm_path and ansible_winrm_transport.")


def redirect_error(location: str) -> errors.WSManError:
    """The error for a redirect."""
    return http_status.redirected(location)


def _root_text(chain: list[BaseException], secrets: Iterable[str]) -> str:
    """The innermost operating system text ("Connection refused") where there is one."""
    system = next((item for item in reversed(chain) if isinstance(item, OSError) and item.strerror), None)
    if system is not None:
        return str(system.strerror)
    return scrub(f"{type(chain[-1]).__name__}: {chain[-1]}", secrets)
