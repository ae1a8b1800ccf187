# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is exhaustive runs as a sample in `make test`, and whole in `make exhaustive` (WINLEGACY_EVERY=1).

Two marks: `exhaustive` is a case that `make test` leaves out (tests/conftest.py deselects it, unless it is named), and
`sampled` a test that takes larger steps there. `make exhaustive` runs what has either of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

EVERY = os.environ.get("WINLEGACY_EVERY") == "1"
"""Whether this is the exhaustive run."""


def sampled(cases: Iterable[Any], *kept: Any) -> list[Any]:
    """Parameters of a test: all cases, of which `make test` runs those kept. Raises KeyError for one that is not there.

    A case is a value, or a tuple of a test's several values, of which the first names it.
    """
    found = list(cases)
    names = [case[0] if isinstance(case, tuple) and case not in kept else case for case in found]
    if strange := [one for one in kept if one not in names]:
        raise KeyError(f"no case is called {strange[0]!r}")
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=() if name in kept else rare)
        for case, name in zip(found, names, strict=True)
    ]


rare = pytest.mark.exhaustive
