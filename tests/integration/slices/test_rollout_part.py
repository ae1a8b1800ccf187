# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A roll-out gives a part of how its hosts stood at last, and not of how they stood when it began."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._rollout.part_read import parts_in, read
from integration.role.runner import Controller, machine
from packages import write_msu
from packages.proven import proof, signed
from winhost.testing import running_fleet


def test_the_part_of_a_roll_out_is_of_its_end(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    package = signed(write_msu(tmp_path / "packages", "x64"))
    settings = {f"kb952876_{name}": value for name, value in proof(package).items()}
    hosts = [machine("needs", "vista_sp1_x64"), machine("fixed", "srv2008_fixed")]
    with running_fleet({"hosts": hosts}) as fleet:
        controller = Controller(tmp_path / "controller", fleet)
        controller.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"
        played = controller.play(
            "winlegacy.servicing.stage",
            **settings,
            kb952876_package_dir=str(tmp_path / "packages"),
            kb952876_part="night",
            kb952876_part_details=True,
        )
    assert played.code == 0, played.out[-3000:]
    told = re.search(r"RUN: ({.*})", played.out, re.DOTALL)
    assert told, played.out[-3000:]
    (name, given), *others = parts_in(json.loads(told[1])).items()
    assert (name, others) == ("night", [])
    part = read(given, "stats", name)
    assert {host: result["status"] for host, result in part.results.items()} == {"needs": "staged", "fixed": "fixed"}
    assert part.details
    assert part.results["needs"]["plan"]["present"]["outlook"] == "do"
