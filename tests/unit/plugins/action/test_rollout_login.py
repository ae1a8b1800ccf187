# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the first host's login ends a play of one's own before Ansible does, and what does not."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.action import rollout_settings
from unit.plugins.action.test_info import template
from unit.plugins.action.test_rollout import of_this_run, run

__all__ = ["of_this_run"]


@pytest.mark.parametrize(
    ("port", "refused"), [("{{ mine | default(omit) }}", False), (None, False), ("5985", False), ("eighty", True)]
)
def test_a_port_that_is_left_out_is_no_wrong_one(port: str | None, refused: bool) -> None:
    """In a play of one's own, where the sweep tells nobody."""
    more = {"ansible_port": None if port is None else template(port), "omit": "__omit__", "ansible_run_tags": ["all"]}
    result = run(rollout_settings, {"role": "kb952876", "state": "assessed"}, {"a": {}}, **more)
    assert ("Set ansible_port to a number" in str(result.get("msg"))) is refused


@pytest.mark.parametrize("name", ["zero\u200bwidth", "turned\u202eround", "bell\x07"])
def test_a_name_that_cannot_be_seen_whole_is_refused(name: str) -> None:
    result = run(rollout_settings, {"role": "kb952876", "state": "assessed", "playbook": "assess"}, {"a": {}, name: {}})
    assert "the host's name has characters that cannot be seen: rename it (host " in str(result["msg"])
