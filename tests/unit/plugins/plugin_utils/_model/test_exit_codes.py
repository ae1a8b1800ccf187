# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exit codes of the installers."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.exit_codes import _TEXTS, Outcome, explain
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, "success"),
        (3010, "reboot_required"),
        (2359301, "reboot_required"),
        (2359302, "already_installed"),
        (2359303, "already_removed"),
        (-2145124329, "not_applicable"),
        (0x80240017, "not_applicable"),
        (-2145124330, "busy"),
        (5, "access_denied"),
        (-2147024891, "access_denied"),
        (0x80070005, "access_denied"),
        (0x80070BC2, "reboot_required"),
        (1058, "service_disabled"),
        (1115, "shutdown_in_progress"),
        (1722, "retry"),
        (87, "bad_arguments"),
        (0x800B0100, "bad_signature"),
        (-2146498530, "not_applicable_or_installed"),
        (0x800F081E, "not_applicable_or_installed"),
        (0x800F0816, "restart_pending"),
        (0x800F0805, "invalid_package"),
        (0x800F0825, "cannot_uninstall"),
        (9009, "program_missing"),
        (1, "unknown"),
        (0x80070000, "unknown"),
        (0x800F0999, "unknown"),
    ],
)
def test_the_table(code: int, outcome: str) -> None:
    assert explain(code).outcome.value == outcome


def test_an_unknown_code_is_told_in_decimal_and_hex() -> None:
    assert explain(0x800F0999).text == "The meaning of this exit code is not known. (-2146498151, 0x800F0999)"
    assert explain(-2146498151).as_dict() == explain(0x800F0999).as_dict()
    assert explain(0).text == "It went well."


@given(st.integers(-(2**31), 2**32 - 1))
def test_signed_and_unsigned_mean_the_same(code: int) -> None:
    found = explain(code)
    assert explain(found.code & 0xFFFFFFFF) == found == explain(found.code)
    assert int(found.hex, 16) == code & 0xFFFFFFFF
    assert -(2**31) <= found.code < 2**31


@pytest.mark.parametrize("code", [2**32, -(2**31) - 1])
def test_what_is_no_exit_code_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match="32 bits"):
        explain(code)


def test_only_some_outcomes_claim_success_or_may_be_tried_again() -> None:
    assert set(_TEXTS) == set(Outcome)
    explained = map(explain, (0, 3010, 2359302, 2359303, 5, 0x800F081E, 1))
    claims = {one.outcome.value for one in explained if one.claims_success}
    assert claims == {"success", "reboot_required", "already_installed", "already_removed"}
    assert explain(1722).may_retry
    assert explain(0x80240016).may_retry
    assert not explain(5).may_retry
