# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking one question over WS-Management: what a failure means for its answer, and when the host is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from .._model.answer import Answer, Cause
from .._wsman import errors, faults
from .._wsman.values import Row

T = TypeVar("T")

CIMV2 = "root/cimv2"

HOST_LOST = (
    errors.Unreachable,
    errors.AuthenticationRefused,
    errors.ConnectionLost,
    errors.WrongConnection,
    errors.ChannelUnavailable,
    errors.InvalidRequest,
    errors.ConversationOver,
)
"""Errors after which no other question can be asked either: they leave a surface as they are. (errors.Unanswered is one
of them by kind, and is not: the host answers others.)"""


QUERY_DEADLINE = 60.0
"""Seconds for one query of ours: each asks for a few rows by their keys."""


class Wmi(Protocol):
    """The part of the WS-Man client that the read-only surfaces use."""

    def query(
        self, wql: str, *, namespace: str = CIMV2, deadline: float | None = None
    ) -> list[Row]:
        ...

    def invoke(
        self, target: tuple[str, str], method: str, params: Mapping[str, str | int], *, idempotent: bool
    ) -> Row:
        ...


def ask(question: Callable[[], T]) -> Answer[T]:
    """Ask one question: its fault is its own unknown answer; the loss of the host leaves as it is."""
    try:
        return Answer.known(question())
    except errors.WSManError as error:
        return unanswered(error)


def unanswered(error: errors.WSManError) -> Answer[Any]:
    """The answer to a question that failed so. Raises the error itself where it means the loss of the host."""
    if host_is_lost(error):
        raise error
    return Answer.unknown(cause_of(error), str(error))


def host_is_lost(error: BaseException) -> bool:
    """Whether no other question can be asked after this error either."""
    return isinstance(error, HOST_LOST) and not isinstance(error, errors.Unanswered)


def ask_rows(wmi: Wmi, wql: str, *, namespace: str = CIMV2, deadline: float = QUERY_DEADLINE) -> Answer[list[Row]]:
    """Ask a WQL query; no row at all may be an answer or not: the caller knows."""
    return ask(lambda: wmi.query(wql, namespace=namespace, deadline=deadline))


def ask_one_row(wmi: Wmi, wql: str, *, what: str, namespace: str = CIMV2) -> Answer[Row]:
    """Ask for the one row of a class that must have one; none is EMPTY, and several that differ are INCONSISTENT."""
    rows = ask_rows(wmi, wql, namespace=namespace)
    if rows.value is None:
        return Answer(cause=rows.cause, detail=rows.detail)
    if not rows.value:
        return Answer.unknown(Cause.EMPTY, f"the host answered with no {what}")
    first, *others = rows.value
    for other in others:
        differing = sorted(name for name in first.keys() | other.keys() if first.get(name) != other.get(name))
        if differing:
            name = differing[0]
            said = f"{name} is {str(first.get(name))[:60]!r} and {str(other.get(name))[:60]!r}"
            return Answer.unknown(Cause.INCONSISTENT, f"the host gives {len(rows.value)} rows for {what}: {said}")
    return Answer.known(first)


_CAUSES: tuple[tuple[type[Exception], Cause], ...] = (
    (faults.ClassNotFound, Cause.CLASS_MISSING),
    (faults.InvalidNamespace, Cause.CLASS_MISSING),
    (faults.ResourceNotFound, Cause.CLASS_MISSING),
    (faults.InvalidQuery, Cause.PROPERTY_MISSING),
    (faults.MethodNotFound, Cause.METHOD_MISSING),
    (faults.AccessDenied, Cause.ACCESS_DENIED),
    (faults.OperationTimeout, Cause.TIMEOUT),
    (errors.DeadlineExceeded, Cause.TIMEOUT),
    (errors.Unanswered, Cause.TIMEOUT),
    (errors.EnvelopeTooLarge, Cause.TOO_LARGE),
    (errors.EnumerationLimit, Cause.TOO_LARGE),
    (errors.TooMuch, Cause.TOO_LARGE),
    (errors.ContradictoryResponse, Cause.INCONSISTENT),
    (errors.MalformedResponse, Cause.UNPARSABLE),
    (errors.UnexpectedResponse, Cause.UNPARSABLE),
    (errors.NotWSMan, Cause.UNPARSABLE),
)


def cause_of(error: errors.WSManError) -> Cause:
    """The cause that a failed question gives; FAULT for what has no name of its own."""
    for kind, cause in _CAUSES:
        if isinstance(error, kind):
            return cause
    return Cause.FAULT


def literal(value: str) -> str:
    """A text as a WQL literal with its quotes: backslashes doubled, quotes escaped."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
