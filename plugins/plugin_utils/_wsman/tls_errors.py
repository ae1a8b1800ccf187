# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error of TLS means, by OpenSSL's reasons and verification codes: whose it is, and what to do."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from . import errors
from .place import Place

_LOCAL_LIBRARIES = frozenset({"X509", "PEM", "ASN1", "EVP", "DSO", "BIO"})
_LOCAL_REASONS = frozenset({"KEY_VALUES_MISMATCH", "NO_CERTIFICATE_OR_CRL_FOUND", "NO_START_LINE", "PEM_LIB"})
_PLAIN_PORT = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_CLIENT_CERTIFICATE = (
    "CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "ALERT_CERTIFICATE_EXPIRED",
    "ALERT_CERTIFICATE_UNKNOWN", "ALERT_CERTIFICATE_REVOKED", "ALERT_UNSUPPORTED_CERTIFICATE",
)  # fmt: skip
_OF_OLD_HOSTS = (
    "PROTOCOL", "HANDSHAKE_FAILURE", "CIPHER", "TOO_SMALL", "TOO_WEAK", "RENEGOTIATION", "SIGNATURE", "EOF",
)  # fmt: skip
"""Parts of the reasons with which a handshake with a host of TLS 1.0, small keys or SHA-1 fails."""

_EXPIRED, _NOT_YET, _WRONG_NAME, _WEAK = {10}, {9}, {62, 64}, {66, 67, 68}


def local_error(text: str, place: Place) -> errors.WSManError:
    """The error for a certificate file of the controller that cannot be used."""
    return errors.ChannelUnavailable(
        f"a certificate or key file on the controller cannot be used ({text})",
        do=f"Check {place.names.authority}, and {place.names.client_certificate} (the key must belong to the "
        "certificate).",
    )


def explain(chain: Sequence[BaseException], said: str, place: Place) -> errors.WSManError:
    """The error for what went wrong before a TLS session stood. said: the library's words, without secrets."""
    inner = next((one for one in reversed(chain) if isinstance(one, ssl.SSLError)), None)
    reason = str(getattr(inner, "reason", "") or "").upper().replace(" ", "_")
    code = getattr(inner, "verify_code", 0) if isinstance(inner, ssl.SSLCertVerificationError) else 0
    if str(getattr(inner, "library", "") or "") in _LOCAL_LIBRARIES or reason in _LOCAL_REASONS or "PEM lib" in said:
        return local_error(said, place)
    if reason in _PLAIN_PORT or "wrong version number" in said.lower():
        if place.proxy:
            came = f"TLS was spoken to something that does not speak it: {place.proxy} or the host ({said})"
            return errors.TLSFailed(came, do=place.past_proxy)
        return errors.TLSFailed(
            f"TLS was spoken to a port that does not speak it ({said})",
            do=f"Set {place.names.scheme}: http, or ansible_port to the HTTPS port.",
        )
    if code or isinstance(inner, ssl.SSLCertVerificationError) or "hostname" in said.lower():
        return _certificate(int(code), said, place)
    if reason.endswith(_CLIENT_CERTIFICATE):
        return errors.AuthenticationRefused(
            f"the host does not accept this controller's client certificate ({said})",
            do=f"Check {place.names.client_certificate}, and that the host trusts their authority.",
        )
    old = not reason or any(word in reason for word in _OF_OLD_HOSTS)
    advice = "Check the host's TLS settings." if place.legacy_tls or not old else (
        "A host that speaks TLS 1.0 at most (Windows Vista, Server 2008) needs winlegacy_legacy_tls: true, which "
        "weakens HTTPS to it; HTTP with ntlm or kerberos message encryption needs no TLS."
    )  # fmt: skip
    return errors.TLSFailed(f"no TLS session came about ({said})", do=advice)


def _certificate(code: int, said: str, place: Place) -> errors.TLSFailed:
    came = f"the host's certificate is not accepted ({said})"
    accept_any = f"{place.names.no_validation} would accept any certificate, a stranger's too"
    if code in _EXPIRED:
        return errors.TLSFailed(came, do=f"It has expired: renew it on the host, or correct this clock; {accept_any}.")
    if code in _NOT_YET:
        return errors.TLSFailed(came, do="It is not valid yet: compare this controller's clock with the host's.")
    if code in _WRONG_NAME or (not code and "hostname" in said.lower()):
        return errors.TLSFailed(
            came, do=f"It belongs to another name: set ansible_host to a name that it holds; {accept_any}."
        )
    if code in _WEAK and not place.legacy_tls:
        return errors.TLSFailed(
            came, do="Its key or hash is too weak for today's rules: winlegacy_legacy_tls: true accepts it."
        )
    return errors.TLSFailed(came, do=f"Name its authority in {place.names.authority}, or {place.names.no_validation}.")
