# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slips are told with the name that was meant; names that somebody reads, or that are like none of ours, are not."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.misspelt import (
    misspelt_extra,
    misspelt_wire,
    strange_options,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.settings import WIRE

SPEC: dict[str, dict[str, Any]] = {"query": {"aliases": ["queries"]}, "namespace": {}, "typed": {}}


def connection(*names: str) -> Any:
    return SimpleNamespace(option_definitions={name: {"vars": [{"name": name}]} for name in names})


def test_options() -> None:
    assert not strange_options("wql_info", ["query", "queries", "typed", "_ansible_check_mode"], SPEC)
    assert strange_options("wql_info", ["qeury"], SPEC).endswith("wql_info: qeury: did you mean query?")
    told = strange_options("wql_info", ["qeury", "zzz"], SPEC)
    assert "zzz: there is no such option (wql_info has: namespace, query, typed)" in told


def test_variables_of_the_wire() -> None:
    assert not misspelt_wire([*WIRE, "winlegacy_inventory_owner", "legacy_tls", 7, "ansible_host"])
    assert "did you mean winlegacy_connect_timeout?" in misspelt_wire(["winlegacy_conect_timeout"])
    assert "did you mean winlegacy_legacy_tls?" in misspelt_wire(["winlegacy_legacyTLS"])


def test_whatever_a_library_takes_is_no_slip() -> None:
    protocol = pytest.importorskip("winrm.protocol")
    taken = [f"ansible_winrm_{name}" for name in inspect.signature(protocol.Protocol.__init__).parameters]
    known = connection("ansible_winrm_transport", "ansible_winrm_scheme")
    assert not misspelt_extra(known, "ansible_winrm_", [*taken, "ansible_winrm_kerberos_delegation"])
    assert not misspelt_extra(known, "ansible_winrm_", ["ansible_winrm_zzz"])
    told = misspelt_extra(known, "ansible_winrm_", ["ansible_winrm_trnsport"])
    assert "did you mean ansible_winrm_transport?" in told
    wsman = pytest.importorskip("pypsrp.wsman")
    taken = [f"ansible_psrp_{name}" for names in wsman.AUTH_KWARGS.values() for name in names]
    known = connection("ansible_psrp_auth", "ansible_psrp_protocol", "ansible_psrp_certificate_pem")
    assert not misspelt_extra(known, "ansible_psrp_", taken)
    assert "did you mean ansible_psrp_protocol?" in misspelt_extra(known, "ansible_psrp_", ["ansible_psrp_protcol"])


def test_nothing_of_a_library_is_loaded_where_there_is_no_extra() -> None:
    assert not misspelt_extra(None, "ansible_psrp_", [])
