# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is lost at its very end leaves its lock: the next one clears it away, also where it has nothing to do."""

from __future__ import annotations

import pytest
from integration.hotfix.driver import OPEN, ControllerKilledError, DyingChannel, apply, count_messages
from winhost.testing import running_fleet

FOLDER = "C:\\Windows\\winlegacy.servicing\\KB952876"
TO_THE_END = 16
"""Messages that certainly end after the last assessment began, and before the lock was given back."""


def test_a_lock_that_a_removal_left_is_cleared_though_nothing_is_staged() -> None:
    hosts: list[dict[str, object]] = [{"name": name, "profile": "srv2008_fixed"} for name in ("whole", "lost")]
    hosts.append({"name": "blind", "profile": "vista_sp1_x64", "overrides": {"missing_classes": ["Win32_Directory"]}})
    with running_fleet({"time_scale": 60, "defaults": OPEN, "hosts": hosts}) as fleet:
        whole, lost, blind = fleet.hosts.values()
        assert not apply(blind, "absent").changed, "it cannot tell what lies there, and has nothing to do"
        _unused, messages = count_messages(whole, "absent")
        with pytest.raises(ControllerKilledError):
            apply(lost, "absent", wrap=lambda one: DyingChannel(one, messages - TO_THE_END), run="first")
        assert "lock" in (lost.folder(FOLDER) or []), "the run died too late for this test"
        again = apply(lost, "absent", run="second")
        assert again.last.verdict.status.value == "removal_pending"
        assert not again.changed
        assert lost.tree("C:\\Windows\\winlegacy.servicing") == whole.tree("C:\\Windows\\winlegacy.servicing")
        assert lost.state()["shells"] <= 1, "the dead run's shell alone"
