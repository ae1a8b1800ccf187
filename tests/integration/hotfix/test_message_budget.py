# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a staging and an install cost in messages: each is a round trip, whatever the machines can do."""

from __future__ import annotations

import functools
from collections import Counter
from pathlib import Path

from integration.hotfix.driver import OPEN, apply
from integration.hotfix.recorder import WAITING, Recording, RecordingChannel
from winhost.testing import running_fleet

STAGING, INSTALL = 68, 73
"""Without an install's looks at its running installer, which depend on how long that takes."""


def test_a_staging_and_an_install_keep_within_their_messages(package_dir: Path) -> None:
    with running_fleet({"defaults": OPEN, "hosts": [{"name": "h", "profile": "vista_sp1_x64"}]}) as fleet:
        recordings = []
        for state in ("staged", "present"):
            recording = Recording()
            apply(
                fleet.host("h"),
                state,
                path=package_dir / "x64.msu",
                wrap=functools.partial(RecordingChannel, recording=recording),
            )
            print("\n".join([state, *recording.lines()]))
            recordings.append(recording)
    staged, installed = recordings
    assert "other" not in {purpose for one in recordings for _kind, purpose in one.order}, "a message without a purpose"
    assert staged.settled == staged.total <= STAGING
    assert installed.settled <= INSTALL
    proofs = Counter(kind for kind, purpose in installed.order if purpose == "proof before the start")
    assert proofs == {"GetSecurityDescriptor": 6}, "folders, script, cabinet and answer file: each on its own"
    looks = [kind for kind, purpose in installed.order if purpose == WAITING]
    assert looks.count("Enumerate") == len(looks) - 3 * looks.count("Command"), "a look starts no process"
