# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CBS identities and states."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.cbs import (
    PackageState,
    decode_state,
    is_of_kb,
    is_root_of_kb,
)

S = PackageState


@pytest.mark.parametrize(
    ("code", "state"),
    [
        *((0x0, S.ABSENT), (0x5, S.UNINSTALL_PENDING), (0x10, S.RESOLVING), (0x20, S.RESOLVED), (0x30, S.STAGING)),
        *((0x40, S.STAGED), (0x50, S.SUPERSEDED), (0x60, S.INSTALL_PENDING), (0x65, S.PARTIALLY_INSTALLED)),
        *((0x70, S.INSTALLED), (0x80, S.PERMANENT)),
        *((4, S.STAGED), (5, S.UNINSTALL_PENDING), (6, S.INSTALL_PENDING), (7, S.INSTALLED), (8, S.PERMANENT)),
        *((-1, S.BROKEN), (-19, S.BROKEN), (0xFFFFFFED, S.BROKEN), (0x80000000, S.BROKEN)),
        *((9, S.UNKNOWN), (0x61, S.UNKNOWN), (0x7F, S.UNKNOWN), (0x90, S.UNKNOWN), (0x7FFFFFFF, S.UNKNOWN)),
        *((0x100000000, S.UNKNOWN), (None, S.UNKNOWN)),
    ],
)
def test_states(code: int | None, state: PackageState) -> None:
    assert decode_state(code) is state


@pytest.mark.parametrize(
    ("identity", "of_kb", "root"),
    [
        ("Package_for_KB952876~31bf3856ad364e35~x86~~6.0.1.0", True, True),
        ("package_for_kb952876~31bf3856ad364e35~x86~~6.0.1.0", True, True),
        ("Package_1_for_KB952876~31bf3856ad364e35~x86~~6.0.1.0", True, False),
        ("Package_for_kb952876_client_0~31bf3856ad364e35~x86~~6.0.1.0", True, False),
        ("Package_for_KB9528761~31bf3856ad364e35~x86~~6.0.1.0", False, False),
        ("Package_for_KB95287~KB952876~x86~~6.0.1.0", False, False),
        ("Package_for_KB981852~31bf3856ad364e35~x86~~6.0.1.0", False, False),
    ],
)
def test_whose_package_it_is(identity: str, of_kb: bool, root: bool) -> None:
    assert is_of_kb(identity, "KB952876") is of_kb
    assert is_root_of_kb(identity, "KB952876") is root
