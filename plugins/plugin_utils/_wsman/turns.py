# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever bounds how many hosts are asked at once need not count those to which there is no connection yet."""

from __future__ import annotations

import contextlib
import contextvars
import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Apart = Callable[[], contextlib.AbstractContextManager[None]]

_apart: contextvars.ContextVar[Apart] = contextvars.ContextVar("winlegacy_apart", default=contextlib.nullcontext)


def while_connecting(apart: Apart) -> None:
    """From here on, in this thread's context, every connect happens inside what apart() gives."""
    _apart.set(apart)


def connecting(function: Callable[P, T]) -> Callable[P, T]:
    """Decorates what resolves a name and connects, and may wait for its whole time-out."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        with _apart.get()():
            return function(*args, **kwargs)

    return wrapped
