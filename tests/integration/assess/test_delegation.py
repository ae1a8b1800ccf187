# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Under delegate_to the variables of the host that is talked to count: nobody else's TLS is weakened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from integration.assess.commands import ansible, of_host
from winhost.testing import running_fleet

MODERN = """
openssl_conf = default_conf
[default_conf]
ssl_conf = ssl_sect
[ssl_sect]
system_default = sd
[sd]
MinProtocol = TLSv1.2
CipherString = DEFAULT@SECLEVEL=2
"""


def _play(hosts: str, delegate: str, **keywords: Any) -> dict[str, Any]:
    task = {
        "name": f"From {hosts}",
        "winlegacy.servicing.hotfix_info": {},
        "delegate_to": delegate,
        "ignore_unreachable": True,
        "ignore_errors": True,
    }
    return {"hosts": hosts, "gather_facts": False, "tasks": [task], **keywords}


@pytest.mark.parametrize("value", [True, "{{ only_here }}"], ids=["plain", "template"])
def test_the_delegates_own_variables_count(value: Any, tmp_path: Path) -> None:
    """t10 speaks TLS 1.0 only and asked for it; t12 speaks it as well and never did."""
    tls = {"version": "1.0", "sha1": True}
    hosts = [{"name": name, "profile": "vista_sp1_x64", "scheme": "https", "tls": tls} for name in ("t10", "t12")]
    (tmp_path / "openssl.cnf").write_text(MODERN, encoding="utf-8")
    with running_fleet({"hosts": hosts}) as fleet:
        asked = {"winlegacy_legacy_tls": value, "only_here": True}
        inventory = {"t10": of_host(fleet.host("t10"), **asked), "t12": of_host(fleet.host("t12"))}
        book = [_play("localhost", "t10", connection="local"), _play("t12", "t10"), _play("t10", "t12")]
        ran = ansible(tmp_path, inventory, playbook=book, environment={"OPENSSL_CONF": str(tmp_path / "openssl.cnf")})
        assert ran.tasks["localhost", "From localhost"].get("status") == "needs_fix", ran.out[-2000:]
        assert ran.tasks["t12", "From t12"].get("status") == "needs_fix"
        refused = ran.tasks["t10", "From t10"]
        assert "status" not in refused
        assert "TLS" in str(refused["msg"])
        assert fleet.host("t12").messages == 0
