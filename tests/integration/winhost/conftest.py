# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fleet for the independent clients' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from winhost.testing import RunningFleet, running_fleet

ADMIN = ("Administrator", "P@ssw0rd-sim")
OPEN = {"basic": True, "allow_unencrypted": True}
HOSTS = [
    {"name": "vista", "profile": "vista_sp1_x64"},
    {"name": "vista-basic", "profile": "vista_sp1_x64", "auth": OPEN},
    {"name": "r2", "profile": "srv2008r2", "auth": {"credssp": True}},
    {"name": "r2-basic", "profile": "srv2008r2", "auth": OPEN},
    {"name": "modern", "profile": "win2019"},
    {
        "name": "vista-tls",
        "profile": "vista_sp1_x64",
        "scheme": "https",
        "tls": {"version": "1.0"},
        "auth": {"basic": True},
    },
    {"name": "r2-tls", "profile": "srv2008r2", "scheme": "https", "auth": {"basic": True}},
]


@pytest.fixture(scope="session")
def fleet() -> Iterator[RunningFleet]:
    with running_fleet({"hosts": HOSTS}) as running:
        yield running
