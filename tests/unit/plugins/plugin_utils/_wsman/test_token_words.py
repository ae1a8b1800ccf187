# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of a login's tokens and of sizes: who is at fault, and what to do. No password is blamed for a broken seal."""

from __future__ import annotations

import http.client

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_errors import translate
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.place import Place
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.sockets import AnswerTooLong
from spnego.exceptions import BadMICError, InvalidTokenError, OperationNotAvailableError

PLACE = Place("http://h:5985/wsman", method="ntlm")
TABLE: list[tuple[Exception, type[errors.WSManError], str]] = [
    (BadMICError(context_msg="x"), errors.Unproven, "the seal of an answer is broken"),
    (
        OperationNotAvailableError(context_msg="NTLM wrap without integrity or confidentiality"),
        errors.NotWSMan,
        "leaves out signing and sealing",
    ),
    (InvalidTokenError(context_msg="x"), errors.NotWSMan, "cannot be read"),
    (AnswerTooLong("the answer exceeds 4194304 bytes"), errors.EnvelopeTooLarge, "the answer exceeds 4194304 bytes"),
    (http.client.LineTooLong("chunk size"), errors.ConnectionLost, "larger in its headers or chunks"),
    (http.client.HTTPException("got more than 100 headers"), errors.ConnectionLost, "larger in its headers or chunks"),
    (http.client.RemoteDisconnected("x"), errors.ConnectionLost, "closed without an answer"),
]


@pytest.mark.parametrize(("raised", "kind", "says"), TABLE, ids=range(len(TABLE)))
def test_the_party_and_the_cure(raised: Exception, kind: type[errors.WSManError], says: str) -> None:
    error = translate(raised, PLACE)
    assert error.__class__ is kind, error
    assert says in error.reported
    assert error.do
    assert "password" not in str(error)
