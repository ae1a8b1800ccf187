# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""First fixed kernels of later bulletins as vectors: which of them carry the fix of KB952876."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Facts
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._verdict.verdict import Status, decide
from unit.plugins.plugin_utils._verdict.hosts import QUIET, disk, identity, packages, running

# bulletin, GDR and LDR revision by build; F marks what carries the fix
VECTORS = [
    (6000, 16386, False),  # RTM
    (6001, 18000, False),
    (6000, 16575, False),  # MS07-066
    (6000, 20697, False),
    (6000, 20845, False),  # one below
    (6000, 20846, True),  # KB952876
    (6001, 22190, False),
    (6001, 22191, True),
    (6000, 16754, False),  # MS08-064
    (6000, 20921, True),
    (6001, 18145, False),
    (6001, 22269, True),
    (6000, 16830, False),  # MS09-012
    (6000, 21023, True),
    (6001, 18226, False),
    (6001, 22389, True),
    (6000, 16901, False),  # MS09-058
    (6000, 21101, True),
    (6001, 18304, False),
    (6001, 22489, True),
    (6000, 16973, False),  # MS10-015
    (6000, 21175, True),
    (6001, 18377, False),
    (6001, 22577, True),
    (6000, 17021, False),  # MS10-021
    (6000, 21226, True),
    (6001, 18427, False),
    (6001, 22636, True),
    (6001, 18488, False),  # MS10-047
    (6001, 22707, True),
    (6001, 18538, False),  # MS11-011
    (6001, 22777, True),
]
SERVICE_PACK_2 = [18005, 18082, 22191, 18160, 22283, 18209, 22341, 18267, 22420, 18327, 22505]


@pytest.mark.parametrize(("build", "revision", "fixed"), VECTORS)
def test_kernels_of_the_bulletins(build: int, revision: int, fixed: bool) -> None:
    version = f"6.0.{build}.{revision}"
    facts = Facts(
        identity=identity(build),
        running_kernel=running(version),
        disk_kernel=disk(ntoskrnl=version),
        packages=packages(),
        reboot=QUIET,
    )
    verdict = decide(load(), facts)
    assert verdict.status is (Status.FIXED if fixed else Status.NEEDS_FIX)
    assert verdict.applicable is True
    gdr = revision < 20480
    assert verdict.reasons[0].code.value == ("kernel_fixed" if fixed else "kernel_gdr" if gdr else "kernel_below_fix")


@pytest.mark.parametrize("revision", SERVICE_PACK_2)
@pytest.mark.parametrize("build", [6002, 6003])
def test_service_pack_2_is_not_applicable_whatever_its_kernel(build: int, revision: int) -> None:
    version = f"6.0.{build}.{revision}"
    facts = Facts(identity=identity(build), running_kernel=running(version), disk_kernel=disk(ntoskrnl=version))
    verdict = decide(load(), facts)
    assert verdict.status is Status.NOT_APPLICABLE
    assert verdict.applicable is False
    assert verdict.reasons[0].code.value == "service_pack_2_includes_fix"
    assert verdict.fixed_kernel is None
